//! What is read from and written to the database: one function per statement.

mod allocation;
mod audit;
mod cases;
mod contacts;
mod ended;
mod import;
mod list;
mod outcomes;
mod projections;
mod risk;
mod stages;
mod sweep;
mod updates;

pub use allocation::{
    AheadDecision, NextRequest, add_allocation, adopt_complaints, allocated_by, allocations_of,
    hold_unknown_cases, is_ahead, save_ahead, save_complaint, take_next, waiting,
};
pub use audit::{add_changes, add_read, add_timeline, timeline};
pub use cases::{
    find, id_of, insert, is_closed, is_visible, landlord_is_registered, next_number, next_version,
    opened_by, save_move, save_owner,
};
pub use contacts::{
    NewContact, Promise, Whose, add_call, add_contacts, add_promise, called_by, contact, contacts,
    end_contacts, end_late_update, follow_case, owe_again, owed_update, promised_by, settle,
};
pub use ended::{LeftStage, StageFigures, ended, taken};
pub use import::{
    Present, find_all, insert_all, known_landlords, known_staff, made_of, raise_numbers,
};
pub use list::{Found, count, list};
pub use outcomes::{add_outcome, tell_outcomes};
pub use projections::{
    activate_landlord, colleague, lock_case, refresh_next_due, save_landlord, save_staff, save_task,
};
pub use risk::{
    NewAssessment, add_assessment, add_review, answer_of, answer_review, assessments, end_reviews,
    open_reviews, open_reviews_of, review, save_sensitivity, sensitivity, withdraw_review,
};
pub use stages::{
    begin_stages, end_stage, expect, mend_stages, set_timeframe, stages_of, timeframe, timeframes,
    touch, untell,
};
pub use sweep::{Owed, claim_likely_missed, claim_owed, claim_quiet};
pub use updates::{
    AfterRefusal, Sent, Update, add_update, after_refusal, given_by, paragraph, paragraphs,
    refuse_update, sent_update, set_paragraph,
};
