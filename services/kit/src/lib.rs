//! Plumbing that no service should think about: settings, time, callers, servers, errors.

pub mod access;
pub mod caller;
pub mod check;
pub mod client;
mod clock;
pub mod config;
pub mod csv;
pub mod db;
mod failure;
mod gate;
mod health;
mod http;
pub mod page;
pub mod process;
pub mod secret;
pub mod server;
pub mod telemetry;
pub mod time;
pub mod tls;
pub mod token;

pub use caller::{Caller, Client, Person, Seat};
pub use check::Check;
pub use clock::Clock;
pub use failure::{Failure, Invalid, Kind, Violation, status};
pub use server::{Running, Server};

/// Makes an id: version 7, so that rows are stored about where their neighbours in time are.
#[must_use]
pub fn id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
