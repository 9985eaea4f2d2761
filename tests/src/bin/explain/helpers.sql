-- What the databases agree on. The landlord's own cases are scattered among those of the others, as in life.

set session_replication_role = replica; -- what refers to something was just made with it
set maintenance_work_mem = '256MB';
set client_min_messages = warning;

create function pg_temp.numbered(kind text, n bigint) returns uuid language sql immutable
    return ('01900000-0000-7000-' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid;

create function pg_temp.landlord_id(n bigint) returns uuid language sql stable
    return case when n = 0 then current_setting('explain.landlord')::uuid else pg_temp.numbered('9000', n) end;

-- Every case: which it is, whose, and the how-manieth of that landlord's. Three in ten are open.
create view pg_temp.caseload as
select n, landlord, nth, nth % 10 < 3 as open, pg_temp.numbered('8000', n) as case_id, pg_temp.landlord_id(landlord) as landlord_id,
    (2020 + nth % 5)::text || lpad(n::text, 7, '0') as reference,
    'Person ' || chr((97 + n % 26)::integer) || chr((97 + n % 23)::integer) || ' ' || n % 9973 as complainant,
    current_date - 300 - (nth % 300)::integer as opened_on,
    case when nth % 10 >= 3 then current_date - (nth % 300)::integer end as closed_on,
    case when nth % 10 < 3 then 1 + nth * 7 % 10 else 11 end as status
from (
    select n, n % current_setting('explain.landlords')::bigint as landlord, n / current_setting('explain.landlords')::bigint as nth
    from generate_series(0::bigint, current_setting('explain.cases')::bigint - 1) n
) numbered;

-- Its five tasks: of an open case two are open.
create view pg_temp.tasks_of_cases as
select pg_temp.numbered('a000', c.n * 5 + k) as id, c.case_id, c.landlord_id, c.open and k < 2 as open, k,
    case when c.open and k < 2 then current_date - 10 + ((c.nth * 2 + k) % 60)::integer else current_date - 100 - (c.nth % 400)::integer end as due_on,
    'Please send us document ' || k as title
from pg_temp.caseload c cross join generate_series(0, 4) k;
