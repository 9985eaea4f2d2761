//! Events whose handling failed until its tries were used up.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Event;

/// What is kept of a reason: a chain of causes can quote a whole statement.
const LONGEST_REASON: usize = 2_000;

/// What the list is ordered by, newest first.
pub(crate) type Key = (DateTime<Utc>, Uuid, String);

/// A dead letter as it is listed.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) consumer: String,
    pub(crate) event_id: Uuid,
    pub(crate) subject: String,
    pub(crate) reason: String,
    pub(crate) tries: i32,
    pub(crate) failed_at: DateTime<Utc>,
}

/// Puts an event aside; again, when it failed once more after a replay.
pub(crate) async fn bury(
    db: impl PgExecutor<'_>,
    consumer: &str,
    event: &Event,
    reason: &str,
    tries: i32,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into dead_letters (consumer, event_id, subject, payload, headers, reason, tries)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint dead_letters_pkey
         do update set reason = excluded.reason, tries = dead_letters.tries + excluded.tries",
    )
    .bind(consumer)
    .bind(event.id)
    .bind(&event.subject)
    .bind(event.payload.as_ref())
    .bind(Json(&event.headers))
    .bind(tidy(reason))
    .bind(tries)
    .execute(db)
    .await?;
    Ok(())
}

/// A page of the list.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&Key>,
    limit: i64,
) -> sqlx::Result<Vec<Entry>> {
    let (failed_at, event_id, consumer) = match after {
        Some((failed_at, event_id, consumer)) => (Some(failed_at), Some(event_id), Some(consumer)),
        None => (None, None, None),
    };
    sqlx::query_as(
        "select consumer, event_id, subject, reason, tries, failed_at
         from dead_letters
         where $1::timestamptz is null or (failed_at, event_id, consumer) < ($1, $2, $3)
         order by failed_at desc, event_id desc, consumer desc
         limit $4",
    )
    .bind(failed_at)
    .bind(event_id)
    .bind(consumer)
    .bind(limit)
    .fetch_all(db)
    .await
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    payload: Vec<u8>,
    headers: Json<HashMap<String, String>>,
    failed_at: DateTime<Utc>,
}

/// Takes a letter out, for as long as the transaction holds: another who wants it waits, and then finds it gone.
pub(crate) async fn take(
    tx: &mut PgConnection,
    consumer: &str,
    event_id: Uuid,
) -> sqlx::Result<Option<Event>> {
    let row: Option<Row> = sqlx::query_as(
        "delete from dead_letters where consumer = $1 and event_id = $2
         returning subject, payload, headers, failed_at",
    )
    .bind(consumer)
    .bind(event_id)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|it| Event::stored(event_id, it.subject, it.payload, it.headers.0, it.failed_at)))
}

/// Notes another try that failed.
pub(crate) async fn note_failure(
    db: impl PgExecutor<'_>,
    consumer: &str,
    event_id: Uuid,
    reason: &str,
) -> sqlx::Result<()> {
    sqlx::query("update dead_letters set reason = $3, tries = tries + 1 where consumer = $1 and event_id = $2")
        .bind(consumer)
        .bind(event_id)
        .bind(tidy(reason))
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets the letters of a subject, of which a later event makes up for all before it.
pub(crate) async fn forget(
    tx: &mut PgConnection,
    consumer: &str,
    subject: &str,
) -> sqlx::Result<()> {
    sqlx::query("delete from dead_letters where consumer = $1 and subject = $2")
        .bind(consumer)
        .bind(subject)
        .execute(tx)
        .await?;
    Ok(())
}

/// What PostgreSQL can hold of a text that came from anywhere: no NUL, and not too long.
fn tidy(reason: &str) -> String {
    reason
        .chars()
        .filter(|it| *it != '\0')
        .take(LONGEST_REASON)
        .collect()
}
