//! What is told to whom, and how an email fares: pure, no I/O, no clock.

mod address;
mod delivery;
mod matter;
pub mod news;
mod originals;
mod quiet;
pub mod table;
mod team;
pub mod template;
pub mod words;

pub use address::{Audience, Recipient, Topic, UnknownRecipient};
pub use delivery::{Answer, Shown, Standing, State, judge, wait_before_try};
pub use matter::{Matter, Urgency};
pub use originals::{ORIGINALS, Original};
pub use quiet::{NoQuietHours, QuietHours};
pub use team::{Team, UnknownTeam};
pub use template::Template;
