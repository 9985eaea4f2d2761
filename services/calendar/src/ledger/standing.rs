//! What a ledger says: when the deadline is due, how it stands, and of what the person has not been told.

use chrono::NaiveDate;

use super::{Deadline, Entry, What};
use crate::working_days::{Calendar, NotCovered};

/// How a deadline stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Time is counting.
    Running,
    /// The count is stopped.
    Paused,
    /// What was due was done.
    Met {
        /// The day on which it was done.
        on: NaiveDate,
        /// Whether that was after the due date.
        late: bool,
    },
    /// It no longer applies.
    Withdrawn,
}

impl Deadline {
    /// The last day in time, by all that has been entered. In a pause, it is the day that a resumption will push.
    #[must_use]
    pub fn due(&self) -> NaiveDate {
        self.due_by(|_| true)
    }

    /// The last day in time as it stood at the end of `date`.
    #[must_use]
    pub fn due_on(&self, date: NaiveDate) -> NaiveDate {
        self.due_by(|entry| entry.on <= date)
    }

    /// When it would be due if it had been counted with `calendar` from the start.
    ///
    /// With the deadline's own [calendar](Self::calendar) that is [`due`](Self::due). With a new one it tells, before
    /// anything is entered, whether [`redate`](Self::redate) would move it.
    pub fn due_under(&self, calendar: &Calendar) -> Result<NaiveDate, NotCovered> {
        let timescale = self.rule().timescale;
        let mut due = timescale.due(calendar, self.event().on)?;
        let mut paused = None;
        for entry in &self.entries {
            match &entry.what {
                What::Extended {
                    working_days: Some(days),
                    ..
                } => {
                    due = calendar.add_working_days(due, *days)?;
                }
                // The day was promised: a recount may add to it and never takes it back.
                What::Extended {
                    working_days: None,
                    until,
                    ..
                } => due = due.max(calendar.covered(*until)?),
                What::Paused { .. } => paused = Some(entry.on),
                What::Resumed { .. } => {
                    if let Some(paused) = paused.take() {
                        due = timescale.pushed(calendar, due, paused, entry.on)?;
                    }
                }
                What::Started(_)
                | What::Told(_)
                | What::Redated { .. }
                | What::Met { .. }
                | What::Withdrawn { .. } => {}
            }
        }
        Ok(due)
    }

    /// How the deadline stands at the end of `date`.
    ///
    /// Meeting counts from the day on which it was done, everything else from the day on which it was entered.
    #[must_use]
    pub fn state_on(&self, date: NaiveDate) -> State {
        if let Some(on) = self.met_on().filter(|on| *on <= date) {
            // A pause begins in time, so whatever is met within it is in time too.
            let late = on > self.due() && self.paused_since().is_none();
            return State::Met { on, late };
        }
        let mut state = State::Running;
        for entry in self.entries.iter().filter(|entry| entry.on <= date) {
            match entry.what {
                What::Paused { .. } => state = State::Paused,
                What::Resumed { .. } => state = State::Running,
                What::Withdrawn { .. } => state = State::Withdrawn,
                What::Started(_)
                | What::Extended { .. }
                | What::Told(_)
                | What::Redated { .. }
                | What::Met { .. } => {}
            }
        }
        state
    }

    /// Whether the count runs on `today` and the due date, as it stood then, has passed.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state_on(today) == State::Running && today > self.due_on(today)
    }

    /// The entries that moved the due date and of which the person has not been told, oldest first.
    ///
    /// To be told of one entry is to be told of all before it.
    pub fn untold(&self) -> impl Iterator<Item = &Entry> {
        // When nothing was told at all, everything after the start is in question.
        let told = self
            .entries
            .iter()
            .rposition(|entry| entry.what.told().is_some());
        let first = told.map_or(1, |told| told + 1);
        let mut due = self.entries[..first]
            .iter()
            .rev()
            .find_map(|entry| entry.what.until());
        self.entries[first..].iter().filter(move |entry| {
            let until = entry.what.until();
            let moved = until.is_some() && until != due;
            due = until.or(due);
            moved
        })
    }

    /// The entries that gave more time, oldest first.
    pub fn extensions(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(|entry| matches!(entry.what, What::Extended { .. }))
    }

    /// Whether it was neither met nor withdrawn.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(
            self.entries.last().map(|entry| &entry.what),
            Some(What::Met { .. } | What::Withdrawn { .. })
        )
    }

    fn due_by(&self, counts: impl Fn(&Entry) -> bool) -> NaiveDate {
        self.entries
            .iter()
            .rev()
            .filter(|entry| counts(entry))
            .find_map(|entry| entry.what.until())
            .unwrap_or(self.started().until)
    }

    pub(super) fn paused_since(&self) -> Option<NaiveDate> {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| match entry.what {
                What::Paused { .. } => Some(Some(entry.on)),
                What::Resumed { .. } => Some(None),
                _ => None,
            })
            .flatten()
    }

    /// The day on which what was due was done.
    #[must_use]
    pub fn met_on(&self) -> Option<NaiveDate> {
        match self.entries.last()?.what {
            What::Met { on } => Some(on),
            _ => None,
        }
    }
}
