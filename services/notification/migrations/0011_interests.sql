-- Who has an interest in which service complaint, and hears nothing of it from then on, not even as one of many (policy 3.4).
-- The binary before this still runs: it tells them of what everybody hears.
create table interests (
    account_id          uuid not null,
    complaint_reference text not null,
    constraint interests_pkey primary key (account_id, complaint_reference)
);

grant select, insert on interests to notification_app;
