//! What is read from and written to the database: one function per statement.

mod audit;
mod import;
mod list;
mod sweep;
mod tasks;

pub use audit::{add_changes, history};
pub use import::{NewRow, by_request, insert_all, known_cases};
pub use list::{Listing, list, push_list};
pub use sweep::{Claimed, add_notices, claim};
pub use tasks::{
    add_report, answer_report, find, insert, known_case, open_tasks, save, set_by_request,
};
