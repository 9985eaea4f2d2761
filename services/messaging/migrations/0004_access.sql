-- What the service's database user may do. Deployments make the user a member of this role; migrations run as the owner.
do $$
begin
    if not exists (select from pg_roles where rolname = 'messaging_app') then
        create role messaging_app nologin;
    end if;
exception
    -- Roles belong to the whole cluster, and another migration may be making it at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to messaging_app;
grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to messaging_app;
grant select, insert, delete on inbox to messaging_app;
grant select, insert, delete, update (reason, tries) on dead_letters to messaging_app;
grant select, insert, update on case_files, conversations to messaging_app;
-- What was sent stays as it was sent.
grant select, insert on messages to messaging_app;
-- The audit is append-only (WH-1).
grant select, insert on changes to messaging_app;
