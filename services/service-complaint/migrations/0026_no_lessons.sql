-- Why nothing is to be learned from a complaint that was upheld: whoever closes one records a lesson, or says so (6.2).
create table no_lessons (
    complaint_id uuid        constraint no_lessons_pkey primary key constraint no_lessons_complaint references complaints,
    reason       text        not null constraint no_lessons_say_why check (reason <> ''),
    said_by      text        not null,
    said_at      timestamptz not null
);

grant select, insert on no_lessons to service_complaint_app;

-- How many lessons were learned from a complaint.
create index lessons_of_complaint on lesson_complaints (complaint_id);
