//! Seeing which complainants come to be owed an update, and reminding of all that is owed (CA-10).

use prost::{Message, Name};
use proto::case::v1::{ContactEscalated, ContactFinalReminder, ContactReminder};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::{ContactKind, ContactReason, Step};
use crate::error::Error;
use crate::events;
use crate::store::{self, NewContact};

/// So many rows are claimed at a time.
const BATCH: u16 = 1_000;

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Updates that have come to be owed.
    pub owed: usize,
    /// Reminders.
    pub reminders: usize,
    /// Final reminders.
    pub final_reminders: usize,
    /// Of what the seniors are told.
    pub escalations: usize,
}

impl App {
    /// A minute has begun: wakes the sweep of this process.
    pub fn minute_began(&self) {
        self.due.notify_one();
    }

    /// Sweeps at once, because something may have become due while nothing ran, and whenever a minute begins, until it is cancelled. A sweep
    /// that fails is made up for by the next one.
    pub async fn sweep_until(self, cancel: CancellationToken) -> anyhow::Result<()> {
        let mut mended_on = None;
        while !cancel.is_cancelled() {
            // Once a day: while a new version is rolled out, the one before still moves cases.
            let today = self.clock.today();
            if mended_on != Some(today) {
                match self.mend_stages().await {
                    Ok(0) => mended_on = Some(today),
                    Ok(cases) => {
                        mended_on = Some(today);
                        tracing::warn!(
                            cases,
                            "cases did not stand at the stage that was kept of them"
                        );
                    }
                    Err(error) => failed(&error),
                }
            }
            match self.sweep(&cancel).await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(swept) => tracing::info!(?swept, "saw to what complainants are owed"),
                Err(error) => failed(&error),
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = self.due.notified() => {}
            }
        }
        Ok(())
    }

    /// Puts the stages right that a version which keeps none has left behind; tells how many cases that was.
    pub async fn mend_stages(&self) -> Result<u64, Error> {
        let mut tx = self.db.begin().await?;
        let mended = store::mend_stages(&mut tx, self.clock.today()).await?;
        tx.commit().await?;
        Ok(mended)
    }

    /// Raises every update that is owed, and announces every reminder that is due. Any number of sweeps may run at once; each thing is done by
    /// one of them. Of what nobody swept for days there is one notice, of the furthest step that its owner has to hear first; the seniors hear
    /// of it some working days after that. What can't be done keeps nothing else from being done: a year without published bank holidays stops
    /// only what looks ahead into it.
    pub async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, Error> {
        let likely_missed = self.raise_all(Raise::LikelyMissed, cancel).await;
        let quiet = self.raise_all(Raise::Quiet, cancel).await;
        let final_reminders = self.take(Step::FinalReminder, cancel).await;
        let escalations = self.take(Step::Escalation, cancel).await;
        let reminders = self.take(Step::Reminder, cancel).await;
        Ok(Swept {
            owed: likely_missed? + quiet?,
            reminders: reminders?,
            final_reminders: final_reminders?,
            escalations: escalations?,
        })
    }

    /// Raises all updates that are owed for a reason, in batches, and tells how many are new.
    async fn raise_all(&self, raise: Raise, cancel: &CancellationToken) -> Result<usize, Error> {
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let (claimed, new) = self.raise(raise).await?;
            sum += new;
            if claimed < usize::from(BATCH) {
                break;
            }
        }
        Ok(sum)
    }

    /// Raises a batch of the updates that are owed for a reason: how many cases were looked at, and how many updates are new.
    async fn raise(&self, raise: Raise) -> Result<(usize, usize), Error> {
        let today = self.clock.today();
        let mut tx = self.db.begin().await?;
        let owed = match raise {
            Raise::LikelyMissed => {
                let until = self.terms.near(today, &self.calendar)?;
                let claimed = store::claim_likely_missed(&mut tx, until, BATCH.into()).await?;
                let owed = claimed.iter().map(|it| {
                    let due = self
                        .terms
                        .update_due(it.expected_on, it.told_on, &self.calendar)?;
                    Ok(update(it.case_id, ContactReason::Timeframe, due))
                });
                owed.collect::<Result<Vec<_>, Error>>()?
            }
            Raise::Quiet => {
                let days = chrono::Days::new(self.terms.quiet_days.into());
                let Some(since) = today.checked_sub_days(days) else {
                    return Ok((0, 0));
                };
                let claimed = store::claim_quiet(&mut tx, since, BATCH.into()).await?;
                let owed = claimed.iter().map(|(case_id, active_on)| {
                    let due = active_on.checked_add_days(days).unwrap_or(today);
                    update(*case_id, ContactReason::Quiet, due)
                });
                owed.collect()
            }
        };
        let new = store::add_contacts(&mut tx, &owed, self.clock.now()).await?;
        tx.commit().await?;
        Ok((owed.len(), new))
    }

    /// Takes a step with all that is due for it, in batches, and tells how much that was.
    async fn take(&self, step: Step, cancel: &CancellationToken) -> Result<usize, Error> {
        let today = self.clock.today();
        let limits = self.terms.limits(step, today, &self.calendar)?;
        let mut sum = 0;
        while !cancel.is_cancelled() {
            let mut tx = self.db.begin().await?;
            let claimed = store::claim_owed(&mut tx, step, limits, today, BATCH.into()).await?;
            let facts = claimed.iter().map(|it| Some(events::owed(it)));
            match step {
                Step::Reminder => {
                    announce(&mut tx, facts.map(|facts| ContactReminder { facts })).await?;
                }
                Step::FinalReminder => {
                    announce(&mut tx, facts.map(|facts| ContactFinalReminder { facts })).await?;
                }
                Step::Escalation => {
                    announce(&mut tx, facts.map(|facts| ContactEscalated { facts })).await?;
                }
            }
            tx.commit().await?;
            sum += claimed.len();
            if claimed.len() < usize::from(BATCH) {
                break;
            }
        }
        Ok(sum)
    }
}

fn failed(error: &Error) {
    tracing::error!(error = error as &dyn std::error::Error, "the sweep failed");
}

/// Why updates are raised.
#[derive(Clone, Copy)]
enum Raise {
    LikelyMissed,
    Quiet,
}

fn update(case_id: uuid::Uuid, reason: ContactReason, due_on: chrono::NaiveDate) -> NewContact {
    NewContact {
        case_id,
        kind: ContactKind::ProgressUpdate,
        reason,
        due_on,
    }
}

async fn announce<E: Message + Name>(
    tx: &mut PgConnection,
    notices: impl Iterator<Item = E>,
) -> sqlx::Result<()> {
    let notices: Vec<_> = notices.collect();
    if !notices.is_empty() {
        outbox::publish_all(tx, &notices).await?;
    }
    Ok(())
}
