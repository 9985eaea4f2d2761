//! What a ledger is made of: the event, the rule, and the entries.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::working_days::{Calendar, CalendarVersion, NotCovered};

/// What happened that started a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// In a few words, such as "complaint received".
    pub name: String,
    /// The day on which it happened: day zero.
    pub on: NaiveDate,
}

/// The rule that says how long there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule's own name, such as "SC-4 acknowledgement".
    pub id: String,
    /// The time that it gives.
    pub timescale: Timescale,
}

/// How long there is from an event, or until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub enum Timescale {
    /// So many working days after the event.
    WorkingDays(u32),
    /// So many calendar days after the event; 4 weeks are 28.
    CalendarDays(u32),
    /// A day that somebody chose, such as a task's due date.
    On(NaiveDate),
}

impl Timescale {
    /// The last day in time, counted from `start`.
    pub(super) fn due(
        self,
        calendar: &Calendar,
        start: NaiveDate,
    ) -> Result<NaiveDate, NotCovered> {
        match self {
            Self::WorkingDays(days) => calendar.add_working_days(start, days),
            Self::CalendarDays(days) => calendar.days_after(start, days),
            Self::On(date) => {
                calendar.covered(start)?;
                calendar.covered(date)
            }
        }
    }

    /// `due`, later by the time for which the deadline was paused.
    pub(super) fn pushed(
        self,
        calendar: &Calendar,
        due: NaiveDate,
        paused: NaiveDate,
        resumed: NaiveDate,
    ) -> Result<NaiveDate, NotCovered> {
        match self {
            // A chosen day is given back in working days, so that a pause never moves it to a weekend.
            Self::WorkingDays(_) | Self::On(_) => {
                let days = calendar.working_days_until(paused, resumed)?;
                calendar.add_working_days(due, days)
            }
            Self::CalendarDays(_) => {
                let days = u32::try_from((resumed - paused).num_days())
                    .expect("a resumption is not dated before its pause, nor millions of years on");
                calendar.days_after(due, days)
            }
        }
    }
}

/// Proof that the person concerned was told of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The day on which the person was told.
    pub on: NaiveDate,
    /// Where it can be seen, such as the id of the letter that was sent.
    pub proof: String,
}

/// By how much a deadline is extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// By so many working days after the present due date.
    WorkingDays(u32),
    /// Until a day that somebody chose.
    Until(NaiveDate),
}

/// More time, as it was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// How much.
    pub length: Length,
    /// Who approved it.
    pub approved_by: String,
    /// Why it is needed.
    pub reason: String,
    /// That the person concerned was told, if so; [`Deadline::tell`](super::Deadline::tell) can add it later.
    pub told: Option<Told>,
}

/// How a deadline began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The event that started it.
    pub event: Event,
    /// The rule that it follows.
    pub rule: Rule,
    /// The calendar that it was counted with.
    pub calendar: CalendarVersion,
    /// The day that it was first due.
    pub until: NaiveDate,
}

/// One line of a ledger. It is never changed and never removed.
///
/// As JSON it is one flat object of `on`, `by`, `what` and `detail`, which can be a row's columns as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day on which it was entered.
    pub on: NaiveDate,
    /// Who entered it: an account, or a service acting by itself.
    pub by: String,
    /// What was entered.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry says.
///
/// An entry that moves the date says until when, as it was promised on that day. Yesterday's promise can then be read
/// without yesterday's calendar, and a new calendar moves nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "detail", rename_all = "snake_case")]
pub enum What {
    /// The deadline began.
    Started(Started),
    /// More time was granted.
    Extended {
        /// How many working days were added; `None` when a day was chosen instead.
        working_days: Option<u32>,
        /// Who approved it.
        approved_by: String,
        /// Why it was needed.
        reason: String,
        /// That the person was told by then, if so.
        told: Option<Told>,
        /// The day that it has been due since.
        until: NaiveDate,
    },
    /// The person was told how the deadline stands.
    Told(Told),
    /// The count stopped.
    Paused {
        /// Why.
        reason: String,
    },
    /// The count went on.
    Resumed {
        /// The day that it has been due since.
        until: NaiveDate,
    },
    /// It was counted again with a new calendar.
    Redated {
        /// The calendar that it was counted with.
        calendar: CalendarVersion,
        /// The day that it has been due since.
        until: NaiveDate,
    },
    /// What was due was done.
    Met {
        /// The day on which it was done, which may be before it was entered.
        on: NaiveDate,
    },
    /// It no longer applies.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

impl What {
    /// The due date that this leads to, if it sets one.
    #[must_use]
    pub fn until(&self) -> Option<NaiveDate> {
        match self {
            Self::Started(Started { until, .. })
            | Self::Extended { until, .. }
            | Self::Resumed { until }
            | Self::Redated { until, .. } => Some(*until),
            Self::Told(_) | Self::Paused { .. } | Self::Met { .. } | Self::Withdrawn { .. } => None,
        }
    }

    /// That the person was told, if this says so.
    pub(super) fn told(&self) -> Option<&Told> {
        match self {
            Self::Told(told) => Some(told),
            Self::Extended { told, .. } => told.as_ref(),
            Self::Started(_)
            | Self::Paused { .. }
            | Self::Resumed { .. }
            | Self::Redated { .. }
            | Self::Met { .. }
            | Self::Withdrawn { .. } => None,
        }
    }
}
