//! The rules of a service complaint: facts in, verdict out.

pub mod approval;
pub mod complaint;
pub mod due;
pub mod exclusion;
pub mod finding;
pub mod lateness;
pub mod learning;
pub mod letter;
pub mod monitoring;
pub mod note;
pub mod policy;
pub mod procedure;
pub mod progress;
pub mod recommendation;
pub mod remedy;
pub mod report;
pub mod response;
pub mod sample;
pub mod telling;
pub mod theme;
pub mod throttle;
pub mod webform;
