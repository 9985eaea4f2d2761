-- That the person was asked again which outcome they seek, before "no reply" is recorded, and where that can be seen (44.1).
alter table complaints
    add column asked_again_on    date,
    add column asked_again_proof text not null default '',
    add constraint complaints_asked_again_whole check ((asked_again_on is null) = (asked_again_proof = ''));

-- From which day something is due at all, such as an update from the day after a missed response (3.4, 4.4); null from the start. No notice is
-- raised before.
alter table dues add column begins_on date;

-- Everyone whom a stage was given to, also after it went to somebody else: they have a part in it (4.15).
create table handlings (
    complaint_id uuid not null constraint handlings_complaint references complaints,
    stage        text not null constraint handlings_stage_known check (stage in ('one', 'two')),
    account_id   uuid not null,
    constraint handlings_pkey primary key (complaint_id, stage, account_id)
);

insert into handlings (complaint_id, stage, account_id)
select complaint_id, stage, handler from stages where handler is not null;

-- Whoever had a part in a stage keeps it.
grant select, insert on handlings to service_complaint_app;
