//! Where a task stands: it follows from its dates at the time of asking, and is stored nowhere (TA-2).

use calendar::{Calendar, NotCovered, Urgency};
use chrono::NaiveDate;
use serde::Serialize;

use super::Task;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Status {
    /// Open, with more than three working days left.
    Pending,
    /// Open, with three working days or fewer left.
    Approaching,
    /// Open, and the due date has passed.
    Overdue,
    /// Completed.
    Completed,
    /// Withdrawn.
    Withdrawn,
}

impl Status {
    /// The status in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending/New",
            Self::Approaching => "Approaching",
            Self::Overdue => "Overdue",
            Self::Completed => "Completed",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

impl Task {
    /// Where the task stands today.
    pub fn status(&self, calendar: &Calendar, today: NaiveDate) -> Result<Status, NotCovered> {
        Ok(match (self.ended_at, self.completed_on) {
            (Some(_), Some(_)) => Status::Completed,
            (Some(_), None) => Status::Withdrawn,
            (None, _) => match calendar.urgency(self.due_on, today)? {
                Urgency::Pending => Status::Pending,
                Urgency::Approaching => Status::Approaching,
                Urgency::Overdue => Status::Overdue,
            },
        })
    }
}

/// A step that is announced once for each due date (TA-7). The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum Threshold {
    /// The due date is three working days away or fewer.
    Approaching = 1,
    /// The due date has passed.
    Overdue = 2,
    /// It passed some working days ago, and the landlord is told for the last time.
    FinalReminder = 3,
    /// It passed longer ago, and the team's seniors are told.
    Escalation = 4,
}
