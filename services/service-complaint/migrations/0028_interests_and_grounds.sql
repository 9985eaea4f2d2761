-- All at once, in the order in which a step reads them, so that none waits in the middle of another.
lock table actions, conflicts, no_lessons, complaints in access exclusive mode;

-- The stage whose response first tells the person of an action: what a review promises and does is told by its own (4.9, 4.19).
alter table actions
    add column stage text not null default 'one' constraint actions_stage_known check (stage in ('one', 'two'));

update actions a set stage = 'two'
where coalesce(
    (select r.stage = 'two' from remedies r where r.id = a.remedy_id),
    (
        select min((e.entry ->> 'on')::date)
        from ledger_entries e
        where e.complaint_id = a.complaint_id and e.clock = 'action' and e.action_id = a.id
    ) >= (
        select min((e.entry -> 'detail' ->> 'on')::date)
        from ledger_entries e
        where e.complaint_id = a.complaint_id and e.clock = 'acknowledgement two' and e.entry ->> 'what' = 'met'
    ),
    false
);

-- A conflict of interest may be seen by somebody else, who says so (3.4: "actual or perceived").
-- The consumers of the version before keep none of those that are declared: the sweep announces them again, and what a process of the version before
-- takes meanwhile, whoever has heard of it.
alter table conflicts
    add column recorded_by text not null default '',
    add column announced boolean not null default false;
create index conflicts_unannounced on conflicts (declared_at) where not announced;
grant update (announced) on conflicts to service_complaint_app;

-- A review may teach something that its stage 1 did not: what was said of one stage says nothing of the other (6.2).
alter table no_lessons
    add column stage text not null default 'one' constraint no_lessons_stage_known check (stage in ('one', 'two')),
    drop constraint no_lessons_pkey,
    add constraint no_lessons_pkey primary key (complaint_id, stage);

update no_lessons n set stage = 'two'
from stages s
where s.complaint_id = n.complaint_id and s.stage = 'two' and s.answered_on <= (n.said_at at time zone 'Europe/London')::date;

-- No ground was recorded of what was refused before there were grounds; the history names it of every other. What was filled in for those stays, as the
-- binary before this reads a ground of each.
alter table complaints add column ended_ground_known boolean not null default true;

update complaints c set ended_ground_known = false
where c.ended_how = 'escalation_rejected' and not exists (
    select from changes h
    where h.complaint_id = c.id and h.action = 'escalation_rejected' and h.text like 'Rejected the request for stage 2 (%, policy %): %'
);

create or replace function report_rows(first_day date, last_day date)
returns table (figure text, complaint_id uuid, item text, happened_on date, amount bigint)
language sql stable
as $$
    select f.figure, f.complaint_id, f.item, f.happened_on, f.amount from figure_rows(first_day, last_day) f
    union all
    select 'escalation.rejected.' || case when c.ended_ground_known then c.ended_ground else 'unrecorded' end, c.id, '', c.closed_on, 1::bigint
    from complaints c where c.ended_how = 'escalation_rejected' and c.closed_on between first_day and last_day
    union all
    select d.figure, d.complaint_id, d.item, d.happened_on, d.amount from delivery_rows(first_day, last_day) d
$$;

-- The binary before this keeps no exclusion of a refusal, and would take it away with whatever it saves.
create function keep_exclusion_of_refusal() returns trigger
language plpgsql
as $$
begin
    if old.ended_how = 'escalation_rejected' then
        new.exclusion := coalesce(new.exclusion, old.exclusion);
    end if;
    return new;
end
$$;

create trigger complaints_keep_exclusion before update on complaints
    for each row execute function keep_exclusion_of_refusal();

-- Interests that were declared before this, in what came of those complaints later, down to the last.
with recursive inherited (complaint_id, account_id, name, interest, reason, declared_at) as (
    select c.id, f.account_id, f.name, f.interest, f.reason, f.declared_at
    from conflicts f join complaints c on f.complaint_id in (c.follows, c.raised_during)
    where f.declared_at < (select min(h.at) from changes h where h.complaint_id = c.id)
    union
    select c.id, i.account_id, i.name, i.interest, i.reason, i.declared_at
    from inherited i join complaints c on i.complaint_id in (c.follows, c.raised_during)
)
insert into conflicts (complaint_id, account_id, name, interest, reason, declared_at)
select complaint_id, account_id, name, interest, reason, declared_at from inherited
on conflict do nothing;

-- What their holders still had there is given up, the present stage before the one that was answered, and is due for nobody until a colleague has it.
update conflicts f
set gave_up = (select max(s.stage) from stages s where s.complaint_id = f.complaint_id and s.handler = f.account_id)
where f.gave_up is null and exists (select from stages s where s.complaint_id = f.complaint_id and s.handler = f.account_id);

update stages s set handler = null, handler_name = ''
from conflicts f
where f.complaint_id = s.complaint_id and f.account_id = s.handler;

update dues d set owner = null
from conflicts f
where f.complaint_id = d.complaint_id and f.account_id = d.owner;
