//! The table `lockouts`: failures and locks of accounts.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::lockout::Lockout;

/// What is known of an account's failures, which nobody else counts until the transaction ends;
/// `None` for an account that does not exist.
pub async fn lock(tx: &mut PgConnection, account_id: Uuid) -> sqlx::Result<Option<Lockout>> {
    sqlx::query_as!(
        Lockout,
        "select failures, locked_at, locked_until from lockouts where account_id = $1 for update",
        account_id,
    )
    .fetch_optional(tx)
    .await
}

/// Saves what is known. For an account that does not exist nothing is saved, by the same statement.
pub async fn save(tx: &mut PgConnection, account_id: Uuid, lockout: Lockout) -> sqlx::Result<()> {
    sqlx::query!(
        "update lockouts set failures = $2, locked_at = $3, locked_until = $4 where account_id = $1",
        account_id,
        lockout.failures,
        lockout.locked_at,
        lockout.locked_until,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An account that is locked.
#[derive(Debug)]
pub struct Locked {
    /// The account.
    pub account_id: Uuid,
    /// Its username.
    pub username: String,
    /// Consecutive failures so far.
    pub failures: i32,
    /// When the lock began.
    pub locked_at: DateTime<Utc>,
    /// When it ends by itself.
    pub locked_until: DateTime<Utc>,
}

/// A page of the accounts that are locked now, the latest first.
pub async fn page(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Locked>> {
    let (locked_at, account_id) = after.unzip();
    sqlx::query_as!(
        Locked,
        r#"select k.account_id, a.username, k.failures, k.locked_at as "locked_at!", k.locked_until as "locked_until!"
           from lockouts k join accounts a on a.id = k.account_id
           where k.locked_at is not null and k.locked_until > $1
             and ($2::timestamptz is null or (k.locked_at, k.account_id) < ($2, $3))
           order by k.locked_at desc, k.account_id desc limit $4"#,
        now,
        locked_at,
        account_id,
        limit,
    )
    .fetch_all(db)
    .await
}
