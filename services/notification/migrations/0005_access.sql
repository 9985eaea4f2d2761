-- What the service's database user may do. Deployments make the user a member of this role; migrations run as the owner.
do $$
begin
    if not exists (select from pg_roles where rolname = 'notification_app') then
        create role notification_app nologin;
    end if;
exception
    -- Roles belong to the whole cluster, and another migration may be making it at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to notification_app;
grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to notification_app;
grant select, insert, delete on inbox to notification_app;
grant select, insert, delete, update (reason, tries) on dead_letters to notification_app;
grant select, insert, update on case_files, emails, audiences, read_marks, landlords to notification_app;
grant select, insert on email_causes, notices to notification_app;
grant select, insert, delete on single_reads to notification_app;
-- The audit is append-only (WH-1).
grant select, insert on changes to notification_app;
