//! What can be done with tasks: load, decide, save, announce, in one transaction.

mod actor;
mod answer;
mod feeds;
mod import;
mod read;
mod set;
mod sweep;
mod work;

use std::sync::Arc;

use calendar::Calendar;
use chrono::NaiveDate;
use kit::Clock;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::domain::{Status, Task};

pub use actor::Actor;
pub use import::{Imported, Row};
pub use sweep::Swept;

/// The task service.
#[derive(Clone, Debug)]
pub struct App {
    db: PgPool,
    clock: Clock,
    calendar: Arc<Calendar>,
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
}

impl App {
    /// A service over this database.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, calendar: Calendar) -> Self {
        Self {
            db,
            clock,
            calendar: Arc::new(calendar),
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
}
