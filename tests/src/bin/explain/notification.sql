-- Notices of all cases: a landlord's last fifty are unread, and one of those was opened by itself.

insert into case_files (case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on, version)
select case_id, reference, landlord_id, 'Landlord ' || landlord, complainant, status, pg_temp.numbered('c000', n % 500), opened_on, closed_on, 1
from pg_temp.caseload;

insert into audiences (audience, latest_at)
select 'landlord:' || pg_temp.landlord_id(n), now() from generate_series(0::bigint, current_setting('explain.landlords')::bigint - 1) n;

insert into notices (id, event_id, audience, matter, text, case_id, raised_at)
select pg_temp.numbered('f000', n * 2 + k), pg_temp.numbered('f000', n * 2 + k), 'landlord:' || landlord_id, 'task_set',
    'A task was set on case ' || reference, case_id, now() - (nth * 2 + k + 1) * interval '1 hour'
from pg_temp.caseload cross join generate_series(0, 1) k;

insert into read_marks (account_id, audience, read_to)
select case when n = 0 then current_setting('explain.account')::uuid else pg_temp.numbered('e000', n) end,
    'landlord:' || pg_temp.landlord_id(n), now() - interval '50 hours'
from generate_series(0::bigint, current_setting('explain.landlords')::bigint - 1) n;

insert into single_reads (account_id, notice_id)
select case when landlord = 0 then current_setting('explain.account')::uuid else pg_temp.numbered('e000', landlord) end, pg_temp.numbered('f000', n * 2)
from pg_temp.caseload where nth = 5;

reset session_replication_role;
