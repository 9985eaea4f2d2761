-- Links to the content of single files, for the host that downloads come from (DO-5). Of a link's secret only a hash is kept.
create table download_links (
    token_hash  bytea       constraint download_links_pkey primary key,
    document_id uuid        not null constraint download_links_document_fkey references documents (id),
    -- Who asked for it: whatever is read by it is read by them.
    issued_to   text        not null,
    expires_at  timestamptz not null
);

create index download_links_by_end on download_links (expires_at);

grant select, insert, delete on download_links to document_app;
