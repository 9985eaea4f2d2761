//! The order of a ledger: which entry may follow which.

use chrono::NaiveDate;

use super::{Deadline, Entry, LedgerError, Started, Told, What};

impl Deadline {
    /// Refuses an entry that may not follow the ones that there are.
    pub(super) fn admit(&self, entry: &Entry) -> Result<(), LedgerError> {
        present("who entered it", &entry.by)?;
        match (&entry.what, self.entries.is_empty()) {
            (What::Started(started), true) => admit_start(entry.on, started),
            (_, true) => Err(LedgerError::NotStarted),
            (_, false) => self.admit_next(entry),
        }
    }

    fn admit_next(&self, entry: &Entry) -> Result<(), LedgerError> {
        self.open_on(entry.on)?;

        let due = self.due();
        let start = self.event().on;
        match &entry.what {
            What::Started(_) => Err(LedgerError::AlreadyStarted),
            What::Extended {
                approved_by,
                reason,
                told,
                until,
                ..
            } => {
                present("who approved it", approved_by)?;
                present("the reason", reason)?;
                told.iter()
                    .try_for_each(|told| admit_told(entry.on, told))?;
                later(*until > due, *until, due)
            }
            What::Told(told) => admit_told(entry.on, told),
            What::Paused { reason } => {
                present("the reason", reason)?;
                match self.paused_since() {
                    Some(since) => Err(LedgerError::AlreadyPaused(since)),
                    None if entry.on > due => Err(LedgerError::AlreadyPassed(due)),
                    None => Ok(()),
                }
            }
            What::Resumed { until } => {
                self.paused_since().ok_or(LedgerError::NotPaused)?;
                later(*until >= due, *until, due)
            }
            What::Redated { until, .. } => not_before(start, *until),
            What::Met { on } => {
                not_before(start, *on)?;
                not_after(entry.on, *on)
            }
            What::Withdrawn { reason } => present("the reason", reason),
        }
    }

    /// Refuses any entry of `on` once the deadline has ended, or when a later one is there already.
    pub(super) fn open_on(&self, on: NaiveDate) -> Result<(), LedgerError> {
        let Some(last) = self.entries.last() else {
            return Ok(());
        };
        match &last.what {
            What::Met { on } => Err(LedgerError::AlreadyMet(*on)),
            What::Withdrawn { .. } => Err(LedgerError::AlreadyWithdrawn(last.on)),
            _ if on < last.on => Err(LedgerError::OutOfOrder { on, last: last.on }),
            _ => Ok(()),
        }
    }
}

fn admit_start(on: NaiveDate, started: &Started) -> Result<(), LedgerError> {
    let Started {
        event, rule, until, ..
    } = started;
    present("the event", &event.name)?;
    present("the rule", &rule.id)?;
    not_after(on, event.on)?;
    not_before(event.on, *until)
}

fn admit_told(entered: NaiveDate, told: &Told) -> Result<(), LedgerError> {
    present("the proof", &told.proof)?;
    not_after(entered, told.on)
}

fn present(what: &'static str, text: &str) -> Result<(), LedgerError> {
    if text.trim().is_empty() {
        return Err(LedgerError::Missing(what));
    }
    Ok(())
}

fn not_before(start: NaiveDate, date: NaiveDate) -> Result<(), LedgerError> {
    if date < start {
        return Err(LedgerError::BeforeStart { date, start });
    }
    Ok(())
}

fn not_after(entered: NaiveDate, happened: NaiveDate) -> Result<(), LedgerError> {
    if happened > entered {
        return Err(LedgerError::InTheFuture { happened, entered });
    }
    Ok(())
}

fn later(is_later: bool, until: NaiveDate, due: NaiveDate) -> Result<(), LedgerError> {
    if is_later {
        return Ok(());
    }
    Err(LedgerError::NotLater { until, due })
}

impl TryFrom<Vec<Entry>> for Deadline {
    type Error = LedgerError;

    fn try_from(entries: Vec<Entry>) -> Result<Self, LedgerError> {
        Self::from_entries(entries)
    }
}

impl From<Deadline> for Vec<Entry> {
    fn from(deadline: Deadline) -> Self {
        deadline.entries
    }
}
