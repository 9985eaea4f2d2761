//! What a list of tasks can be asked for (TA-3).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which tasks are listed. A page token holds only for the filter that it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Only on this case.
    pub case_id: Option<Uuid>,
    /// Open, ended, or awaiting an answer.
    pub state: State,
}

/// Open, ended, or awaiting an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum State {
    /// Open tasks, soonest due first.
    #[default]
    Open,
    /// Completed and withdrawn tasks, latest first.
    Ended,
    /// Open tasks whose *unable to complete* awaits an answer, soonest due first.
    AwaitingAnswer,
}

/// What a task is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// When it is due.
    Due(NaiveDate),
    /// When it ended.
    Ended(DateTime<Utc>),
}

/// Where a page ends: the last task's key, and its id, which tells it from others with the same key.
pub type Position = (Key, Uuid);

impl Filter {
    /// Where a page of this list ends that ends with this task.
    #[must_use]
    pub fn position(&self, task: &super::Task) -> Position {
        let key = match (self.state, task.ended_at) {
            (State::Ended, Some(ended_at)) => Key::Ended(ended_at),
            _ => Key::Due(task.due_on),
        };
        (key, task.id)
    }
}
