//! What a list of tasks can be asked for (TA-3).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Kind, Status};

/// Which tasks are listed. A page token holds only for the filter that it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Only on this case.
    pub case_id: Option<Uuid>,
    /// Open, ended, or awaiting an answer.
    pub state: State,
    /// Only open ones that stand so today.
    pub status: Option<Status>,
    /// Only open ones of this kind.
    pub kind: Option<Kind>,
    /// Only open ones that are due then.
    pub due: Window,
    /// Only on cases that this account owns.
    pub owner: Option<Uuid>,
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

/// From one date to another, with both; open at an end that is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The first date.
    pub from: Option<NaiveDate>,
    /// The last date.
    pub to: Option<NaiveDate>,
}

impl Window {
    /// From one date to another.
    #[must_use]
    pub const fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            from: Some(from),
            to: Some(to),
        }
    }

    /// From a date on.
    #[must_use]
    pub const fn from(from: NaiveDate) -> Self {
        Self {
            from: Some(from),
            to: None,
        }
    }

    /// Up to a date.
    #[must_use]
    pub const fn until(to: NaiveDate) -> Self {
        Self {
            from: None,
            to: Some(to),
        }
    }

    /// Whether a date is in it.
    #[must_use]
    pub fn holds(self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// What is in both; nothing when they don't meet.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: match (self.to, other.to) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            },
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn ta_3_two_windows_have_in_common_what_is_in_both() {
        let june = Window::between(day("2025-06-01"), day("2025-06-30"));
        let until_the_10th = Window::until(day("2025-06-10"));
        let july = Window::from(day("2025-07-01"));

        let both = june.and(until_the_10th);
        assert_eq!(both, Window::between(day("2025-06-01"), day("2025-06-10")));
        assert_eq!(Window::default().and(june), june);
        let never = june.and(july);
        assert!(
            day("2025-05-01")
                .iter_days()
                .take(100)
                .all(|it| !never.holds(it))
        );
    }
}
