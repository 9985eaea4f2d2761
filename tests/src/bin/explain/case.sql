-- Cases, with the open tasks that their headings show.

insert into landlords (id, name, activated_on)
select pg_temp.landlord_id(n), 'Landlord ' || n, current_date - 2000
from generate_series(0::bigint, current_setting('explain.landlords')::bigint - 1) n
on conflict (id) do update set activated_on = excluded.activated_on;

insert into staff (account_id, name, team, active, changed_at)
select pg_temp.numbered('c000', n), 'Owner ' || n, 'TEAM_TRIAGE', true, now() from generate_series(0, 499) n;

insert into cases (id, reference, case_type, complainant, representative, landlord_id, landlord_name, subject, status, team,
    owner_account_id, opened_on, closed_on, next_task_due_on, contact, communication_preference, reasonable_adjustments, vulnerabilities)
select case_id, reference, 1 + n % 3, complainant, '', landlord_id, 'Landlord ' || landlord, 'Repairs to the roof', status, 1 + n % 4,
    pg_temp.numbered('c000', n % 500), opened_on, closed_on,
    case when open then current_date - 10 + (nth * 2 % 60)::integer end, '', '', '', ''
from pg_temp.caseload;

insert into tasks (id, case_id, title, set_on, due_on, open, version)
select id, case_id, title, due_on - 30, due_on, true, 1 from pg_temp.tasks_of_cases where open;

reset session_replication_role;
