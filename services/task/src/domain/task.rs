//! A task from its setting to its end.

use calendar::{Calendar, NotCovered};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Fate, Kind};

/// So many working days a landlord has to take back that a task is completed.
const REOPEN_WITHIN: u32 = 1;

/// A task as it is shown (TA-1).
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Task {
    /// The task's id.
    pub id: Uuid,
    /// The case it is on.
    pub case_id: Uuid,
    /// The case's reference.
    pub case_reference: String,
    /// The resident who complains.
    pub complainant: String,
    /// The landlord that is asked.
    pub landlord_name: String,
    /// What kind of task it is.
    pub kind: Kind,
    /// The title.
    pub title: String,
    /// What to do.
    pub instructions: String,
    /// For *For information*: the letter or email it is about.
    pub document_id: Option<Uuid>,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// Who set it.
    pub set_by: String,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// The date it was completed, as the landlord said.
    pub completed_on: Option<NaiveDate>,
    /// When it ended; absent while it is open.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was withdrawn or has another due date.
    pub reason: String,
    /// Whether an *unable to complete* awaits its answer.
    pub awaiting_answer: bool,
    /// The latest report that it can't be done.
    pub unable: Option<Json<UnableReport>>,
    /// Changes with every edit.
    pub version: i64,
}

/// A landlord's word that a task can't be done, and the answer to it (TA-5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnableReport {
    /// Why not.
    pub message: String,
    /// When it was reported.
    pub reported_at: DateTime<Utc>,
    /// Who reported it.
    pub reported_by: String,
    /// The decision; absent while it is awaited.
    pub decision: Option<Decision>,
    /// The caseworker's words.
    pub answer: String,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// What a caseworker decides. The numbers are those of the database, also inside its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(try_from = "i16", into = "i16")]
#[repr(i16)]
pub enum Decision {
    /// The task has a new due date.
    NewDate = 1,
    /// The task is withdrawn.
    Withdrawn = 2,
    /// The task stands as it is.
    Upheld = 3,
}

impl From<Decision> for i16 {
    fn from(decision: Decision) -> Self {
        decision as Self
    }
}

impl TryFrom<i16> for Decision {
    type Error = String;

    fn try_from(number: i16) -> Result<Self, Self::Error> {
        [Self::NewDate, Self::Withdrawn, Self::Upheld]
            .into_iter()
            .find(|it| *it as i16 == number)
            .ok_or_else(|| format!("{number} is no decision"))
    }
}

/// The answer to an *unable to complete*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The task is due on another date.
    NewDate(NaiveDate),
    /// The task is withdrawn.
    Withdrawn,
    /// The task stands as it is.
    Upheld,
}

impl Answer {
    /// What is decided.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        match self {
            Self::NewDate(_) => Decision::NewDate,
            Self::Withdrawn => Decision::Withdrawn,
            Self::Upheld => Decision::Upheld,
        }
    }
}

/// A task to save for the first time.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// The id it will have.
    pub id: Uuid,
    /// The case it is on.
    pub case_id: Uuid,
    /// What kind of task it is.
    pub kind: Kind,
    /// The title.
    pub title: String,
    /// What to do.
    pub instructions: String,
    /// For *For information*: the letter or email it is about.
    pub document_id: Option<Uuid>,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// The date it was completed, when it was set and completed elsewhere.
    pub completed_on: Option<NaiveDate>,
}

/// Why a task can't be treated so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It was completed or withdrawn.
    #[error("the task was completed or withdrawn")]
    Ended,
    /// An answer to an earlier report is awaited.
    #[error("the task was reported already, and awaits its answer")]
    AlreadyReported,
    /// No report awaits an answer.
    #[error("no report on the task awaits an answer")]
    NothingToAnswer,
    /// A report awaits its answer, which can be a new date.
    #[error("a report on the task awaits its answer, which can be a new date")]
    AnswerAwaited,
    /// It is not completed: it is open, or was withdrawn.
    #[error("the task is not completed")]
    NotCompleted,
    /// It was completed too long ago.
    #[error("the task was completed too long ago to be reopened")]
    TooLateToReopen,
}

impl Task {
    /// Completes the task on the date that the landlord gives (TA-4), see [`wrong_completion`]. It also ends the wait for
    /// an answer: what can't be done was done.
    pub fn completed(self, on: NaiveDate, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.still_open()?;
        Ok(Self {
            completed_on: Some(on),
            ended_at: Some(now),
            awaiting_answer: false,
            ..self
        })
    }

    /// Notes that the landlord can't complete the task (TA-5).
    pub fn reported(
        self,
        message: String,
        by: String,
        now: DateTime<Utc>,
    ) -> Result<Self, RuleError> {
        self.still_open()?;
        if self.awaiting_answer {
            return Err(RuleError::AlreadyReported);
        }
        let report = UnableReport {
            message,
            reported_at: now,
            reported_by: by,
            decision: None,
            answer: String::new(),
            answered_at: None,
        };
        Ok(Self {
            awaiting_answer: true,
            unable: Some(Json(report)),
            ..self
        })
    }

    /// Answers the landlord's report by a new date, a withdrawal, or upholding the task (TA-5).
    pub fn answered(
        mut self,
        answer: &Answer,
        words: String,
        now: DateTime<Utc>,
    ) -> Result<Self, RuleError> {
        self.still_open()?;
        if !self.awaiting_answer {
            return Err(RuleError::NothingToAnswer);
        }
        match answer {
            Answer::NewDate(due_on) => {
                self.due_on = *due_on;
                self.reason.clone_from(&words);
            }
            Answer::Withdrawn => {
                self.ended_at = Some(now);
                self.reason.clone_from(&words);
            }
            Answer::Upheld => {}
        }
        self.awaiting_answer = false;
        if let Some(Json(report)) = &mut self.unable {
            report.decision = Some(answer.decision());
            report.answer = words;
            report.answered_at = Some(now);
        }
        Ok(self)
    }

    /// Takes back that the task is completed: people err, and see it when it is said. See [`Task::reopen_until`].
    pub fn reopened(self, calendar: &Calendar, today: NaiveDate) -> Result<Self, RuleError> {
        if self.completed_on.is_none() {
            return Err(RuleError::NotCompleted);
        }
        if self.reopen_until(calendar).is_none_or(|last| last < today) {
            return Err(RuleError::TooLateToReopen);
        }
        // A report that was still to be answered when the task was completed is to be answered again.
        let unanswered = |Json(report): &Json<UnableReport>| report.decision.is_none();
        Ok(Self {
            completed_on: None,
            ended_at: None,
            awaiting_answer: self.unable.as_ref().is_some_and(unanswered),
            ..self
        })
    }

    /// The last date on which the landlord can take back that the task is completed: the working day after it was said. Later
    /// the caseworker may have acted on it.
    #[must_use]
    pub fn reopen_until(&self, calendar: &Calendar) -> Option<NaiveDate> {
        let said = kit::time::london_date(self.ended_at?);
        self.completed_on?;
        calendar.add_working_days(said, REOPEN_WITHIN).ok()
    }

    /// Gives the task another due date, with the reason (TA-6). The answer to a report can do that too, and must where one is
    /// awaited, or the landlord would wait for words that never come.
    pub fn redated(self, due_on: NaiveDate, reason: String) -> Result<Self, RuleError> {
        self.still_open()?;
        if self.awaiting_answer {
            return Err(RuleError::AnswerAwaited);
        }
        Ok(Self {
            due_on,
            reason,
            ..self
        })
    }

    /// What a move of the case makes of the task (TA-6): the task as it is then, or `None` when it stays. More time does not
    /// answer a report that awaits an answer.
    pub fn after_move(
        self,
        fate: Fate,
        moved_on: NaiveDate,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, NotCovered> {
        Ok(match fate {
            Fate::Stays => None,
            Fate::Withdrawn(reason) => Some(Self {
                ended_at: Some(now),
                reason: reason.to_owned(),
                awaiting_answer: false,
                ..self
            }),
            Fate::HasUntil {
                working_days,
                reason,
            } => {
                let due_on = calendar.add_working_days(moved_on, working_days)?;
                (due_on > self.due_on).then(|| Self {
                    due_on,
                    reason: reason.to_owned(),
                    ..self
                })
            }
        })
    }

    /// Withdraws the task, with the reason (TA-6).
    pub fn withdrawn(self, reason: String, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.still_open()?;
        Ok(Self {
            ended_at: Some(now),
            reason,
            awaiting_answer: false,
            ..self
        })
    }

    fn still_open(&self) -> Result<(), RuleError> {
        if self.ended_at.is_none() {
            Ok(())
        } else {
            Err(RuleError::Ended)
        }
    }
}

/// What is wrong with a date, in words for the person who gave it, and as a stable word.
pub type Wrong = (String, &'static str);

/// What is wrong with a due date that a caseworker gives: it may not have passed, and working days up to it must be known.
#[must_use]
pub fn wrong_due_date(due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Option<Wrong> {
    if due_on < today {
        return Some((
            "The due date must not be in the past".to_owned(),
            "IN_THE_PAST",
        ));
    }
    not_covered(due_on, today, calendar)
}

fn not_covered(due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Option<Wrong> {
    let not_covered = calendar.urgency(due_on, today).err()?;
    let last_year = not_covered.last_year;
    let text = format!(
        "The due date must be in {last_year} or earlier: later bank holidays are not known yet"
    );
    Some((text, "DATE_NOT_COVERED"))
}

/// What is wrong with a date of completion: it may not be in the future, nor before the task was set (TA-4).
#[must_use]
pub fn wrong_completion(on: NaiveDate, set_on: NaiveDate, today: NaiveDate) -> Option<Wrong> {
    if on > today {
        return Some((
            "The date of completion must not be in the future".to_owned(),
            "IN_THE_FUTURE",
        ));
    }
    if on < set_on {
        let set_on = set_on.format("%-d %B %Y");
        let text =
            format!("The date of completion must not be before {set_on}, when the task was set");
        return Some((text, "BEFORE_IT_WAS_SET"));
    }
    None
}

/// What does not hold together in a task that was set elsewhere, and the field at fault.
#[must_use]
pub fn wrong_import(
    task: &NewTask,
    today: NaiveDate,
    calendar: &Calendar,
) -> Option<(&'static str, Wrong)> {
    if task.set_on > today {
        return Some((
            "set_on",
            (
                "The date it was set must not be in the future".to_owned(),
                "IN_THE_FUTURE",
            ),
        ));
    }
    if task.due_on < task.set_on {
        return Some((
            "due_on",
            (
                "A task can't be due before it was set".to_owned(),
                "BEFORE_IT_WAS_SET",
            ),
        ));
    }
    if let Some(wrong) = not_covered(task.due_on, today, calendar) {
        return Some(("due_on", wrong));
    }
    let wrong = wrong_completion(task.completed_on?, task.set_on, today)?;
    Some(("completed_on", wrong))
}
