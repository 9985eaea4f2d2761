//! What every service under a case knows of the case, and who may see it (CA-4).
//!
//! The table is that of `schema.sql`, which the migrations of those services repeat. Queries are not checked at compile time,
//! because they run in the databases of several services.

mod projection;
mod visibility;

pub use projection::{CaseFile, apply, apply_event, find, subjects};
pub use visibility::Visibility;
