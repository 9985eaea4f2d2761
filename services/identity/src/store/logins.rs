//! The table `logins`: what has passed the password and awaits the code.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// A log-in.
#[derive(Debug)]
pub struct Login {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// When it must be begun again.
    pub expires_at: DateTime<Utc>,
    /// How many codes it has asked for.
    pub codes_requested: i32,
    /// When it asked for the last one.
    pub code_requested_at: Option<DateTime<Utc>>,
    /// How many codes were tried.
    pub tries: i32,
    /// How it ended; `None` while it is open.
    pub outcome: Option<String>,
}

/// Begins a log-in.
pub async fn insert(
    tx: &mut PgConnection,
    id: Uuid,
    account_id: Uuid,
    token_hash: &[u8],
    device_id: Option<Uuid>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into logins (id, account_id, token_hash, device_id, started_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        account_id,
        token_hash,
        device_id,
        now,
        expires_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The log-in with a secret.
pub async fn find_by_token(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> sqlx::Result<Option<Login>> {
    sqlx::query_as!(
        Login,
        "select id, account_id, expires_at, codes_requested, code_requested_at, tries, outcome
         from logins where token_hash = $1",
        token_hash,
    )
    .fetch_optional(db)
    .await
}

/// The log-in with a secret, which nobody else changes until the transaction ends.
pub async fn lock_by_token(
    tx: &mut PgConnection,
    token_hash: &[u8],
) -> sqlx::Result<Option<Login>> {
    sqlx::query_as!(
        Login,
        "select id, account_id, expires_at, codes_requested, code_requested_at, tries, outcome
         from logins where token_hash = $1 for update",
        token_hash,
    )
    .fetch_optional(tx)
    .await
}

/// Counts a code that was asked for, and ends the one before.
pub async fn request_code(tx: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "update logins set codes_requested = codes_requested + 1, code_requested_at = $2,
         code_mac = null, code_expires_at = null where id = $1",
        id,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Stores the newest code of a log-in that is open and has asked for one, and whose account is
/// active; tells whose it is. `None` when there is nothing to be sent.
pub async fn set_code(
    db: impl PgExecutor<'_>,
    id: Uuid,
    code_mac: &[u8],
    code_expires_at: DateTime<Utc>,
    most_tries: i32,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<(Uuid, DateTime<Utc>)>> {
    let row = sqlx::query!(
        r#"update logins g set code_mac = $2, code_expires_at = least($3, g.expires_at)
           from accounts a
           where g.id = $1 and a.id = g.account_id and a.active
             and g.outcome is null and g.expires_at > $5 and g.tries < $4 and g.codes_requested > 0
           returning g.account_id, g.code_expires_at as "code_expires_at!""#,
        id,
        code_mac,
        code_expires_at,
        most_tries,
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.account_id, row.code_expires_at)))
}

/// A code that is being tried.
#[derive(Debug)]
pub struct Try {
    /// The log-in.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The known device it came from.
    pub device_id: Option<Uuid>,
    /// How many were tried, this one included.
    pub tries: i32,
    /// What is stored of the newest code.
    pub code_mac: Option<Vec<u8>>,
    /// When that code ends.
    pub code_expires_at: Option<DateTime<Utc>>,
}

/// Counts a try of an open log-in; `None` when it is over or its tries are used up. The statement
/// commits by itself, before anything is compared: tries at the same moment can't share one count.
pub async fn count_try(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    most_tries: i32,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Try>> {
    sqlx::query_as!(
        Try,
        "update logins set tries = tries + 1
         where token_hash = $1 and outcome is null and expires_at > $3 and tries < $2
         returning id, account_id, device_id, tries, code_mac, code_expires_at",
        token_hash,
        most_tries,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Completes a log-in by the code that was compared; `false` when it was used, superseded or ended
/// meanwhile.
pub async fn complete(
    tx: &mut PgConnection,
    id: Uuid,
    code_mac: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update logins set outcome = 'completed', ended_at = $3, code_mac = null, code_expires_at = null
         where id = $1 and outcome is null and code_mac = $2",
        id,
        code_mac,
        now,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a log-in whose tries are used up; `false` when it ended otherwise.
pub async fn exhaust(tx: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update logins set outcome = 'exhausted', ended_at = $2, code_mac = null, code_expires_at = null
         where id = $1 and outcome is null",
        id,
        now,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many log-ins of an account have used up their tries since.
pub async fn count_exhausted(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from logins
         where account_id = $1 and outcome = 'exhausted' and ended_at > $2"#,
        account_id,
        since,
    )
    .fetch_one(db)
    .await
}

/// Ends the open log-ins of an account.
pub async fn end_all(
    tx: &mut PgConnection,
    account_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update logins set outcome = 'ended', ended_at = $2, code_mac = null, code_expires_at = null
         where account_id = $1 and outcome is null",
        account_id,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the log-ins of an account, those whose tries were used up included: a new password
/// starts a new count.
pub async fn forget(tx: &mut PgConnection, account_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from logins where account_id = $1", account_id)
        .execute(tx)
        .await?;
    Ok(())
}
