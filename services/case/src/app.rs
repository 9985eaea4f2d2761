//! What can be done with cases: load, decide, save, announce, in one transaction.

mod actor;
mod allocation;
mod complaints;
mod contacts;
mod feeds;
mod import;
mod open;
mod outcome;
mod read;
mod risk;
mod stages;
mod steer;
mod sweep;
mod updates;

use std::sync::Arc;

use calendar::{Calendar, Urgency};
use kit::Clock;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::domain::{Allocation, Case, ContactTerms, Words};

pub use actor::Actor;
pub use contacts::Asked;
pub use feeds::TaskNews;
pub use import::{Imported, Row, Taken};
pub use outcome::Decision;
pub use read::Name;
pub use risk::SeenReview;
pub use stages::SeenStage;
pub use sweep::Swept;
pub use updates::{Giving, Says};

/// The case service.
#[derive(Clone, Debug)]
pub struct App {
    db: PgPool,
    clock: Clock,
    calendar: Arc<Calendar>,
    words: Arc<Words>,
    terms: ContactTerms,
    /// Wakes the sweep of this process.
    due: Arc<Notify>,
}

/// A case as the caller sees it, now.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The case, without what the caller may not see.
    pub case: Case,
    /// How close each upcoming task's due date is (TA-2), in their order.
    pub urgencies: Vec<Urgency>,
    /// What bears on its allocation, where that was looked for; staff alone see it (CA-9).
    pub allocation: Option<Allocation>,
    /// The reviews of its risk that wait for an answer, where those were looked for.
    pub reviews: Vec<SeenReview>,
    /// What is expected of the stage at which it stands, where that was looked for (CA-10).
    pub stage: Option<SeenStage>,
}

impl App {
    /// A service over this database.
    #[must_use]
    pub fn new(
        db: PgPool,
        clock: Clock,
        calendar: Calendar,
        words: Words,
        terms: ContactTerms,
    ) -> Self {
        Self {
            db,
            clock,
            calendar: Arc::new(calendar),
            words: Arc::new(words),
            terms,
            due: Arc::default(),
        }
    }

    /// The words of the workflow.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}
