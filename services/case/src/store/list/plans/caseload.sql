-- A million cases for the test of the lists' plans. What varies goes by primes, so that one thing says nothing of another.

insert into landlords (id, name, activated_on)
select ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Landlord ' || n, '2020-01-01'
from generate_series(1, 2000) n;

insert into staff (account_id, name, team, active, changed_at)
select ('00000000-0000-0000-0000-' || lpad(to_hex(2000000 + n), 12, '0'))::uuid, 'Owner ' || n, 'TEAM_TRIAGE', true, '2024-01-01'
from generate_series(1, 500) n;

-- The landlords and owners are there as was just seen to, so that a million rows need not look for theirs.
set session_replication_role = replica;

insert into cases (id, reference, case_type, complainant, representative, landlord_id, landlord_name, subject, status, team,
    owner_account_id, opened_on, closed_on, next_task_due_on, contact, communication_preference, reasonable_adjustments, vulnerabilities)
select
    -- Ids grow with time, as the service's do.
    ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    (2016 + n % 10)::text || lpad((n / 10)::text, 6, '0'),
    1 + n % 3,
    case
        when n % 25000 = 17 then 'Perpetua Quillfeather '
        when n % 50 = 3 then 'Alex Smith '
        else 'Person ' || chr(97 + n % 26) || chr(97 + n % 23) || chr(97 + n % 19) || ' '
    end || n % 9973,
    '',
    ('00000000-0000-0000-0000-' || lpad(to_hex(whose), 12, '0'))::uuid,
    'Landlord ' || whose,
    'Repairs',
    stands,
    case when stands <= 2 then 1 when stands <= 4 then 2 when stands = 9 then 4 else 3 end,
    case when n % 11 <> 0 then ('00000000-0000-0000-0000-' || lpad(to_hex(2000000 + 1 + n % 499), 12, '0'))::uuid end,
    make_date(2016 + n % 10, 1 + n % 12, 1 + n % 28),
    case when stands = 11 then make_date(2016 + n % 10, 1 + n % 12, 28) + n % 97 end,
    case when stands <> 11 and n % 5 <> 0 then date '2025-09-01' + n % 409 end,
    '', '', '', ''
from (
    select n,
        case when n % 50 = 1 then 1 else 2 + (n::bigint * 7919 % 1999)::integer end as whose,
        case when (n / 17) % 10 >= 3 then 11 when n % 3001 = 2 then 10 else 1 + (n / 13) % 9 end as stands
    from generate_series(0, 999999) n
) caseload;

reset session_replication_role;
