//! Notices of what is due about complaints, lessons and recommendations: when the date comes near, when it has passed, and when the manager has to
//! know (4.9, 4.30, 6.2, 7.4).

use chrono::NaiveDate;
use outbox::publish;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::due::Threshold;
use crate::domain::policy::ESCALATE_AFTER;
use crate::error::Error;
use crate::events;
use crate::store::follow_ups::{claim_lessons, claim_parts};
use crate::store::{self, Claimed};

/// So much is claimed at a time.
const BATCH: i64 = 500;

/// How many notices a sweep has raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Of dates that come near.
    pub approaching: usize,
    /// Of dates that have passed.
    pub overdue: usize,
    /// Of dates that the manager is told of.
    pub escalated: usize,
}

impl App {
    /// Sweeps at once, because something may have become due while nothing ran, and whenever a minute begins, until it is
    /// cancelled. A sweep that fails is made up for by the next one.
    pub async fn sweep_until(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            // Before the notices, which those who have an interest are not to get.
            match self.announce_interests(&cancel).await {
                Ok(0) => {}
                Ok(interests) => tracing::info!(interests, "announced what nobody had announced"),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "interests were not announced"
                    );
                }
            }
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

    /// Announces the interests that were declared before document and notification kept any, so that they know of them, too (3.4).
    pub async fn announce_interests(&self, cancel: &CancellationToken) -> Result<usize, Error> {
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let claimed = store::claim_unannounced(&mut tx, BATCH).await?;
            let ids: Vec<_> = claimed.iter().map(|it| it.0).collect();
            let complaints = store::load(&mut tx, &ids).await?;
            for (complaint_id, account_id) in &claimed {
                let complaint = complaints.iter().find(|it| it.id == *complaint_id);
                let complaint = complaint.ok_or(Error::NoSuchComplaint)?;
                let gave_up = complaint.conflict_of(*account_id);
                let gave_up = gave_up.and_then(|it| it.gave_up);
                let declared = events::conflict_declared(complaint, *account_id, gave_up);
                publish(&mut tx, &declared).await?;
            }
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
            sum += claimed.len();
        }
        Ok(sum)
    }

    /// Raises every notice that is due. Any number of sweeps may run at once; each notice is raised by one of them. What nobody swept for days
    /// gets one notice, of the furthest step: so the steps are taken from the last down.
    pub async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, Error> {
        let today = self.today();
        let yesterday = today.pred_opt().unwrap_or(today);
        let near = self.calendar.approaching_until(today);
        let escalated = self.calendar.working_days_ago(today, ESCALATE_AFTER);
        let (Ok(near), Ok(escalated)) = (near.as_ref(), escalated.as_ref()) else {
            // A date that has passed has passed by any calendar.
            self.take(Threshold::Overdue, yesterday, cancel).await?;
            near?;
            escalated?;
            return Ok(Swept::default());
        };
        Ok(Swept {
            escalated: self.take(Threshold::Escalated, *escalated, cancel).await?,
            overdue: self.take(Threshold::Overdue, yesterday, cancel).await?,
            approaching: self.take(Threshold::Approaching, *near, cancel).await?,
        })
    }

    async fn take(
        &self,
        threshold: Threshold,
        until: NaiveDate,
        cancel: &CancellationToken,
    ) -> Result<usize, Error> {
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let claimed = store::claim(&mut tx, threshold, until, self.today(), BATCH).await?;
            for due in &claimed {
                sum += usize::from(self.raise(&mut tx, due, threshold).await?);
            }
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
        }
        Ok(sum + self.follow_up(threshold, until, cancel).await?)
    }

    /// Announces the lessons and the parts of recommendations that have come to a threshold.
    async fn follow_up(
        &self,
        threshold: Threshold,
        until: NaiveDate,
        cancel: &CancellationToken,
    ) -> Result<usize, Error> {
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let mut claimed = claim_lessons(&mut tx, threshold, until, BATCH).await?;
            claimed.extend(claim_parts(&mut tx, threshold, until, BATCH).await?);
            for due in &claimed {
                publish(&mut tx, &events::follow_up_due(due, threshold)).await?;
            }
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
            sum += claimed.len();
        }
        Ok(sum)
    }

    async fn raise(
        &self,
        tx: &mut PgConnection,
        due: &Claimed,
        threshold: Threshold,
    ) -> Result<bool, Error> {
        if !store::add_notice(tx, due, threshold, self.clock.now()).await? {
            return Ok(false);
        }
        match threshold {
            Threshold::Approaching => publish(tx, &events::approaching(due)).await?,
            Threshold::Overdue => publish(tx, &events::overdue(due)).await?,
            // The manager has heard of the date; whoever it is given to since then has not.
            Threshold::Escalated if store::escalated_before(tx, due).await? => {
                publish(tx, &events::overdue(due)).await?
            }
            Threshold::Escalated => publish(tx, &events::escalated(due)).await?,
        };
        Ok(true)
    }
}
