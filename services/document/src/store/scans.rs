//! Documents that wait for the scanner.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// A document to scan, claimed by one worker for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The document.
    pub document_id: Uuid,
    /// How often it was tried before.
    pub tries: i32,
}

/// Queues a document.
pub async fn queue(
    tx: &mut PgConnection,
    document_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into scans (document_id, queued_at, due_at, tries) values ($1, $2, $2, 0)",
        document_id,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Claims the document that has been due the longest, until an instant at which another worker may have it.
pub async fn claim(
    db: impl PgExecutor<'_>,
    claim: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<Option<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "update scans set claim = $1, due_at = $3, tries = tries + 1
         where document_id = (select document_id from scans where due_at <= $2 order by due_at limit 1 for update skip locked)
         returning document_id, tries - 1 as \"tries!\"",
        claim,
        now,
        until,
    )
    .fetch_optional(db)
    .await
}

/// Ends the wait of a document; `false` when the claim is no longer the worker's.
pub async fn finish(tx: &mut PgConnection, document_id: Uuid, claim: Uuid) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "delete from scans where document_id = $1 and claim = $2",
        document_id,
        claim
    )
    .execute(tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Gives a document back, to be tried again at an instant.
pub async fn give_back(
    db: impl PgExecutor<'_>,
    document_id: Uuid,
    claim: Uuid,
    due_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update scans set claim = null, due_at = $3 where document_id = $1 and claim = $2",
        document_id,
        claim,
        due_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the wait of a document that is not to be scanned any more.
pub async fn cancel(tx: &mut PgConnection, document_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from scans where document_id = $1", document_id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Since when the oldest document has waited.
pub async fn oldest(db: impl PgExecutor<'_>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select min(queued_at) from scans")
        .fetch_one(db)
        .await
}
