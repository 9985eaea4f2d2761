-- A request for stage 2 is refused on one of the policy's grounds (2.5, 4.12 to 4.14), beside the words for the person.
alter table complaints
    add column ended_ground text constraint complaints_ground_known check (ended_ground in ('nothing_new', 'too_late', 'no_review', 'excluded'));

-- Those that were refused before had words alone: that nothing was missed and nothing was new was what they could be refused for.
update complaints set ended_ground = 'nothing_new' where ended_how = 'escalation_rejected';

alter table complaints
    add constraint complaints_ground_of_refusal check ((ended_how is not distinct from 'escalation_rejected') = (ended_ground is not null));

-- Every figure of a report, row by row, with what is counted of a refusal besides.
create or replace function report_rows(first_day date, last_day date)
returns table (figure text, complaint_id uuid, item text, happened_on date, amount bigint)
language sql stable
as $$
    select f.figure, f.complaint_id, f.item, f.happened_on, f.amount from figure_rows(first_day, last_day) f
    union all
    select 'escalation.rejected.' || c.ended_ground, c.id, '', c.closed_on, 1::bigint
    from complaints c where c.ended_how = 'escalation_rejected' and c.closed_on between first_day and last_day
    union all
    select d.figure, d.complaint_id, d.item, d.happened_on, d.amount from delivery_rows(first_day, last_day) d
$$;

-- What a row behind a figure is about, in words; a refusal's words belong to its ground, too.
create or replace function row_words(figure text, of_complaint uuid, item text) returns text
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
            select case when figure like 'escalation.rejected%' then c.ended_reason end from complaints c where c.id = of_complaint
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
