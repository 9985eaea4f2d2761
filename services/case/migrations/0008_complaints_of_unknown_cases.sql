-- A service complaint can be about a case that the portal does not have yet. What was decided about it is kept by the case's reference, until
-- that case is imported.
alter table service_complaints alter column case_id drop not null;
alter table service_complaints add column case_reference text not null default '';
alter table service_complaints add constraint service_complaints_case_or_reference check (case_id is not null or case_reference <> '');
create index service_complaints_without_case on service_complaints (case_reference) where case_id is null;
