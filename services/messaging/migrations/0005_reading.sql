-- Everybody reads for themselves (ME-4), and a message says what became of its attachments (ME-3).
--
-- The marks and counters of whole sides in `conversations` stay for one release, because replicas of the version before
-- keep them up while this version replaces them. They can be dropped once none of those runs.

-- Up to where an account has read a conversation. What is unread follows from it and is stored nowhere.
create table read_marks (
    account_id uuid        not null,
    case_id    uuid        not null constraint read_marks_conversation references conversations,
    read_to    timestamptz not null,
    constraint read_marks_pkey primary key (account_id, case_id)
);

-- The audit knows who has read what.
insert into read_marks (account_id, case_id, read_to)
select substring(c.actor from '^account:([0-9a-f-]{36})')::uuid as account_id, c.case_id, max(m.sent_at)
from changes c join messages m on m.id = c.message_id
where c.action = 'marked_read' and c.actor like 'account:%'
group by account_id, c.case_id;

alter table conversations
    alter column unread_by_landlord set default 0,
    alter column unread_by_ombudsman set default 0;
drop index conversations_unread_by_landlord, conversations_unread_by_ombudsman;

-- What a side has to read of a conversation, from a mark on.
create index messages_to_read on messages (case_id, side, sent_at) where not imported;
-- A landlord's conversations, the one with the newest message first.
create index conversations_of_landlord on conversations (landlord_id, last_sent_at desc, case_id desc);
-- The cases that somebody of staff owns.
create index case_files_owner on case_files (owner_account_id, case_id) where owner_account_id is not null;

-- Documents that were withdrawn or found to be infected: attachments of them say so.
create table lost_documents (
    document_id uuid constraint lost_documents_pkey primary key,
    state       text not null constraint lost_documents_state_known check (state in ('withdrawn', 'quarantined'))
);

grant select, insert, update on read_marks, lost_documents to messaging_app;
