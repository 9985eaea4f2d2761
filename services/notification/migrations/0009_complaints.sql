-- The service complaint that a notice is about, by the reference that its page has (SC-10).
alter table notices add column complaint_reference text not null default '';
