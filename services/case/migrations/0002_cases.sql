-- Cases, what is shown with them, and the projections of others' facts that they need.

-- A part of a complainant's name is found by its trigrams.
create extension if not exists pg_trgm;

-- Landlords, as identity announces them. The events may arrive in any order, so that either fact may be missing for a while.
create table landlords (
    id           uuid primary key,
    name         text,
    activated_on date
);

-- Members of staff, as identity announces them: who may own a case, and by what name they are shown.
create table staff (
    account_id uuid primary key,
    name       text        not null,
    team       text        not null,
    active     boolean     not null,
    -- When identity said so: what was said earlier and arrives later is ignored.
    changed_at timestamptz not null
);

-- The last number that was given to a case of each year. Its row is locked until the case that takes the next one is saved.
create table reference_counters (
    year        smallint primary key,
    last_number integer  not null
);

create table cases (
    id                       uuid primary key,
    -- Digits only, so that the order of bytes is the order of references and serves a search by their start.
    reference                text collate "C" not null,
    case_type                smallint not null,
    -- Sorted as people sort names, in any language.
    complainant              text collate "und-x-icu" not null,
    representative           text     not null,
    landlord_id              uuid     not null references landlords (id),
    subject                  text     not null,
    status                   smallint not null,
    team                     smallint not null,
    owner_account_id         uuid references staff (account_id),
    opened_on                date     not null,
    closed_on                date,
    -- The earliest due date of the case's open tasks (see `tasks`), kept here because lists are sorted by it.
    next_task_due_on         date,
    contact                  text     not null,
    communication_preference text     not null,
    reasonable_adjustments   text     not null,
    vulnerabilities          text     not null,
    -- What it was opened with, so that the same request opens it once; imported cases are known by their reference.
    request_id               uuid,
    request_digest           bytea,
    version                  bigint   not null default 1,

    constraint cases_reference_unique unique (reference),
    constraint cases_reference_form check (reference ~ '^[0-9]{9,13}$'),
    constraint cases_request_unique unique (request_id),
    constraint cases_case_type_known check (case_type between 1 and 3),
    constraint cases_status_known check (status between 1 and 11),
    constraint cases_team_known check (team between 1 and 4),
    constraint cases_closed_on_a_date check ((status = 11) = (closed_on is not null)),
    constraint cases_closed_after_opening check (closed_on >= opened_on)
);

-- Each order of a list has an index of its own for what is listed: a landlord's cases or everybody's, open or closed.
-- So a page costs the same at a thousand cases and at a million. A list of open and closed cases merges two of them.
-- A case without a next due date comes last; a row comparison can't cross nulls, hence the 'infinity' in the index alone.
create index cases_open_due_of_landlord on cases (landlord_id, (coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is null;
create index cases_open_due on cases ((coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is null;
create index cases_closed_due_of_landlord on cases (landlord_id, (coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is not null;
create index cases_closed_due on cases ((coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is not null;
create index cases_open_reference_of_landlord on cases (landlord_id, reference, id) where closed_on is null;
create index cases_open_reference on cases (reference, id) where closed_on is null;
create index cases_closed_reference_of_landlord on cases (landlord_id, reference, id) where closed_on is not null;
create index cases_closed_reference on cases (reference, id) where closed_on is not null;
create index cases_open_complainant_of_landlord on cases (landlord_id, complainant, id) where closed_on is null;
create index cases_open_complainant on cases (complainant, id) where closed_on is null;
create index cases_closed_complainant_of_landlord on cases (landlord_id, complainant, id) where closed_on is not null;
create index cases_closed_complainant on cases (complainant, id) where closed_on is not null;
create index cases_open_opened_of_landlord on cases (landlord_id, opened_on, id) where closed_on is null;
create index cases_open_opened on cases (opened_on, id) where closed_on is null;
create index cases_closed_opened_of_landlord on cases (landlord_id, opened_on, id) where closed_on is not null;
create index cases_closed_opened on cases (opened_on, id) where closed_on is not null;
create index cases_open_status_of_landlord on cases (landlord_id, status, id) where closed_on is null;
create index cases_open_status on cases (status, id) where closed_on is null;
create index cases_closed_status_of_landlord on cases (landlord_id, status, id) where closed_on is not null;
create index cases_closed_status on cases (status, id) where closed_on is not null;
-- A team's own work, soonest due first.
create index cases_open_due_of_team on cases (team, (coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is null;
create index cases_complainant_part on cases using gin (lower(complainant) gin_trgm_ops);

-- Tasks, as the task service announces them. Ended ones stay, so that an older event that comes late is known to be older.
create table tasks (
    id      uuid primary key,
    case_id uuid    not null references cases (id),
    title   text    not null,
    set_on  date    not null,
    due_on  date    not null,
    open    boolean not null,
    version bigint  not null
);
create index tasks_open_of_case on tasks (case_id, due_on, id) where open;

-- A case as it is shown: with its landlord's and owner's names and up to five upcoming tasks.
create view case_overviews as
select c.id, c.reference, c.case_type, c.complainant, c.representative, c.landlord_id, coalesce(l.name, '') as landlord_name, c.subject,
    c.status, c.team, c.owner_account_id, s.name as owner_name, c.opened_on, c.closed_on, c.next_task_due_on,
    json_build_object(
        'contact', c.contact,
        'communication_preference', c.communication_preference,
        'reasonable_adjustments', c.reasonable_adjustments,
        'vulnerabilities', c.vulnerabilities
    ) as staff_details,
    coalesce(upcoming.tasks, '[]'::json) as upcoming_tasks,
    c.version
from cases c
join landlords l on l.id = c.landlord_id
left join staff s on s.account_id = c.owner_account_id
left join lateral (
    select json_agg(json_build_object('id', t.id, 'title', t.title, 'set_on', t.set_on, 'due_on', t.due_on) order by t.due_on, t.id) as tasks
    from (select * from tasks where tasks.case_id = c.id and tasks.open order by due_on, id limit 5) t
) upcoming on true;

-- What has happened on a case, in words for both sides.
create table timeline (
    id          uuid primary key,
    case_id     uuid        not null references cases (id),
    occurred_at timestamptz not null,
    title       text        not null,
    description text        not null,
    actor       text        not null
);
create index timeline_of_case on timeline (case_id, occurred_at desc, id desc);

-- The audit of changes (WH-1): nobody who works with the service can change or remove a row of it.
create table changes (
    id           uuid primary key,
    case_id      uuid        not null,
    occurred_at  timestamptz not null,
    actor        text        not null,
    on_behalf_of text,
    action       text        not null,
    details      jsonb       not null
);
create index changes_of_case on changes (case_id, occurred_at, id);

-- The audit of reads (WH-1), apart from changes because it grows with every look.
create table reads (
    id           uuid primary key,
    case_id      uuid        not null,
    occurred_at  timestamptz not null,
    actor        text        not null,
    on_behalf_of text,
    what         text        not null
);
create index reads_of_case on reads (case_id, occurred_at, id);
