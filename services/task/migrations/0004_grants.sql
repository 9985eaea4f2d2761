-- What the service itself may do: its log-in is a member of this role and owns nothing.

-- Roles belong to the whole cluster: another database of it may have made the role before, or be making it right now.
do $$
begin
    if not exists (select from pg_roles where rolname = 'task_app') then
        create role task_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to task_app;
grant select, insert, delete on inbox to task_app;
grant select, insert, delete, update (reason, tries) on dead_letters to task_app;
grant select, insert, update on case_files, tasks, unable_reports to task_app;
grant select on task_overviews to task_app;
-- Append-only: what was announced and what was changed stays as it was written.
grant select, insert on notices, changes to task_app;
