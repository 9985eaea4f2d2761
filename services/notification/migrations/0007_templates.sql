-- The words of emails, where staff adapted them (NO-5). A template without a row, or without words in it, has those that come with the portal.

create table templates (
    -- The matter of the emails.
    key        text        constraint templates_pkey primary key,
    -- Null where the portal's own words were taken back. The row stays, so that versions never begin again.
    subject    text,
    body       text,
    version    bigint      not null constraint templates_version_grows check (version > 0),
    changed_at timestamptz not null,
    changed_by text        not null,
    constraint templates_whole check ((subject is null) = (body is null))
);

-- Who gave which words to a template, and when (WH-1): append-only.
create table template_changes (
    id      uuid        constraint template_changes_pkey primary key,
    at      timestamptz not null,
    actor   text        not null,
    key     text        not null,
    action  text        not null constraint template_changes_action_known check (action in ('adapted', 'restored')),
    version bigint      not null,
    subject text        not null,
    body    text        not null,
    constraint template_changes_once unique (key, version)
);

grant select, insert, update on templates to notification_app;
grant select, insert on template_changes to notification_app;
