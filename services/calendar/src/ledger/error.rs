//! Why an entry is refused.

use chrono::NaiveDate;

use crate::working_days::{CalendarVersion, NotCovered};

/// Why an entry does not belong where it was to be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The first entry is not the start, or there is none.
    #[error("the ledger does not begin with the start of the deadline")]
    NotStarted,
    /// A second start.
    #[error("the deadline has already started")]
    AlreadyStarted,
    /// Any entry after the deadline was met.
    #[error("the deadline was already met on {0}")]
    AlreadyMet(NaiveDate),
    /// Any entry after the deadline was withdrawn.
    #[error("the deadline was already withdrawn on {0}")]
    AlreadyWithdrawn(NaiveDate),
    /// A pause within a pause.
    #[error("the deadline has been paused since {0}")]
    AlreadyPaused(NaiveDate),
    /// A resumption without a pause.
    #[error("the deadline is not paused")]
    NotPaused,
    /// A pause after the due date: no time is left to keep.
    #[error("the deadline passed on {0}, so there is no time left to pause")]
    AlreadyPassed(NaiveDate),
    /// An entry dated before the one before it.
    #[error("an entry of {on} cannot follow one of {last}")]
    OutOfOrder {
        /// The refused entry's date.
        on: NaiveDate,
        /// The date of the last entry.
        last: NaiveDate,
    },
    /// Something is said to have happened after the day on which it is entered.
    #[error("{happened} is in the future on {entered}")]
    InTheFuture {
        /// The day on which it is said to have happened.
        happened: NaiveDate,
        /// The day on which it was to be entered.
        entered: NaiveDate,
    },
    /// A due date, or the day of meeting it, before the event that started the deadline.
    #[error("{date} is before the deadline's start on {start}")]
    BeforeStart {
        /// The refused date.
        date: NaiveDate,
        /// The date of the event that started the deadline.
        start: NaiveDate,
    },
    /// An extension or a resumption that does not leave at least the time that there was.
    #[error("{until} is no later than the present due date {due}")]
    NotLater {
        /// The refused due date.
        until: NaiveDate,
        /// The present due date.
        due: NaiveDate,
    },
    /// A name, a reason or a proof was left empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The deadline was counted with another calendar, and no entry may mix two.
    #[error(
        "the deadline was counted with calendar {counted_with}, so re-date it to {given} first"
    )]
    OtherCalendar {
        /// The calendar of the ledger.
        counted_with: CalendarVersion,
        /// The calendar that was handed in.
        given: CalendarVersion,
    },
    /// A re-dating with the calendar that the deadline was counted with already.
    #[error("the deadline was already counted with calendar {0}")]
    SameCalendar(CalendarVersion),
    /// A date is outside the calendar.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
}
