-- One conversation per case (ME-1). The row is there from the first message on, and every message of the case takes its
-- lock: so messages get their instants one after the other, and the counters below can't miss one.
create table conversations (
    case_id             uuid        constraint conversations_pkey primary key,
    -- A case keeps its landlord for good, so that the copy can't become wrong; it lets a landlord's count use one index.
    landlord_id         uuid        not null,
    -- The newest message's instant. The next one is later by a microsecond at least, whatever the clocks of replicas say.
    last_sent_at        timestamptz not null,
    -- Read marks of the two sides (ME-4): everything sent up to here was read.
    landlord_read_to    timestamptz,
    ombudsman_read_to   timestamptz,
    unread_by_landlord  integer     not null constraint conversations_unread_by_landlord_counts check (unread_by_landlord >= 0),
    unread_by_ombudsman integer     not null constraint conversations_unread_by_ombudsman_counts check (unread_by_ombudsman >= 0),
    -- Since when the landlord awaits an answer (ME-5); null when none is owed. The period is the same for everyone, so the
    -- order of waiting is the order of due dates.
    reply_owed_since    timestamptz
);

-- What a side has not read, for the header's count.
create index conversations_unread_by_landlord on conversations (landlord_id) include (case_id, unread_by_landlord) where unread_by_landlord > 0;
create index conversations_unread_by_ombudsman on conversations (case_id) include (unread_by_ombudsman) where unread_by_ombudsman > 0;
-- Replies that are owed, longest waiting first (ME-5).
create index conversations_reply_owed on conversations (reply_owed_since, case_id) where reply_owed_since is not null;

create table messages (
    id             uuid        constraint messages_pkey primary key,
    case_id        uuid        not null constraint messages_conversation references conversations,
    side           text        not null constraint messages_side_known check (side in ('landlord', 'ombudsman')),
    -- Shown to both sides; who exactly wrote it stands in `changes`.
    author_name    text        not null,
    body           text        not null constraint messages_body_not_empty check (body <> ''),
    -- Attachments (ME-3) with the names they had when the message was sent, in the order they were chosen.
    document_ids   uuid[]      not null,
    document_names text[]      not null,
    sent_at        timestamptz not null,
    -- Sent before this portal: history that nobody has to read again.
    imported       boolean     not null,
    -- Whose request it was: `import`, or the actor. A request id belongs to the one who chose it.
    requested_by   text        not null,
    request_id     uuid        not null,
    constraint messages_attachments_named check (cardinality(document_ids) = cardinality(document_names)),
    constraint messages_request_once unique (requested_by, request_id)
);

-- The thread, newest first.
create index messages_thread on messages (case_id, sent_at desc, id desc);

-- Who did what, when and on whose behalf (WH-1). Append-only by the grants of 0004.
create table changes (
    id         uuid        constraint changes_pkey primary key,
    at         timestamptz not null,
    actor      text        not null,
    action     text        not null constraint changes_action_known check (action in ('posted', 'imported', 'marked_read')),
    case_id    uuid        not null,
    message_id uuid        not null
);

create index changes_of_case on changes (case_id, id);
