//! Objects without a document: what an upload left behind that failed, or that ended with its process; and links that have ended.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::App;
use crate::error::Error;
use crate::store::links;
use crate::store::uploads::{self, Orphan};

/// No call lasts longer than an hour, so that whatever is older ended without a word.
const OLD: TimeDelta = TimeDelta::hours(2);
/// How often they are looked for.
const EVERY: Duration = Duration::from_mins(5);
/// How many are removed at a time.
const BATCH: i64 = 100;

impl App {
    /// Removes what an upload has stored so far. What can't be removed now is removed by the sweep.
    pub(super) async fn give_up(&self, object_id: Uuid, multipart: Option<&str>) {
        let done = async {
            uploads::abandon(&self.db, object_id).await?;
            self.remove(object_id, multipart).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%object_id, %error, "an upload's leavings stay until the next sweep");
        }
    }

    /// Removes the objects of uploads that never ended, and says how many could be removed.
    pub async fn remove_orphans(&self) -> Result<usize, Error> {
        let orphans = uploads::abandoned(&self.db, self.clock.now() - OLD, BATCH).await?;
        let mut removed = 0;
        for Orphan {
            object_id,
            multipart,
        } in orphans
        {
            match self.remove(object_id, multipart.as_deref()).await {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::warn!(%object_id, %error, "an orphan stays until the next sweep");
                }
            }
        }
        Ok(removed)
    }

    /// Removes the links to files that work no longer.
    pub async fn forget_ended_links(&self) -> Result<(), Error> {
        Ok(links::forget_ended(&self.db, self.clock.now()).await?)
    }

    /// The object first: a row without an object is swept again, and an object without a row never.
    async fn remove(&self, object_id: Uuid, multipart: Option<&str>) -> Result<(), Error> {
        self.objects.remove(object_id, multipart).await?;
        uploads::forget(&self.db, object_id).await?;
        Ok(())
    }

    /// Removes orphans from time to time. A store or a database that is down delays it and no more.
    pub async fn sweep_orphans(self, cancel: CancellationToken) -> anyhow::Result<()> {
        while !cancel.is_cancelled() {
            if let Err(error) = self.forget_ended_links().await {
                tracing::warn!(%error, "links that have ended stay until the next sweep");
            }
            match self.remove_orphans().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "removed what unfinished uploads had left"),
                Err(error) => {
                    tracing::warn!(%error, "could not remove what unfinished uploads had left");
                }
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        Ok(())
    }
}
