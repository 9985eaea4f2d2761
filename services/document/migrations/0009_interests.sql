-- Who declared an interest in which complaint, and reads none of its files (policy 3.4).
-- The binary before this still runs: it gives the files to every role of Customer Insight.
create table interests (
    complaint_id uuid not null,
    account_id   uuid not null,
    constraint interests_pkey primary key (complaint_id, account_id)
);

grant select, insert on interests to document_app;
