-- The bell (NO-2).

-- One row for each audience, such as `landlord:<id>`, `account:<id>` or `casework`. A new notice takes its lock until it is committed and
-- is later than the one before: so notices of an audience appear in the order of their instants, and a read mark never covers one
-- that nobody could see yet.
create table audiences (
    audience  text        constraint audiences_pkey primary key,
    latest_at timestamptz not null
);

create table notices (
    id          uuid        constraint notices_pkey primary key,
    event_id    uuid        not null,
    audience    text        not null constraint notices_audience references audiences,
    matter      text        not null,
    -- In a sentence. It may name what the case is about, as it is only shown in the portal.
    text        text        not null,
    case_id     uuid,
    email_id    uuid        constraint notices_email references emails,
    raised_at   timestamptz not null,
    constraint notices_once unique (event_id, audience),
    constraint notices_raised_in_order unique (audience, raised_at)
);

-- How far an account has read the notices of an audience.
create table read_marks (
    account_id uuid        not null,
    audience   text        not null,
    read_to    timestamptz not null,
    constraint read_marks_pkey primary key (account_id, audience)
);

-- Notices that an account has read one by one, beyond its mark. A mark that passes them takes their rows away.
create table single_reads (
    account_id uuid not null,
    notice_id  uuid not null constraint single_reads_notice references notices,
    constraint single_reads_pkey primary key (account_id, notice_id)
);

-- Since when each landlord's portal is in use: before that day it sees nothing, by email either (CA-4).
create table landlords (
    landlord_id  uuid constraint landlords_pkey primary key,
    activated_on date not null
);
