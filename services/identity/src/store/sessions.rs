//! The table `sessions`.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Account, Role};

/// A session.
#[derive(Debug)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The browser, as it named itself.
    pub user_agent: String,
    /// The network address it logged in from.
    pub client_address: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When the holder last did something in it.
    pub last_active_at: DateTime<Utc>,
}

/// Begins a session.
pub async fn insert(
    tx: &mut PgConnection,
    session: &Session,
    token_hash: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into sessions (id, account_id, token_hash, user_agent, client_address, started_at, last_active_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        session.id,
        session.account_id,
        token_hash,
        session.user_agent,
        session.client_address,
        session.started_at,
        session.last_active_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The instants that a session's times are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Alive {
    /// It must have begun since.
    pub started_since: DateTime<Utc>,
    /// It must have been active since.
    pub active_since: DateTime<Utc>,
}

/// A session that is alive, as it was before it was extended, and whose it is.
#[derive(Debug)]
pub struct Checked {
    /// The session's id.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When the holder last did something in it.
    pub last_active_at: DateTime<Utc>,
    /// Who it is.
    pub account: Account,
}

/// The session with a secret, if it is alive and its account active; extends it when `extend` says
/// to when. One round trip, for every request asks.
pub async fn check(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    alive: Alive,
    extend: Option<DateTime<Utc>>,
) -> sqlx::Result<Option<Checked>> {
    let row = sqlx::query!(
        r#"with extended as (
               update sessions set last_active_at = $4
               where token_hash = $1 and started_at > $2 and last_active_at > $3 and last_active_at < $4)
           select s.id as session_id, s.started_at, s.last_active_at,
                  a.id, a.username, a.name, a.role as "role: Role", a.team, a.active, a.password_hash,
                  a.reset_required, a.last_login_at, a.restricted_at, a.restriction_reason,
                  a.restriction_review_on, a.version, a.landlord_id,
                  l.name as "landlord_name?", l.activated_on as "landlord_activated_on?",
                  l.restricted_at as "landlord_restricted_at?",
                   l.restriction_reason as "landlord_restriction_reason?",
                  l.restriction_review_on as "landlord_restriction_review_on?"
           from sessions s join accounts a on a.id = s.account_id left join landlords l on l.id = a.landlord_id
           where s.token_hash = $1 and s.started_at > $2 and s.last_active_at > $3 and a.active"#,
        token_hash,
        alive.started_since,
        alive.active_since,
        extend,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Checked {
        id: row.session_id,
        started_at: row.started_at,
        last_active_at: row.last_active_at,
        account: Account {
            id: row.id,
            username: row.username,
            name: row.name,
            role: row.role,
            team: row.team,
            active: row.active,
            password_hash: row.password_hash,
            reset_required: row.reset_required,
            last_login_at: row.last_login_at,
            restricted_at: row.restricted_at,
            restriction_reason: row.restriction_reason,
            restriction_review_on: row.restriction_review_on,
            version: row.version,
            landlord_id: row.landlord_id,
            landlord_name: row.landlord_name,
            landlord_activated_on: row.landlord_activated_on,
            landlord_restricted_at: row.landlord_restricted_at,
            landlord_restriction_reason: row.landlord_restriction_reason,
            landlord_restriction_review_on: row.landlord_restriction_review_on,
        },
    }))
}

/// Gives a session of an account another secret; `false` when it is none of its.
pub async fn rotate(
    tx: &mut PgConnection,
    account_id: Uuid,
    id: Uuid,
    token_hash: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update sessions set token_hash = $3 where id = $2 and account_id = $1",
        account_id,
        id,
        token_hash
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A page of the sessions of an account that are alive, the most recently active first.
pub async fn of_account(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    alive: Alive,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Session>> {
    let (active_at, id) = after.unzip();
    sqlx::query_as!(
        Session,
        "select id, account_id, user_agent, client_address, started_at, last_active_at from sessions
         where account_id = $1 and started_at > $2 and last_active_at > $3
         and ($4::timestamptz is null or (last_active_at, id) < ($4, $5))
         order by last_active_at desc, id desc limit $6",
        account_id,
        alive.started_since,
        alive.active_since,
        active_at,
        id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Ends the session with a secret and tells which it was.
pub async fn end_by_token(
    tx: &mut PgConnection,
    token_hash: &[u8],
) -> sqlx::Result<Option<(Uuid, Uuid)>> {
    let row = sqlx::query!(
        "delete from sessions where token_hash = $1 returning id, account_id",
        token_hash
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| (row.id, row.account_id)))
}

/// Ends a session of an account; `false` when it is none of its.
pub async fn end(tx: &mut PgConnection, account_id: Uuid, id: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "delete from sessions where id = $2 and account_id = $1",
        account_id,
        id
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the sessions of an account but the one to keep, and tells how many there were.
pub async fn end_all(
    tx: &mut PgConnection,
    account_id: Uuid,
    keep: Option<Uuid>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from sessions where account_id = $1 and id is distinct from $2",
        account_id,
        keep
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
