//! The queries. A complaint is loaded whole and saved whole: [`save`] writes what has changed between the two.

mod audit;
mod due;
pub mod follow_ups;
pub mod learning;
pub mod letters;
mod list;
mod load;
mod notes;
pub mod oversight;
pub mod paragraphs;
pub mod public;
pub mod recommendations;
pub mod report;
pub mod samples;
mod save;
mod tellings;
pub mod themes;

pub use audit::{HistoryRow, history, involved, record_change, record_reads};
pub use due::{Claimed, add_notice, claim, save_dues};
pub use list::{ApprovalRow, ListFilter, actions_page, approvals_page, complaints_page};
pub use load::{Loaded, find_by_request, find_id, load};
pub use notes::{NewNote, NoteRow, find_note, insert_note, notes_page};
pub use save::{insert, next_number, record_correspondence, save};

/// The clocks' names in the ledgers' table.
mod clock {
    pub const ACKNOWLEDGEMENT_ONE: &str = "acknowledgement one";
    pub const RESPONSE_ONE: &str = "response one";
    pub const WINDOW: &str = "window";
    pub const ACKNOWLEDGEMENT_TWO: &str = "acknowledgement two";
    pub const RESPONSE_TWO: &str = "response two";
    pub const ACTION: &str = "action";
}
