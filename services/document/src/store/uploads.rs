//! Objects that are being written.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// An object of which no document was made.
#[derive(Debug)]
pub struct Orphan {
    /// The object.
    pub object_id: Uuid,
    /// What the store calls its parts, when it was written in parts.
    pub multipart: Option<String>,
}

/// Writes down that an object is about to be written.
pub async fn begin(
    db: impl PgExecutor<'_>,
    object_id: Uuid,
    multipart: Option<&str>,
    started_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into uploads (object_id, started_at, multipart) values ($1, $2, $3)",
        object_id,
        started_at,
        multipart,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends it, in the transaction of the object's document; `false` when the object was taken for an orphan meanwhile.
pub async fn finish(tx: &mut PgConnection, object_id: Uuid) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "delete from uploads where object_id = $1 and not abandoned",
        object_id
    )
    .execute(tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Gives up an object, so that no document can be made of it any more.
pub async fn abandon(db: impl PgExecutor<'_>, object_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update uploads set abandoned = true where object_id = $1",
        object_id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives up the objects that were begun before an instant and never ended, and gives some of all that were given up.
pub async fn abandoned(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Orphan>> {
    sqlx::query_as!(
        Orphan,
        "update uploads set abandoned = true
         where object_id in (select object_id from uploads where started_at < $1 or abandoned
                             order by started_at limit $2 for update skip locked)
         returning object_id, multipart",
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Forgets an object that is gone.
pub async fn forget(db: impl PgExecutor<'_>, object_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from uploads where object_id = $1 and abandoned",
        object_id
    )
    .execute(db)
    .await?;
    Ok(())
}
