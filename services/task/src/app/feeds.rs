//! Taking in what the case service and the clock announce.

use chrono::NaiveDate;
use proto::case::v1::Status as CaseStatus;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Change, Deed, fate};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Withdraws or re-dates the open tasks of a case that has arrived at a status on a date, by the table of moves (TA-6).
    ///
    /// Events come in any order: one whose status is no longer that of the case has been overtaken, and does nothing. A case that
    /// has come back to a status is there again, whichever of the two events came last.
    pub async fn case_arrived(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
        at: CaseStatus,
        on: NaiveDate,
        by: &str,
    ) -> Result<(), Error> {
        let case = casefile::find(&mut *tx, case_id)
            .await?
            .ok_or(Error::NoSuchCase)?;
        if CaseStatus::try_from(case.status) != Ok(at) {
            return Ok(());
        }
        let now = self.clock.now();
        let actor = Actor::because_of(by);
        let mut changes = Vec::new();
        let mut announced = Vec::new();
        for task in store::open_tasks(tx, case_id).await? {
            let due_before = task.due_on;
            let fate = fate(at, task.kind);
            let Some(mut task) = task.after_move(fate, on, &self.calendar, now)? else {
                continue;
            };
            task.version = store::save(tx, &task).await?.ok_or(Error::Stale)?;
            let reason = task.reason.clone();
            let deed = if task.ended_at.is_some() {
                Deed::Withdraw { reason }
            } else {
                Deed::Redate {
                    due_on: self.redated(due_before, task.due_on),
                    reason,
                }
            };
            changes.push(Change {
                task_id: task.id,
                deed,
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
