//! Files of complaints about the ombudsman.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Position;
use crate::domain::{Category, Document, State};

/// Says that a document is a file of a complaint.
pub async fn mark(
    tx: &mut PgConnection,
    document_id: Uuid,
    complaint_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into complaint_files (document_id, complaint_id) values ($1, $2)",
        document_id,
        complaint_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a document is a file of a complaint.
pub async fn is_marked(db: impl PgExecutor<'_>, document_id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from complaint_files where document_id = $1) as "marked!""#,
        document_id,
    )
    .fetch_one(db)
    .await
}

/// Makes those who change the files of a complaint take turns, until the transaction ends. There is no row to lock: a form has none here.
pub async fn lock(tx: &mut PgConnection, complaint_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))",
        complaint_id,
    )
    .fetch_one(tx)
    .await
    .map(drop)
}

/// Keeps that a form was not sent in the end.
pub async fn discard(tx: &mut PgConnection, draft_id: Uuid, at: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into discarded_forms (draft_id, discarded_at) values ($1, $2)
         on conflict on constraint discarded_forms_pkey do nothing",
        draft_id,
        at,
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Whether a form was not sent in the end.
pub async fn is_discarded(db: impl PgExecutor<'_>, draft_id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from discarded_forms where draft_id = $1) as "discarded!""#,
        draft_id,
    )
    .fetch_one(db)
    .await
}

/// The files of a complaint that were not taken back, the oldest first.
pub async fn list(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    after: Option<Position>,
    limit: i64,
) -> sqlx::Result<Vec<Document>> {
    let (added_at, id) = after.unzip();
    sqlx::query_as!(
        Document,
        r#"select d.id, d.case_id, d.name, d.category as "category: Category", d.media_type, d.size, d.sha256, d.state as "state: State",
                  d.from_ombudsman, d.added_by, d.added_at, d.same_as,
                  (select first.name from documents first where first.id = d.same_as) as same_as_name, d.withdrawal_reason, d.version
           from complaint_files f join documents d on d.id = f.document_id
           where f.complaint_id = $1 and d.state <> 'withdrawn'
             and ($2::timestamptz is null or (d.added_at, d.id) > ($2, $3))
           order by d.added_at, d.id
           limit $4"#,
        complaint_id,
        added_at,
        id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// A file of a complaint that was not taken back.
pub async fn get(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    document_id: Uuid,
) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        r#"select d.id, d.case_id, d.name, d.category as "category: Category", d.media_type, d.size, d.sha256, d.state as "state: State",
                  d.from_ombudsman, d.added_by, d.added_at, d.same_as,
                  (select first.name from documents first where first.id = d.same_as) as same_as_name, d.withdrawal_reason, d.version
           from complaint_files f join documents d on d.id = f.document_id
           where f.complaint_id = $1 and f.document_id = $2 and d.state <> 'withdrawn'"#,
        complaint_id,
        document_id,
    )
    .fetch_optional(db)
    .await
}

/// How many files of a complaint were not taken back.
pub async fn count(db: impl PgExecutor<'_>, complaint_id: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from complaint_files f join documents d on d.id = f.document_id
           where f.complaint_id = $1 and d.state <> 'withdrawn'"#,
        complaint_id,
    )
    .fetch_one(db)
    .await
}

/// Removes files of a complaint, or one of them: the rows say that there was something, and the sweep of unfinished uploads removes the content.
pub async fn remove(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    document_id: Option<Uuid>,
    now: DateTime<Utc>,
    reason: &str,
) -> sqlx::Result<Vec<Uuid>> {
    let removed = sqlx::query_scalar!(
        "update documents
         set state = 'withdrawn', withdrawal_reason = $3, name = 'Removed file', version = version + 1
         where state <> 'withdrawn' and id in
             (select document_id from complaint_files where complaint_id = $1 and ($2::uuid is null or document_id = $2))
         returning id",
        complaint_id,
        document_id,
        reason,
    )
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query!("delete from scans where document_id = any($1)", &removed)
        .execute(&mut *tx)
        .await?;
    // Older than any upload lasts, so that the next sweep takes it.
    sqlx::query!(
        "insert into uploads (object_id, started_at, abandoned)
         select id, $2::timestamptz - interval '1 day', true from unnest($1::uuid[]) as id
         on conflict (object_id) do nothing",
        &removed,
        now,
    )
    .execute(tx)
    .await?;
    Ok(removed)
}

/// Keeps that somebody has an interest in a complaint.
pub async fn keep_interest(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    account_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into interests (complaint_id, account_id) values ($1, $2) on conflict do nothing",
        complaint_id,
        account_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether somebody has an interest in a complaint.
pub async fn has_interest(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    account_id: Uuid,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from interests where complaint_id = $1 and account_id = $2) as "has!""#,
        complaint_id,
        account_id,
    )
    .fetch_one(db)
    .await
}
