//! Words that staff adapted (NO-5).

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// What is kept of a template.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its key.
    pub key: String,
    /// The adapted subject; none where the portal's own words were taken back.
    pub subject: Option<String>,
    /// The adapted paragraphs.
    pub body: Option<String>,
    /// Grows with every change.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// Who changed it.
    pub changed_by: String,
}

/// Every template that was ever changed.
pub async fn list(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        "select key, subject, body, version, changed_at, changed_by from templates"
    )
    .fetch_all(db)
    .await
}

/// One of them.
pub async fn find(db: impl PgExecutor<'_>, key: &str) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        "select key, subject, body, version, changed_at, changed_by from templates where key = $1",
        key
    )
    .fetch_optional(db)
    .await
}

/// A change of a template.
#[derive(Debug)]
pub struct Change<'a> {
    /// Its key.
    pub key: &'a str,
    /// The version that was seen; 0 for one that was never changed.
    pub seen: i64,
    /// The new subject and paragraphs; none takes back the portal's own.
    pub words: Option<(&'a str, &'a str)>,
    /// When.
    pub now: DateTime<Utc>,
    /// Who.
    pub actor: &'a str,
}

/// Changes a template; `None` when somebody else changed it first.
pub async fn save(tx: &mut PgConnection, change: &Change<'_>) -> sqlx::Result<Option<Row>> {
    let (subject, body) = change.words.unzip();
    sqlx::query_as!(
        Row,
        "insert into templates as t (key, subject, body, version, changed_at, changed_by)
         select $1, $3, $4, 1, $5, $6
         where $2::bigint = 0 or exists (select from templates where key = $1)
         on conflict (key) do update
         set subject = excluded.subject, body = excluded.body, version = t.version + 1,
             changed_at = excluded.changed_at, changed_by = excluded.changed_by
         where t.version = $2
         returning key, subject, body, version, changed_at, changed_by",
        change.key,
        change.seen,
        subject,
        body,
        change.now,
        change.actor,
    )
    .fetch_optional(tx)
    .await
}

/// Records a change, with the words that the template has from then on.
pub async fn record(
    tx: &mut PgConnection,
    change_id: Uuid,
    change: &Change<'_>,
    version: i64,
    subject: &str,
    body: &str,
) -> sqlx::Result<()> {
    let action = if change.words.is_some() {
        "adapted"
    } else {
        "restored"
    };
    sqlx::query!(
        "insert into template_changes (id, at, actor, key, action, version, subject, body) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        change_id,
        change.now,
        change.actor,
        change.key,
        action,
        version,
        subject,
        body,
    )
    .execute(tx)
    .await?;
    Ok(())
}
