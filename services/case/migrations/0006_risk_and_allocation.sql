-- The risk of cases with its history (CA-8), the reviews of it that service complaints ask for (recommendation 37.4), and the queues of cases
-- that wait for an investigator (CA-9).

alter table cases
    -- By the latest assessment; null before the first.
    add column sensitivity         smallint,
    -- Whether a senior colleague moved it ahead of others.
    add column ahead               boolean not null default false,
    -- Whether it waits to be given to an investigator: since its move to *Awaiting investigation*, until it is given to somebody or moved on.
    add column awaiting_allocation boolean not null default false,
    -- Its place in the queue before its age is looked at, the lowest first. A case that was not assessed waits among the standard ones.
    add column allocation_rank     smallint not null
        generated always as (((case when ahead then 0 else 3 end) + 3 - coalesce(sensitivity, 1))::smallint) stored,
    add constraint cases_sensitivity_known check (sensitivity between 1 and 3),
    add constraint cases_waits_where_cases_wait check (not awaiting_allocation or status = 5);

-- Whoever owned a case so far may have brought it here: only what nobody owns is sure to wait.
update cases set awaiting_allocation = true where status = 5 and owner_account_id is null;

-- A queue in its order.
create index cases_awaiting_allocation on cases (case_type, allocation_rank, opened_on, id) where awaiting_allocation;

-- What a service complaint asked of a case. Nothing else of that complaint is kept here: casework and Customer Insight know no more of each other.
create table risk_reviews (
    id                  uuid primary key,
    case_id             uuid not null references cases (id),
    complaint_id        uuid not null,
    complaint_reference text not null,
    -- The promise that waits for it.
    action_id           uuid not null,
    asked_on            date not null,
    due_on              date not null,
    settled_at          timestamptz,
    settled_how         text,
    -- What Customer Insight was told.
    told                text not null default '',

    constraint risk_reviews_action_unique unique (action_id),
    constraint risk_reviews_settled_somehow check ((settled_at is null) = (settled_how is null)),
    constraint risk_reviews_settled_how_known check (settled_how in ('answered', 'case_closed')),
    constraint risk_reviews_answered_in_words check ((settled_how is not distinct from 'answered') = (told <> ''))
);
create index risk_reviews_open on risk_reviews (due_on, id) where settled_at is null;
create index risk_reviews_open_of_case on risk_reviews (case_id, due_on, id) where settled_at is null;

create table risk_assessments (
    -- Version 7, so that the latest has the highest.
    id                 uuid primary key,
    case_id            uuid        not null references cases (id),
    severity           smallint    not null,
    -- Null when the issue is over.
    going_on_since     date,
    circumstances      smallint    not null,
    new_factors        text        not null,
    sensitivity        smallint    not null,
    sensitivity_before smallint,
    assessed_at        timestamptz not null,
    -- As the audit names them.
    assessed_by        text        not null,
    assessed_name      text        not null,
    -- The review that it answers.
    review_id          uuid references risk_reviews (id),

    constraint risk_assessments_severity_known check (severity between 1 and 3),
    constraint risk_assessments_circumstances_known check (circumstances between 1 and 3),
    constraint risk_assessments_sensitivity_known check (sensitivity between 1 and 3),
    constraint risk_assessments_sensitivity_before_known check (sensitivity_before between 1 and 3),
    constraint risk_assessments_review_unique unique (review_id)
);
create index risk_assessments_of_case on risk_assessments (case_id, id desc);

-- Service complaints about how a case was handled, by their latest answered stage. One that was not upheld at its end is kept, so that its first
-- stage, should it be heard of later, does not count again.
create table service_complaints (
    complaint_id uuid primary key,
    case_id      uuid     not null references cases (id),
    reference    text     not null,
    stage        smallint not null,
    upheld       boolean  not null,
    decided_on   date     not null,

    constraint service_complaints_stage_known check (stage in (1, 2))
);
create index service_complaints_upheld on service_complaints (case_id, decided_on desc, complaint_id) where upheld;

-- What senior colleagues decided about going ahead.
create table ahead_decisions (
    -- Version 7, so that the latest has the highest.
    id           uuid primary key,
    case_id      uuid        not null references cases (id),
    ahead        boolean     not null,
    reason       text        not null,
    decided_by   text        not null,
    decided_name text        not null,
    decided_at   timestamptz not null
);
create index ahead_decisions_of_case on ahead_decisions (case_id, id desc);

-- Which case each request for the next one got, so that the same request gets one case.
create table allocations (
    request_id       uuid primary key,
    case_id          uuid        not null references cases (id),
    case_type        smallint    not null,
    owner_account_id uuid        not null references staff (account_id),
    requested_by     text        not null,
    allocated_at     timestamptz not null
);

grant select, insert, update (settled_at, settled_how, told) on risk_reviews to case_app;
grant select, insert, update on service_complaints to case_app;
-- Append-only: what was found and decided stays as it was written.
grant select, insert on risk_assessments, ahead_decisions, allocations to case_app;
