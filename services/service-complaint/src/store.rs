//! The queries. A complaint is loaded whole and saved whole: [`save`] writes what has changed between the two.

mod amend;
mod audit;
pub mod commentaries;
mod conflicts;
mod due;
pub mod follow_ups;
pub mod learning;
pub mod letters;
mod list;
mod load;
mod notes;
pub mod oversight;
pub mod paragraphs;
mod points;
pub mod public;
pub mod recommendations;
pub mod report;
pub mod requests;
pub mod samples;
mod save;
mod staff;
mod tellings;
pub mod themes;

pub use amend::{complaint_of_own_action, lock, running_after, save_person};
pub use audit::{HistoryRow, history, record_change, record_reads};
pub use conflicts::{claim_unannounced, has_conflict, inherited_conflicts};
pub use due::{Claimed, add_notice, claim, escalated_before, save_dues};
pub use list::{ApprovalRow, ListFilter, actions_page, approvals_page, complaints_page};
pub use load::{Loaded, find_by_request, find_id, load};
pub use notes::{NewNote, NoteRow, find_note, insert_note, notes_page};
pub use save::{insert, next_number, record_correspondence, save};
pub use staff::{find_staff, save_staff};

/// The clocks' names in the ledgers' table.
mod clock {
    pub const ACKNOWLEDGEMENT_ONE: &str = "acknowledgement one";
    pub const RESPONSE_ONE: &str = "response one";
    pub const WINDOW: &str = "window";
    pub const ACKNOWLEDGEMENT_TWO: &str = "acknowledgement two";
    pub const RESPONSE_TWO: &str = "response two";
    pub const ACTION: &str = "action";
}
