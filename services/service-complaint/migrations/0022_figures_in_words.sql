-- The rows behind a figure say what they are about, the delivery of remedies and service requests have figures, and a report has a commentary.

-- What was promised and what was asked for, row by row (4.30, 1.3, 2.3).
create function delivery_rows(first_day date, last_day date)
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

-- Every figure of a report, row by row.
create function report_rows(first_day date, last_day date)
returns table (figure text, complaint_id uuid, item text, happened_on date, amount bigint)
language sql stable
as $$
    select f.figure, f.complaint_id, f.item, f.happened_on, f.amount from figure_rows(first_day, last_day) f
    union all
    select d.figure, d.complaint_id, d.item, d.happened_on, d.amount from delivery_rows(first_day, last_day) d
$$;

-- A date as people read it.
create function in_words(day date) returns text
language sql immutable strict
return to_char(day, 'FMDD FMMonth YYYY');

-- When a promise was due, and why it was kept late. The figure is such as `response.stage_one.late`.
create function promise_words(figure text, of_complaint uuid) returns text
language sql stable
as $$
    select 'Due on ' || in_words(p.due_on)
           || case when figure like '%.late' then ': ' || coalesce(l.reason, 'no reason recorded') else '' end
    from promises p
    left join latenesses l on l.complaint_id = p.complaint_id and l.stage = p.stage and l.promise = p.promise
    where p.complaint_id = of_complaint
      and p.promise = split_part(figure, '.', 1)
      and 'stage_' || p.stage = split_part(figure, '.', 2)
$$;

-- Until when a response was extended, by whose approval and why. The item is the entry's position in its ledger.
create function extension_words(figure text, of_complaint uuid, item text) returns text
language sql stable
as $$
    select 'Until ' || in_words((e.entry -> 'detail' ->> 'until')::date)
           || coalesce(', approved by ' || (
               select c.name
               from changes c
               where c.complaint_id = e.complaint_id
                 and c.name <> ''
                 and c.account_id = substring(e.entry -> 'detail' ->> 'approved_by' from '^account:([0-9a-f-]{36})')::uuid
               order by c.id
               limit 1
           ), '')
           || ': ' || (e.entry -> 'detail' ->> 'reason')
    from ledger_entries e
    where e.complaint_id = of_complaint
      and e.clock = 'response ' || replace(split_part(figure, '.', 2), 'stage_', '')
      and e.position = item::integer
$$;

-- What a row behind a figure is about, in words; empty when it is about the complaint itself. `figure` and `item` are the row's.
create function row_words(figure text, of_complaint uuid, item text) returns text
language sql stable
as $$
    select coalesce(case split_part(figure, '.', 1)
        when 'element' then (
            select case when e.reason = '' then e.text else rtrim(e.text, '.') || '. Why: ' || e.reason end from elements e where e.id = item::uuid
        )
        when 'remedy' then (
            select coalesce('£' || r.pounds || ': ', '') || r.text from remedies r where r.id = item::uuid
        )
        when 'compensation' then (
            select '£' || r.pounds || ': ' || r.text from remedies r where r.id = item::uuid
        )
        when 'lesson' then (
            select rtrim(l.learned, '.') || '. Owner: ' || l.owner_name from lessons l where l.id = item::uuid
        )
        when 'action' then (
            select rtrim(a.what, '.') || '. Owner: ' || a.owner_name || coalesce('. Done on ' || in_words((
                       select max((e.entry -> 'detail' ->> 'on')::date)
                       from ledger_entries e
                       where e.complaint_id = a.complaint_id and e.clock = 'action' and e.action_id = a.id and e.entry ->> 'what' = 'met'
                   )), '')
            from actions a where a.id = item::uuid
        )
        when 'request' then (select r.wanted from service_requests r where r.reference = item)
        when 'not_accepted' then (select c.exclusion ->> 'details' from complaints c where c.id = of_complaint)
        when 'escalation' then (
            select case when figure = 'escalation.rejected' then c.ended_reason end from complaints c where c.id = of_complaint
        )
        when 'enquiries' then to_char(to_date(item, 'YYYY-MM'), 'FMMonth YYYY')
        when 'late' then (
            select initcap(p.promise) || ' at stage ' || case p.stage when 'one' then '1' else '2' end
                   || ', due on ' || in_words(p.due_on) || ': ' || coalesce(l.reason, 'no reason recorded')
            from promises p
            left join latenesses l on l.complaint_id = p.complaint_id and l.stage = p.stage and l.promise = p.promise
            where p.complaint_id = of_complaint and p.promise || ' ' || p.stage = item
        )
        when 'acknowledgement' then promise_words(figure, of_complaint)
        when 'response' then promise_words(figure, of_complaint)
        when 'extended' then extension_words(figure, of_complaint, item)
        when 'extended_further' then extension_words(figure, of_complaint, item)
    end, '')
$$;

-- What the manager says of a period's figures (7.6). Each writing is a version of its own, so that nothing that was reported is lost.
create table commentaries (
    first_day  date        not null,
    last_day   date        not null,
    revision   integer     not null constraint commentaries_revision_counts check (revision > 0),
    text       text        not null constraint commentaries_say_something check (text <> ''),
    written_by text        not null,
    written_at timestamptz not null,
    constraint commentaries_pkey primary key (first_day, last_day, revision),
    constraint commentaries_period_in_order check (first_day <= last_day)
);

grant select, insert on commentaries to service_complaint_app;
