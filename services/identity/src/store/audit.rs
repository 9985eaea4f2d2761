//! The table `security_events`, which nothing is ever changed in or taken from.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::domain::audit::Kind;

/// Something that happened.
#[derive(Debug)]
pub struct Entry<'a> {
    /// What.
    pub kind: Kind,
    /// To which account, and its username at the time.
    pub account: Option<(Uuid, &'a str)>,
    /// Who did it.
    pub actor: &'a str,
    /// Where from; empty when nobody's browser was involved.
    pub client_address: &'a str,
    /// What else is to be known, without secrets.
    pub detail: &'a str,
}

/// Writes a row.
pub async fn insert(
    db: impl PgExecutor<'_>,
    entry: &Entry<'_>,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into security_events (id, occurred_at, kind, account_id, username, actor, client_address, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        kit::id(),
        at,
        entry.kind.as_str(),
        entry.account.map(|(id, _)| id),
        entry.account.map(|(_, username)| username),
        entry.actor,
        entry.client_address,
        entry.detail,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What.
    pub kind: String,
    /// To which account.
    pub account_id: Option<Uuid>,
    /// That account's username at the time.
    pub username: Option<String>,
    /// Who did it.
    pub actor: String,
    /// Where from.
    pub client_address: String,
    /// What else is to be known.
    pub detail: String,
}

/// What part of the audit is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// At or after.
    pub from: DateTime<Utc>,
    /// Before.
    pub to: DateTime<Utc>,
    /// The last row of the page before.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    /// How many rows.
    pub limit: i64,
}

/// A page of everything, the newest first.
pub async fn page(db: impl PgExecutor<'_>, span: Span) -> sqlx::Result<Vec<Row>> {
    let (at, id) = span.after.unzip();
    sqlx::query_as!(
        Row,
        "select id, occurred_at, kind, account_id, username, actor, client_address, detail
         from security_events
         where occurred_at >= $1 and occurred_at < $2
          and ($3::timestamptz is null or (occurred_at, id) < ($3, $4))
         order by occurred_at desc, id desc limit $5",
        span.from,
        span.to,
        at,
        id,
        span.limit,
    )
    .fetch_all(db)
    .await
}

/// A page of what happened to one account, the newest first. A query of its own, so that each is
/// served by its index.
pub async fn page_of_account(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    span: Span,
) -> sqlx::Result<Vec<Row>> {
    let (at, id) = span.after.unzip();
    sqlx::query_as!(
        Row,
        "select id, occurred_at, kind, account_id, username, actor, client_address, detail
         from security_events
         where account_id = $6 and occurred_at >= $1 and occurred_at < $2
          and ($3::timestamptz is null or (occurred_at, id) < ($3, $4))
         order by occurred_at desc, id desc limit $5",
        span.from,
        span.to,
        at,
        id,
        span.limit,
        account_id,
    )
    .fetch_all(db)
    .await
}
