-- Who deals with a complaint sees the others of the same case and of the same person (2.6, 3.2).
create index complaints_of_case on complaints (case_reference) where case_reference <> '';
create index complaints_of_email on complaints (lower(email)) where email <> '';
