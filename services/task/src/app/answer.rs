//! What a caseworker does with a task: answer that it can't be done, give it another due date, or withdraw it.

use chrono::NaiveDate;
use kit::{Caller, Invalid};
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Answer, Change, Deed};
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
        let mut task = before.answered(&answer, words.clone(), now)?;
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        if let Some(report) = &task.unable {
            store::answer_report(&mut tx, id, report).await?;
        }
        let deed = Deed::AnswerUnable {
            decision: answer.decision(),
            due_on: self.redated(due_before, task.due_on),
            words,
        };
        store::add_changes(&mut tx, &actor, now, &[Change { task_id: id, deed }]).await?;
        let event = events::unable_answered(&task, answer.decision(), &actor.shown);
        outbox::publish(&mut tx, &event).await?;
        tx.commit().await?;
        self.seen(task)
    }

    /// Gives an open task another due date, with the reason (TA-6).
    pub async fn redate(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        due_on: NaiveDate,
        reason: String,
    ) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let before = self.load(&mut tx, caller, id, version).await?;
        let due_before = before.due_on;
        let mut task = before.redated(due_on, reason.clone())?;
        if due_on == due_before {
            let text = "The task is due on that date already";
            return Err(Invalid::field("due_on", text, "SAME_DATE").into());
        }
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        let deed = Deed::Redate {
            due_on: self.redated(due_before, due_on),
            reason,
        };
        store::add_changes(&mut tx, &actor, now, &[Change { task_id: id, deed }]).await?;
        outbox::publish(&mut tx, &events::changed(&task, &actor.shown)).await?;
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
        let mut task = task.withdrawn(reason.clone(), now)?;
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        let deed = Deed::Withdraw { reason };
        store::add_changes(&mut tx, &actor, now, &[Change { task_id: id, deed }]).await?;
        outbox::publish(&mut tx, &events::changed(&task, &actor.shown)).await?;
        tx.commit().await?;
        self.seen(task)
    }
}
