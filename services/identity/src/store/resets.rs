//! The table `resets`: requests for a link to set a password.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::reset::Cause;

/// A request for a link.
#[derive(Debug)]
pub struct Reset {
    /// Its id.
    pub id: Uuid,
    /// Whose password it is about; `None` when nobody has the username that was asked for.
    pub account_id: Option<Uuid>,
    /// Why the link is sent.
    pub cause: Cause,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// After this instant it is not worth sending.
    pub deliver_by: DateTime<Utc>,
}

/// Stores a request, and ends those of the account before it.
pub async fn insert(tx: &mut PgConnection, reset: &Reset) -> sqlx::Result<()> {
    end_all(tx, reset.account_id, reset.requested_at).await?;
    sqlx::query!(
        "insert into resets (id, account_id, cause, requested_at, deliver_by) values ($1, $2, $3, $4, $5)",
        reset.id,
        reset.account_id,
        reset.cause as Cause,
        reset.requested_at,
        reset.deliver_by,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends the requests of an account, and with them their links.
pub async fn end_all(
    tx: &mut PgConnection,
    account_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update resets set ended_at = $2 where account_id = $1 and ended_at is null",
        account_id,
        now
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Stores the newest link of a request that is open, whose account is active; tells whose it is.
/// `None` when there is nothing to be sent.
pub async fn set_token(
    db: impl PgExecutor<'_>,
    id: Uuid,
    token_hash: &[u8],
    token_expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "update resets r set token_hash = $2, token_expires_at = $3
         from accounts a
         where r.id = $1 and a.id = r.account_id and a.active and r.ended_at is null and r.deliver_by > $4
         returning a.id",
        id,
        token_hash,
        token_expires_at,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Whose password a link that works is about.
pub async fn find_by_token(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select a.id from resets r join accounts a on a.id = r.account_id
         where r.token_hash = $1 and r.ended_at is null and r.token_expires_at > $2 and a.active",
        token_hash,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Uses a link up; `false` when it does not work any more.
pub async fn consume(
    tx: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update resets set ended_at = $2 where token_hash = $1 and ended_at is null and token_expires_at > $2",
        token_hash,
        now,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
