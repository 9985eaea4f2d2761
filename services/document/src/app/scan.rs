//! Scanning documents before anybody can download them (DO-4).
//!
//! A worker claims a document, has its content scanned outside any transaction, and says what came of it only while the
//! claim is still its own. Whatever is not a plain verdict leaves the document where it was, to be tried again.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::TimeDelta;
use opentelemetry::global;
use opentelemetry::metrics::Gauge;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::App;
use crate::clamd::{Clamd, ScanError, Verdict};
use crate::domain::{Document, State};
use crate::error::Error;
use crate::events;
use crate::store::scans::{self, Claimed};
use crate::store::{self, Change};

/// How often the queue is looked at when nothing is announced.
const POLL: Duration = Duration::from_secs(1);
/// A claim outlasts the longest scan by this.
const GRACE: TimeDelta = TimeDelta::seconds(30);
/// The wait after the first failure; it doubles with each.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);
/// The longest wait: the scanner is back and the document goes on within this.
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(60);
/// The wait from which on it is said that something is wrong.
const ALARMING: TimeDelta = TimeDelta::minutes(5);

/// Who the audit says it was.
const ACTOR: &str = "process:document";

/// How long the oldest document has waited, for the alarm.
static OLDEST: LazyLock<Gauge<f64>> = LazyLock::new(|| {
    global::meter("document")
        .f64_gauge("casework.documents.oldest_unscanned_seconds")
        .with_unit("s")
        .with_description("How long the oldest document has waited for the scanner")
        .build()
});

/// How old what the scanner knows is, for the alarm: it finds nothing that is newer.
static SIGNATURES_AGE: LazyLock<Gauge<f64>> = LazyLock::new(|| {
    global::meter("document")
        .f64_gauge("casework.documents.signatures_age_seconds")
        .with_unit("s")
        .with_description("How old the signatures of the scanner are")
        .build()
});

/// Has documents scanned.
#[derive(Debug, Clone)]
pub struct Scanner {
    app: App,
    clamd: Clamd,
    added: Arc<Notify>,
    claim_lasts: TimeDelta,
}

/// What became of one look at the queue.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing was due.
    Idle,
    /// A document was found clean.
    Clean,
    /// A document was quarantined.
    Quarantined,
    /// The scanner did not say, and the document waits on.
    Failed,
    /// Somebody else had the document by then.
    Lost,
}

impl Scanner {
    /// Has an app's documents scanned by a clamd. `added` tells of new ones.
    #[must_use]
    pub fn new(app: App, clamd: Clamd, added: Arc<Notify>) -> Self {
        let claim_lasts =
            TimeDelta::from_std(clamd.timeout()).unwrap_or(TimeDelta::hours(1)) + GRACE;
        Self {
            app,
            clamd,
            added,
            claim_lasts,
        }
    }

    /// Works with several workers until it is cancelled.
    pub async fn run(self, workers: usize, cancel: CancellationToken) -> anyhow::Result<()> {
        let mut running = JoinSet::new();
        for _ in 0..workers {
            running.spawn(self.clone().work(cancel.clone()));
        }
        running.spawn(self.watch(cancel));
        running.join_all().await;
        Ok(())
    }

    async fn work(self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            let step = tokio::select! {
                () = cancel.cancelled() => return,
                step = self.step() => step,
            };
            match step {
                Ok(Step::Clean | Step::Quarantined | Step::Failed | Step::Lost) => continue,
                Ok(Step::Idle) => {}
                Err(error) => tracing::warn!(%error, "the queue of the scanner can't be worked on"),
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = self.added.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Measures how long documents wait, and says so when it is too long; and how old what the scanner knows is.
    async fn watch(self, cancel: CancellationToken) {
        const EVERY: Duration = Duration::from_secs(30);
        loop {
            match scans::oldest(&self.app.db).await {
                Ok(oldest) => {
                    let waited =
                        oldest.map_or(TimeDelta::zero(), |since| self.app.clock.now() - since);
                    OLDEST.record(waited.as_seconds_f64(), &[]);
                    if waited > ALARMING {
                        tracing::warn!(
                            minutes = waited.num_minutes(),
                            "documents wait for the scanner"
                        );
                    }
                }
                Err(error) => tracing::warn!(%error, "the queue of the scanner can't be measured"),
            }
            // One that is away is told of by the documents that wait for it.
            if let Ok(Some(made)) = self.clamd.signatures().await {
                let age = self.app.clock.now() - made;
                SIGNATURES_AGE.record(age.as_seconds_f64(), &[]);
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Scans the document that has been due the longest.
    pub async fn step(&self) -> Result<Step, Error> {
        let claim = kit::id();
        let now = self.app.clock.now();
        let Some(claimed) = scans::claim(&self.app.db, claim, now, now + self.claim_lasts).await?
        else {
            return Ok(Step::Idle);
        };
        match self.scan(claimed.document_id).await {
            Ok(verdict) => self.app.apply(claimed.document_id, claim, verdict).await,
            Err(error) => {
                tracing::warn!(document_id = %claimed.document_id, %error, "a document could not be scanned");
                let due_at = self.app.clock.now() + wait_after(claimed);
                scans::give_back(&self.app.db, claimed.document_id, claim, due_at).await?;
                Ok(Step::Failed)
            }
        }
    }

    async fn scan(&self, document_id: Uuid) -> Result<Verdict, ScanError> {
        let document = store::get(&self.app.db, document_id)
            .await
            .map_err(ScanError::Db)?;
        let size = document.map_or(0, |it| it.size.unsigned_abs());
        let content = self
            .app
            .objects
            .get(document_id, 0..size)
            .await
            .map_err(ScanError::Store)?;
        self.clamd.scan(content, size).await
    }
}

impl App {
    /// Acts on a verdict, if the claim is still there.
    async fn apply(&self, document_id: Uuid, claim: Uuid, verdict: Verdict) -> Result<Step, Error> {
        let mut tx = self.db.begin().await?;
        if !scans::finish(&mut tx, document_id, claim).await? {
            return Ok(Step::Lost);
        }
        let Some(document) = store::get(&mut *tx, document_id).await? else {
            return Ok(Step::Lost);
        };
        if document.state != State::Checking {
            return Ok(Step::Lost);
        }
        let (state, action, detail, step) = match verdict {
            Verdict::Clean => (State::Available, "found_clean", None, Step::Clean),
            Verdict::Infected(name) => (
                State::Quarantined,
                "quarantined",
                Some(name),
                Step::Quarantined,
            ),
        };
        let judged = Document { state, ..document };
        let Some(judged) = store::save_state(&mut tx, &judged).await? else {
            return Ok(Step::Lost);
        };
        let change = Change {
            at: self.clock.now(),
            actor: ACTOR,
            action,
            document: &judged,
            detail: detail.as_deref(),
        };
        store::record_change(&mut tx, &change).await?;
        // Of the files of a complaint nobody in casework hears.
        let about_a_case = !store::complaints::is_marked(&mut *tx, document_id).await?;
        if judged.state == State::Quarantined && about_a_case {
            outbox::publish(&mut tx, &events::quarantined(&judged)).await?;
        }
        tx.commit().await?;
        Ok(step)
    }
}

fn wait_after(claimed: Claimed) -> TimeDelta {
    let doublings = claimed.tries.clamp(0, 10);
    (FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_minute() {
        let waits: Vec<i64> = [0, 1, 2, 3, 4, 1_000]
            .map(|tries| {
                wait_after(Claimed {
                    document_id: Uuid::nil(),
                    tries,
                })
                .num_seconds()
            })
            .to_vec();

        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
    }
}
