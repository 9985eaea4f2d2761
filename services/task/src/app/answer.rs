//! What a caseworker does with a task: answer that it can't be done, or withdraw it.

use kit::Caller;
use serde_json::json;
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Answer, Change};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Answers a landlord's report by a new date, a withdrawal, or upholding the task (TA-5).
    pub async fn answer_unable(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        answer: Answer,
        words: String,
    ) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let before = self.load(&mut tx, caller, id, version).await?;
        let due_before = before.due_on;
        let mut task = before.answered(&answer, words, now)?;
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        if let Some(report) = &task.unable {
            store::answer_report(&mut tx, id, report).await?;
        }
        let details = json!({
            "decision": format!("{:?}", answer.decision()),
            "due_on": { "from": due_before, "to": task.due_on },
        });
        store::add_changes(
            &mut tx,
            &actor,
            now,
            &[Change {
                task_id: id,
                action: "answer_unable",
                details,
            }],
        )
        .await?;
        let event = events::unable_answered(&task, answer.decision(), &actor.shown);
        outbox::publish(&mut tx, &event).await?;
        tx.commit().await?;
        self.seen(task)
    }

    /// Withdraws an open task, with the reason (TA-6).
    pub async fn withdraw(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        reason: String,
    ) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let task = self.load(&mut tx, caller, id, version).await?;
        let mut task = task.withdrawn(reason, now)?;
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        let details = json!({ "reason": task.reason });
        store::add_changes(
            &mut tx,
            &actor,
            now,
            &[Change {
                task_id: id,
                action: "withdraw",
                details,
            }],
        )
        .await?;
        outbox::publish(&mut tx, &events::changed(&task, &actor.shown)).await?;
        tx.commit().await?;
        self.seen(task)
    }
}
