-- The history of a task as people read it, the further steps of its reminders, and the filters of its lists.

-- Who did it, as people know them; empty when the portal did.
alter table changes add column actor_name text not null default '';

-- Tells notices of one instant apart in the pages of a history.
alter table notices add column id uuid not null default gen_random_uuid();

-- After approaching and overdue come 3, the final reminder, and 4, the escalation to the seniors.
alter table tasks drop constraint tasks_noticed_known;
alter table tasks add constraint tasks_noticed_known check (noticed between 0 and 4);
alter table notices drop constraint notices_threshold_known;
alter table notices add constraint notices_threshold_known check (threshold between 1 and 4);

-- What a sweep looks for: both steps wait while the next word is ours.
create index tasks_to_remind_finally on tasks (due_on) where ended_at is null and noticed < 3 and not awaiting_answer;
create index tasks_to_escalate on tasks (due_on) where ended_at is null and noticed = 3 and not awaiting_answer;

-- Open tasks of one kind, in the order of the lists.
create index tasks_open_of_landlord_and_kind on tasks (landlord_id, kind, due_on, id) where ended_at is null;
create index tasks_open_of_kind on tasks (kind, due_on, id) where ended_at is null;
