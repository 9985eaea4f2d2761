-- Themes that are retired, and requests for samples that are carried out once.
--
-- A theme that is no longer used is retired: no new lesson belongs to it, and its old ones stay or move to another theme. Themes are never
-- deleted, since reports of past periods name them.

alter table themes
    add column retired_on  date,
    -- Where its lessons were moved.
    add column merged_into text constraint themes_merged_into references themes,
    add constraint themes_merged_when_retired check (merged_into is null or retired_on is not null),
    add constraint themes_not_merged_into_itself check (merged_into <> id);

-- Who asked for a drawing by which request, so that a form that is sent twice draws once.
alter table samples
    add column requested_by text,
    add column request_id   uuid,
    add constraint samples_request_once unique (requested_by, request_id);

create index lessons_of_theme on lessons (theme);

grant update on themes to service_complaint_app;
