-- Emails on their way (NO-3). A row is written in the transaction that handles its event, so no email is lost, and the unique cause
-- below makes one email of one event however often it is delivered.
create table emails (
    id            uuid        constraint emails_pkey primary key,
    -- What it is about, which chooses the words.
    matter        text        not null,
    -- Whom it goes to, as a reference such as `landlord:<id>`. The address is asked of identity when it is sent: it may have changed
    -- by then, and this table holds none.
    recipient     text        not null,
    case_id       uuid,
    -- The account that identity named when it was last asked.
    account_id    uuid,
    -- When what it tells of happened.
    occurred_at   timestamptz not null,
    -- After this it is not worth sending.
    expires_at    timestamptz,
    -- Codes and links go before everything else.
    urgent        boolean     not null,
    -- How many events of a burst it tells of (NO-4), and whether it still takes more.
    gathered      integer     not null default 1 constraint emails_gathered_one_at_least check (gathered > 0),
    gathering     boolean     not null,
    state         text        not null default 'queued'
        constraint emails_state_known check (state in ('queued', 'transmission_begun', 'sent', 'refused', 'lapsed')),
    tries         integer     not null default 0,
    queued_at     timestamptz not null,
    -- When it is worked on next. Whoever takes it on moves this to the end of a lease: if they stop, it falls due again by itself.
    next_try_at   timestamptz not null,
    -- Grows with every lease, so that a holder who lost it can't write any more.
    fence         bigint      not null default 0,
    -- The email as it was first rendered, so that a second try sends the same. Those with a code or a link are never kept.
    message_id    text,
    subject       text,
    text_body     text,
    html_body     text,
    -- What the last try said, without the address.
    last_error    text        not null default '',
    sent_at       timestamptz,
    -- The trace of the request that caused it.
    trace         jsonb       not null
);

-- What is due, urgent ones apart, so that a backlog never stands before a log-in code.
create index emails_due on emails (urgent, next_try_at, id) where state in ('queued', 'transmission_begun');
-- What is not delivered, oldest first, for operators and for the age of the oldest.
create index emails_undelivered on emails (queued_at, id) where state in ('queued', 'transmission_begun', 'refused');
-- One open email for a burst.
create unique index emails_gathering on emails (recipient, matter, case_id) where gathering;
-- Unsent codes and links, which a newer one replaces.
create index emails_superseded on emails (recipient) where urgent and state = 'queued';

-- The events that an email tells of.
create table email_causes (
    event_id  uuid not null,
    recipient text not null,
    email_id  uuid not null constraint email_causes_email references emails,
    constraint email_causes_pkey primary key (event_id, recipient)
);

create index email_causes_of_email on email_causes (email_id);

-- What people did to emails (WH-1): append-only by the grants of 0005.
create table changes (
    id       uuid        constraint changes_pkey primary key,
    at       timestamptz not null,
    actor    text        not null,
    action   text        not null constraint changes_action_known check (action in ('sent_again')),
    email_id uuid        not null
);
