-- A complaint about the ombudsman itself, at stage 1 of the policy's procedure.
create table complaints (
    id                       uuid   constraint complaints_pkey primary key,
    -- What people call it: SC, the year of receipt, and the number within it.
    reference                text   not null constraint complaints_reference_unique unique,
    service_user             text   not null,
    channel                  text   not null constraint complaints_channel_known check (channel in ('webform', 'email', 'telephone', 'letter', 'colleague')),
    summary                  text   not null,
    -- The definition, element by element (2.1, 4.8); empty until the acknowledgement sets it out.
    elements                 text[] not null,
    desired_outcome          text   not null,
    contact                  text   not null,
    communication_preference text   not null,
    reasonable_adjustments   text   not null,
    vulnerabilities          text   not null,
    early_resolution         text   not null,
    received_on              date   not null,
    -- The earliest due date of its running clocks, derived from the ledgers whenever one is written to: what lists are ordered by.
    next_due_on              date   not null,
    -- Whose request it was. A request id belongs to the one who chose it.
    requested_by             text   not null,
    request_id               uuid   not null,
    version                  bigint not null constraint complaints_version_counts check (version > 0),
    constraint complaints_request_once unique (requested_by, request_id)
);

create index complaints_next_due on complaints (next_due_on, id);

-- The last number given out in each year of receipt.
create table reference_counters (
    year integer constraint reference_counters_pkey primary key,
    last integer not null
);

-- The ledgers of the clocks, entry by entry, never changed: a due date is read from them and stands nowhere else.
create table ledger_entries (
    complaint_id uuid    not null constraint ledger_entries_complaint references complaints,
    clock        text    not null constraint ledger_entries_clock_known check (clock in ('acknowledgement', 'response')),
    position     integer not null constraint ledger_entries_position_counts check (position >= 0),
    entry        jsonb   not null,
    constraint ledger_entries_pkey primary key (complaint_id, clock, position)
);

-- Who did what, when and on whose behalf (WH-1).
create table changes (
    id           uuid        constraint changes_pkey primary key,
    at           timestamptz not null,
    actor        text        not null,
    action       text        not null constraint changes_action_known check (action in ('recorded', 'acknowledged')),
    complaint_id uuid        not null
);

create index changes_of_complaint on changes (complaint_id, id);

-- Who read a complaint, and when; apart from changes (WH-1).
create table reads (
    id           uuid        constraint reads_pkey primary key,
    at           timestamptz not null,
    actor        text        not null,
    complaint_id uuid        not null
);

create index reads_of_complaint on reads (complaint_id, id);
