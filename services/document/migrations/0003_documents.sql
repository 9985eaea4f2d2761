-- Files of cases (DO-1 to DO-6). The content is in the object store under the document's id; a row is there only when its
-- content is there, whole.
create table documents (
    id                uuid        constraint documents_pkey primary key,
    case_id           uuid        not null,
    -- As shown, cleaned of what a file name may not hold.
    name              text        not null constraint documents_name_not_empty check (name <> ''),
    category          text        not null constraint documents_category_known check (category in
                          ('complaint_correspondence', 'complaint_response', 'evidence', 'policy', 'property_record', 'compliance', 'other')),
    -- From what the file is, and not what it is called.
    media_type        text        not null,
    size              bigint      not null constraint documents_size_allowed check (size between 1 and 20971520),
    sha256            bytea       not null constraint documents_sha256_whole check (octet_length(sha256) = 32),
    state             text        not null constraint documents_state_known check (state in ('checking', 'available', 'quarantined', 'withdrawn')),
    -- Whether staff added it.
    from_ombudsman    boolean     not null,
    -- Shown to both sides; who exactly it was stands in `changes`.
    added_by          text        not null,
    added_at          timestamptz not null,
    -- A document of the same case with the same content, added before (DO-3).
    same_as           uuid        constraint documents_same_as references documents,
    withdrawal_reason text,
    version           bigint      not null,
    -- A request id belongs to the one who chose it.
    requested_by      text        not null,
    request_id        uuid        not null,
    constraint documents_request_once unique (requested_by, request_id),
    constraint documents_withdrawn_with_reason check ((state = 'withdrawn') = (withdrawal_reason is not null))
);

-- The list of a case, newest first.
create index documents_of_case on documents (case_id, added_at desc, id desc);
-- The same content on the same case.
create index documents_same_content on documents (case_id, sha256);

-- Documents whose content is yet to be scanned (DO-4). A worker claims a row for a while; whoever's claim is gone may not
-- say anything about the document any more.
create table scans (
    document_id   uuid        constraint scans_pkey primary key constraint scans_document references documents,
    queued_at     timestamptz not null,
    -- When the next try is due: at once, later after a failure, and when a claim ends.
    due_at        timestamptz not null,
    tries         integer     not null constraint scans_tries_count check (tries >= 0),
    claim         uuid
);

create index scans_due on scans (due_at);
create index scans_oldest on scans (queued_at);

-- Objects that are being written. A row is there before its object and goes in the transaction of its document, so that a
-- crash in between leaves a row by which the orphan is found.
create table uploads (
    object_id  uuid        constraint uploads_pkey primary key,
    started_at timestamptz not null,
    -- Set before the orphan is removed: from then on no document can be made of it.
    abandoned  boolean     not null default false
);

create index uploads_oldest on uploads (started_at);

-- Who did what, when and on whose behalf (WH-1). Append-only by the grants of 0004.
create table changes (
    id          uuid        constraint changes_pkey primary key,
    at          timestamptz not null,
    actor       text        not null,
    action      text        not null constraint changes_action_known check (action in ('added', 'found_clean', 'quarantined', 'withdrawn')),
    case_id     uuid        not null,
    document_id uuid        not null,
    -- The reason of a withdrawal, or what the scanner calls what it found.
    detail      text
);

create index changes_of_document on changes (document_id, id);

-- Who downloaded what (WH-1), apart from the changes. Append-only, too.
create table reads (
    id          uuid        constraint reads_pkey primary key,
    at          timestamptz not null,
    actor       text        not null,
    case_id     uuid        not null,
    document_id uuid        not null,
    first_byte  bigint      not null,
    bytes       bigint      not null
);

create index reads_of_document on reads (document_id, id);
