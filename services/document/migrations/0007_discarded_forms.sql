-- Forms that were not sent in the end. A file that was still on its way when its form was discarded must not stay for ever: it is refused at its end.
create table discarded_forms (
    draft_id     uuid        constraint discarded_forms_pkey primary key,
    discarded_at timestamptz not null
);

grant select, insert on discarded_forms to document_app;
