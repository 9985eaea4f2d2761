//! The queries, one function each, by table.

pub mod accounts;
pub mod audit;
pub mod clients;
pub mod devices;
pub mod landlords;
pub mod lockouts;
pub mod logins;
pub mod resets;
pub mod sessions;
pub mod sweep;
pub mod throttles;

/// Whether a statement failed because a constraint of this name holds.
#[must_use]
pub fn breaks(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(|it| it.constraint()) == Some(constraint)
}
