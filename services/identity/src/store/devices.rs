//! The table `devices`: browsers that accounts have logged in from.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// The device with a secret, if it is this account's and was seen since.
pub async fn find(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    token_hash: &[u8],
    seen_since: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from devices where token_hash = $2 and account_id = $1 and last_seen_at > $3",
        account_id,
        token_hash,
        seen_since,
    )
    .fetch_optional(db)
    .await
}

/// Remembers a device under a new secret.
pub async fn save(
    tx: &mut PgConnection,
    id: Uuid,
    account_id: Uuid,
    token_hash: &[u8],
    user_agent: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into devices (id, account_id, token_hash, user_agent, last_seen_at) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set token_hash = $3, user_agent = $4, last_seen_at = $5",
        id,
        account_id,
        token_hash,
        user_agent,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the devices of an account.
pub async fn forget(tx: &mut PgConnection, account_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from devices where account_id = $1", account_id)
        .execute(tx)
        .await?;
    Ok(())
}
