-- That a colleague has an interest in a complaint, such as that they know the person (3.4). From then on they have nothing to do with it.
create table conflicts (
    complaint_id uuid        not null constraint conflicts_complaint references complaints,
    account_id   uuid        not null,
    name         text        not null,
    interest     text        not null constraint conflicts_interest_known
        check (interest in ('knows_person', 'knows_colleague', 'own_work', 'other')),
    reason       text        not null constraint conflicts_say_why check (reason <> ''),
    -- The stage that they handled, and gave up with it.
    gave_up      text        constraint conflicts_stage_known check (gave_up in ('one', 'two')),
    declared_at  timestamptz not null,
    constraint conflicts_pkey primary key (complaint_id, account_id)
);

-- What was declared stays.
grant select, insert on conflicts to service_complaint_app;
