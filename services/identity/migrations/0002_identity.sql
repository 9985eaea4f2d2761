-- Who can log in, what they logged in with, and what happened to them.
--
-- Nothing here can be used to log in: passwords are Argon2id hashes, codes are HMACs under a key that is not in the database, and the secrets of
-- links, log-ins, sessions, devices and service clients are SHA-256 hashes of 256 random bits.

create table landlords (
    id                    uuid primary key,
    request_id            uuid not null constraint landlords_request_id unique,
    name                  text not null,
    -- The London date of the administrator's first log-in (CA-4 counts from here).
    activated_on          date,
    code_delivery         text not null default 'own_address'
                          constraint landlords_code_delivery check (code_delivery in ('own_address', 'administrator')),
    restricted_at         timestamptz,
    restriction_reason    text,
    restriction_review_on date,
    version               bigint not null default 1,
    created_at            timestamptz not null,
    constraint landlords_restriction_whole check (
        num_nonnulls(restricted_at, restriction_reason, restriction_review_on) in (0, 3))
);

-- The order of ListLandlords.
create index landlords_by_name on landlords (name, id);

create table accounts (
    id                    uuid primary key,
    request_id            uuid not null constraint accounts_request_id unique,
    landlord_id           uuid references landlords (id),
    -- Folded to lower case, so that one mailbox is one account whatever way it is typed.
    -- Collated by bytes, so that its index serves the search by a beginning as well as the order.
    username              text collate "C" not null constraint accounts_username unique
                          constraint accounts_username_folded check (username = lower(username)),
    name                  text not null,
    role                  text not null,
    team                  text,
    active                boolean not null default true,
    -- Argon2id as a PHC string; null until the holder has set one by a link (ID-2).
    password_hash         text,
    -- The password is good for nothing until it is reset by a link (ID-5, ID-6).
    reset_required        boolean not null default false,
    last_login_at         timestamptz,
    restricted_at         timestamptz,
    restriction_reason    text,
    restriction_review_on date,
    version               bigint not null default 1,
    created_at            timestamptz not null,
    constraint accounts_role check (role in (
        'landlord_administrator', 'landlord_sub_account', 'caseworker', 'complaints_investigator',
        'customer_insight_manager', 'senior_colleague', 'system_administrator', 'independent_reviewer')),
    constraint accounts_landlord_of_role check (
        (landlord_id is not null) = (role in ('landlord_administrator', 'landlord_sub_account'))),
    constraint accounts_team_of_caseworker check ((team is not null) = (role = 'caseworker')),
    constraint accounts_restriction_whole check (
        num_nonnulls(restricted_at, restriction_reason, restriction_review_on) in (0, 3))
);

-- One administrator per landlord (ID-1).
create unique index accounts_one_administrator on accounts (landlord_id) where role = 'landlord_administrator';
-- The order of ListSubAccounts.
create index accounts_of_landlord on accounts (landlord_id, name, id) where role = 'landlord_sub_account';

-- A username that an account had before: it is told of the change too (ID-1).
create table former_addresses (
    id         uuid primary key,
    account_id uuid not null references accounts (id),
    address    text not null,
    changed_at timestamptz not null
);

-- Consecutive failures of an account and the lock that they led to (ID-6). Every account has its row from the start, and not a
-- column of its own table, for attempts come faster than edits.
create table lockouts (
    account_id   uuid primary key references accounts (id),
    failures     integer not null default 0,
    locked_at    timestamptz,
    locked_until timestamptz,
    constraint lockouts_whole check ((locked_at is null) = (locked_until is null))
);

-- The order of ListLocks.
create index lockouts_latest on lockouts (locked_at desc, account_id desc) where locked_at is not null;

-- Browsers that an account has logged in from (ID-6).
create table devices (
    id           uuid primary key,
    account_id   uuid not null references accounts (id),
    token_hash   bytea not null constraint devices_token unique,
    user_agent   text not null,
    last_seen_at timestamptz not null
);

create index devices_of_account on devices (account_id);
create index devices_by_age on devices (last_seen_at);

-- Log-ins that have passed the password and await the code (ID-4, ID-5).
create table logins (
    id               uuid primary key,
    account_id       uuid not null references accounts (id),
    token_hash       bytea not null constraint logins_token unique,
    -- The known device it came from.
    device_id        uuid,
    started_at       timestamptz not null,
    expires_at       timestamptz not null,
    codes_requested  integer not null default 0,
    code_requested_at timestamptz,
    -- HMAC-SHA256 of the log-in's id and the newest code.
    code_mac         bytea,
    code_expires_at  timestamptz,
    tries            integer not null default 0,
    -- How it ended: by a right code, by too many wrong ones, or because the account changed under it.
    outcome          text constraint logins_outcome check (outcome in ('completed', 'exhausted', 'ended')),
    ended_at         timestamptz,
    constraint logins_ended_whole check ((outcome is null) = (ended_at is null)),
    constraint logins_code_whole check ((code_mac is null) = (code_expires_at is null))
);

create index logins_of_account on logins (account_id, ended_at);
create index logins_by_age on logins (expires_at);

create table sessions (
    id             uuid primary key,
    account_id     uuid not null references accounts (id),
    token_hash     bytea not null constraint sessions_token unique,
    user_agent     text not null,
    client_address text not null,
    started_at     timestamptz not null,
    last_active_at timestamptz not null
);

create index sessions_of_account on sessions (account_id, last_active_at desc);
create index sessions_by_age on sessions (last_active_at);

-- Requests for a link to set a password (ID-3). One for an unknown username has no account: it takes the same steps as any other, so that nobody can
-- tell by the time taken, and nothing is sent for it.
create table resets (
    id               uuid primary key,
    account_id       uuid references accounts (id),
    cause            text not null
                     constraint resets_cause check (cause in ('forgotten', 'new_account', 'by_administrator', 'forced')),
    requested_at     timestamptz not null,
    -- After this instant the link is not worth sending.
    deliver_by       timestamptz not null,
    token_hash       bytea constraint resets_token unique,
    token_expires_at timestamptz,
    -- Used, or ended by a newer request.
    ended_at         timestamptz,
    constraint resets_token_whole check ((token_hash is null) = (token_expires_at is null))
);

create index resets_open_of_account on resets (account_id) where ended_at is null;
create index resets_by_age on resets (requested_at);

-- Counters of attempts, shared by every replica (ID-6). The subject is an HMAC: a username that somebody mistyped may be a password.
create table throttles (
    rule       text not null,
    subject    bytea not null,
    count      integer not null,
    -- The window runs from its first attempt; after this instant the counter starts anew.
    ends_at    timestamptz not null,
    primary key (rule, subject)
);

create index throttles_by_age on throttles (ends_at);

-- Pairs of username and password that an address has tried, as HMACs: trying the same pair again is no new guess.
create table tried_pairs (
    subject bytea not null,
    pair    bytea not null,
    ends_at timestamptz not null,
    primary key (subject, pair)
);

create index tried_pairs_by_age on tried_pairs (ends_at);

-- Other internal systems (ID-13).
create table service_clients (
    id          uuid primary key,
    name        text not null constraint service_clients_name unique,
    secret_hash bytea not null,
    scopes      text[] not null,
    active      boolean not null default true,
    created_at  timestamptz not null
);

-- The security audit (ID-14), append-only by the grants below. No foreign key: it outlives whatever it tells of.
create table security_events (
    id             uuid primary key,
    occurred_at    timestamptz not null,
    kind           text not null,
    account_id     uuid,
    username       text,
    actor          text not null,
    client_address text not null,
    detail         text not null
);

create index security_events_by_time on security_events (occurred_at desc, id desc);
create index security_events_of_account on security_events (account_id, occurred_at desc, id desc);

-- The role whose members the service runs as. An owner that may not make roles finds it made. Roles belong to the whole cluster, so another
-- database's migration may be making it at this moment.
do $$
begin
    if not exists (select from pg_roles where rolname = 'identity_app') then
        create role identity_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to identity_app;
grant select, insert, update, delete on
    landlords, accounts, former_addresses, lockouts, devices, logins, sessions, resets, throttles, tried_pairs, service_clients
    to identity_app;
grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to identity_app;
grant select, insert, delete on inbox to identity_app;
grant select, insert, delete, update (reason, tries) on dead_letters to identity_app;
grant select, insert on security_events to identity_app;
