//! Working days, bank holidays and the deadline ledger of the portal: pure, with no I/O and no clock.
//!
//! A [`Calendar`] knows the working days of England and Wales: Monday to Friday, less the bank holidays that GOV.UK
//! publishes. It answers for the years whose bank holidays it has been given, and refuses every other date.
//!
//! A [`Deadline`] is one promise or one internal target: the event that started it, the rule that it follows, and a
//! ledger of everything that has happened to it since. The due date is read from that ledger.
//!
//! ```
//! use calendar::{Calendar, Deadline, Event, Rule, Timescale};
//! use chrono::NaiveDate;
//!
//! let calendar = Calendar::england_and_wales();
//! let saturday = NaiveDate::from_ymd_opt(2025, 6, 7).unwrap();
//! let monday = NaiveDate::from_ymd_opt(2025, 6, 9).unwrap();
//!
//! let acknowledgement = Deadline::start(
//!     &calendar,
//!     Event { name: "complaint received".into(), on: saturday },
//!     Rule { id: "SC-4 acknowledgement".into(), timescale: Timescale::WorkingDays(5) },
//!     "an investigator",
//!     monday,
//! )?;
//!
//! assert_eq!(acknowledgement.due(), NaiveDate::from_ymd_opt(2025, 6, 13).unwrap());
//! # Ok::<(), calendar::LedgerError>(())
//! ```

mod bank_holidays;
pub mod ledger;
mod urgency;
mod working_days;

pub use bank_holidays::BankHolidaysError;
pub use ledger::{
    Deadline, Entry, Event, Extension, LedgerError, Length, Rule, Started, State, Timescale, Told,
    What,
};
pub use urgency::Urgency;
pub use working_days::{Calendar, CalendarVersion, NotCovered};
