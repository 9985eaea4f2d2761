//! What belongs to no single complaint: who changed it (WH-1), and the counts of enquiries.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;

/// Records a change of something that belongs to no single complaint.
pub async fn record(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    subject: Uuid,
    text: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into oversight_changes (id, at, actor, subject, text) values ($1, $2, $3, $4, $5)",
        kit::id(),
        at,
        actor.id,
        subject,
        text
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A month's count of enquiries, or a correction of it.
#[derive(Debug, Clone)]
pub struct EnquiryCount {
    /// The first date of the month.
    pub month: NaiveDate,
    /// Which correction it is; 1 is the first entry.
    pub revision: i32,
    /// How many were received.
    pub received: i64,
    /// Why it was corrected.
    pub reason: String,
    /// Who recorded it, by name.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// The latest count of a month.
pub async fn latest_count(
    db: impl PgExecutor<'_>,
    month: NaiveDate,
) -> sqlx::Result<Option<EnquiryCount>> {
    sqlx::query_as!(
        EnquiryCount,
        "select month, revision, received, reason, recorded_by, recorded_at
         from enquiry_counts
         where month = $1
         order by revision desc
         limit 1",
        month
    )
    .fetch_optional(db)
    .await
}

/// Adds a count; `false` when somebody else has added that revision meanwhile.
pub async fn add_count(tx: &mut PgConnection, count: &EnquiryCount) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into enquiry_counts (month, revision, received, reason, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint enquiry_counts_pkey do nothing",
        count.month,
        count.revision,
        count.received,
        count.reason,
        count.recorded_by,
        count.recorded_at
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The counts with every correction, the newest month and its latest correction first.
pub async fn counts_page(
    db: impl PgExecutor<'_>,
    after: Option<(NaiveDate, i32)>,
    limit: i64,
) -> sqlx::Result<Vec<EnquiryCount>> {
    let (month, revision) = after.unzip();
    sqlx::query_as!(
        EnquiryCount,
        "select month, revision, received, reason, recorded_by, recorded_at
         from enquiry_counts
         where $1::date is null or (month, revision) < ($1, $2)
         order by month desc, revision desc
         limit $3",
        month,
        revision,
        limit
    )
    .fetch_all(db)
    .await
}

/// The latest counts of the months that a period begins, month by month.
pub async fn counts_between(
    db: impl PgExecutor<'_>,
    first: NaiveDate,
    last: NaiveDate,
) -> sqlx::Result<Vec<EnquiryCount>> {
    sqlx::query_as!(
        EnquiryCount,
        "select distinct on (month) month, revision, received, reason, recorded_by, recorded_at
         from enquiry_counts
         where month between $1 and $2
         order by month, revision desc",
        first,
        last
    )
    .fetch_all(db)
    .await
}
