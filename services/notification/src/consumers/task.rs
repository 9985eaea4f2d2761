//! Events of tasks.

use chrono::NaiveDate;
use outbox::{Event, Retry, subject};
use prost::Name;
use proto::task::v1::{
    TaskApproaching, TaskChanged, TaskCompleted, TaskEscalated, TaskFacts, TaskFinalReminder,
    TaskImported, TaskOverdue, TaskReopened, TaskSet, TaskUnableAnswered, TaskUnableReported,
    UnableDecision,
};
use uuid::Uuid;

use super::{Report, Told, date, id, in_words, unreadable};
use crate::domain::Matter;
use crate::domain::table::Who;
use crate::store::news::Deadline;

pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<TaskSet>(),
        subject::<TaskImported>(),
        subject::<TaskCompleted>(),
        subject::<TaskReopened>(),
        subject::<TaskUnableReported>(),
        subject::<TaskUnableAnswered>(),
        subject::<TaskChanged>(),
        subject::<TaskApproaching>(),
        subject::<TaskOverdue>(),
        subject::<TaskFinalReminder>(),
        subject::<TaskEscalated>(),
    ]
}

const LANDLORD: &[Who] = &[Who::Landlord];
const OWNER: &[Who] = &[Who::Owner];

/// Reads an event; `None` when it is none of these.
pub(super) fn read(event: &Event) -> Result<Option<Told>, Retry> {
    let told = if let Some(it) = event.get::<TaskSet>()? {
        task(&it, it.facts.as_ref())?.told(LANDLORD, Matter::TaskSet, |title, due| {
            format!("New task: {title}, due {due}")
        })
    } else if let Some(it) = event.get::<TaskImported>()? {
        task(&it, it.facts.as_ref())?.known()
    } else if let Some(it) = event.get::<TaskCompleted>()? {
        task(&it, it.facts.as_ref())?.told(OWNER, Matter::TaskCompleted, |title, _| {
            format!("Task completed: {title}")
        })
    } else if let Some(it) = event.get::<TaskReopened>()? {
        task(&it, it.facts.as_ref())?.told(OWNER, Matter::TaskReopened, |title, _| {
            format!("Task open again: {title}. The landlord took back that it was completed")
        })
    } else if let Some(it) = event.get::<TaskUnableReported>()? {
        task(&it, it.facts.as_ref())?.told(OWNER, Matter::TaskUnableReported, |title, _| {
            format!("Unable to complete: {title}. The landlord awaits an answer")
        })
    } else if let Some(it) = event.get::<TaskUnableAnswered>()? {
        answered(&it)?
    } else if let Some(it) = event.get::<TaskChanged>()? {
        changed(&it)?
    } else {
        return reminder(event);
    };
    Ok(Some(told))
}

fn reminder(event: &Event) -> Result<Option<Told>, Retry> {
    let told = if let Some(it) = event.get::<TaskApproaching>()? {
        task(&it, it.facts.as_ref())?.told(LANDLORD, Matter::TaskApproaching, |title, due| {
            format!("Task due soon: {title}, due {due}")
        })
    } else if let Some(it) = event.get::<TaskOverdue>()? {
        task(&it, it.facts.as_ref())?.told(LANDLORD, Matter::TaskOverdue, |title, due| {
            format!("Task overdue: {title}, was due {due}")
        })
    } else if let Some(it) = event.get::<TaskFinalReminder>()? {
        task(&it, it.facts.as_ref())?.told(LANDLORD, Matter::TaskFinalReminder, |title, due| {
            format!("Final reminder: {title}, was due {due}")
        })
    } else if let Some(it) = event.get::<TaskEscalated>()? {
        let to = &[Who::Owner, Who::Seniors];
        task(&it, it.facts.as_ref())?.told(to, Matter::TaskEscalated, |title, due| {
            format!("Task still overdue after the final reminder: {title}, was due {due}")
        })
    } else {
        return Ok(None);
    };
    Ok(Some(told))
}

fn changed(it: &TaskChanged) -> Result<Told, Retry> {
    let task = task(it, it.facts.as_ref())?;
    let open = task.deadline.open;
    Ok(task.told(LANDLORD, Matter::TaskChanged, |title, due| {
        if open {
            format!("Task due date changed: {title}, now due {due}")
        } else {
            format!("Task withdrawn: {title}")
        }
    }))
}

fn answered(it: &TaskUnableAnswered) -> Result<Told, Retry> {
    let words: fn(&str, &str) -> String = match it.decision() {
        UnableDecision::Unspecified => return Err(unreadable(it, "decision")),
        UnableDecision::NewDate => {
            |title, due| format!("Task has a new due date: {title}, now due {due}")
        }
        UnableDecision::Withdrawn => |title, _| format!("Task withdrawn: {title}"),
        UnableDecision::Upheld => |title, due| format!("Task still to be done: {title}, due {due}"),
    };
    Ok(task(it, it.facts.as_ref())?.told(LANDLORD, Matter::TaskUnableAnswered, words))
}

/// What people are told of a task.
struct Task<'a> {
    case_id: Uuid,
    title: &'a str,
    due_on: NaiveDate,
    deadline: Deadline,
}

impl Task<'_> {
    fn told(
        self,
        to: &'static [Who],
        matter: Matter,
        words: impl FnOnce(&str, &str) -> String,
    ) -> Told {
        let text = words(self.title, &in_words(self.due_on));
        Told {
            case_id: self.case_id,
            deadline: Some(self.deadline),
            report: Some(Report { to, matter, text }),
        }
    }

    /// Nobody is told, and reminders of it can be judged.
    fn known(self) -> Told {
        Told {
            case_id: self.case_id,
            deadline: Some(self.deadline),
            report: None,
        }
    }
}

fn task<'a, E: Name>(event: &E, facts: Option<&'a TaskFacts>) -> Result<Task<'a>, Retry> {
    let facts = facts.ok_or_else(|| unreadable(event, "facts"))?;
    let due_on = date(event, "facts.due_on", &facts.due_on)?;
    Ok(Task {
        case_id: id(event, "facts.case_id", &facts.case_id)?,
        title: &facts.title,
        due_on,
        deadline: Deadline {
            subject_id: id(event, "facts.task_id", &facts.task_id)?,
            open: facts.open,
            due_on,
            version: facts.version,
        },
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

    fn told<E: prost::Message + Name>(message: &E) -> (&'static [Who], Matter, String) {
        let told = read(&event(message)).unwrap().unwrap();
        assert_eq!(told.case_id, CASE);
        let Report { to, matter, text } = told.report.unwrap();
        (to, matter, text)
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
                LANDLORD,
                Matter::TaskSet,
                "New task: Provide stage one response, due 15 March 2025".into()
            )
        );
        assert_eq!(
            told(&withdrawn),
            (
                LANDLORD,
                Matter::TaskChanged,
                "Task withdrawn: Provide stage one response".into()
            )
        );
        assert_eq!(
            told(&upheld),
            (
                LANDLORD,
                Matter::TaskUnableAnswered,
                "Task still to be done: Provide stage one response, due 15 March 2025".into()
            )
        );
    }

    #[test]
    fn no_1_reminders_step_up_from_the_landlord_to_the_seniors() {
        let facts = || Some(facts(true));

        assert_eq!(told(&TaskApproaching { facts: facts() }).0, LANDLORD);
        assert_eq!(told(&TaskOverdue { facts: facts() }).0, LANDLORD);
        assert_eq!(told(&TaskFinalReminder { facts: facts() }).0, LANDLORD);
        assert_eq!(
            told(&TaskEscalated { facts: facts() }).0,
            [Who::Owner, Who::Seniors]
        );
    }

    #[test]
    fn an_event_that_says_too_little_is_not_tried_again() {
        assert!(read(&event(&TaskSet::default())).unwrap_err().is_hopeless());
        let undecided = TaskUnableAnswered {
            facts: Some(facts(true)),
            ..TaskUnableAnswered::default()
        };
        assert!(read(&event(&undecided)).unwrap_err().is_hopeless());
    }
}
