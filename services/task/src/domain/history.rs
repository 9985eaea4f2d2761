//! What has happened to a task, as the audit keeps it (WH-1) and as people read it (TA-3).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, Kind, Threshold};

/// Something that was done to a task.
#[derive(Clone, Debug)]
pub struct Change {
    /// The task.
    pub task_id: Uuid,
    /// What was done.
    pub deed: Deed,
}

/// What was done to a task, with what was changed by it. The names are those of the database. An audit is never rewritten, so
/// whatever was not kept from the beginning may be absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", content = "details", rename_all = "snake_case")]
pub enum Deed {
    /// It was set.
    Set(Terms),
    /// It was taken over from elsewhere.
    Import(Terms),
    /// The landlord completed it.
    Complete {
        /// The kind, which tells a letter that was read from work that was done.
        kind: Option<Kind>,
        /// The date that the landlord gave.
        completed_on: NaiveDate,
    },
    /// The landlord took back that it was completed.
    Reopen {
        /// When it is due.
        due_on: NaiveDate,
    },
    /// The landlord reported that it can't be done.
    ReportUnable {
        /// Why not.
        #[serde(default)]
        message: String,
    },
    /// A caseworker answered that.
    AnswerUnable {
        /// What was decided.
        #[serde(with = "by_name")]
        decision: Decision,
        /// The due date, before and after.
        due_on: Redated,
        /// The words for the landlord.
        #[serde(default)]
        words: String,
    },
    /// It has another due date.
    Redate {
        /// The due date, before and after.
        due_on: Redated,
        /// Why.
        reason: String,
    },
    /// It was withdrawn.
    Withdraw {
        /// Why.
        reason: String,
    },
}

/// What was asked for when a task was set, and by which list of bank holidays its days are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The case.
    pub case_id: Uuid,
    /// The kind.
    pub kind: Kind,
    /// The date it was set.
    pub set_on: Option<NaiveDate>,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// The version of the calendar.
    #[serde(default)]
    pub calendar: String,
}

/// A due date, before and after, and by which list of bank holidays the days of the new one are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redated {
    /// Before.
    pub from: NaiveDate,
    /// After.
    pub to: NaiveDate,
    /// The version of the calendar.
    #[serde(default)]
    pub calendar: String,
}

/// One thing that has happened to a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Which of those of the same instant.
    pub id: Uuid,
    /// Who did it, as shown to people; empty when the portal did.
    pub actor: String,
    /// What it was.
    pub what: Happened,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Somebody did something.
    Done(Deed),
    /// A step was announced for a due date.
    Reminded(Threshold, NaiveDate),
}

/// Where a page of a history ends.
pub type Place = (DateTime<Utc>, Uuid);

impl Happened {
    /// It in a few words.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Done(deed) => deed.title(),
            Self::Reminded(Threshold::Approaching, _) => "Reminder",
            Self::Reminded(Threshold::Overdue, _) => "Overdue reminder",
            Self::Reminded(Threshold::FinalReminder, _) => "Final reminder",
            Self::Reminded(Threshold::Escalation, _) => "Passed to a senior colleague",
        }
    }

    /// The dates and the words that were exchanged.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Self::Done(deed) => deed.description(),
            Self::Reminded(Threshold::Approaching, due_on) => {
                format!("The task is due on {}.", long(*due_on))
            }
            Self::Reminded(_, due_on) => format!("The task was due on {}.", long(*due_on)),
        }
    }
}

impl Deed {
    const fn title(&self) -> &'static str {
        match self {
            Self::Set(_) => "Task set",
            Self::Import(_) => "Task taken over",
            Self::Complete {
                kind: Some(Kind::ForInformation),
                ..
            } => "Letter read",
            Self::Complete { .. } => "Task completed",
            Self::Reopen { .. } => "Task reopened",
            Self::ReportUnable { .. } => "Unable to complete",
            Self::AnswerUnable { decision, .. } => match decision {
                Decision::NewDate => "Answer: a new due date",
                Decision::Withdrawn => "Answer: the task is withdrawn",
                Decision::Upheld => "Answer: the task still has to be completed",
            },
            Self::Redate { .. } => "New due date",
            Self::Withdraw { .. } => "Task withdrawn",
        }
    }

    fn description(&self) -> String {
        match self {
            Self::Set(terms) => format!("Due on {}.", long(terms.due_on)),
            Self::Import(terms) => match terms.set_on {
                Some(set_on) => {
                    let (set_on, due_on) = (long(set_on), long(terms.due_on));
                    format!("Set on {set_on}, due on {due_on}.")
                }
                None => format!("Due on {}.", long(terms.due_on)),
            },
            Self::Complete {
                kind: Some(Kind::ForInformation),
                completed_on,
            } => format!("Read on {}.", long(*completed_on)),
            Self::Complete { completed_on, .. } => {
                format!("Completed on {}.", long(*completed_on))
            }
            Self::Reopen { due_on } => {
                format!(
                    "The task is not completed after all. It is due on {}.",
                    long(*due_on)
                )
            }
            Self::ReportUnable { message } => message.clone(),
            Self::AnswerUnable {
                decision: Decision::NewDate,
                due_on,
                words,
            } => due_on.description(words),
            Self::AnswerUnable { words, .. } => words.clone(),
            Self::Redate { due_on, reason } => due_on.description(reason),
            Self::Withdraw { reason } => reason.clone(),
        }
    }
}

impl Redated {
    fn description(&self, reason: &str) -> String {
        let dates = format!("Due on {}, not on {}.", long(self.to), long(self.from));
        if reason.is_empty() {
            dates
        } else {
            format!("{dates}\n{reason}")
        }
    }
}

/// A decision as the audit keeps it.
mod by_name {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Decision;

    const NAMES: [(Decision, &str); 3] = [
        (Decision::NewDate, "NewDate"),
        (Decision::Withdrawn, "Withdrawn"),
        (Decision::Upheld, "Upheld"),
    ];

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over what it finds by reference"
    )]
    pub(super) fn serialize<S: Serializer>(decision: &Decision, to: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(it, _)| it == decision);
        to.serialize_str(name.map_or("", |(_, name)| name))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decision, D::Error> {
        let found = String::deserialize(from)?;
        NAMES
            .iter()
            .find(|(_, name)| *name == found)
            .map(|(decision, _)| *decision)
            .ok_or_else(|| D::Error::custom(format!("{found:?} is no decision")))
    }
}

fn long(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wh_1_what_is_kept_of_a_deed_is_read_again_as_it_was() {
        let deed = Deed::AnswerUnable {
            decision: Decision::NewDate,
            due_on: Redated {
                from: "2025-06-05".parse().unwrap(),
                to: "2025-06-30".parse().unwrap(),
                calendar: "2019-2028".into(),
            },
            words: "Take your time".into(),
        };

        let kept = serde_json::to_value(&deed).unwrap();

        assert_eq!(kept["action"], "answer_unable");
        assert_eq!(serde_json::from_value::<Deed>(kept).unwrap(), deed);
        assert_eq!(
            deed.description(),
            "Due on 30 June 2025, not on 5 June 2025.\nTake your time"
        );
    }

    #[test]
    fn wh_1_what_was_kept_with_less_is_read_with_what_is_there() {
        let id = Uuid::nil();
        let terms =
            format!(r#"{{"case_id":"{id}","kind":"RESPOND_TO_REQUEST","due_on":"2025-06-05"}}"#);
        let due_on = r#"{"from":"2025-06-05","to":"2025-06-30"}"#;
        for (action, details, told) in [
            ("set", terms.clone(), "Due on 5 June 2025."),
            ("import", terms, "Due on 5 June 2025."),
            (
                "complete",
                r#"{"completed_on":"2025-06-05"}"#.to_owned(),
                "Completed on 5 June 2025.",
            ),
            ("report_unable", "{}".to_owned(), ""),
            (
                "answer_unable",
                format!(r#"{{"decision":"NewDate","due_on":{due_on}}}"#),
                "Due on 30 June 2025, not on 5 June 2025.",
            ),
            ("withdraw", r#"{"reason":"Done"}"#.to_owned(), "Done"),
        ] {
            let kept = format!(r#"{{"action":"{action}","details":{details}}}"#);

            let deed: Deed = serde_json::from_str(&kept).unwrap();

            assert_eq!(deed.description(), told, "{action}");
        }
    }

    #[test]
    fn ta_1_reading_a_letter_is_not_called_completing_it() {
        let completed = |kind| Deed::Complete {
            kind: Some(kind),
            completed_on: "2025-06-05".parse().unwrap(),
        };

        assert_eq!(completed(Kind::ForInformation).title(), "Letter read");
        assert_eq!(completed(Kind::RespondToRequest).title(), "Task completed");
    }
}
