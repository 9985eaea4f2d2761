-- Members of staff, as identity announces them: who may handle a complaint and be accountable for an action, and by what name they are shown
-- (4.15, 4.28).
create table staff (
    account_id uuid        constraint staff_pkey primary key,
    name       text        not null,
    -- As the contract names it, such as `ROLE_COMPLAINTS_INVESTIGATOR`.
    role       text        not null,
    -- Whether the person can be given work.
    active     boolean     not null,
    -- When identity said so: what it said earlier and comes later changes nothing.
    changed_at timestamptz not null
);

grant select, insert, update on staff to service_complaint_app;

-- Whoever takes over what is due soon or overdue hears of it, too: a notice is once for each date, step and person. Those of before say nothing of whom.
alter table notices
    add column owner uuid,
    drop constraint notices_once,
    add constraint notices_once unique nulls not distinct (complaint_id, kind, stage, action_id, due_on, threshold, owner);
