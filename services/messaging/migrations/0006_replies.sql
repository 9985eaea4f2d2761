-- The answers that the ombudsman owes landlords (ME-5).

-- A technical issue is answered sooner than what is about the case.
alter table messages add column technical_issue boolean not null default false;

-- Up to where no answer is needed: staff said so, or the case was closed. `reply_owed_since` is of what came later and is
-- about the case; a technical issue has a clock of its own below.
alter table conversations add column no_answer_needed_to timestamptz;

-- The team that has the case, as `casework.case.v1.Team` has it; null until an event tells.
alter table case_files add column team integer;

-- A wait for an answer: the landlord's first message that nobody answered starts it.
create table reply_clocks (
    id              uuid        constraint reply_clocks_pkey primary key,
    case_id         uuid        not null constraint reply_clocks_conversation references conversations,
    message_id      uuid        not null,
    technical_issue boolean     not null,
    awaited_since   timestamptz not null,
    -- What the ledger says, here as well because lists are in its order.
    due_on          date        not null,
    -- When it ended and how; null while an answer is owed.
    settled_at      timestamptz,
    outcome         smallint,
    -- The furthest threshold that has been seen to for the present due date: 0 none, 1 approaching, 2 overdue.
    noticed         smallint    not null,
    constraint reply_clocks_outcome_known check (outcome between 1 and 4),
    constraint reply_clocks_settled_somehow check ((settled_at is null) = (outcome is null)),
    constraint reply_clocks_noticed_known check (noticed between 0 and 2)
);
-- A conversation has at most one of each kind at a time.
create unique index reply_clocks_one_waits on reply_clocks (case_id, technical_issue) where settled_at is null;
-- Soonest due first.
create index reply_clocks_owed on reply_clocks (due_on, id) where settled_at is null;
-- What a sweep looks for, one for each notice. They hold only what still needs it, and so tell at once that nothing does.
create index reply_clocks_to_call_approaching on reply_clocks (due_on) where settled_at is null and noticed < 1;
create index reply_clocks_to_call_overdue on reply_clocks (due_on) where settled_at is null and noticed < 2;

-- The ledger of each clock, which the due date is derived from: what happened, when, and who entered it.
create table reply_entries (
    reply_id uuid    not null constraint reply_entries_clock references reply_clocks,
    number   integer not null,
    entry    jsonb   not null,
    constraint reply_entries_pkey primary key (reply_id, number)
);

-- The notices that were raised. The key is what makes each happen once, whoever sweeps and however often.
create table reply_notices (
    reply_id  uuid        not null constraint reply_notices_clock references reply_clocks,
    due_on    date        not null,
    threshold smallint    not null,
    raised_at timestamptz not null,
    constraint reply_notices_pkey primary key (reply_id, due_on, threshold),
    constraint reply_notices_threshold_known check (threshold between 1 and 2)
);

alter table changes
    add column details jsonb not null default '{}',
    drop constraint changes_action_known,
    add constraint changes_action_known check (action in ('posted', 'imported', 'marked_read', 'reply_dismissed', 'reply_redated'));

grant select, insert, update on reply_clocks to messaging_app;
-- Ledgers and notices only grow.
grant select, insert on reply_entries, reply_notices to messaging_app;

-- A wait for an answer as it is shown: with its case, and with how many messages wait.
create view reply_overviews as
select k.id, k.case_id, f.reference as case_reference, f.complainant, f.landlord_name, f.owner_account_id, k.message_id,
    k.technical_issue, k.awaited_since, k.due_on, k.outcome,
    (select count(*)::integer from messages m
     where m.case_id = k.case_id and m.side = 'landlord' and m.technical_issue = k.technical_issue and m.sent_at >= k.awaited_since) as messages,
    (select count(*)::integer from reply_entries e where e.reply_id = k.id) as entries
from reply_clocks k
join case_files f using (case_id);
grant select on reply_overviews to messaging_app;
