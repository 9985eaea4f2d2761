//! The rules of tasks: pure, with no I/O and no clock.

mod kind;
mod listing;
mod moves;
mod status;
mod task;

pub use kind::Kind;
pub use listing::{Filter, Key, Position, State};
pub use moves::withdrawn_when;
pub use status::{Status, Threshold};
pub use task::{
    Answer, Change, Decision, NewTask, RuleError, Task, UnableReport, wrong_completion,
    wrong_due_date, wrong_import,
};
