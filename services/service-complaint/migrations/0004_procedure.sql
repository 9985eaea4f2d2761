-- The whole two-stage procedure: what was intake alone gets a standing, elements with findings, stages, remedies, actions and approvals.

alter table complaints
    add column user_kind      text not null default 'other'
        constraint complaints_user_kind_known check (user_kind in ('resident', 'representative', 'landlord', 'other')),
    add column email          text not null default '',
    add column telephone      text not null default '',
    add column postal_address text not null default '',
    add column format         text not null default 'email'
        constraint complaints_format_known check (format in ('email', 'letter', 'large_print', 'easy_read')),
    add column outcome_reply  text not null default 'none'
        constraint complaints_outcome_reply_known check (outcome_reply in ('none', 'confirmed', 'corrected', 'no_reply')),
    add column case_reference text not null default '',
    add column standing       text not null default 'received'
        constraint complaints_standing_known check (standing in ('received', 'investigated', 'answered', 'requested', 'reviewed', 'ended')),
    -- When its last stage ended: what the four weeks of correspondence are counted from (4.21).
    add column closed_on      date,
    add column ended_how      text
        constraint complaints_ended_how_known check (ended_how in ('not_accepted', 'informally', 'escalation_rejected', 'at_stage_two')),
    add column ended_reason   text not null default '',
    add column exclusion      jsonb,
    -- What belonged to it when a request to escalate was a new complaint (4.13).
    add column follows        uuid constraint complaints_follows references complaints,
    alter column next_due_on drop not null,
    add constraint complaints_ended_with_how check ((standing = 'ended') = (ended_how is not null));

update complaints c
set standing = 'investigated'
where exists (select from ledger_entries e where e.complaint_id = c.id and e.clock = 'response');

-- A stage is a record of its own, linked to its complaint.
create table stages (
    complaint_id uuid not null constraint stages_complaint references complaints,
    stage        text not null constraint stages_stage_known check (stage in ('one', 'two')),
    handler      uuid,
    handler_name text not null default '',
    outcome      text constraint stages_outcome_known check (outcome in ('upheld', 'partially_upheld', 'not_upheld')),
    answered_on  date,
    -- Of stage 2: what the person asked for.
    requested_on date,
    reasons      text not null default '',
    new_evidence text not null default '',
    discretion   text not null default '',
    summary      text not null default '',
    constraint stages_pkey primary key (complaint_id, stage),
    constraint stages_answered_with_outcome check (outcome is null or answered_on is not null)
);

create index stages_of_handler on stages (handler, complaint_id);

insert into stages (complaint_id, stage) select id, 'one' from complaints;

-- What is complained about, each with its own finding (4.8).
create table elements (
    id           uuid    constraint elements_pkey primary key,
    complaint_id uuid    not null constraint elements_complaint references complaints,
    stage        text    not null constraint elements_stage_known check (stage in ('one', 'two')),
    position     integer not null,
    text         text    not null,
    additional   boolean not null,
    decision     text    constraint elements_decision_known check (decision in ('upheld', 'partially_upheld', 'not_upheld')),
    reason       text    not null default '',
    exclusion    jsonb,
    constraint elements_decided_or_excluded check (decision is null or exclusion is null)
);

create index elements_of_complaint on elements (complaint_id, stage, position);

insert into elements (id, complaint_id, stage, position, text, additional)
select gen_random_uuid(), c.id, 'one', e.position, e.text, false
from complaints c, unnest(c.elements) with ordinality as e (text, position);

alter table complaints drop column elements;

-- What was offered to put things right (4.24).
create table remedies (
    id           uuid    constraint remedies_pkey primary key,
    complaint_id uuid    not null constraint remedies_complaint references complaints,
    stage        text    not null constraint remedies_stage_known check (stage in ('one', 'two')),
    kind         text    not null constraint remedies_kind_known
        check (kind in ('apology', 'casework_action', 'correction', 'explanation', 'improvement', 'shared_learning', 'compensation', 'risk_review')),
    text         text    not null,
    form         text    constraint remedies_form_known check (form in ('verbal', 'written')),
    apology_from text    constraint remedies_apology_from_known check (apology_from in ('service', 'ombudsman')),
    level        text    constraint remedies_level_known check (level in ('service_failure', 'serious_service_failure', 'significant_impact')),
    pounds       integer,
    constraint remedies_apology_whole check ((kind = 'apology') = (form is not null and apology_from is not null)),
    constraint remedies_compensation_whole check ((kind = 'compensation') = (level is not null and pounds is not null)),
    -- Appendix A, once more where nobody can get past it.
    constraint remedies_within_band check (
        kind <> 'compensation'
        or (level = 'service_failure' and pounds between 50 and 100)
        or (level = 'serious_service_failure' and pounds between 101 and 250)
        or (level = 'significant_impact' and pounds between 251 and 500)
    )
);

create index remedies_of_complaint on remedies (complaint_id, id);

-- What was promised, and is followed until it is done (4.9).
create table actions (
    id                uuid constraint actions_pkey primary key,
    complaint_id      uuid not null constraint actions_complaint references complaints,
    what              text not null,
    owner             uuid not null,
    owner_name        text not null,
    remedy_id         uuid constraint actions_remedy references remedies,
    -- Derived from its ledger whenever that is written to; null once it is met or withdrawn.
    due_on            date,
    evidence          text not null default '',
    withdrawn_because text not null default ''
);

create index actions_of_complaint on actions (complaint_id, id);
create index actions_open on actions (due_on, id) where due_on is not null;
create index actions_open_of_owner on actions (owner, due_on, id) where due_on is not null;

-- What waits for a senior colleague, and what was decided (4.4, 4.17, 2.9).
create table approvals (
    id           uuid        constraint approvals_pkey primary key,
    complaint_id uuid        not null constraint approvals_complaint references complaints,
    stage        text        not null constraint approvals_stage_known check (stage in ('one', 'two')),
    matter       text        not null constraint approvals_matter_known check (matter in ('further_extension', 'behaviour_exclusion')),
    asked_by     uuid        not null,
    asked_name   text        not null,
    reason       text        not null,
    until        date,
    asked_at     timestamptz not null,
    decided_by   uuid,
    decided_name text        not null default '',
    decided_at   timestamptz,
    agreed       boolean,
    comment      text        not null default '',
    constraint approvals_decided_whole check ((decided_by is null) = (decided_at is null) and (decided_by is null) = (agreed is null)),
    constraint approvals_never_ones_own check (decided_by <> asked_by),
    constraint approvals_extension_has_date check ((matter = 'further_extension') = (until is not null))
);

create index approvals_waiting on approvals (asked_at, id) where decided_by is null;
create index approvals_of_complaint on approvals (complaint_id, id);

-- What a person wrote about a complaint that ended (4.21, 4.22).
create table correspondence (
    id           uuid    constraint correspondence_pkey primary key,
    complaint_id uuid    not null constraint correspondence_complaint references complaints,
    received_on  date    not null,
    text         text    not null,
    acknowledged boolean not null
);

create index correspondence_of_complaint on correspondence (complaint_id, received_on, id);

-- Ledgers of both stages, of the window between them, and of actions: whose it is, and which.
alter table ledger_entries
    drop constraint ledger_entries_clock_known,
    drop constraint ledger_entries_pkey,
    add column action_id uuid constraint ledger_entries_action references actions;
update ledger_entries set clock = clock || ' one' where clock in ('acknowledgement', 'response');
alter table ledger_entries
    add constraint ledger_entries_clock_known
        check (clock in ('acknowledgement one', 'response one', 'window', 'acknowledgement two', 'response two', 'action')),
    add constraint ledger_entries_action_named check ((clock = 'action') = (action_id is not null)),
    add constraint ledger_entries_once unique nulls not distinct (complaint_id, clock, action_id, position);

-- Who did what: the account, for telling who had a part in a stage (4.15), and the words for people.
alter table changes
    drop constraint changes_action_known,
    add column account_id uuid,
    add column name       text not null default '',
    add column stage      text constraint changes_stage_known check (stage in ('one', 'two')),
    add column text       text not null default '';
update changes set stage = 'one', text = action, account_id = nullif(substring(actor from '^account:([0-9a-f-]{36})'), '')::uuid;

create index changes_of_stage on changes (complaint_id, stage, account_id);

grant select, insert, update on stages, elements, actions, approvals to service_complaint_app;
grant select, insert, update, delete on remedies to service_complaint_app;
grant select, insert on correspondence to service_complaint_app;
-- The definition is set out anew until it is acknowledged.
grant delete on elements to service_complaint_app;
-- Lists: by standing, by handler, by reference and name.
create index complaints_of_standing on complaints (standing, next_due_on, id);
create index complaints_by_reference on complaints (reference text_pattern_ops);
create index complaints_by_user on complaints (lower(service_user) text_pattern_ops);
