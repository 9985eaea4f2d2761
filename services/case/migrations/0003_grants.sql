-- What the service itself may do: its log-in is a member of this role and owns nothing.

-- Roles belong to the whole cluster: another database of it may have made the role before, or be making it right now.
do $$
begin
    if not exists (select from pg_roles where rolname = 'case_app') then
        create role case_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

grant select, insert, delete, update (transport_id, queued_at, published_at) on outbox to case_app;
grant select, insert, delete on inbox to case_app;
grant select, insert, delete, update (reason, tries) on dead_letters to case_app;
grant select, insert, update on landlords, staff, reference_counters, cases, tasks to case_app;
grant select on case_overviews to case_app;
-- Append-only: what has happened stays as it was written.
grant select, insert on timeline, changes, reads to case_app;
