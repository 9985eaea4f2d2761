-- The public side (SC-1, SC-15): forms on their way, what came by them, and private links.

-- A form that somebody fills in. It is known by a secret of the browser alone; its id becomes the complaint's.
create table drafts (
    id         uuid        constraint drafts_pkey primary key,
    -- A keyed hash: whoever reads this table can't open a form.
    token_hash bytea       not null constraint drafts_token_unique unique,
    -- What was answered so far; emptied when it is sent.
    answers    jsonb       not null,
    started_at timestamptz not null,
    -- A day after the last change: what was not sent by then is not kept.
    expires_at timestamptz not null,
    sent_at    timestamptz
);

create index drafts_expired on drafts (expires_at, id);

-- What the form asks and a complaint has no other place for.
create table webforms (
    complaint_id uuid        constraint webforms_pkey primary key constraint webforms_complaint references complaints,
    happened_on  date        not null,
    -- Whether that was longer ago than is usually looked at, on the day it was sent (2.6): the person was told so before sending.
    too_long_ago boolean     not null,
    sent_at      timestamptz not null
);

-- What asked for a private link: the receipt, the person, or a colleague. The link itself is made when the email goes out.
create table link_requests (
    id           uuid        constraint link_requests_pkey primary key,
    complaint_id uuid        not null constraint link_requests_complaint references complaints,
    requested_at timestamptz not null
);

create index link_requests_of_complaint on link_requests (complaint_id, requested_at);

-- Private links, by a keyed hash of their secrets.
create table links (
    id           uuid        constraint links_pkey primary key,
    complaint_id uuid        not null constraint links_complaint references complaints,
    token_hash   bytea       not null constraint links_token_unique unique,
    made_at      timestamptz not null,
    expires_at   timestamptz not null
);

create index links_of_complaint on links (complaint_id, id);

-- How often something was asked for. The subject is a keyed hash of a network address: none stands here.
create table throttles (
    rule    text        not null,
    subject bytea       not null,
    count   integer     not null constraint throttles_count_counts check (count > 0),
    ends_at timestamptz not null,
    constraint throttles_pkey primary key (rule, subject)
);

create index throttles_ended on throttles (ends_at);

-- What a person sent twice is one message.
alter table correspondence add column request_id uuid constraint correspondence_request_once unique;

grant select, insert, update, delete on drafts, throttles to service_complaint_app;
grant select, insert on webforms, link_requests to service_complaint_app;
grant select, insert, delete on links to service_complaint_app;
