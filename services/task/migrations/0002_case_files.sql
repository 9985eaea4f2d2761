-- What this service knows of each case, from the case service's events: enough to decide who may see what hangs on it
-- (CA-4) and to name it. A service that keeps it repeats this text in a migration.
--
-- Privileges of the service's own role: grant select, insert, update on case_files to <service>;

create table case_files (
    case_id uuid constraint case_files_pkey primary key,
    -- What people call it, such as `202312345`.
    reference text not null,
    landlord_id uuid not null,
    landlord_name text not null,
    complainant text not null,
    -- The number of `casework.case.v1.Status`.
    status integer not null,
    -- The case owner's account; null while nobody owns it.
    owner_account_id uuid,
    opened_on date not null,
    -- Null while it is open.
    closed_on date constraint case_files_closed_after_opening check (closed_on >= opened_on),
    -- Of the facts: events may come in any order, and the newest facts stay.
    version bigint not null
);

-- A landlord's cases, for lists of what hangs on them.
create index case_files_landlord on case_files (landlord_id, case_id);
