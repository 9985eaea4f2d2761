//! The rules of a service complaint: facts in, verdict out.

pub mod approval;
pub mod complaint;
pub mod due;
pub mod exclusion;
pub mod finding;
pub mod letter;
pub mod monitoring;
pub mod note;
pub mod policy;
pub mod procedure;
pub mod remedy;
pub mod response;
