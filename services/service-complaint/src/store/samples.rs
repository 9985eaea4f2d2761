//! Random samples as they were drawn.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::report::Period;

/// A sample.
#[derive(Debug, Clone)]
pub struct SampleRow {
    /// Its id.
    pub id: Uuid,
    /// The first date of the period.
    pub first_day: chrono::NaiveDate,
    /// The last date of the period.
    pub last_day: chrono::NaiveDate,
    /// What it was drawn by.
    pub seed: String,
    /// Of how many complaints.
    pub population: i32,
    /// Who drew it, by name.
    pub drawn_by: String,
    /// When.
    pub drawn_at: DateTime<Utc>,
}

/// The complaints of which a stage was closed in a period, by id and reference.
pub async fn closed_in(
    db: impl PgExecutor<'_>,
    period: Period,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select distinct c.id, c.reference
           from closings x join complaints c on c.id = x.complaint_id
           where x.closed_on between $1 and $2"#,
        period.first,
        period.last
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.reference))
        .collect())
}

/// Who asks for a drawing, as the audit names them, and the id of their request.
pub type RequestedBy<'a> = (&'a str, Uuid);

/// Records a drawing with its complaints, in the order in which they were drawn; `false` when the request was carried out before.
pub async fn insert(
    tx: &mut PgConnection,
    (by, request_id): RequestedBy<'_>,
    sample: &SampleRow,
    size: i32,
    complaints: &[Uuid],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into samples (id, first_day, last_day, size, seed, population, drawn_by, drawn_at, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict on constraint samples_request_once do nothing",
        sample.id,
        sample.first_day,
        sample.last_day,
        size,
        sample.seed,
        sample.population,
        sample.drawn_by,
        sample.drawn_at,
        by,
        request_id
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into sampled_complaints (sample_id, position, complaint_id)
         select $1, drawn.position::integer, drawn.id from unnest($2::uuid[]) with ordinality as drawn (id, position)",
        sample.id,
        complaints
    )
    .execute(tx)
    .await?;
    Ok(true)
}

/// The drawing that a request was given, and how many it asked for.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    (by, request_id): RequestedBy<'_>,
) -> sqlx::Result<Option<(Uuid, i32)>> {
    let found = sqlx::query!(
        "select id, size from samples where requested_by = $1 and request_id = $2",
        by,
        request_id
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| (it.id, it.size)))
}

/// One sample.
pub async fn get(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<SampleRow>> {
    sqlx::query_as!(
        SampleRow,
        "select id, first_day, last_day, seed, population, drawn_by, drawn_at from samples where id = $1",
        id
    )
    .fetch_optional(db)
    .await
}

/// A complaint of a sample.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// Its id.
    pub id: Uuid,
    /// Its reference.
    pub reference: String,
    /// The date it was received.
    pub received_on: chrono::NaiveDate,
    /// The date on which a stage of it was last closed within the period.
    pub closed_on: chrono::NaiveDate,
}

/// The complaints of a sample in the order in which they were drawn.
pub async fn complaints(db: impl PgExecutor<'_>, sample: Uuid) -> sqlx::Result<Vec<Sampled>> {
    sqlx::query_as!(
        Sampled,
        r#"select c.id, c.reference, c.received_on, max(x.closed_on) as "closed_on!"
           from sampled_complaints s
           join samples d on d.id = s.sample_id
           join complaints c on c.id = s.complaint_id
           join closings x on x.complaint_id = c.id and x.closed_on between d.first_day and d.last_day
           where s.sample_id = $1
           group by c.id, s.position
           order by s.position"#,
        sample
    )
    .fetch_all(db)
    .await
}

/// Samples, the newest first.
pub async fn page(
    db: impl PgExecutor<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<SampleRow>> {
    sqlx::query_as!(
        SampleRow,
        "select id, first_day, last_day, seed, population, drawn_by, drawn_at
         from samples
         where $1::uuid is null or id < $1
         order by id desc
         limit $2",
        before,
        limit
    )
    .fetch_all(db)
    .await
}
