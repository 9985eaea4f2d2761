-- News reaches somebody when its owner has left, and service complaints are told by email, too (NO-1, SC-10).
-- The binary before this still runs: it fills none of the new columns, and gathers news of cases as before.

-- Which members of staff can be given work, as identity announces it. Who is not here was not announced since this version: identity tells
-- of them when an email is about to leave.
create table staff (
    account_id uuid        constraint staff_pkey primary key,
    active     boolean     not null,
    changed_at timestamptz not null
);

alter table emails
    -- The service complaint that it is about, or the list of follow-ups: what its news is gathered by when it is about no case.
    add column about_id            uuid,
    -- The complaint's reference, which its words name; empty when it is about none.
    add column complaint_reference text not null default '';

-- One open email for a burst, whatever it is about. Takes the place of `emails_joinable`, which stays for the binary before.
create unique index emails_joinable_about on emails (recipient, (coalesce(case_id, about_id))) where joinable;

comment on column bursts.case_id is 'the case or the service complaint, or the list of follow-ups';

grant select, insert, update on staff to notification_app;
