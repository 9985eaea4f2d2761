-- What was due in one period and done in a later one counts where it was done: it was open in the period before, and would be nowhere afterwards (4.30).
create or replace function delivery_rows(first_day date, last_day date)
returns table (figure text, complaint_id uuid, item text, happened_on date, amount bigint)
language sql stable
as $$
    -- As the ledgers of actions stood at the end of the period: nothing that was entered later counts, but for a date on which something was done.
    with ledgers as (
        select e.complaint_id,
               e.action_id,
               coalesce(
                   (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position desc)
                       filter (where e.entry -> 'detail' ? 'until' and (e.entry ->> 'on')::date <= last_day))[1],
                   (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position) filter (where e.entry -> 'detail' ? 'until'))[1]
               ) as due_on,
               (array_agg((e.entry -> 'detail' ->> 'until')::date order by e.position desc) filter (where e.entry -> 'detail' ? 'until'))[1] as last_due_on,
               max((e.entry -> 'detail' ->> 'on')::date) filter (where e.entry ->> 'what' = 'met') as met_on,
               coalesce(
                   (array_agg(e.entry ->> 'what' order by e.position desc) filter (where e.entry ->> 'what' in ('paused', 'resumed')))[1] = 'paused',
                   false
               ) as paused,
               coalesce(
                   (array_agg(e.entry ->> 'what' order by e.position desc)
                       filter (where e.entry ->> 'what' in ('paused', 'resumed', 'withdrawn') and (e.entry ->> 'on')::date <= last_day))[1],
                   'resumed'
               ) as state
        from ledger_entries e
        where e.clock = 'action'
        group by e.complaint_id, e.action_id
        having min((e.entry ->> 'on')::date) <= last_day
    ),
    due as (
        select l.complaint_id,
               l.action_id,
               l.due_on,
               l.met_on,
               case
                   when l.met_on <= last_day and l.met_on > l.last_due_on and not l.paused then 'late'
                   when l.met_on <= last_day then 'in_time'
                   when l.state = 'resumed' then 'open'
               end as kept
        from ledgers l
        where l.due_on <= last_day
    )
    select 'action.' || kept, complaint_id, action_id::text, due_on, 1::bigint
    from due where kept is not null and due_on >= first_day
    union all
    select 'action.done_after', complaint_id, action_id::text, met_on, 1
    from due where kept in ('late', 'in_time') and due_on < first_day and met_on >= first_day
    union all
    select 'action.open_before', complaint_id, action_id::text, due_on, 1
    from due where kept = 'open' and due_on < first_day
    union all
    select 'request.received', null, r.reference, r.received_on, 1
    from service_requests r where r.received_on between first_day and last_day
    union all
    select 'request.answered', null, r.reference, r.answered_on, 1
    from service_requests r where r.answered_on between first_day and last_day
    union all
    select 'request.complaint', null, r.reference, c.received_on, 1
    from service_requests r join complaints c on c.id = r.complaint_id
    where c.received_on between first_day and last_day
    union all
    select 'request.open', null, r.reference, r.received_on, 1
    from service_requests r left join complaints c on c.id = r.complaint_id
    where r.received_on <= last_day
      and (r.answered_on is null or r.answered_on > last_day)
      and (c.received_on is null or c.received_on > last_day)
$$;
