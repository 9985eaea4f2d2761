-- What is learned from complaints, what reviewers recommend, and the figures of a period with the rows behind each.

-- What a complaint is about, of the policy's four (2.2).
alter table complaints
    add column complaint_type text
        constraint complaints_type_known check (complaint_type in ('process', 'conduct', 'no_service', 'quality'));

-- Why a deadline was missed. It is written once: an explanation that could be replaced would explain nothing.
create table latenesses (
    complaint_id  uuid        not null constraint latenesses_complaint references complaints,
    stage         text        not null constraint latenesses_stage_known check (stage in ('one', 'two')),
    promise       text        not null constraint latenesses_promise_known check (promise in ('acknowledgement', 'response')),
    cause         text        not null constraint latenesses_cause_known
        check (cause in ('workload', 'awaiting_colleague', 'awaiting_person', 'complexity', 'oversight', 'system', 'other')),
    reason        text        not null,
    recorded_by   text        not null,
    recorded_at   timestamptz not null,
    constraint latenesses_pkey primary key (complaint_id, stage, promise)
);

-- Themes that lessons are gathered under (6.3): a starting set, to which the manager adds.
create table themes (
    id   text constraint themes_pkey primary key constraint themes_id_is_short check (id ~ '^[a-z0-9-]{2,40}$'),
    name text not null
);

insert into themes (id, name) values
    ('accessibility', 'Reasonable adjustments and accessibility'),
    ('case-closure', 'Closing a case or complaint clearly'),
    ('communication', 'Keeping people up to date'),
    ('conduct', 'Conduct and attitude'),
    ('delay', 'Delays and timeliness'),
    ('information', 'Wrong or unclear information'),
    ('process', 'Published process not followed'),
    ('records', 'Records and data quality'),
    ('systems', 'Systems and tools'),
    ('training', 'Training and guidance');

-- A lesson, with who sees to it, until somebody else has signed it off (6.2).
create table lessons (
    id              uuid        constraint lessons_pkey primary key,
    theme           text        not null constraint lessons_theme references themes,
    learned         text        not null,
    owner           uuid        not null,
    owner_name      text        not null,
    action          text        not null,
    due_on          date        not null,
    recorded_on     date        not null,
    recorded_by     text        not null,
    done_on         date,
    evidence        text        not null default '',
    signed_off      uuid,
    signed_off_name text        not null default '',
    signed_off_at   timestamptz,
    comment         text        not null default '',
    version         bigint      not null constraint lessons_version_counts check (version > 0),
    requested_by    text        not null,
    request_id      uuid        not null,
    constraint lessons_request_once unique (requested_by, request_id),
    constraint lessons_done_with_evidence check ((done_on is null) = (evidence = '')),
    constraint lessons_signed_off_whole check ((signed_off is null) = (signed_off_at is null)),
    constraint lessons_signed_off_when_done check (signed_off is null or done_on is not null),
    constraint lessons_never_by_the_owner check (signed_off <> owner)
);

create index lessons_by_due on lessons (due_on, id);
create index lessons_of_owner on lessons (owner, due_on, id);
create index lessons_recorded on lessons (recorded_on);

-- The complaints that a lesson was learned from.
create table lesson_complaints (
    lesson_id    uuid not null constraint lesson_complaints_lesson references lessons,
    complaint_id uuid not null constraint lesson_complaints_complaint references complaints,
    constraint lesson_complaints_pkey primary key (lesson_id, complaint_id)
);

create index lesson_complaints_of_complaint on lesson_complaints (complaint_id, lesson_id);

-- Recommendations of the independent reviewer and of audits, with the management's response (7.4).
create table recommendations (
    id          uuid   constraint recommendations_pkey primary key,
    source      text   not null constraint recommendations_source_known check (source in ('independent_reviewer', 'internal_audit')),
    period_from date   not null,
    period_to   date   not null,
    number      text   not null,
    text        text   not null,
    acceptance  text   constraint recommendations_acceptance_known check (acceptance in ('accepted', 'partially_accepted', 'not_accepted')),
    response    text   not null default '',
    -- The earliest deadline of its open parts, written whenever a part is: what lists are ordered by.
    next_due_on date,
    version     bigint not null constraint recommendations_version_counts check (version > 0),
    constraint recommendations_period_in_order check (period_from <= period_to),
    constraint recommendations_number_once unique (source, period_from, period_to, number)
);

create index recommendations_by_due on recommendations (next_due_on, id);

-- What is to be done about one, each part with its own deadline.
create table recommendation_parts (
    id                uuid    constraint recommendation_parts_pkey primary key,
    recommendation_id uuid    not null constraint recommendation_parts_recommendation references recommendations,
    position          integer not null,
    text              text    not null,
    responsible       text    not null,
    due_on            date    not null,
    completed_on      date,
    evidence          text    not null default '',
    constraint recommendation_parts_done_with_evidence check ((completed_on is null) = (evidence = ''))
);

create index recommendation_parts_of_recommendation on recommendation_parts (recommendation_id, position);

-- How many enquiries and complaints the ombudsman received, month by month. A correction is a row of its own.
create table enquiry_counts (
    month       date        not null constraint enquiry_counts_month_begins check (extract(day from month) = 1),
    revision    integer     not null constraint enquiry_counts_revision_counts check (revision > 0),
    received    bigint      not null constraint enquiry_counts_received_counts check (received >= 0),
    reason      text        not null,
    recorded_by text        not null,
    recorded_at timestamptz not null,
    constraint enquiry_counts_pkey primary key (month, revision),
    constraint enquiry_counts_corrected_with_reason check ((revision = 1) = (reason = ''))
);

-- Random samples as they were drawn, so that a drawing can be repeated and nobody draws until the result pleases.
create table samples (
    id         uuid        constraint samples_pkey primary key,
    first_day  date        not null,
    last_day   date        not null,
    size       integer     not null,
    seed       text        not null,
    population integer     not null,
    drawn_by   text        not null,
    drawn_at   timestamptz not null
);

create table sampled_complaints (
    sample_id    uuid    not null constraint sampled_complaints_sample references samples,
    position     integer not null,
    complaint_id uuid    not null constraint sampled_complaints_complaint references complaints,
    constraint sampled_complaints_pkey primary key (sample_id, position)
);

-- Who changed what that belongs to no single complaint (WH-1).
create table oversight_changes (
    id      uuid        constraint oversight_changes_pkey primary key,
    at      timestamptz not null,
    actor   text        not null,
    subject uuid        not null,
    text    text        not null
);

create index oversight_changes_of_subject on oversight_changes (subject, id);

create index complaints_received on complaints (received_on);
create index complaints_closed on complaints (closed_on) where ended_how is not null;
create index stages_answered on stages (answered_on) where answered_on is not null;

-- What the ledgers say of each promise, read from their entries and stored nowhere.
create view promises as
select e.complaint_id,
       split_part(e.clock, ' ', 2) as stage,
       split_part(e.clock, ' ', 1) as promise,
       (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position desc) filter (where e.entry -> 'detail' ? 'until'))[1] as due_on,
       max((e.entry -> 'detail' ->> 'on')::date) filter (where e.entry ->> 'what' = 'met') as met_on,
       -- What is met in a pause is in time.
       coalesce((array_agg(e.entry ->> 'what' order by e.position desc) filter (where e.entry ->> 'what' in ('paused', 'resumed')))[1] = 'paused', false) as paused
from ledger_entries e
where e.clock in ('acknowledgement one', 'response one', 'acknowledgement two', 'response two')
group by e.complaint_id, e.clock;

-- When a stage of a complaint was closed: by its response, or by a call that the person knew to close it (37.1).
create view closings as
select s.complaint_id, s.stage, s.answered_on as closed_on, s.outcome
from stages s
where s.answered_on is not null
union all
select c.id,
       case when exists (select from stages t where t.complaint_id = c.id and t.stage = 'two') then 'two' else 'one' end,
       c.closed_on,
       null
from complaints c
where c.ended_how = 'informally';

-- Every figure of a period, row by row: a figure is how many rows it has, or what their amounts come to.
create function figure_rows(first_day date, last_day date)
returns table (figure text, complaint_id uuid, item text, happened_on date, amount bigint)
language sql stable
as $$
    with closed as (
        select c.complaint_id, c.stage, c.closed_on, c.outcome
        from closings c
        where c.closed_on between first_day and last_day
    ),
    kept as (
        select p.complaint_id, p.stage, p.promise, p.met_on, p.met_on > p.due_on and not p.paused as late
        from promises p
        where p.met_on between first_day and last_day
    ),
    -- As the ledgers stood at the end of the period: nothing that was entered later counts, but for a date on which something was done.
    standing as (
        select e.complaint_id,
               e.clock,
               coalesce(
                   (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position desc)
                       filter (where e.entry -> 'detail' ? 'until' and (e.entry ->> 'on')::date <= last_day))[1],
                   (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position) filter (where e.entry -> 'detail' ? 'until'))[1]
               ) as due_on,
               coalesce(bool_or((e.entry -> 'detail' ->> 'on')::date <= last_day) filter (where e.entry ->> 'what' = 'met'), false) as met,
               coalesce(
                   (array_agg(e.entry ->> 'what' order by e.position desc)
                       filter (where e.entry ->> 'what' in ('paused', 'resumed', 'withdrawn') and (e.entry ->> 'on')::date <= last_day))[1],
                   'resumed'
               ) as state
        from ledger_entries e
        where e.clock in ('acknowledgement one', 'response one', 'acknowledgement two', 'response two')
        group by e.complaint_id, e.clock
    )
    select 'received', c.id, '', c.received_on, 1::bigint
    from complaints c where c.received_on between first_day and last_day
    union all
    select 'received.channel.' || c.channel, c.id, '', c.received_on, 1
    from complaints c where c.received_on between first_day and last_day
    union all
    select 'received.type.' || coalesce(c.complaint_type, 'unrecorded'), c.id, '', c.received_on, 1
    from complaints c where c.received_on between first_day and last_day
    union all
    select 'closed.stage_' || stage, complaint_id, '', closed_on, 1 from closed
    union all
    select 'closed.informally', complaint_id, '', closed_on, 1 from closed where outcome is null
    union all
    select 'upheld_or_partly.stage_' || stage, complaint_id, '', closed_on, 1 from closed where outcome in ('upheld', 'partially_upheld')
    union all
    select 'outcome.stage_' || stage || '.' || outcome, complaint_id, '', closed_on, 1 from closed where outcome is not null
    union all
    select 'element.stage_' || x.stage || '.' || case when e.exclusion is not null then 'excluded' else coalesce(e.decision, 'undecided') end,
           x.complaint_id, e.id::text, x.closed_on, 1
    from closed x join elements e on e.complaint_id = x.complaint_id and e.stage = x.stage
    union all
    select 'not_accepted.' || (c.exclusion ->> 'reason'), c.id, '', c.closed_on, 1
    from complaints c where c.ended_how = 'not_accepted' and c.closed_on between first_day and last_day
    union all
    select 'escalation.requested', s.complaint_id, '', s.requested_on, 1
    from stages s where s.stage = 'two' and s.requested_on between first_day and last_day
    union all
    select 'escalation.accepted', k.complaint_id, '', k.met_on, 1
    from kept k join promises r on r.complaint_id = k.complaint_id and r.stage = 'two' and r.promise = 'response'
    where k.stage = 'two' and k.promise = 'acknowledgement'
    union all
    select 'escalation.rejected', c.id, '', c.closed_on, 1
    from complaints c where c.ended_how = 'escalation_rejected' and c.closed_on between first_day and last_day
    union all
    select promise || '.stage_' || stage || case when late then '.late' else '.in_time' end, complaint_id, '', met_on, 1 from kept
    union all
    select 'late.' || coalesce(l.cause, 'unexplained'), k.complaint_id, k.promise || ' ' || k.stage, k.met_on, 1
    from kept k left join latenesses l on l.complaint_id = k.complaint_id and l.stage = k.stage and l.promise = k.promise
    where k.late
    union all
    select 'overdue.' || split_part(clock, ' ', 1) || '.stage_' || split_part(clock, ' ', 2), complaint_id, '', due_on, 1
    from standing where not met and state = 'resumed' and last_day > due_on
    union all
    select case when e.entry -> 'detail' ->> 'working_days' is null then 'extended_further' else 'extended' end || '.stage_' || split_part(e.clock, ' ', 2),
           e.complaint_id, e.position::text, (e.entry ->> 'on')::date, 1
    from ledger_entries e
    where e.clock in ('response one', 'response two') and e.entry ->> 'what' = 'extended'
      and (e.entry ->> 'on')::date between first_day and last_day
    union all
    select 'remedy.' || r.kind, x.complaint_id, r.id::text, x.closed_on, 1
    from closed x join remedies r on r.complaint_id = x.complaint_id and r.stage = x.stage
    union all
    select 'compensation.' || r.level, x.complaint_id, r.id::text, x.closed_on, r.pounds
    from closed x join remedies r on r.complaint_id = x.complaint_id and r.stage = x.stage
    where r.kind = 'compensation'
    union all
    select 'lesson.' || l.theme, null, l.id::text, l.recorded_on, 1
    from lessons l where l.recorded_on between first_day and last_day
    union all
    select 'missing.' || m.part, x.complaint_id, '', x.closed_on, 1
    from closed x
    join complaints c on c.id = x.complaint_id
    cross join lateral (values
        ('contact', c.contact = ''),
        ('communication_preference', c.communication_preference = ''),
        ('reasonable_adjustments', c.reasonable_adjustments = ''),
        ('vulnerabilities', c.vulnerabilities = ''),
        ('desired_outcome', c.desired_outcome = ''),
        ('early_resolution', c.early_resolution = ''),
        ('outcome_reply', c.outcome_reply = 'none'),
        ('type', c.complaint_type is null)
    ) as m (part, missing)
    where x.stage = 'one' and m.missing
    union all
    -- A month counts when the period holds the whole of it, by its latest correction.
    select 'enquiries', null, to_char(q.month, 'YYYY-MM'), q.month, q.received
    from enquiry_counts q
    where q.month >= first_day and (q.month + interval '1 month' - interval '1 day')::date <= last_day
      and not exists (select from enquiry_counts later where later.month = q.month and later.revision > q.revision)
$$;

grant select, insert on latenesses, themes, lesson_complaints, enquiry_counts, samples, sampled_complaints, oversight_changes to service_complaint_app;
grant select, insert, update on lessons, recommendations, recommendation_parts to service_complaint_app;
grant select on promises, closings to service_complaint_app;
