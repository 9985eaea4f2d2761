-- Files that come with a complaint about the ombudsman itself (SC-1). They are documents whose `case_id` is the complaint: no case has that id, so nobody in
-- casework sees them. A row here says that a document is one of them.
create table complaint_files (
    document_id  uuid constraint complaint_files_pkey primary key constraint complaint_files_document references documents,
    complaint_id uuid not null
);

create index complaint_files_of_complaint on complaint_files (complaint_id, document_id);

grant select, insert on complaint_files to document_app;
-- Of a file that its holder took back not even the name stays.
grant update (name) on documents to document_app;

alter table changes
    drop constraint changes_action_known,
    add constraint changes_action_known check (action in ('added', 'found_clean', 'quarantined', 'withdrawn', 'removed'));
