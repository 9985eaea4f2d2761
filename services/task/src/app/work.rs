//! What a landlord does with a task: complete it, or say that it can't be done.

use chrono::NaiveDate;
use kit::{Caller, Invalid};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Change, Deed, Task, wrong_completion};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Completes a task on the date that the landlord gives (TA-4). A letter was read when that is said.
    pub async fn complete(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        on: Option<NaiveDate>,
    ) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let task = self.load(&mut tx, caller, id, version).await?;
        let (set_on, kind) = (task.set_on, task.kind);
        let today = self.today();
        let mut task = task.completed(on.unwrap_or(today), now)?;
        let on = match on {
            Some(on) => on,
            None if kind.is_for_information() => today,
            None => {
                let text = "Enter the date when the task was completed";
                return Err(Invalid::field("completed_on", text, "REQUIRED").into());
            }
        };
        if let Some((description, reason)) = wrong_completion(on, set_on, today) {
            return Err(Invalid::field("completed_on", description, reason).into());
        }
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        let deed = Deed::Complete {
            kind: Some(kind),
            completed_on: on,
        };
        store::add_changes(&mut tx, &actor, now, &[Change { task_id: id, deed }]).await?;
        outbox::publish(&mut tx, &events::completed(&task, now, &actor.shown)).await?;
        tx.commit().await?;
        self.seen(task)
    }

    /// Takes back that a task is completed, while that can be taken back. Its reminders go on where they stopped.
    pub async fn reopen(&self, caller: &Caller, id: Uuid, version: i64) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let task = self.load(&mut tx, caller, id, version).await?;
        let mut task = task.reopened(&self.calendar, self.today())?;
        // A closing withdraws open tasks once, so that none may become open behind its back.
        let case = store::known_case(&mut tx, task.case_id).await?;
        if case.is_none_or(|case| case.closed_on.is_some()) {
            return Err(Error::CaseClosed);
        }
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        let deed = Deed::Reopen {
            due_on: task.due_on,
        };
        store::add_changes(&mut tx, &actor, now, &[Change { task_id: id, deed }]).await?;
        outbox::publish(&mut tx, &events::reopened(&task, &actor.shown)).await?;
        tx.commit().await?;
        self.seen(task)
    }

    /// Notes that the landlord can't complete a task, and why (TA-5).
    pub async fn report_unable(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        message: String,
    ) -> Result<Seen, Error> {
        let now = self.clock.now();
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let task = self.load(&mut tx, caller, id, version).await?;
        let mut task = task.reported(message.clone(), actor.shown.clone(), now)?;
        task.version = store::save(&mut tx, &task).await?.ok_or(Error::Stale)?;
        if let Some(report) = &task.unable {
            store::add_report(&mut tx, id, report).await?;
        }
        let change = Change {
            task_id: id,
            deed: Deed::ReportUnable { message },
        };
        store::add_changes(&mut tx, &actor, now, &[change]).await?;
        outbox::publish(&mut tx, &events::unable_reported(&task, &actor.shown)).await?;
        tx.commit().await?;
        self.seen(task)
    }

    /// The task, if the caller may see it and it still has the version that the caller saw.
    pub(super) async fn load(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        id: Uuid,
        version: i64,
    ) -> Result<Task, Error> {
        let task = store::find(tx, id, &self.visibility(caller))
            .await?
            .ok_or(Error::NoSuchTask)?;
        if task.version == version {
            Ok(task)
        } else {
            Err(Error::Stale)
        }
    }
}
