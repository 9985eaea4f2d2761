-- Bursts about one case, quiet hours, reminders that stop, and answers that a mail server never gave (NO-3, NO-4).
-- The binary before this still runs: it fills none of the new columns, and each has a default.

alter table emails
    -- Whether news of the same case to the same recipient still joins it. Takes the place of `gathering`, which knew one matter only.
    add column joinable   boolean     not null default false,
    -- When it first falls due: after its burst, or in the morning. Its age is counted from here, so that waiting on purpose raises no alarm.
    add column due_at     timestamptz not null default now(),
    -- The end of the quiet hours that it waits for.
    add column held_until timestamptz,
    -- Whether some try ended after the server had the whole email and before it said so: it may have arrived. It is sent once more
    -- under the same Message-ID, since SMTP has no way to ask (RFC 1047).
    add column uncertain  boolean     not null default false;

update emails set due_at = queued_at;

-- One open email for a burst.
create unique index emails_joinable on emails (recipient, case_id) where joinable;
-- The age of the oldest.
create index emails_unsent on emails (due_at) where state in ('queued', 'transmission_begun');

-- What each event of an email tells; null in rows of the binary before.
alter table email_causes
    add column matter     text,
    -- The task or the owed reply that it reminds of, and of which due date.
    add column subject_id uuid,
    add column due_on     date;

-- When news of a case last went to a recipient at once. Its row is locked while news is put on its way, so that two events at the same moment
-- are one burst.
create table bursts (
    recipient   text        not null,
    case_id     uuid        not null,
    released_at timestamptz not null,
    constraint bursts_pkey primary key (recipient, case_id)
);

-- What reminders are about: tasks and owed replies. Facts may come in any order, and the newest stay.
create table deadlines (
    subject_id uuid    constraint deadlines_pkey primary key,
    open       boolean not null,
    due_on     date    not null,
    version    bigint  not null
);

-- The team that has a case, by the number of `casework.case.v1.Team`.
create table case_teams (
    case_id uuid    constraint case_teams_pkey primary key,
    team    integer not null,
    version bigint  not null
);

-- How many events of a burst a notice tells of.
alter table notices add column told integer not null default 1 constraint notices_tell_one_at_least check (told > 0);
update notices n set told = e.gathered from emails e where e.id = n.email_id;

-- The notice that a burst joins.
create index notices_burst on notices (audience, case_id, matter, raised_at desc) where case_id is not null;

grant select, insert, update on bursts, deadlines, case_teams to notification_app;
-- A notice that tells of one more is new again; what it says of and to whom can't be changed.
grant update (raised_at, told, email_id) on notices to notification_app;
