-- What is due about a complaint, and the notices that were raised of it (SC-10, 4.9, 4.30).

-- When the person last heard how it stands, while a response has more time than the ordinary extension (4.4, 4.17).
alter table stages add column updated_on date;

-- Derived from the complaint whenever it is saved: what a sweep looks at.
create table dues (
    id           uuid     constraint dues_pkey primary key,
    complaint_id uuid     not null constraint dues_complaint references complaints,
    kind         text     not null constraint dues_kind_known
        check (kind in ('acknowledgement', 'response', 'outcome_reply', 'progress_update', 'action')),
    stage        text     not null constraint dues_stage_known check (stage in ('one', 'two')),
    action_id    uuid     constraint dues_action references actions,
    due_on       date     not null,
    -- Who has to see to it; null while nobody does.
    owner        uuid,
    -- The furthest step that a notice was raised of: 1 approaching, 2 overdue, 3 escalated.
    noticed      smallint not null default 0 constraint dues_noticed_known check (noticed between 0 and 3),
    constraint dues_once unique nulls not distinct (complaint_id, kind, stage, action_id)
);

create index dues_to_notice on dues (due_on) where noticed < 3;

-- The key is what makes each notice happen once, whoever sweeps and however often.
create table notices (
    complaint_id uuid        not null constraint notices_complaint references complaints,
    kind         text        not null,
    stage        text        not null,
    action_id    uuid,
    due_on       date        not null,
    threshold    smallint    not null constraint notices_threshold_known check (threshold between 1 and 3),
    raised_at    timestamptz not null,
    constraint notices_once unique nulls not distinct (complaint_id, kind, stage, action_id, due_on, threshold)
);

grant select, insert, update, delete on dues to service_complaint_app;
-- Append-only: what was announced stays as it was written.
grant select, insert on notices to service_complaint_app;
