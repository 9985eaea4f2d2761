-- Requests for stage 2 that are taken for a new complaint (4.13) have a figure of their own.
create or replace function figure_rows(first_day date, last_day date)
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
    -- The request was acknowledged, there is no stage 2, and stage 1 stands as it was answered.
    select 'escalation.treated_as_new', k.complaint_id, '', k.met_on, 1
    from kept k join complaints c on c.id = k.complaint_id and c.standing = 'answered'
    where k.stage = 'two' and k.promise = 'acknowledgement'
      and not exists (
          select from promises r where r.complaint_id = k.complaint_id and r.stage = 'two' and r.promise = 'response'
      )
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
