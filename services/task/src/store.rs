//! What is read from and written to the database: one function per statement.

mod audit;
mod import;
mod list;
mod sweep;
mod tasks;

pub use audit::add_changes;
pub use import::{NewRow, by_request, insert_all, known_cases};
pub use list::list;
pub use sweep::{Claimed, add_notices, claim_approaching, claim_overdue};
pub use tasks::{
    add_report, answer_report, find, insert, known_case, open_tasks, save, set_by_request,
};
