-- Conversations of three messages, and a long one. What the landlord wrote is answered, and most of what staff wrote is read.

create view pg_temp.messages_of_cases as
select pg_temp.numbered('b000', c.n * 3 + k) as id, c.case_id, k,
    date_trunc('day', now()) - (600 - c.nth) * interval '12 hours' + k * interval '1 hour' as sent_at
from pg_temp.caseload c cross join generate_series(0, 2) k;

insert into case_files (case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on, version, team)
select case_id, reference, landlord_id, 'Landlord ' || landlord, complainant, status, pg_temp.numbered('c000', n % 500), opened_on, closed_on, 1, 1 + n % 4
from pg_temp.caseload;

insert into conversations (case_id, landlord_id, last_sent_at)
select m.case_id, c.landlord_id, m.sent_at from pg_temp.messages_of_cases m join pg_temp.caseload c using (case_id) where m.k = 2;

insert into messages (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
select id, case_id, case when k = 1 then 'landlord' else 'ombudsman' end, 'Casey Worker', repeat('We have looked into it. ', 10), '{}', '{}', sent_at,
    false, 'account:explain', id
from pg_temp.messages_of_cases;

-- The long one, of the landlord's first case: 2,000 messages before those three.
insert into messages (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
select pg_temp.numbered('d000', k), pg_temp.numbered('8000', 0), case when k % 2 = 1 then 'landlord' else 'ombudsman' end, 'Casey Worker',
    repeat('We have looked into it. ', 10), '{}', '{}', now() - interval '2 years' + k * interval '1 minute', false, 'account:explain',
    pg_temp.numbered('d000', k)
from generate_series(1, 2000) k;

-- Everybody reads for themselves: the landlord's administrator, and one account of each other landlord.
insert into read_marks (account_id, case_id, read_to)
select case when c.landlord = 0 then current_setting('explain.account')::uuid else pg_temp.numbered('e000', c.landlord) end, c.case_id, m.sent_at
from pg_temp.messages_of_cases m join pg_temp.caseload c using (case_id)
where m.k = 2 and c.nth >= 20;

reset session_replication_role;
