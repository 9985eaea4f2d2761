-- A call that came after all elements were decided has an outcome, which its stage holds as it holds that of a response (4.8). Any other call is on
-- record by the end of the complaint alone.
create or replace view closings as
select s.complaint_id, s.stage, s.answered_on as closed_on, s.outcome
from stages s
where s.answered_on is not null
union all
select c.id, last.stage, c.closed_on, null
from complaints c
-- Stage 2 is the last one where there is one: "two" sorts after "one".
cross join lateral (select s.stage, s.answered_on from stages s where s.complaint_id = c.id order by s.stage desc limit 1) as last
where c.ended_how = 'informally' and last.answered_on is null;
