//! What is told to whom, and how an email fares: pure, no I/O, no clock.

mod address;
mod delivery;
mod matter;
pub mod words;

pub use address::{Audience, Recipient, UnknownRecipient};
pub use delivery::{Answer, State, judge, wait_before_try};
pub use matter::Matter;
