-- What came after the closing is acknowledged in time (SC-11, 4.21), and lessons and recommendations are announced when they are due (SC-13, SC-16).
-- The binary before this still runs: it fills none of the new columns, and each has a default.

-- Since when the person waits for an answer to what they wrote after the closing; null when they don't.
alter table complaints add column unanswered_since date;

alter table dues drop constraint dues_kind_known;
alter table dues add constraint dues_kind_known
    check (kind in ('acknowledgement', 'response', 'outcome_reply', 'progress_update', 'action', 'correspondence'));

-- The furthest step that was announced: 1 approaching, 2 overdue, 3 escalated. Their dates never change, so each step is announced once.
alter table lessons
    add column noticed smallint not null default 0 constraint lessons_noticed_known check (noticed between 0 and 3);
alter table recommendation_parts
    add column noticed smallint not null default 0 constraint recommendation_parts_noticed_known check (noticed between 0 and 3);

create index lessons_to_notice on lessons (due_on) where done_on is null and noticed < 3;
create index recommendation_parts_to_notice on recommendation_parts (due_on) where completed_on is null and noticed < 3;
