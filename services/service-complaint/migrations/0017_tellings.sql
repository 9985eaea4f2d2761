-- What the person is to be told besides the steps' own letters, until somebody has told them (4.6, 4.9, 4.19).
create table tellings (
    id           uuid constraint tellings_pkey primary key,
    complaint_id uuid not null constraint tellings_complaint references complaints,
    kind         text not null constraint tellings_kind_known check (kind in ('letter_refused', 'action_done', 'action_withdrawn', 'element_excluded')),
    -- The letter, action or element that it is about.
    subject_id   uuid not null,
    what         text not null,
    arose_on     date not null,
    due_on       date not null,
    -- When they were told, and what shows it; both or neither.
    told_on      date,
    proof        text not null default '',
    constraint tellings_told_whole check ((told_on is null) = (proof = ''))
);

create index tellings_of_complaint on tellings (complaint_id, id);

grant select, insert on tellings to service_complaint_app;
-- That they were told is all that is added to it.
grant update (told_on, proof) on tellings to service_complaint_app;

-- A letter that is sent once more is a letter of its own, with its own address and day, and says which one it repeats word for word.
alter table letters add column repeats uuid constraint letters_repeats references letters;
-- What the letter is made of, so that it can be put on paper later without another word in it; null for letters from before this was kept.
alter table letters add column document jsonb;

alter table dues drop constraint dues_kind_known;
alter table dues add constraint dues_kind_known
    check (kind in ('acknowledgement', 'response', 'outcome_reply', 'progress_update', 'action', 'correspondence', 'telling'));
