//! What the manager says of the figures of periods, in every version (7.6).

use sqlx::{PgConnection, PgExecutor};

use crate::domain::commentary::Commentary;
use crate::domain::report::Period;

/// The versions of a period's commentary, the newest first.
pub async fn of_period(
    db: impl PgExecutor<'_>,
    period: Period,
    limit: i64,
) -> sqlx::Result<Vec<Commentary>> {
    sqlx::query_as!(
        Commentary,
        "select revision, text, written_by, written_at
         from commentaries
         where first_day = $1 and last_day = $2
         order by revision desc
         limit $3",
        period.first,
        period.last,
        limit
    )
    .fetch_all(db)
    .await
}

/// Adds a version; `false` when somebody else has added that one meanwhile.
pub async fn add(
    tx: &mut PgConnection,
    period: Period,
    commentary: &Commentary,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into commentaries (first_day, last_day, revision, text, written_by, written_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint commentaries_pkey do nothing",
        period.first,
        period.last,
        commentary.revision,
        commentary.text,
        commentary.written_by,
        commentary.written_at
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
