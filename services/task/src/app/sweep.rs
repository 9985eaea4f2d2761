//! Raising a notice when a due date comes near, and when it has passed (TA-7).

use std::collections::HashSet;

use prost::{Message, Name};
use proto::task::v1::{TaskApproaching, TaskFacts, TaskOverdue};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::Threshold;
use crate::error::Error;
use crate::events;
use crate::store::{self, Claimed};

/// So many tasks are claimed at a time.
const BATCH: u16 = 1_000;

/// How many notices a sweep has raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Of due dates that come near.
    pub approaching: usize,
    /// Of due dates that have passed.
    pub overdue: usize,
}

impl App {
    /// Sweeps at once, because something may have become due while nothing ran, and whenever a minute begins, until it is
    /// cancelled. A sweep that fails is made up for by the next one.
    pub async fn sweep_until(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            match self.sweep(&cancel).await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(Swept {
                    approaching,
                    overdue,
                }) => {
                    tracing::info!(approaching, overdue, "raised the notices that were due");
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the sweep failed");
                }
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = self.due.notified() => {}
            }
        }
        Ok(())
    }

    /// Raises every notice that is due. Any number of sweeps may run at once; each notice is raised by one of them. A task
    /// that nobody swept until its due date had passed has one notice, which says so.
    pub async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        while !cancel.is_cancelled() {
            let (claimed, raised) = self.sweep_overdue().await?;
            swept.overdue += raised;
            if claimed < usize::from(BATCH) {
                break;
            }
        }
        while !cancel.is_cancelled() {
            let (claimed, raised) = self.sweep_approaching().await?;
            swept.approaching += raised;
            if claimed < usize::from(BATCH) {
                break;
            }
        }
        Ok(swept)
    }

    async fn sweep_overdue(&self) -> Result<(usize, usize), Error> {
        let mut tx = self.db.begin().await?;
        let claimed = store::claim_overdue(&mut tx, self.today(), BATCH.into()).await?;
        let notice = |facts| TaskOverdue { facts: Some(facts) };
        let raised = self
            .raise(&mut tx, &claimed, Threshold::Overdue, notice)
            .await?;
        tx.commit().await?;
        Ok((claimed.len(), raised))
    }

    async fn sweep_approaching(&self) -> Result<(usize, usize), Error> {
        let today = self.today();
        let until = self.calendar.approaching_until(today)?;
        let mut tx = self.db.begin().await?;
        let claimed = store::claim_approaching(&mut tx, today, until, BATCH.into()).await?;
        let notice = |facts| TaskApproaching { facts: Some(facts) };
        let raised = self
            .raise(&mut tx, &claimed, Threshold::Approaching, notice)
            .await?;
        tx.commit().await?;
        Ok((claimed.len(), raised))
    }

    /// Keeps and announces the notices of claimed tasks, and tells how many were new.
    async fn raise<E: Message + Name>(
        &self,
        tx: &mut PgConnection,
        claimed: &[Claimed],
        threshold: Threshold,
        notice: impl Fn(TaskFacts) -> E,
    ) -> Result<usize, Error> {
        if claimed.is_empty() {
            return Ok(0);
        }
        let new = store::add_notices(tx, claimed, threshold, self.clock.now()).await?;
        let new: HashSet<_> = new.into_iter().collect();
        let notices: Vec<_> = claimed
            .iter()
            .filter(|task| new.contains(&task.id))
            .map(|task| notice(events::claimed(task)))
            .collect();
        outbox::publish_all(tx, &notices).await?;
        Ok(notices.len())
    }
}
