//! Finding the replies that need a notice, and keeping that they had it (ME-5).
//!
//! A claim marks the clocks that it returns. Another sweep steps over rows that are being claimed, and PostgreSQL looks at
//! a row again once it is locked, so that one that was answered a moment before is not claimed. The order of a claim is that
//! of its index: without one, PostgreSQL would read the table whenever its statistics are a day old.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::reply::Threshold;

/// A reply that needs a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The clock.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The message that started it.
    pub message_id: Uuid,
    /// Whether that reports a technical issue.
    pub technical_issue: bool,
    /// When it was sent.
    pub awaited_since: DateTime<Utc>,
    /// The last date in time.
    pub due_on: NaiveDate,
}

/// Claims replies whose date has passed.
pub async fn claim_overdue(
    tx: &mut PgConnection,
    today: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from reply_clocks
             where settled_at is null and noticed < 2 and due_on < $1
             order by due_on
             limit $2
             for update skip locked
         )
         update reply_clocks set noticed = 2 from due where reply_clocks.id = due.id
         returning reply_clocks.id, case_id, message_id, technical_issue, awaited_since, due_on",
        today,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Claims replies that are due from today until the last date that is approaching.
pub async fn claim_approaching(
    tx: &mut PgConnection,
    today: NaiveDate,
    until: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from reply_clocks
             where settled_at is null and noticed < 1 and due_on between $1 and $2
             order by due_on
             limit $3
             for update skip locked
         )
         update reply_clocks set noticed = 1 from due where reply_clocks.id = due.id
         returning reply_clocks.id, case_id, message_id, technical_issue, awaited_since, due_on",
        today,
        until,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Keeps that notices are raised, and returns the clocks of those that had not been raised before: one that was re-dated and
/// re-dated back has had its notice.
pub async fn add_notices(
    tx: &mut PgConnection,
    claimed: &[Claimed],
    threshold: Threshold,
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    let replies: Vec<_> = claimed.iter().map(|it| it.id).collect();
    let dates: Vec<_> = claimed.iter().map(|it| it.due_on).collect();
    sqlx::query_scalar!(
        "insert into reply_notices (reply_id, due_on, threshold, raised_at)
         select reply_id, due_on, $3, $4 from unnest($1::uuid[], $2::date[]) as due (reply_id, due_on)
         on conflict on constraint reply_notices_pkey do nothing
         returning reply_id",
        &replies,
        &dates,
        threshold as Threshold,
        at,
    )
    .fetch_all(tx)
    .await
}
