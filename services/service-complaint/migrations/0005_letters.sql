-- Letters (4.1 to 4.22): the library of standard paragraphs, drafts, and letters kept exactly as they were sent.

-- What letters are put together from. A placeholder is a name in braces: what the complaint knows is filled in, the rest is the writer's.
create table paragraphs (
    id         uuid        constraint paragraphs_pkey primary key,
    topic      text        not null,
    title      text        not null,
    text       text        not null,
    version    bigint      not null default 1 constraint paragraphs_version_counts check (version > 0),
    retired    boolean     not null default false,
    changed_by text        not null default '',
    changed_at timestamptz not null default now()
);

create index paragraphs_by_topic on paragraphs (topic, title, id);

-- Each wording that a paragraph had (WH-1).
create table paragraph_versions (
    paragraph_id uuid        not null constraint paragraph_versions_paragraph references paragraphs,
    version      bigint      not null,
    at           timestamptz not null,
    actor        text        not null,
    topic        text        not null,
    title        text        not null,
    text         text        not null,
    retired      boolean     not null,
    constraint paragraph_versions_pkey primary key (paragraph_id, version)
);

-- Letters that are being written. A letter that is sent takes the id of its draft, which goes.
create table letter_drafts (
    id           uuid        constraint letter_drafts_pkey primary key,
    complaint_id uuid        not null constraint letter_drafts_complaint references complaints,
    kind         text        not null,
    words        jsonb       not null,
    version      bigint      not null constraint letter_drafts_version_counts check (version > 0),
    changed_by   text        not null,
    changed_at   timestamptz not null,
    constraint letter_drafts_kind_known check (kind in (
        'acknowledgement', 'extension', 'further_extension', 'stage_one_response', 'escalation_accepted', 'escalation_refused',
        'stage_two_response', 'not_accepted', 'closing', 'after_closing', 'informal_resolution', 'progress_update'))
);

create index letter_drafts_of_complaint on letter_drafts (complaint_id, changed_at);

-- Letters as they were sent: text, HTML and PDF are never changed.
create table letters (
    id           uuid        constraint letters_pkey primary key,
    complaint_id uuid        not null constraint letters_complaint references complaints,
    kind         text        not null,
    subject      text        not null,
    text         text        not null,
    html         text        not null,
    pdf          bytea,
    format       text        not null constraint letters_format_known check (format in ('email', 'letter', 'large_print', 'easy_read')),
    delivery     text        not null constraint letters_delivery_known check (delivery in ('email', 'post')),
    addressee    text        not null,
    address      text        not null constraint letters_have_an_address check (address <> ''),
    -- What the writer gave, from which standard paragraphs.
    words        jsonb       not null,
    -- What was not plain English, and was confirmed by the sender.
    findings     jsonb       not null,
    sent_by      text        not null,
    sent_name    text        not null,
    sent_at      timestamptz not null,
    -- When staff took it to the post, and who.
    posted_at    timestamptz,
    posted_by    text        not null default '',
    posted_name  text        not null default '',
    -- When a mail server refused it for good, so that it must be sent in another way.
    refused_at   timestamptz,
    constraint letters_kind_known check (kind in (
        'acknowledgement', 'extension', 'further_extension', 'stage_one_response', 'escalation_accepted', 'escalation_refused',
        'stage_two_response', 'not_accepted', 'closing', 'after_closing', 'informal_resolution', 'progress_update')),
    constraint letters_on_paper_have_a_pdf check ((delivery = 'post') = (pdf is not null)),
    constraint letters_posted_whole check ((posted_at is null) = (posted_by = '')),
    constraint letters_by_email_are_not_posted check (delivery = 'post' or posted_at is null)
);

create index letters_of_complaint on letters (complaint_id, sent_at, id);
create index letters_to_post on letters (sent_at, id) where delivery = 'post' and posted_at is null;

grant select, insert, update on paragraphs to service_complaint_app;
grant select, insert on paragraph_versions to service_complaint_app;
grant select, insert, update, delete on letter_drafts to service_complaint_app;
grant select, insert on letters to service_complaint_app;
-- That a letter went to the post, or that a mail server refused it, is all that is added to it.
grant update (posted_at, posted_by, posted_name, refused_at) on letters to service_complaint_app;

-- The starting set (the reviewer's recommendation 20.3): easy to adapt, and in words that people use.
insert into paragraphs (id, topic, title, text) values
    ('0197f000-0000-7000-8000-000000000001', 'Apology', 'We are sorry',
     'I am sorry for {what went wrong}. I can see that this has been hard for you.'),
    ('0197f000-0000-7000-8000-000000000002', 'Apology', 'We said sorry before',
     'I won’t repeat what I have told you before about why this is slow. I am deeply sorry for how this is affecting you.'),
    ('0197f000-0000-7000-8000-000000000003', 'Delays', 'A long wait',
     'I know that you have been waiting for a long time. Your case waited from {date} to {date}. All of our cases are taking longer than we would like. We are taking on more people, so that cases move faster.'),
    ('0197f000-0000-7000-8000-000000000004', 'Delays', 'Waiting for a caseworker',
     'Your case about your landlord is waiting for a caseworker. We will tell you as soon as somebody starts work on it. If things get worse at home before then, please tell us, so that we can look again at how urgent your case is.'),
    ('0197f000-0000-7000-8000-000000000005', 'Delays', 'A date that we missed',
     'We told you to expect {what} by {date}. That did not happen. We should have told you so before that day, and I am sorry that we did not.'),
    ('0197f000-0000-7000-8000-000000000006', 'Calls and emails', 'A call that was not made',
     'We promised to call you by {date}, and we did not. I am sorry that you waited for a call that did not come.'),
    ('0197f000-0000-7000-8000-000000000007', 'Calls and emails', 'An email that was not answered',
     'You wrote to us on {date}. We aim to answer within {number} working days, and we did not. I am sorry about that.'),
    ('0197f000-0000-7000-8000-000000000008', 'Calls and emails', 'Why you did not hear from us',
     'We did not write to you because nothing had moved on your case. I understand that hearing nothing is hard. We should have told you that you were still in the queue.'),
    ('0197f000-0000-7000-8000-000000000009', 'Health', 'The effect on your health',
     'You told us how the wait affects your health. I believe you, and you do not need to prove it. I have passed this on, so that it counts when we decide how urgent your case is.'),
    ('0197f000-0000-7000-8000-000000000010', 'Health', 'Where to find support',
     'If you are finding it hard to cope, your GP can help. You can call Samaritans on 116 123 at any time, day or night.'),
    ('0197f000-0000-7000-8000-000000000011', 'Language and formats', 'Language help',
     'If English is not your first language, we can talk with you through an interpreter. It costs you nothing. Tell us which language suits you.'),
    ('0197f000-0000-7000-8000-000000000012', 'Language and formats', 'Another format',
     'We can send you this letter in large print, in easy read, by email or on paper. We can also read it to you on the telephone.'),
    ('0197f000-0000-7000-8000-000000000013', 'Your landlord', 'Problems that go on',
     'We know that the problems with your landlord go on. Please keep telling your landlord about them. Citizens Advice can help you now, while you wait for us.'),
    ('0197f000-0000-7000-8000-000000000014', 'Putting right', 'What we have learned',
     'What you told us will help us to do better. We have {what we changed}, so that this does not happen to somebody else.');

insert into paragraph_versions (paragraph_id, version, at, actor, topic, title, text, retired)
select id, version, changed_at, 'migration', topic, title, text, retired from paragraphs;
