//! Events of cases and what hangs on them.

use chrono::NaiveDate;
use outbox::{Event, Retry, subject};
use prost::Name;
use proto::case::v1::{CaseMoved, CaseOpened};
use proto::document::v1::{DocumentAdded, DocumentQuarantined};
use proto::messaging::v1::{MessagePosted, Side};
use proto::task::v1::{
    TaskApproaching, TaskChanged, TaskCompleted, TaskFacts, TaskOverdue, TaskSet,
    TaskUnableAnswered, TaskUnableReported, UnableDecision,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{id, unreadable};
use crate::app::{App, CaseNews};
use crate::domain::Matter;

/// What is heard beyond the facts of cases.
pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<TaskSet>(),
        subject::<TaskCompleted>(),
        subject::<TaskUnableReported>(),
        subject::<TaskUnableAnswered>(),
        subject::<TaskChanged>(),
        subject::<TaskApproaching>(),
        subject::<TaskOverdue>(),
        subject::<MessagePosted>(),
        subject::<DocumentAdded>(),
        subject::<DocumentQuarantined>(),
    ]
}

/// Tells whom an event about a case concerns.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
    let Some(Report {
        to,
        matter,
        case_id,
        text,
    }) = report(event)?
    else {
        return Ok(());
    };
    let news = CaseNews {
        matter,
        case_id,
        text: &text,
    };
    if to != To::Owner {
        app.tell_landlord(tx, event, &news).await?;
    }
    if to != To::Landlord {
        app.tell_owner(tx, event, &news).await?;
    }
    Ok(())
}

/// Whom something is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Landlord,
    Owner,
    Both,
}

/// What an event says, to whom.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    to: To,
    matter: Matter,
    case_id: Uuid,
    text: String,
}

/// Reads an event; `None` when nobody is told of it.
fn report(event: &Event) -> Result<Option<Report>, Retry> {
    let report = if let Some(it) = event.get::<CaseOpened>()? {
        opened(&it)?
    } else if let Some(it) = event.get::<CaseMoved>()? {
        moved(&it)?
    } else if let Some(it) = event.get::<MessagePosted>()? {
        posted(&it)?
    } else if let Some(it) = event.get::<DocumentAdded>()? {
        added(&it)?
    } else if let Some(it) = event.get::<DocumentQuarantined>()? {
        quarantined(&it)?
    } else {
        return task_report(event);
    };
    Ok(Some(report))
}

fn task_report(event: &Event) -> Result<Option<Report>, Retry> {
    let report = if let Some(it) = event.get::<TaskSet>()? {
        let Task {
            case_id,
            title,
            due,
        } = task(&it, it.facts.as_ref())?;
        Report {
            to: To::Landlord,
            matter: Matter::TaskSet,
            case_id,
            text: format!("New task: {title}, due {due}"),
        }
    } else if let Some(it) = event.get::<TaskCompleted>()? {
        let Task { case_id, title, .. } = task(&it, it.facts.as_ref())?;
        Report {
            to: To::Owner,
            matter: Matter::TaskCompleted,
            case_id,
            text: format!("Task completed: {title}"),
        }
    } else if let Some(it) = event.get::<TaskUnableReported>()? {
        let Task { case_id, title, .. } = task(&it, it.facts.as_ref())?;
        let text = format!("Unable to complete: {title}. The landlord awaits an answer");
        Report {
            to: To::Owner,
            matter: Matter::TaskUnableReported,
            case_id,
            text,
        }
    } else if let Some(it) = event.get::<TaskUnableAnswered>()? {
        answered(&it)?
    } else if let Some(it) = event.get::<TaskChanged>()? {
        let Task {
            case_id,
            title,
            due,
        } = task(&it, it.facts.as_ref())?;
        let open = it.facts.as_ref().is_some_and(|facts| facts.open);
        let text = if open {
            format!("Task due date changed: {title}, now due {due}")
        } else {
            format!("Task withdrawn: {title}")
        };
        Report {
            to: To::Landlord,
            matter: Matter::TaskChanged,
            case_id,
            text,
        }
    } else if let Some(it) = event.get::<TaskApproaching>()? {
        let Task {
            case_id,
            title,
            due,
        } = task(&it, it.facts.as_ref())?;
        Report {
            to: To::Landlord,
            matter: Matter::TaskApproaching,
            case_id,
            text: format!("Task due soon: {title}, due {due}"),
        }
    } else if let Some(it) = event.get::<TaskOverdue>()? {
        let Task {
            case_id,
            title,
            due,
        } = task(&it, it.facts.as_ref())?;
        Report {
            to: To::Landlord,
            matter: Matter::TaskOverdue,
            case_id,
            text: format!("Task overdue: {title}, was due {due}"),
        }
    } else {
        return Ok(None);
    };
    Ok(Some(report))
}

fn opened(it: &CaseOpened) -> Result<Report, Retry> {
    let facts = it.facts.as_ref().ok_or_else(|| unreadable(it, "facts"))?;
    let case_id = id(it, "facts.case_id", &facts.case_id)?;
    Ok(Report {
        to: To::Landlord,
        matter: Matter::CaseOpened,
        case_id,
        text: "There is a new case".to_owned(),
    })
}

fn moved(it: &CaseMoved) -> Result<Report, Retry> {
    let facts = it.facts.as_ref().ok_or_else(|| unreadable(it, "facts"))?;
    let case_id = id(it, "facts.case_id", &facts.case_id)?;
    let text = format!("Status changed to ‘{}’", it.status_label);
    Ok(Report {
        to: To::Landlord,
        matter: Matter::CaseMoved,
        case_id,
        text,
    })
}

fn answered(it: &TaskUnableAnswered) -> Result<Report, Retry> {
    let Task {
        case_id,
        title,
        due,
    } = task(it, it.facts.as_ref())?;
    let text = match it.decision() {
        UnableDecision::Unspecified => return Err(unreadable(it, "decision")),
        UnableDecision::NewDate => format!("Task has a new due date: {title}, now due {due}"),
        UnableDecision::Withdrawn => format!("Task withdrawn: {title}"),
        UnableDecision::Upheld => format!("Task still to be done: {title}, due {due}"),
    };
    Ok(Report {
        to: To::Landlord,
        matter: Matter::TaskUnableAnswered,
        case_id,
        text,
    })
}

fn posted(it: &MessagePosted) -> Result<Report, Retry> {
    let to = match it.side() {
        Side::Unspecified => return Err(unreadable(it, "side")),
        Side::Ombudsman => To::Landlord,
        Side::Landlord => To::Owner,
    };
    let text = format!("New message from {}", it.author_name);
    Ok(Report {
        to,
        matter: Matter::MessagePosted,
        case_id: id(it, "case_id", &it.case_id)?,
        text,
    })
}

fn added(it: &DocumentAdded) -> Result<Report, Retry> {
    let to = if it.from_ombudsman {
        To::Landlord
    } else {
        To::Owner
    };
    let text = "A document was added".to_owned();
    Ok(Report {
        to,
        matter: Matter::DocumentAdded,
        case_id: id(it, "case_id", &it.case_id)?,
        text,
    })
}

fn quarantined(it: &DocumentQuarantined) -> Result<Report, Retry> {
    let text = "A document holds malware and was put away".to_owned();
    Ok(Report {
        to: To::Both,
        matter: Matter::DocumentQuarantined,
        case_id: id(it, "case_id", &it.case_id)?,
        text,
    })
}

/// What people are told of a task.
struct Task<'a> {
    case_id: Uuid,
    title: &'a str,
    due: String,
}

fn task<'a, E: Name>(event: &E, facts: Option<&'a TaskFacts>) -> Result<Task<'a>, Retry> {
    let facts = facts.ok_or_else(|| unreadable(event, "facts"))?;
    let due: NaiveDate = facts
        .due_on
        .parse()
        .map_err(|_| unreadable(event, "facts.due_on"))?;
    Ok(Task {
        case_id: id(event, "facts.case_id", &facts.case_id)?,
        title: &facts.title,
        due: due.format("%-d %B %Y").to_string(),
    })
}

#[cfg(test)]
mod tests {
    use outbox::testing::event;

    use super::*;

    const CASE: Uuid = Uuid::from_u128(7);

    fn facts(open: bool) -> TaskFacts {
        TaskFacts {
            task_id: kit::id().to_string(),
            case_id: CASE.to_string(),
            title: "Provide stage one response".to_owned(),
            set_on: "2025-03-01".to_owned(),
            due_on: "2025-03-15".to_owned(),
            open,
            version: 1,
        }
    }

    fn told<E: prost::Message + Name>(message: &E) -> (To, Matter, String) {
        let report = report(&event(message)).unwrap().unwrap();
        assert_eq!(report.case_id, CASE);
        (report.to, report.matter, report.text)
    }

    #[test]
    fn no_1_a_landlord_hears_of_its_tasks() {
        let set = TaskSet {
            facts: Some(facts(true)),
            ..TaskSet::default()
        };
        let withdrawn = TaskChanged {
            facts: Some(facts(false)),
            ..TaskChanged::default()
        };
        let upheld = TaskUnableAnswered {
            facts: Some(facts(true)),
            decision: UnableDecision::Upheld.into(),
            ..TaskUnableAnswered::default()
        };

        assert_eq!(
            told(&set),
            (
                To::Landlord,
                Matter::TaskSet,
                "New task: Provide stage one response, due 15 March 2025".into()
            )
        );
        assert_eq!(
            told(&withdrawn),
            (
                To::Landlord,
                Matter::TaskChanged,
                "Task withdrawn: Provide stage one response".into()
            )
        );
        assert_eq!(
            told(&upheld),
            (
                To::Landlord,
                Matter::TaskUnableAnswered,
                "Task still to be done: Provide stage one response, due 15 March 2025".into()
            )
        );
    }

    #[test]
    fn no_1_a_message_is_told_to_the_other_side() {
        let posted = |side: Side| MessagePosted {
            case_id: CASE.to_string(),
            side: side.into(),
            author_name: "Dani".into(),
            ..MessagePosted::default()
        };

        assert_eq!(told(&posted(Side::Ombudsman)).0, To::Landlord);
        assert_eq!(told(&posted(Side::Landlord)).0, To::Owner);
    }

    #[test]
    fn do_4_both_sides_hear_of_an_infected_document() {
        let quarantined = DocumentQuarantined {
            case_id: CASE.to_string(),
            ..DocumentQuarantined::default()
        };

        assert_eq!(told(&quarantined).0, To::Both);
    }

    #[test]
    fn an_event_that_says_too_little_is_not_tried_again() {
        let missing = TaskSet::default();
        let unspecified = MessagePosted {
            case_id: CASE.to_string(),
            ..MessagePosted::default()
        };

        assert!(report(&event(&missing)).unwrap_err().is_hopeless());
        assert!(report(&event(&unspecified)).unwrap_err().is_hopeless());
    }

    #[test]
    fn an_import_is_told_to_nobody() {
        assert_eq!(
            report(&event(&proto::case::v1::CaseImported::default())).unwrap(),
            None
        );
    }
}
