//! Telling staff when an answer is due soon, and when its date has passed (ME-5).

use std::collections::HashSet;

use prost::{Message, Name};
use proto::messaging::v1::{ReplyApproaching, ReplyFacts, ReplyOverdue};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::reply::Threshold;
use crate::error::Error;
use crate::events;
use crate::store::sweep::{self, Claimed};

/// So many replies are claimed at a time.
const BATCH: u16 = 1_000;

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Conversations whose clocks did not say what their messages say.
    pub put_right: usize,
    /// Notices of due dates that come near.
    pub approaching: usize,
    /// Notices of due dates that have passed.
    pub overdue: usize,
}

impl App {
    /// A minute has begun: wakes the sweep of this process.
    pub fn minute_began(&self) {
        self.due.notify_one();
    }

    /// Sweeps at once, because something may have become due while nothing ran, and whenever a minute begins, until it is
    /// cancelled. A sweep that fails is made up for by the next one.
    pub async fn sweep_until(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            match self.sweep(&cancel).await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(Swept {
                    put_right,
                    approaching,
                    overdue,
                }) => {
                    tracing::info!(
                        put_right,
                        approaching,
                        overdue,
                        "saw to the replies that are owed"
                    );
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

    /// Puts astray clocks right and raises every notice that is due. Any number of sweeps may run at once; each notice is raised by one of
    /// them. A reply that nobody swept until its date had passed has one notice, which says so.
    pub async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, Error> {
        // What can't be put right, such as for want of bank holidays, waits for the next minute.
        let mut swept = Swept {
            put_right: self.put_all_right(cancel).await?,
            ..Swept::default()
        };
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
        let claimed = sweep::claim_overdue(&mut tx, self.clock.today(), BATCH.into()).await?;
        let notice = |facts| ReplyOverdue { facts: Some(facts) };
        let raised = self
            .raise(&mut tx, &claimed, Threshold::Overdue, notice)
            .await?;
        tx.commit().await?;
        Ok((claimed.len(), raised))
    }

    async fn sweep_approaching(&self) -> Result<(usize, usize), Error> {
        let today = self.clock.today();
        let until = self.calendar.approaching_until(today)?;
        let mut tx = self.db.begin().await?;
        let claimed = sweep::claim_approaching(&mut tx, today, until, BATCH.into()).await?;
        let notice = |facts| ReplyApproaching { facts: Some(facts) };
        let raised = self
            .raise(&mut tx, &claimed, Threshold::Approaching, notice)
            .await?;
        tx.commit().await?;
        Ok((claimed.len(), raised))
    }

    /// Keeps and announces the notices of claimed replies, and tells how many were new.
    async fn raise<E: Message + Name>(
        &self,
        tx: &mut PgConnection,
        claimed: &[Claimed],
        threshold: Threshold,
        notice: impl Fn(ReplyFacts) -> E,
    ) -> Result<usize, Error> {
        if claimed.is_empty() {
            return Ok(0);
        }
        let new = sweep::add_notices(tx, claimed, threshold, self.clock.now()).await?;
        let new: HashSet<_> = new.into_iter().collect();
        let notices: Vec<_> = claimed
            .iter()
            .filter(|reply| new.contains(&reply.id))
            .map(|reply| notice(events::claimed(reply)))
            .collect();
        outbox::publish_all(tx, &notices).await?;
        Ok(notices.len())
    }
}
