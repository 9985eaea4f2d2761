-- What was decided on cases (CA-7), and what only staff see of a timeline (WH-1).

-- Each decision of a case; a later one takes the place of an earlier one, which stays.
create table outcomes (
    -- Version 7, so that the latest decision has the highest.
    id          uuid primary key,
    case_id     uuid        not null references cases (id),
    finding     smallint    not null,
    summary     text        not null,
    decided_on  date        not null,
    recorded_at timestamptz not null,
    -- Since when the landlord sees it; null until the case reaches a determination or is closed.
    told_at     timestamptz,

    constraint outcomes_finding_known check (finding between 1 and 8)
);
create index outcomes_of_case on outcomes (case_id, id desc);

alter table timeline
    -- Whoever did it, as the audit names them; empty when another service told of it.
    add column actor_id text not null default '',
    -- Whether the landlord does not see it.
    add column staff_only boolean not null default false;

-- The same view as before, with the latest decision, and the latest that the landlord sees.
create or replace view case_overviews as
select c.id, c.reference, c.case_type, c.complainant, c.representative, c.landlord_id, coalesce(l.name, '') as landlord_name, c.subject,
    c.status, c.team, c.owner_account_id, s.name as owner_name, c.opened_on, c.closed_on, c.next_task_due_on,
    json_build_object(
        'contact', c.contact,
        'communication_preference', c.communication_preference,
        'reasonable_adjustments', c.reasonable_adjustments,
        'vulnerabilities', c.vulnerabilities
    ) as staff_details,
    coalesce(upcoming.tasks, '[]'::json) as upcoming_tasks,
    c.version,
    latest.outcome,
    told.outcome as told_outcome
from cases c
join landlords l on l.id = c.landlord_id
left join staff s on s.account_id = c.owner_account_id
left join lateral (
    select json_agg(json_build_object('id', t.id, 'title', t.title, 'set_on', t.set_on, 'due_on', t.due_on) order by t.due_on, t.id) as tasks
    from (select * from tasks where tasks.case_id = c.id and tasks.open order by due_on, id limit 5) t
) upcoming on true
left join lateral (
    select json_build_object('finding', finding, 'summary', summary, 'decided_on', decided_on, 'told', told_at is not null) as outcome
    from outcomes where outcomes.case_id = c.id order by id desc limit 1
) latest on true
left join lateral (
    select json_build_object('finding', finding, 'summary', summary, 'decided_on', decided_on, 'told', true) as outcome
    from outcomes where outcomes.case_id = c.id and told_at is not null order by id desc limit 1
) told on true;

grant select, insert, update (told_at) on outcomes to case_app;
