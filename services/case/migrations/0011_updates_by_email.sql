-- Progress updates that the portal sends by email (CA-10): to which address, and since when a mail server is known to refuse it.
alter table progress_updates
    add column address text not null default '',
    add column refused_at timestamptz,
    drop constraint progress_updates_channel_known,
    add constraint progress_updates_channel_known check (channel between 1 and 4),
    add constraint progress_updates_sent_somewhere check ((channel = 4) = (address <> '')),
    add constraint progress_updates_refused_was_sent check (refused_at is null or channel = 4);
grant update (refused_at) on progress_updates to case_app;

-- The update that told of a date: one that nobody got told nobody of it.
alter table expectations add column update_id uuid references progress_updates (id);

-- An update that nobody got is owed again.
alter table contacts
    drop constraint contacts_reason_known,
    add constraint contacts_reason_known check (reason between 1 and 5);
grant update (reason, due_on) on contacts to case_app;
