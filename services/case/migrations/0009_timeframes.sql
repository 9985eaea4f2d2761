-- How long each stage is expected to take, and what people were told of it (CA-10).

-- The expected timeframe of a status; the latest row of a status counts. Append-only, so that it is known what counted when.
create table timeframes (
    -- Version 7, so that the latest has the highest.
    id           uuid primary key,
    status       smallint    not null,
    -- Null when the stage has none since.
    working_days integer,
    set_at       timestamptz not null,
    -- As the audit names them.
    set_by       text        not null,
    set_name     text        not null,

    constraint timeframes_status_known check (status between 1 and 10),
    constraint timeframes_some_days check (working_days > 0)
);
create index timeframes_of_status on timeframes (status, id desc);

-- The stages of cases: from the day on which a case came to a status until the day on which it left it.
create table stages (
    id                uuid primary key,
    case_id           uuid     not null references cases (id),
    status            smallint not null,
    began_on          date     not null,
    -- Whether that is when the case came to it, and not only when it was added to the portal: how long the rest took is not reported.
    began_known       boolean  not null,
    -- What people were told first; what was told since stands in `expectations`, of which the latest is kept here too.
    first_expected_on date,
    expected_on       date,
    ended_on          date,

    constraint stages_status_known check (status between 1 and 10),
    constraint stages_end_after_beginning check (ended_on >= began_on),
    constraint stages_told_first check ((first_expected_on is null) = (expected_on is null))
);
-- A case stands at one stage.
create unique index stages_present on stages (case_id) where ended_on is null;
-- What ended in a quarter, in the order in which it is listed.
create index stages_ended on stages (ended_on, id) where ended_on is not null;

-- Every date that people were told. A change of the timeframes changes none of them.
create table expectations (
    -- Version 7, so that the latest has the highest.
    id          uuid primary key,
    stage_id    uuid not null references stages (id),
    expected_on date not null,
    told_on     date not null
);
create index expectations_of_stage on expectations (stage_id, id desc);

-- Cases stand where they stand since they were moved there last, or since they were opened; of those that were added from elsewhere, that is not
-- known. Nothing is expected of these stages, since nothing was told.
insert into stages (id, case_id, status, began_on, began_known)
select gen_random_uuid(), c.id, c.status,
    coalesce((moved.at at time zone 'Europe/London')::date, (added.at at time zone 'Europe/London')::date, c.opened_on),
    moved.at is not null or added.at is null
from cases c
left join lateral (
    select max(occurred_at) as at from changes where case_id = c.id and action = 'move'
) moved on true
left join lateral (
    select max(occurred_at) as at from changes where case_id = c.id and action = 'import'
) added on true
where c.status <> 11;

-- Append-only: what counted and what was told stays as it was written.
grant select, insert on timeframes, expectations to case_app;
grant select, insert, update (first_expected_on, expected_on, ended_on) on stages to case_app;
