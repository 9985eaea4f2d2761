-- Tasks, the reports that one can't be done, and the notices that were raised.

create table tasks (
    id              uuid primary key,
    case_id         uuid        not null references case_files (case_id),
    -- The case's landlord, here as well because a landlord's lists are sorted within it. A case never changes its landlord.
    landlord_id     uuid        not null,
    kind            smallint    not null,
    title           text        not null,
    instructions    text        not null,
    -- For *For information*: the letter or email that it is about.
    document_id     uuid,
    set_on          date        not null,
    set_by          text        not null,
    due_on          date        not null,
    -- The date the landlord says it was completed; a task that ended without one was withdrawn.
    completed_on    date,
    -- When it ended; null while it is open. How it stands meanwhile follows from its dates and is stored nowhere.
    ended_at        timestamptz,
    -- Why it was withdrawn or re-dated.
    reason          text        not null default '',
    -- Whether the landlord has said that it can't be done, and waits for the answer.
    awaiting_answer boolean     not null default false,
    -- The furthest threshold that has been seen to for the present due date: 0 none, 1 approaching, 2 overdue.
    noticed         smallint    not null default 0,
    -- What it was set with, so that the same request sets it once.
    request_id      uuid        not null,
    request_digest  bytea       not null,
    version         bigint      not null default 1,

    constraint tasks_request_unique unique (request_id),
    constraint tasks_kind_known check (kind between 1 and 5),
    constraint tasks_noticed_known check (noticed between 0 and 2),
    constraint tasks_completed_are_ended check (completed_on is null or ended_at is not null),
    constraint tasks_completed_after_setting check (completed_on >= set_on),
    constraint tasks_only_open_ones_await check (ended_at is null or not awaiting_answer)
);

-- Each list has an index in its order: open tasks soonest due first, ended ones latest first; of a landlord, of a case, of all.
create index tasks_open_of_landlord on tasks (landlord_id, due_on, id) where ended_at is null;
create index tasks_open_of_case on tasks (case_id, due_on, id) where ended_at is null;
create index tasks_open on tasks (due_on, id) where ended_at is null;
create index tasks_awaiting on tasks (due_on, id) where awaiting_answer;
create index tasks_ended_of_landlord on tasks (landlord_id, ended_at desc, id desc) where ended_at is not null;
create index tasks_ended_of_case on tasks (case_id, ended_at desc, id desc) where ended_at is not null;
create index tasks_ended on tasks (ended_at desc, id desc) where ended_at is not null;
-- What a sweep looks for, one for each notice. They hold only what still needs it, and so tell at once that nothing does.
create index tasks_to_call_approaching on tasks (due_on) where ended_at is null and noticed < 1;
create index tasks_to_call_overdue on tasks (due_on) where ended_at is null and noticed < 2;

-- A landlord's word that a task can't be done, and the answer to it. All are kept; the latest is shown.
create table unable_reports (
    id          uuid primary key,
    task_id     uuid        not null references tasks (id),
    message     text        not null,
    reported_at timestamptz not null,
    reported_by text        not null,
    -- Null while an answer is awaited, and for good if the task ended first.
    decision    smallint,
    answer      text        not null default '',
    answered_at timestamptz,

    constraint unable_reports_decision_known check (decision between 1 and 3),
    constraint unable_reports_answered_at_a_time check ((decision is null) = (answered_at is null))
);
create index unable_reports_of_task on unable_reports (task_id, id);
create unique index unable_reports_one_awaits on unable_reports (task_id) where decision is null;

-- The notices that were raised. The key is what makes each happen once, whoever sweeps and however often (TA-7).
create table notices (
    task_id   uuid        not null references tasks (id),
    due_on    date        not null,
    threshold smallint    not null,
    raised_at timestamptz not null,

    constraint notices_pkey primary key (task_id, due_on, threshold),
    constraint notices_threshold_known check (threshold between 1 and 2)
);

-- A task as it is shown: with its case and the latest report.
create view task_overviews as
select t.id, t.case_id, t.landlord_id, f.reference as case_reference, f.complainant, f.landlord_name, f.closed_on as case_closed_on,
    t.kind, t.title, t.instructions, t.document_id, t.set_on, t.set_by, t.due_on, t.completed_on, t.ended_at, t.reason,
    t.awaiting_answer, latest.report as unable, t.version
from tasks t
join case_files f on f.case_id = t.case_id
left join lateral (
    select json_build_object('message', u.message, 'reported_at', u.reported_at, 'reported_by', u.reported_by,
        'decision', u.decision, 'answer', u.answer, 'answered_at', u.answered_at) as report
    from unable_reports u where u.task_id = t.id order by u.id desc limit 1
) latest on true;

-- The audit of changes (WH-1): nobody who works with the service can change or remove a row of it.
create table changes (
    id           uuid primary key,
    task_id      uuid        not null,
    occurred_at  timestamptz not null,
    actor        text        not null,
    on_behalf_of text,
    action       text        not null,
    details      jsonb       not null
);
create index changes_of_task on changes (task_id, occurred_at, id);
