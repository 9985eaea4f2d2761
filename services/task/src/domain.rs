//! The rules of tasks: pure, with no I/O and no clock.

mod history;
mod kind;
mod listing;
mod moves;
mod reminders;
mod status;
mod task;

pub use history::{Change, Deed, Entry, Happened, Place, Redated, Terms};
pub use kind::Kind;
pub use listing::{Filter, Key, Position, State, Window};
pub use moves::{Fate, fate};
pub use reminders::{Limits, Reminders, passed};
pub use status::{Status, Threshold};
pub use task::{
    Answer, Decision, NewTask, RuleError, Task, UnableReport, wrong_completion, wrong_due_date,
    wrong_import,
};
