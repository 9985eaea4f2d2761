//! Events of answers that the ombudsman owes landlords (ME-5).

use outbox::{Event, Retry, subject};
use prost::Name;
use proto::messaging::v1::{
    ReplyApproaching, ReplyFacts, ReplyOverdue, ReplyRedated, ReplySettled,
};
use uuid::Uuid;

use super::{Report, Told, date, id, in_words, unreadable};
use crate::domain::Matter;
use crate::domain::table::Who;
use crate::store::news::Deadline;

pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<ReplyApproaching>(),
        subject::<ReplyOverdue>(),
        subject::<ReplyRedated>(),
        subject::<ReplySettled>(),
    ]
}

/// Reads an event; `None` when it is none of these.
pub(super) fn read(event: &Event) -> Result<Option<Told>, Retry> {
    let told = if let Some(it) = event.get::<ReplyApproaching>()? {
        owed(event, &it, it.facts.as_ref())?.telling(Matter::ReplyApproaching, |due| {
            format!("An answer to the landlord is due soon, on {due}")
        })
    } else if let Some(it) = event.get::<ReplyOverdue>()? {
        owed(event, &it, it.facts.as_ref())?.telling(Matter::ReplyOverdue, |due| {
            format!("An answer to the landlord is overdue: it was due {due}")
        })
    } else if let Some(it) = event.get::<ReplyRedated>()? {
        owed(event, &it, it.facts.as_ref())?.telling(Matter::ReplyRedated, |due| {
            format!("An answer to the landlord is now due {due}")
        })
    } else if let Some(it) = event.get::<ReplySettled>()? {
        // The answer is told as a message; here it matters that reminders stop.
        owed(event, &it, it.facts.as_ref())?.settled()
    } else {
        return Ok(None);
    };
    Ok(Some(told))
}

/// An answer that is owed to a landlord.
struct Owed {
    case_id: Uuid,
    deadline: Deadline,
}

impl Owed {
    fn telling(self, matter: Matter, words: impl FnOnce(&str) -> String) -> Told {
        let text = words(&in_words(self.deadline.due_on));
        Told {
            case_id: self.case_id,
            deadline: Some(self.deadline),
            report: Some(Report {
                to: &[Who::Owner],
                matter,
                text,
            }),
        }
    }

    /// Nobody is told, and it is never open again.
    fn settled(self) -> Told {
        Told {
            case_id: self.case_id,
            deadline: Some(Deadline {
                open: false,
                version: i64::MAX,
                ..self.deadline
            }),
            report: None,
        }
    }
}

fn owed<E: Name>(event: &Event, it: &E, facts: Option<&ReplyFacts>) -> Result<Owed, Retry> {
    let facts = facts.ok_or_else(|| unreadable(it, "facts"))?;
    Ok(Owed {
        case_id: id(it, "facts.case_id", &facts.case_id)?,
        deadline: Deadline {
            subject_id: id(it, "facts.reply_id", &facts.reply_id)?,
            open: true,
            due_on: date(it, "facts.due_on", &facts.due_on)?,
            // These facts have no version of their own.
            version: event.occurred_at.timestamp_micros(),
        },
    })
}

#[cfg(test)]
mod tests {
    use outbox::testing::event;

    use super::*;

    fn facts() -> ReplyFacts {
        ReplyFacts {
            reply_id: kit::id().to_string(),
            case_id: kit::id().to_string(),
            message_id: kit::id().to_string(),
            technical_issue: false,
            awaited_since: None,
            due_on: "2025-07-01".to_owned(),
        }
    }

    #[test]
    fn me_5_who_owes_an_answer_is_reminded_of_it() {
        let overdue = ReplyOverdue {
            facts: Some(facts()),
        };

        let report = read(&event(&overdue)).unwrap().unwrap().report.unwrap();

        assert_eq!(report.to, [Who::Owner]);
        assert_eq!(
            report.text,
            "An answer to the landlord is overdue: it was due 1 July 2025"
        );
    }

    #[test]
    fn me_5_a_settled_answer_is_told_to_nobody_and_ends_its_reminders() {
        let settled = ReplySettled {
            facts: Some(facts()),
            ..ReplySettled::default()
        };

        let told = read(&event(&settled)).unwrap().unwrap();

        assert!(told.report.is_none());
        assert!(!told.deadline.unwrap().open);
    }

    #[test]
    fn an_event_that_says_too_little_is_not_tried_again() {
        assert!(
            read(&event(&ReplyOverdue::default()))
                .unwrap_err()
                .is_hopeless()
        );
    }
}
