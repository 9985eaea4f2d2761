//! What can be done with tasks: load, decide, save, announce, in one transaction.

mod actor;
mod answer;
mod feeds;
mod history;
mod import;
mod read;
mod set;
mod sweep;
mod work;

use std::sync::Arc;

use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;
use kit::Clock;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::documents::Documents;
use crate::domain::{Limits, NewTask, Redated, Reminders, Status, Task, Terms};

pub use actor::Actor;
pub use import::{Imported, Row};
pub use sweep::Swept;

/// The task service.
#[derive(Clone, Debug)]
pub struct App {
    db: PgPool,
    clock: Clock,
    calendar: Arc<Calendar>,
    reminders: Reminders,
    documents: Documents,
    /// Wakes the sweep of this process.
    due: Arc<Notify>,
}

/// A task as the caller sees it, now.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The task.
    pub task: Task,
    /// Where it stands today (TA-2).
    pub status: Status,
    /// The last date on which the landlord can take back that it is completed.
    pub reopen_until: Option<NaiveDate>,
}

impl App {
    /// A service over this database.
    #[must_use]
    pub fn new(
        db: PgPool,
        clock: Clock,
        calendar: Calendar,
        reminders: Reminders,
        documents: Documents,
    ) -> Self {
        Self {
            db,
            clock,
            calendar: Arc::new(calendar),
            reminders,
            documents,
            due: Arc::default(),
        }
    }

    /// The date of today, by which every deadline is counted.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The working days that deadlines are counted in.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The due dates at which each reminder begins today.
    fn limits(&self) -> Result<Limits, NotCovered> {
        Limits::on(self.today(), &self.calendar, self.reminders)
    }

    /// What was asked for when a task was set.
    fn terms(&self, task: &NewTask) -> Terms {
        Terms {
            case_id: task.case_id,
            kind: task.kind,
            set_on: Some(task.set_on),
            due_on: task.due_on,
            calendar: self.calendar.version().to_string(),
        }
    }

    /// Another due date, before and after.
    fn redated(&self, from: NaiveDate, to: NaiveDate) -> Redated {
        Redated {
            from,
            to,
            calendar: self.calendar.version().to_string(),
        }
    }
}
