//! The one place that time comes from.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Duration, NaiveDate, Utc};

/// Tells the time: the system's, or one that a test holds still.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<RwLock<DateTime<Utc>>>),
}

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A time that stands still until it is set. Clones share it.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Fixed(Arc::new(RwLock::new(at))))
    }

    /// The present instant, to the microsecond that the database keeps.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            Source::System => system_now(),
            Source::Fixed(at) => *at.read().expect("no holder of the lock panics"),
        };
        chrono::SubsecRound::trunc_subsecs(now, 6)
    }

    /// The present date in London, by which every deadline is counted.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        crate::time::london_date(self.now())
    }

    /// Sets a fixed clock.
    ///
    /// # Panics
    /// On the system's clock, which nobody may set.
    pub fn set(&self, to: DateTime<Utc>) {
        match &self.0 {
            Source::System => panic!("the system's clock can't be set"),
            Source::Fixed(at) => *at.write().expect("no holder of the lock panics") = to,
        }
    }

    /// Moves a fixed clock on.
    ///
    /// # Panics
    /// On the system's clock, which nobody may set.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that the lint points to"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}
