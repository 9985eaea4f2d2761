//! What is not kept: forms that nobody sent, and counts that are over.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Public;
use crate::error::Error;
use crate::events::{self, Announcement};
use crate::store;

/// How often it is looked for.
const EVERY: Duration = Duration::from_mins(5);
/// How many forms are thrown away at a time.
const BATCH: i64 = 100;

impl Public {
    /// Throws away what is kept no longer, and says how many forms that were.
    pub async fn forget_expired(&self) -> Result<usize, Error> {
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        let expired = store::public::delete_expired(&mut tx, now, BATCH).await?;
        for draft in expired.iter().filter(|it| !it.sent) {
            let discarded = Announcement::from(events::draft_discarded(draft.id));
            discarded.publish(&mut tx).await?;
        }
        store::public::forget_counts(&mut *tx, now).await?;
        tx.commit().await?;
        Ok(expired.len())
    }

    /// Does so from time to time. A database that is down delays it and no more.
    pub async fn sweep(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            match self.forget_expired().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "threw away forms that nobody sent"),
                Err(error) => tracing::warn!(%error, "could not throw away forms"),
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        Ok(())
    }
}
