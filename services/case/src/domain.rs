//! The rules of cases: pure, with no I/O and no clock.

mod allocation;
mod case;
mod contact;
mod listing;
mod outcome;
mod quarter;
mod reference;
mod risk;
mod stage;
mod status;
mod words;

pub use allocation::{
    Ahead, AheadError, Allocation, ComplaintDecided, Place, Related, RelatedCases, Upheld,
    may_decide,
};
pub use case::{
    Case, CaseType, Change, NewCase, StaffDetails, TaskFacts, TimelineEntry, UpcomingTask,
};
pub use contact::{
    Call, Channel, Contact, ContactKind, ContactReason, ContactTerms, NothingExpected, Paragraph,
    Step, filled_in, has_stray_braces,
};
pub use listing::{Filter, Key, Order, Owner, Position, State};
pub use outcome::{Finding, NotInvestigated, Outcome, wrong_decision_date};
pub use quarter::Quarter;
pub use reference::Reference;
pub use risk::{
    Assessment, Circumstances, Review, ReviewAsked, RiskFactors, Sensitivity, Severity,
};
pub use stage::{Expectation, LONGEST, Stage, Timeframe, expected_on};
pub use status::{MoveNotAllowed, Status, Team};
pub use words::Words;
