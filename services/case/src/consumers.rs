//! What is done about others' events: each ends in a call of the app.

mod complaint;

use anyhow::Context as _;
use chrono::NaiveDate;
use outbox::{Event, Handler, Retry, subject};
use proto::clock::v1::Minute;
use proto::document::v1::DocumentAdded;
use proto::identity::v1::{LandlordActivated, LandlordRegistered, StaffChanged};
use proto::messaging::v1::MessagePosted;
use proto::notification::v1::EmailRefused;
use proto::task::v1::{
    TaskChanged, TaskCompleted, TaskFacts as Facts, TaskImported, TaskReopened, TaskSet,
    TaskUnableAnswered, TaskUnableReported, UnableDecision,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, TaskNews};
use crate::domain::TaskFacts;

impl Handler for App {
    const NAME: &'static str = "case";

    fn subjects() -> Vec<String> {
        let mut subjects = vec![
            subject::<LandlordRegistered>(),
            subject::<LandlordActivated>(),
            subject::<StaffChanged>(),
            subject::<TaskSet>(),
            subject::<TaskImported>(),
            subject::<TaskCompleted>(),
            subject::<TaskReopened>(),
            subject::<TaskUnableReported>(),
            subject::<TaskUnableAnswered>(),
            subject::<TaskChanged>(),
            subject::<MessagePosted>(),
            subject::<DocumentAdded>(),
            subject::<EmailRefused>(),
            subject::<Minute>(),
        ];
        subjects.extend(complaint::subjects());
        subjects
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        if event.get::<Minute>()?.is_some() {
            // The sweep has transactions of its own, many and short. If this process dies before it is done, the next minute wakes another.
            self.minute_began();
        } else if let Some(it) = event.get::<LandlordRegistered>()? {
            self.landlord_registered(tx, id(&it.landlord_id)?, &it.name)
                .await?;
        } else if let Some(it) = event.get::<LandlordActivated>()? {
            self.landlord_activated(tx, id(&it.landlord_id)?, date(&it.activated_on)?)
                .await?;
        } else if let Some(it) = event.get::<StaffChanged>()? {
            let at = event.occurred_at;
            self.staff_changed(tx, id(&it.account_id)?, &it.name, &it.team, it.active, at)
                .await?;
        } else if let Some(it) = event.get::<MessagePosted>()? {
            self.active(tx, id(&it.case_id)?, event.occurred_at).await?;
        } else if let Some(it) = event.get::<DocumentAdded>()? {
            self.active(tx, id(&it.case_id)?, event.occurred_at).await?;
        } else if let Some(it) = event.get::<EmailRefused>()? {
            // Most emails are none of a case's updates.
            if !it.update_id.is_empty() {
                let at = event.occurred_at;
                self.update_refused(tx, id(&it.update_id)?, at).await?;
            }
        } else if let Some((task, news)) = task_news(event)? {
            self.task_changed(tx, &task, news, event.occurred_at)
                .await?;
        } else {
            complaint::handle(self, tx, event).await?;
        }
        Ok(())
    }
}

/// How a task stands after an event, and what is told of it. An import is told to nobody.
fn task_news(event: &Event) -> Result<Option<(TaskFacts, Option<TaskNews>)>, Retry> {
    let told = |title: &str, description: String, actor: String| {
        Some(TaskNews {
            title: title.to_owned(),
            description,
            actor,
        })
    };
    if let Some(it) = event.get::<TaskSet>()? {
        let task = facts(it.facts)?;
        let text = format!("“{}”, due on {}.", task.title, words(task.due_on));
        return Ok(Some((task, told("Task set", text, it.actor))));
    }
    if let Some(it) = event.get::<TaskImported>()? {
        return Ok(Some((facts(it.facts)?, None)));
    }
    if let Some(it) = event.get::<TaskCompleted>()? {
        let task = facts(it.facts)?;
        let on = words(date(&it.completed_on)?);
        let text = format!("“{}” was completed on {on}.", task.title);
        return Ok(Some((task, told("Task completed", text, it.actor))));
    }
    if let Some(it) = event.get::<TaskReopened>()? {
        let task = facts(it.facts)?;
        let (title, due) = (&task.title, words(task.due_on));
        let text = format!("“{title}” is not completed after all. It is due on {due}.");
        return Ok(Some((task, told("Task reopened", text, it.actor))));
    }
    if let Some(it) = event.get::<TaskUnableReported>()? {
        let task = facts(it.facts)?;
        let text = format!("The landlord is unable to complete “{}”.", task.title);
        return Ok(Some((
            task,
            told("Unable to complete a task", text, it.actor),
        )));
    }
    if let Some(it) = event.get::<TaskUnableAnswered>()? {
        let decision = it.decision();
        let task = facts(it.facts)?;
        let text = answer(decision, &task);
        return Ok(Some((
            task,
            told("Answer to “unable to complete”", text, it.actor),
        )));
    }
    if let Some(it) = event.get::<TaskChanged>()? {
        let task = facts(it.facts)?;
        let heading = if task.open {
            "Task changed"
        } else {
            "Task withdrawn"
        };
        let text = format!("“{}”: {}", task.title, it.reason);
        return Ok(Some((task, told(heading, text, it.actor))));
    }
    Ok(None)
}

fn answer(decision: UnableDecision, task: &TaskFacts) -> String {
    let title = &task.title;
    match decision {
        UnableDecision::NewDate => format!("“{title}” is now due on {}.", words(task.due_on)),
        UnableDecision::Withdrawn => format!("“{title}” was withdrawn."),
        UnableDecision::Upheld | UnableDecision::Unspecified => {
            format!(
                "“{title}” still has to be completed, by {}.",
                words(task.due_on)
            )
        }
    }
}

fn facts(facts: Option<Facts>) -> Result<TaskFacts, Retry> {
    let Facts {
        task_id,
        case_id,
        title,
        set_on,
        due_on,
        open,
        version,
    } = facts
        .context("the event has no facts")
        .map_err(Retry::never)?;
    Ok(TaskFacts {
        id: id(&task_id)?,
        case_id: id(&case_id)?,
        title,
        set_on: date(&set_on)?,
        due_on: date(&due_on)?,
        open,
        version,
    })
}

// What can't be read now can't be read at a later try either.
fn id(text: &str) -> Result<Uuid, Retry> {
    text.parse::<Uuid>().map_err(Retry::never)
}

fn date(text: &str) -> Result<NaiveDate, Retry> {
    text.parse::<NaiveDate>().map_err(Retry::never)
}

fn words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
