//! Why a promise was missed. A complaint is not closed at a stage while a missed promise of it has no reason.

use calendar::{Deadline, State};
use chrono::{DateTime, NaiveDate, Utc};

use super::complaint::{Clocks, Complaint};
use super::policy::Stage;

/// What a stage promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Promise {
    /// To acknowledge (4.1, 4.15).
    Acknowledgement,
    /// To respond (4.3, 4.16).
    Response,
}

impl Promise {
    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Response => "response",
        }
    }
}

/// A kind of cause for a missed promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cause {
    /// More work than people.
    Workload,
    /// Information was awaited from a colleague or another team.
    AwaitingColleague,
    /// Information was awaited from the person.
    AwaitingPerson,
    /// The complaint was hard to investigate.
    Complexity,
    /// It was overlooked, or recorded late.
    Oversight,
    /// A system did not work.
    System,
    /// Something else.
    Other,
}

impl Cause {
    /// All of them, with the words of a report.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Workload, "workload"),
        (Self::AwaitingColleague, "awaiting a colleague"),
        (Self::AwaitingPerson, "awaiting the person"),
        (Self::Complexity, "complexity"),
        (Self::Oversight, "oversight"),
        (Self::System, "a system that did not work"),
        (Self::Other, "another cause"),
    ];

    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::AwaitingColleague => "awaiting_colleague",
            Self::AwaitingPerson => "awaiting_person",
            Self::Complexity => "complexity",
            Self::Oversight => "oversight",
            Self::System => "system",
            Self::Other => "other",
        }
    }
}

/// Why a promise was missed, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness {
    /// The stage.
    pub stage: Stage,
    /// Which of its promises.
    pub promise: Promise,
    /// The kind of cause.
    pub cause: Cause,
    /// The reason, in words.
    pub reason: String,
    /// Who recorded it, by name.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Why the reason for a lateness is refused, or why a complaint can't be closed without one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LatenessError {
    /// The promise was kept, or is not due yet.
    #[error("the {} of this stage is not late", .0.name())]
    NotLate(Promise),
    /// The reason stands already.
    #[error("the reason is recorded already")]
    ExplainedBefore,
    /// A missed promise has no reason.
    #[error("record why the stage {} {} is late before you close the complaint", number(*.0), .1.name())]
    Unexplained(Stage, Promise),
}

fn number(stage: Stage) -> u8 {
    match stage {
        Stage::One => 1,
        Stage::Two => 2,
    }
}

impl Complaint {
    /// The clocks of its promises, in order.
    pub fn promised(&self) -> impl Iterator<Item = (Stage, Promise, &Deadline)> {
        let stages = [
            Some((Stage::One, &self.stage_one.clocks)),
            self.stage_two
                .as_ref()
                .map(|two| (Stage::Two, &two.record.clocks)),
        ];
        stages.into_iter().flatten().flat_map(|(stage, clocks)| {
            let Clocks {
                acknowledgement,
                response,
            } = clocks;
            let acknowledgement = Some((stage, Promise::Acknowledgement, acknowledgement));
            let response = response.as_ref().map(|it| (stage, Promise::Response, it));
            [acknowledgement, response].into_iter().flatten()
        })
    }

    /// Why a promise was missed, if that is recorded.
    #[must_use]
    pub fn lateness(&self, stage: Stage, promise: Promise) -> Option<&Lateness> {
        self.latenesses
            .iter()
            .find(|it| (it.stage, it.promise) == (stage, promise))
    }

    /// Records why a promise was missed.
    pub fn explain(&mut self, lateness: Lateness, today: NaiveDate) -> Result<(), LatenessError> {
        let Lateness { stage, promise, .. } = lateness;
        if self.lateness(stage, promise).is_some() {
            return Err(LatenessError::ExplainedBefore);
        }
        let late = self
            .promised()
            .any(|(at, what, clock)| (at, what) == (stage, promise) && is_late(clock, today));
        if !late {
            return Err(LatenessError::NotLate(promise));
        }
        self.latenesses.push(lateness);
        Ok(())
    }

    /// The promises that are, or were, missed and have no reason yet.
    pub fn unexplained(&self, today: NaiveDate) -> impl Iterator<Item = (Stage, Promise)> {
        self.promised()
            .filter(move |(_, _, clock)| is_late(clock, today))
            .map(|(stage, promise, _)| (stage, promise))
            .filter(|(stage, promise)| self.lateness(*stage, *promise).is_none())
    }

    /// Refuses to go on while a promise that was kept late has no reason.
    pub fn all_explained(&self, today: NaiveDate) -> Result<(), LatenessError> {
        self.promised()
            .filter(|(_, _, clock)| was_late(clock, today))
            .find(|(stage, promise, _)| self.lateness(*stage, *promise).is_none())
            .map_or(Ok(()), |(stage, promise, _)| {
                Err(LatenessError::Unexplained(stage, promise))
            })
    }
}

fn was_late(clock: &Deadline, today: NaiveDate) -> bool {
    matches!(clock.state_on(today), State::Met { late: true, .. })
}

fn is_late(clock: &Deadline, today: NaiveDate) -> bool {
    was_late(clock, today) || clock.is_overdue(today)
}
