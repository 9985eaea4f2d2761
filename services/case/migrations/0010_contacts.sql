-- What complainants are owed: progress updates, introduction calls and callbacks (CA-10).

alter table stages
    -- The last day on which something happened on the case.
    add column active_on   date,
    -- The expected date that is likely to be missed, and the day of silence, that an update was raised for; neither is raised for twice.
    add column warned_of   date,
    add column quiet_since date;
-- Cases that have been quiet for long are not all owed an update on one day: they come due over four weeks.
update stages s set active_on = case
        when last_day.day > today.day - 28 then last_day.day
        else today.day - 27 + abs(hashtext(s.case_id::text) % 28)
    end
from (
    select s.id, greatest(s.began_on, (max(t.occurred_at) at time zone 'Europe/London')::date) as day
    from stages s left join timeline t on t.case_id = s.case_id
    group by s.id
) last_day, (select (now() at time zone 'Europe/London')::date as day) today
where last_day.id = s.id;
alter table stages alter column active_on set not null;

-- What a sweep looks for: dates that come near, and cases on which nothing happens.
create index stages_likely_missed on stages (expected_on) where ended_on is null and warned_of is distinct from expected_on;
create index stages_quiet on stages (active_on) where ended_on is null and quiet_since is distinct from active_on;

create table contacts (
    -- Version 7.
    id               uuid primary key,
    case_id          uuid        not null references cases (id),
    kind             smallint    not null,
    reason           smallint    not null,
    -- What a callback is about.
    about            text        not null default '',
    due_on           date        not null,
    raised_at        timestamptz not null,
    -- As the case has them, for the lists of what is owed; they follow the case while it is.
    owner_account_id uuid references staff (account_id),
    team             smallint    not null,
    -- The last step that was announced, 1 a reminder, 2 the final one, 3 an escalation, and the day on which it was.
    noticed          smallint    not null default 0,
    noticed_on       date,
    settled_at       timestamptz,
    -- Whether it was no longer needed, since its case was closed or left the stage, and was not done.
    lapsed           boolean     not null default false,
    version          bigint      not null default 1,
    -- What a callback was promised with, so that the same request promises it once.
    request_id       uuid,
    request_digest   bytea,

    constraint contacts_kind_known check (kind between 1 and 3),
    constraint contacts_reason_known check (reason between 1 and 4),
    constraint contacts_noticed_known check (noticed between 0 and 3),
    constraint contacts_noticed_on_a_day check ((noticed = 0) = (noticed_on is null)),
    constraint contacts_lapsed_is_settled check (settled_at is not null or not lapsed),
    constraint contacts_request_unique unique (request_id)
);
-- An update is owed once however many reasons there are, and one introduction is enough for a case.
create unique index contacts_one_update on contacts (case_id) where kind = 1 and settled_at is null;
create unique index contacts_one_introduction on contacts (case_id) where kind = 2;
-- The lists of what is owed, and what a sweep looks for.
create index contacts_due on contacts (due_on, id) where settled_at is null;
create index contacts_due_of_owner on contacts (owner_account_id, due_on, id) where settled_at is null;
create index contacts_due_of_team on contacts (team, due_on, id) where settled_at is null;
create index contacts_due_of_case on contacts (case_id, due_on, id) where settled_at is null;
create index contacts_to_notice on contacts (noticed, due_on) where settled_at is null and noticed < 3;

-- The calls that were made.
create table calls (
    id            uuid primary key,
    contact_id    uuid        not null references contacts (id),
    called_on     date        not null,
    answered      boolean     not null,
    note          text        not null,
    recorded_at   timestamptz not null,
    recorded_by   text        not null,
    recorded_name text        not null,
    request_id     uuid        not null,
    request_digest bytea       not null,

    constraint calls_answered_in_words check (note <> '' or not answered),
    constraint calls_request_unique unique (request_id)
);
create index calls_of_contact on calls (contact_id, id);

-- The updates that were given.
create table progress_updates (
    id             uuid primary key,
    case_id        uuid        not null references cases (id),
    stage_id       uuid        not null references stages (id),
    -- The standard paragraph that it was made of; empty for one's own words.
    paragraph      text        not null,
    words          text        not null,
    channel        smallint    not null,
    given_on       date        not null,
    expected_on    date,
    recorded_at    timestamptz not null,
    recorded_by    text        not null,
    recorded_name  text        not null,
    request_id     uuid        not null,
    request_digest bytea       not null,

    constraint progress_updates_say_something check (words ~ '\S'),
    constraint progress_updates_channel_known check (channel between 1 and 3),
    constraint progress_updates_request_unique unique (request_id)
);
create index progress_updates_of_case on progress_updates (case_id, id desc);

-- The standard paragraphs; the latest row of a key counts. Append-only, so that it is known what counted when.
create table paragraphs (
    -- Version 7, so that the latest has the highest.
    id       uuid primary key,
    key      text        not null,
    -- Empty when it was taken back.
    words    text        not null,
    set_at   timestamptz not null,
    set_by   text        not null,
    set_name text        not null
);
create index paragraphs_of_key on paragraphs (key, id desc);

grant update (active_on, warned_of, quiet_since) on stages to case_app;
grant select, insert, update (owner_account_id, team, noticed, noticed_on, settled_at, lapsed, version) on contacts to case_app;
-- Append-only: what was said and given stays as it was written.
grant select, insert on calls, progress_updates, paragraphs to case_app;
