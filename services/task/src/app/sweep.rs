//! Raising a notice when a due date comes near, when it has passed, and twice thereafter (TA-7).

use std::collections::HashSet;

use prost::{Message, Name};
use proto::task::v1::{TaskApproaching, TaskEscalated, TaskFinalReminder, TaskOverdue};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::{Threshold, Window, passed};
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
    /// Of due dates that the landlord is reminded of for the last time.
    pub final_reminders: usize,
    /// Of due dates that the seniors are told of.
    pub escalations: usize,
}

impl App {
    /// Sweeps at once, because something may have become due while nothing ran, and whenever a minute begins, until it is
    /// cancelled. A sweep that fails is made up for by the next one.
    pub async fn sweep_until(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            match self.sweep(&cancel).await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(swept) => tracing::info!(?swept, "raised the notices that were due"),
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

    /// Raises every notice that is due. Any number of sweeps may run at once; each notice is raised by one of them. The landlord
    /// of a task that nobody swept for days gets one notice, of the furthest step: so the steps are taken from the last
    /// reminder down. Only then do the seniors hear of it.
    pub async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, Error> {
        let limits = match self.limits() {
            Ok(limits) => limits,
            Err(not_covered) => {
                // A date that has passed has passed by any calendar.
                self.take(Threshold::Overdue, passed(self.today()), cancel)
                    .await?;
                return Err(not_covered.into());
            }
        };
        let take = async |threshold| self.take(threshold, limits.of(threshold), cancel).await;
        Ok(Swept {
            final_reminders: take(Threshold::FinalReminder).await?,
            escalations: take(Threshold::Escalation).await?,
            overdue: take(Threshold::Overdue).await?,
            approaching: take(Threshold::Approaching).await?,
        })
    }

    /// Takes a step with every task that needs it, in batches, and tells how many notices that were.
    async fn take(
        &self,
        threshold: Threshold,
        due: Window,
        cancel: &CancellationToken,
    ) -> Result<usize, Error> {
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let claimed = store::claim(&mut tx, threshold, due, BATCH.into()).await?;
            sum += self.raise(&mut tx, &claimed, threshold).await?;
            tx.commit().await?;
            if claimed.len() < usize::from(BATCH) {
                break;
            }
        }
        Ok(sum)
    }

    /// Keeps and announces the notices of claimed tasks, and tells how many were new.
    async fn raise(
        &self,
        tx: &mut PgConnection,
        claimed: &[Claimed],
        threshold: Threshold,
    ) -> Result<usize, Error> {
        if claimed.is_empty() {
            return Ok(0);
        }
        let new = store::add_notices(tx, claimed, threshold, self.clock.now()).await?;
        let new: HashSet<_> = new.into_iter().collect();
        let new = claimed.iter().filter(|task| new.contains(&task.id));
        let facts = new.map(|task| Some(events::claimed(task)));
        Ok(match threshold {
            Threshold::Approaching => {
                announce(tx, facts.map(|facts| TaskApproaching { facts })).await?
            }
            Threshold::Overdue => announce(tx, facts.map(|facts| TaskOverdue { facts })).await?,
            Threshold::FinalReminder => {
                announce(tx, facts.map(|facts| TaskFinalReminder { facts })).await?
            }
            Threshold::Escalation => {
                announce(tx, facts.map(|facts| TaskEscalated { facts })).await?
            }
        })
    }
}

async fn announce<E: Message + Name>(
    tx: &mut PgConnection,
    notices: impl Iterator<Item = E>,
) -> sqlx::Result<usize> {
    let notices: Vec<_> = notices.collect();
    outbox::publish_all(tx, &notices).await?;
    Ok(notices.len())
}
