//! The rules of cases: pure, with no I/O and no clock.

mod allocation;
mod case;
mod listing;
mod outcome;
mod reference;
mod risk;
mod status;
mod words;

pub use allocation::{
    Ahead, AheadError, Allocation, ComplaintDecided, Place, Related, RelatedCases, Upheld,
    may_decide,
};
pub use case::{
    Case, CaseType, Change, NewCase, StaffDetails, TaskFacts, TimelineEntry, UpcomingTask,
};
pub use listing::{Filter, Key, Order, Owner, Position, State};
pub use outcome::{Finding, NotInvestigated, Outcome, wrong_decision_date};
pub use reference::Reference;
pub use risk::{
    Assessment, Circumstances, Review, ReviewAsked, RiskFactors, Sensitivity, Severity,
};
pub use status::{MoveNotAllowed, Status, Team};
pub use words::Words;
