-- Service requests (1.3, 2.3), and what is raised during an investigation (4.5).

-- The last number given out in each year of receipt.
create table service_request_counters (
    year integer constraint service_request_counters_pkey primary key,
    last integer not null
);

-- Somebody asks for something rather than complains.
create table service_requests (
    id             uuid   constraint service_requests_pkey primary key,
    -- What people call it: SR, the year of receipt, and the number within it.
    reference      text   not null constraint service_requests_reference_unique unique,
    service_user   text   not null,
    user_kind      text   not null
        constraint service_requests_user_kind_known check (user_kind in ('resident', 'representative', 'landlord', 'other')),
    email          text   not null,
    telephone      text   not null,
    postal_address text   not null,
    format         text   not null
        constraint service_requests_format_known check (format in ('email', 'letter', 'large_print', 'easy_read')),
    channel        text   not null
        constraint service_requests_channel_known check (channel in ('webform', 'email', 'telephone', 'letter', 'colleague')),
    wanted         text   not null,
    case_reference text   not null,
    received_on    date   not null,
    -- The complaint that it was raised during (4.5).
    raised_during  uuid   constraint service_requests_raised_during references complaints,
    handler        uuid,
    handler_name   text   not null default '',
    reviewed_on    date,
    -- When it is to be reviewed again (2.3), derived whenever it is saved: what lists are ordered by. Null once it is closed.
    review_due_on  date,
    answered_on    date,
    answer         text   not null default '',
    -- The complaint that it became (1.5).
    complaint_id   uuid   constraint service_requests_complaint references complaints
        constraint service_requests_complaint_once unique,
    -- Whose request it was to record it. A request id belongs to the one who chose it.
    requested_by   text   not null,
    request_id     uuid   not null,
    version        bigint not null constraint service_requests_version_counts check (version > 0),
    constraint service_requests_request_once unique (requested_by, request_id),
    constraint service_requests_answered_with_words check ((answered_on is null) = (answer = '')),
    constraint service_requests_reviewed_while_open check ((review_due_on is null) = (answered_on is not null or complaint_id is not null))
);

create index service_requests_by_review on service_requests (review_due_on, id);
create index service_requests_of_handler on service_requests (handler, review_due_on, id);
create index service_requests_received on service_requests (received_on);

-- Who did what (WH-1).
create table service_request_changes (
    id                 uuid        constraint service_request_changes_pkey primary key,
    at                 timestamptz not null,
    actor              text        not null,
    name               text        not null,
    service_request_id uuid        not null constraint service_request_changes_of references service_requests,
    text               text        not null
);

create index service_request_changes_of_request on service_request_changes (service_request_id, id);

-- Who read a request, and when; apart from changes (WH-1).
create table service_request_reads (
    id                 uuid        constraint service_request_reads_pkey primary key,
    at                 timestamptz not null,
    actor              text        not null,
    service_request_id uuid        not null
);

create index service_request_reads_of_request on service_request_reads (service_request_id, id);

-- What went out by email: the receipt and the answer, kept exactly as they were sent.
create table service_request_letters (
    id                 uuid        constraint service_request_letters_pkey primary key,
    service_request_id uuid        not null constraint service_request_letters_of references service_requests,
    kind               text        not null constraint service_request_letters_kind_known check (kind in ('receipt', 'answer')),
    subject            text        not null,
    text               text        not null,
    html               text        not null,
    addressee          text        not null,
    address            text        not null constraint service_request_letters_have_an_address check (address <> ''),
    sent_at            timestamptz not null,
    -- When a mail server refused it for good, so that the person must be told in another way.
    refused_at         timestamptz,
    constraint service_request_letters_once unique (service_request_id, kind)
);

-- What a complaint came of, besides a request for stage 2, which is `follows`.
alter table complaints
    add column raised_during   uuid constraint complaints_raised_during references complaints,
    add column service_request uuid constraint complaints_service_request references service_requests,
    add constraint complaints_one_origin check (num_nonnulls(follows, raised_during, service_request) <= 1);

-- What was raised during an investigation, and how it is handled (4.5). It is written before the complaint or the request that it becomes, in one
-- transaction with it: those two keys are looked at when that ends.
create table points (
    id                 uuid    constraint points_pkey primary key,
    complaint_id       uuid    not null constraint points_complaint references complaints,
    position           integer not null,
    text               text    not null,
    raised_on          date    not null,
    element_id         uuid    constraint points_element references elements,
    new_complaint_id   uuid    constraint points_new_complaint references complaints deferrable initially deferred,
    service_request_id uuid    constraint points_service_request references service_requests deferrable initially deferred,
    told_on            date    not null,
    told_how           text    not null,
    constraint points_handled_in_one_way check (num_nonnulls(element_id, new_complaint_id, service_request_id) = 1),
    constraint points_told_after_raised check (told_on >= raised_on)
);

create index points_of_complaint on points (complaint_id, position);

grant select, insert, update on service_request_counters to service_complaint_app;
grant select, insert on service_requests to service_complaint_app;
-- Who asked, for what and when stays as it was written.
grant update (handler, handler_name, reviewed_on, review_due_on, answered_on, answer, complaint_id, version) on service_requests to service_complaint_app;
grant select, insert on service_request_changes, service_request_reads, service_request_letters, points to service_complaint_app;
grant update (refused_at) on service_request_letters to service_complaint_app;
