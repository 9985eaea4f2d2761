-- What the service's database user may do. Deployments make the user a member of this role; migrations run as the owner.
do $$
begin
    if not exists (select from pg_roles where rolname = 'service_complaint_app') then
        create role service_complaint_app nologin;
    end if;
exception
    -- Roles belong to the whole cluster, and another migration may be making it at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to service_complaint_app;
grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to service_complaint_app;
grant select, insert, delete on inbox to service_complaint_app;
grant select, insert, delete, update (reason, tries) on dead_letters to service_complaint_app;
grant select, insert, update on complaints, reference_counters to service_complaint_app;
-- A ledger is only ever written on, and so is the audit.
grant select, insert on ledger_entries, changes, reads to service_complaint_app;
