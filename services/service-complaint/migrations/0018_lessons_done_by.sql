-- Who did what a lesson asks for, who doesn't sign it off; null for what was done before this was kept.
alter table lessons add column done_by uuid;
grant update (done_by) on lessons to service_complaint_app;
