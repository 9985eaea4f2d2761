//! The rules of cases: pure, with no I/O and no clock.

mod case;
mod listing;
mod reference;
mod status;
mod words;

pub use case::{
    Case, CaseType, Change, NewCase, StaffDetails, TaskFacts, TimelineEntry, UpcomingTask,
};
pub use listing::{Filter, Key, Order, Position, State};
pub use reference::Reference;
pub use status::{MoveNotAllowed, Status, Team};
pub use words::Words;
