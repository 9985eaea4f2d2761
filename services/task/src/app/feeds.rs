//! Taking in what the case service and the clock announce.

use proto::case::v1::Status as CaseStatus;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Change, withdrawn_when};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Withdraws the open tasks that have no place on a case where it now stands (TA-6). What counts is the newest status
    /// that is known, whichever event came last.
    pub async fn case_changed(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
        by: &str,
    ) -> Result<(), Error> {
        let case = casefile::find(&mut *tx, case_id)
            .await?
            .ok_or(Error::NoSuchCase)?;
        let status = CaseStatus::try_from(case.status).unwrap_or_default();
        let now = self.clock.now();
        let actor = Actor::because_of(by);
        let mut changes = Vec::new();
        let mut announced = Vec::new();
        for task in store::open_tasks(tx, case_id).await? {
            let Some(reason) = withdrawn_when(status, task.kind) else {
                continue;
            };
            let mut task = task.withdrawn(reason.to_owned(), now)?;
            task.version = store::save(tx, &task).await?.ok_or(Error::Stale)?;
            let details = json!({ "reason": reason });
            changes.push(Change {
                task_id: task.id,
                action: "withdraw",
                details,
            });
            announced.push(events::changed(&task, &actor.shown));
        }
        store::add_changes(tx, &actor, now, &changes).await?;
        outbox::publish_all(tx, &announced).await?;
        Ok(())
    }

    /// Has this process sweep: a minute has begun.
    pub fn minute_began(&self) {
        self.due.notify_one();
    }
}
