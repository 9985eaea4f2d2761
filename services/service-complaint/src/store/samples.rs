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

/// Records a drawing with its complaints, in the order in which they were drawn.
pub async fn insert(
    tx: &mut PgConnection,
    sample: &SampleRow,
    size: i32,
    complaints: &[Uuid],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into samples (id, first_day, last_day, size, seed, population, drawn_by, drawn_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        sample.id,
        sample.first_day,
        sample.last_day,
        size,
        sample.seed,
        sample.population,
        sample.drawn_by,
        sample.drawn_at
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into sampled_complaints (sample_id, position, complaint_id)
         select $1, drawn.position::integer, drawn.id from unnest($2::uuid[]) with ordinality as drawn (id, position)",
        sample.id,
        complaints
    )
    .execute(tx)
    .await
    .map(drop)
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

/// The complaints of a sample, by id and reference, in the order in which they were drawn.
pub async fn complaints(
    db: impl PgExecutor<'_>,
    sample: Uuid,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        "select c.id, c.reference
         from sampled_complaints s join complaints c on c.id = s.complaint_id
         where s.sample_id = $1
         order by s.position",
        sample
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.reference))
        .collect())
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
