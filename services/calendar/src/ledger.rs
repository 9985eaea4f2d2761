//! The deadline ledger: the one model behind every promise made to a person and every internal target.

mod admit;
mod entry;
mod error;
mod standing;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use entry::{Entry, Event, Extension, Length, Rule, Started, Timescale, Told, What};
pub use error::LedgerError;
pub use standing::State;

use crate::working_days::{Calendar, CalendarVersion};

/// A deadline: the event that started it, the rule that it follows, and what has happened to it since.
///
/// It is its ledger and nothing else. Entries are only ever added, each method that adds one gives it back to be
/// stored as a row, and [`from_entries`](Self::from_entries) reads the rows again under the same rules. As JSON it is
/// the list of its entries.
///
/// ```
/// use calendar::{Calendar, Deadline, Event, Extension, Length, Rule, State, Timescale};
/// use chrono::NaiveDate;
///
/// let calendar = Calendar::england_and_wales();
/// let june = |day| NaiveDate::from_ymd_opt(2025, 6, day).unwrap();
///
/// let mut response = Deadline::start(
///     &calendar,
///     Event { name: "acknowledged".into(), on: june(2) },
///     Rule { id: "SC-4 response".into(), timescale: Timescale::WorkingDays(10) },
///     "an investigator",
///     june(2),
/// )?;
/// assert_eq!(response.due(), june(16));
///
/// let extension = Extension {
///     length: Length::WorkingDays(5),
///     approved_by: "the investigator".into(),
///     reason: "a colleague's account is awaited".into(),
///     told: None,
/// };
/// response.extend(&calendar, extension, "an investigator", june(12))?;
/// assert_eq!(response.due(), june(23));
/// assert_eq!(response.untold().count(), 1);
///
/// response.meet(june(24), "an investigator", june(24))?;
/// assert_eq!(response.state_on(june(24)), State::Met { on: june(24), late: true });
/// # Ok::<(), calendar::LedgerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct Deadline {
    entries: Vec<Entry>,
}

impl Deadline {
    /// Starts a deadline at `event`, entered `on` that day or later.
    pub fn start(
        calendar: &Calendar,
        event: Event,
        rule: Rule,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<Self, LedgerError> {
        let until = rule.timescale.due(calendar, event.on)?;
        let calendar = calendar.version().clone();
        let mut deadline = Self {
            entries: Vec::new(),
        };
        deadline.enter(
            by,
            on,
            What::Started(Started {
                event,
                rule,
                calendar,
                until,
            }),
        )?;
        Ok(deadline)
    }

    /// Reads a deadline from its stored entries, oldest first, and refuses what could not have been entered.
    pub fn from_entries(entries: impl IntoIterator<Item = Entry>) -> Result<Self, LedgerError> {
        let mut deadline = Self {
            entries: Vec::new(),
        };
        for entry in entries {
            deadline.admit(&entry)?;
            deadline.entries.push(entry);
        }
        if deadline.entries.is_empty() {
            return Err(LedgerError::NotStarted);
        }
        Ok(deadline)
    }

    /// Grants more time. It is refused unless the deadline then falls later than before.
    pub fn extend(
        &mut self,
        calendar: &Calendar,
        extension: Extension,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        self.open_on(on)?;
        self.counted_with(calendar)?;
        let Extension {
            length,
            approved_by,
            reason,
            told,
        } = extension;
        let (working_days, until) = match length {
            Length::WorkingDays(days) => (Some(days), calendar.add_working_days(self.due(), days)?),
            Length::Until(date) => (None, calendar.covered(date)?),
        };
        self.enter(
            by,
            on,
            What::Extended {
                working_days,
                approved_by,
                reason,
                told,
                until,
            },
        )
    }

    /// Notes that the person concerned was told how the deadline stands.
    pub fn tell(
        &mut self,
        told: Told,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        self.enter(by, on, What::Told(told))
    }

    /// Stops the count. It is refused once the due date has passed: a late deadline stays late.
    pub fn pause(
        &mut self,
        reason: impl Into<String>,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        let reason = reason.into();
        self.enter(by, on, What::Paused { reason })
    }

    /// Lets the count go on, with as many days left as on the day of the pause.
    ///
    /// They are working days, or calendar days where the rule counts those. The day of resuming is day zero.
    pub fn resume(
        &mut self,
        calendar: &Calendar,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        self.open_on(on)?;
        self.counted_with(calendar)?;
        let paused = self.paused_since().ok_or(LedgerError::NotPaused)?;
        let until = self
            .rule()
            .timescale
            .pushed(calendar, self.due(), paused, on)?;
        self.enter(by, on, What::Resumed { until })
    }

    /// Notes that what was due was done on `met`, which may be before it is entered.
    pub fn meet(
        &mut self,
        met: NaiveDate,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        self.enter(by, on, What::Met { on: met })
    }

    /// Ends a deadline that no longer applies.
    pub fn withdraw(
        &mut self,
        reason: impl Into<String>,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        let reason = reason.into();
        self.enter(by, on, What::Withdrawn { reason })
    }

    /// Counts the whole deadline again with another calendar, after a new bank holiday.
    ///
    /// This is the only way in which a calendar moves a deadline that has started. The entry is made even when the due
    /// date stays, so that the ledger says with which calendar it was counted.
    pub fn redate(
        &mut self,
        calendar: &Calendar,
        by: impl Into<String>,
        on: NaiveDate,
    ) -> Result<&Entry, LedgerError> {
        self.open_on(on)?;
        if self.calendar() == calendar.version() {
            return Err(LedgerError::SameCalendar(calendar.version().clone()));
        }
        let until = self.due_under(calendar)?;
        let calendar = calendar.version().clone();
        self.enter(by, on, What::Redated { calendar, until })
    }

    /// The entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The event that started the deadline.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.started().event
    }

    /// The rule that the deadline follows.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.started().rule
    }

    /// The version of the calendar that the deadline was last counted with.
    #[must_use]
    pub fn calendar(&self) -> &CalendarVersion {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| match &entry.what {
                What::Redated { calendar, .. } => Some(calendar),
                _ => None,
            })
            .unwrap_or(&self.started().calendar)
    }

    fn started(&self) -> &Started {
        match self.entries.first().map(|entry| &entry.what) {
            Some(What::Started(started)) => started,
            _ => unreachable!("nothing but a start is admitted as the first entry"),
        }
    }

    fn counted_with(&self, calendar: &Calendar) -> Result<(), LedgerError> {
        if self.calendar() == calendar.version() {
            return Ok(());
        }
        Err(LedgerError::OtherCalendar {
            counted_with: self.calendar().clone(),
            given: calendar.version().clone(),
        })
    }

    fn enter(
        &mut self,
        by: impl Into<String>,
        on: NaiveDate,
        what: What,
    ) -> Result<&Entry, LedgerError> {
        let entry = Entry {
            on,
            by: by.into(),
            what,
        };
        self.admit(&entry)?;
        Ok(self.entries.push_mut(entry))
    }
}
