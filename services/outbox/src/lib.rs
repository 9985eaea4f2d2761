//! Events out of, and into, a database.
//!
//! A service calls [`publish`] in the transaction of what happened. Its [`Relay`] takes the rows to the broker, and the
//! [`Consumer`] of another service brings each to a [`Handler`] in a transaction that also remembers the event's id, so
//! that an event has its effect once however often it is delivered. The broker is transport and never the record: rows
//! stay, and [`Operations`] can publish them again.
//!
//! The tables are those of `schema.sql`, which every service's first migration repeats. Queries are not checked at
//! compile time, because they run in the databases of several services.

mod broker;
mod consumer;
mod dead_letters;
mod event;
mod handler;
mod inbox;
mod metrics;
mod operations;
mod publish;
mod relay;
mod retention;
mod stream;
pub mod testing;
pub mod ticks;
pub mod trace;
mod version;

pub use broker::{Broker, BrokerError, connect};
pub use consumer::{Consumer, Policy};
pub use event::Event;
pub use handler::{Handler, Outcome, Retry, deliver};
pub use operations::Operations;
pub use publish::{publish, publish_all, subject};
pub use relay::{Relay, RelayError};
pub use retention::{Purged, Retention, purge};
pub use version::UnsupportedServer;
