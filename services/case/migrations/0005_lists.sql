-- Every filter and order of the lists of cases (CA-5), each over an index that serves it.

-- The landlord's name, kept here too, because a list of everybody's cases can be in its order.
alter table cases add column landlord_name text collate "und-x-icu" not null default '';
update cases set landlord_name = coalesce((select name from landlords where id = cases.landlord_id), '');

-- What a case that was opened elsewhere was taken over from: the digest of that row tells whether another one is the same (CA-7).
alter table cases add column import_digest bytea;

-- The orders that were missing. Within one landlord, the order of landlords is that of references, and closed cases alone have a date of closing.
create index cases_open_case_type_of_landlord on cases (landlord_id, case_type, id) where closed_on is null;
create index cases_open_case_type on cases (case_type, id) where closed_on is null;
create index cases_closed_case_type_of_landlord on cases (landlord_id, case_type, id) where closed_on is not null;
create index cases_closed_case_type on cases (case_type, id) where closed_on is not null;
create index cases_open_landlord on cases (landlord_name, id) where closed_on is null;
create index cases_closed_landlord on cases (landlord_name, id) where closed_on is not null;
create index cases_closed_on_of_landlord on cases (landlord_id, closed_on, id) where closed_on is not null;
create index cases_closed_on on cases (closed_on, id) where closed_on is not null;

-- An owner's own work, soonest due first, and what the owner has closed.
create index cases_open_due_of_owner on cases (owner_account_id, (coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is null;
create index cases_closed_of_owner on cases (owner_account_id, id) where closed_on is not null;

-- What nobody has taken on yet.
create index cases_open_due_unowned on cases ((coalesce(next_task_due_on, 'infinity'::date)), id) where closed_on is null and owner_account_id is null;
