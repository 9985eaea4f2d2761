-- Events out of, and into, this service's database. Every service's first migration holds this text unchanged.
--
-- Privileges of the service's own role; no other role has any here, and the tables belong to the role that migrates.
--
--   grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to <service>;
--   grant select, insert, delete on inbox to <service>;
--   grant select, insert, delete, update (reason, tries) on dead_letters to <service>;
--
-- What was announced can't be changed. Deleting is for retention and for dead letters that were handled.

-- What this service announced, each row written in the transaction of its cause. Rows stay after they were published,
-- so that a lost stream can be filled again.
create table outbox (
    -- The event's own id, `ce-id` on the wire: what consumers remember. Version 7, so rows lie in order of time.
    id uuid constraint outbox_pkey primary key,
    -- The id that the broker removes duplicates by. It equals `id` until a replay gives the row a new one, because
    -- the broker would take the old one for something that it has already stored.
    transport_id uuid not null,
    -- The event's type, which is also the subject that it is published under.
    subject text not null constraint outbox_subject_is_ours check (subject like 'casework.%'),
    -- The protobuf message.
    payload bytea not null,
    -- The trace that the event belongs to: `traceparent` and, where there is one, `tracestate`.
    headers jsonb not null,
    -- When it happened.
    created_at timestamptz not null default now(),
    -- Since when it has been waiting to be published: its creation, or a replay.
    queued_at timestamptz not null default now(),
    -- When the broker confirmed it; null until then.
    published_at timestamptz
);

-- What the relay claims from. It holds the backlog alone, which is empty nearly always.
create index outbox_unpublished on outbox (id) where published_at is null;

-- Which events have had their effect, each row written in the transaction of the effect.
create table inbox (
    consumer text not null,
    event_id uuid not null,
    handled_at timestamptz not null default now(),
    -- The event first: ids grow with time, so that inserts stay at one end of the index and retention cuts off the other.
    constraint inbox_pkey primary key (event_id, consumer)
);

-- Events whose handling failed until its tries were used up. They wait here for an operator.
create table dead_letters (
    consumer text not null,
    event_id uuid not null,
    subject text not null,
    payload bytea not null,
    -- As received: the event's time and its trace.
    headers jsonb not null,
    -- Why the last try failed.
    reason text not null,
    tries integer not null constraint dead_letters_were_tried check (tries > 0),
    failed_at timestamptz not null default now(),
    constraint dead_letters_pkey primary key (consumer, event_id)
);

-- The order that they are listed in.
create index dead_letters_newest on dead_letters (failed_at desc, event_id desc, consumer desc);
