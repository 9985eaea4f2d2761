-- What the service's database user may do. Deployments make the user a member of this role; migrations run as the owner.
do $$
begin
    if not exists (select from pg_roles where rolname = 'document_app') then
        create role document_app nologin;
    end if;
exception
    -- Roles belong to the whole cluster, and another migration may be making it at the same moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to document_app;
grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to document_app;
grant select, insert, delete on inbox to document_app;
grant select, insert, delete, update (reason, tries) on dead_letters to document_app;
grant select, insert, update on case_files to document_app;
grant select, insert, update (state, withdrawal_reason, version) on documents to document_app;
grant select, insert, update, delete on scans to document_app;
grant select, insert, delete, update (abandoned) on uploads to document_app;
-- The audit is append-only (WH-1).
grant select, insert on changes, reads to document_app;
