-- Notes, evidence and contacts, written down and never changed: they are what a finding rests on.
create table notes (
    id           uuid        constraint notes_pkey primary key,
    complaint_id uuid        not null constraint notes_complaint references complaints,
    kind         text        not null constraint notes_kind_known check (kind in ('note', 'evidence', 'contact')),
    -- The date of what it tells of.
    told_of      date        not null,
    text         text        not null,
    actor        text        not null,
    name         text        not null,
    at           timestamptz not null,
    -- A request id belongs to the one who chose it.
    request_id   uuid        not null,
    constraint notes_request_once unique (actor, request_id)
);

create index notes_of_complaint on notes (complaint_id, id);

grant select, insert on notes to service_complaint_app;
