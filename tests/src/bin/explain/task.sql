-- Tasks, all told of already: a sweep finds nothing to do.

insert into case_files (case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on, version)
select case_id, reference, landlord_id, 'Landlord ' || landlord, complainant, status, pg_temp.numbered('c000', n % 500), opened_on, closed_on, 1
from pg_temp.caseload;

insert into tasks (id, case_id, landlord_id, kind, title, instructions, set_on, set_by, due_on, completed_on, ended_at, noticed, request_id,
    request_digest)
select id, case_id, landlord_id, 1 + k % 5, title, 'Please send it by the date above.', due_on - 30, 'Casey Worker', due_on,
    case when not open then due_on - 5 end, case when not open then (due_on - 5)::timestamptz end, 4, id, '\x00'
from pg_temp.tasks_of_cases;

reset session_replication_role;
