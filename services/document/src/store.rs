//! The queries: one function for each statement.

pub mod complaints;
pub mod links;
pub mod scans;
pub mod uploads;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Category, Document, Filter, State};

/// Takes the lock under which documents are added to a case, so that two of the same content know of each other.
pub async fn lock_case(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "select case_id from case_files where case_id = $1 for no key update",
        case_id
    )
    .fetch_optional(tx)
    .await?;
    Ok(())
}

/// The first document of a case that has a content and can still be seen, and its name (DO-3).
pub async fn same_content(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    sha256: &[u8],
) -> sqlx::Result<Option<(Uuid, String)>> {
    let first = sqlx::query!(
        "select id, name from documents
         where case_id = $1 and sha256 = $2 and state in ('checking', 'available')
         order by added_at, id
         limit 1",
        case_id,
        sha256,
    )
    .fetch_optional(db)
    .await?;
    Ok(first.map(|it| (it.id, it.name)))
}

/// Adds a document.
pub async fn insert(
    tx: &mut PgConnection,
    document: &Document,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<()> {
    let Document {
        id,
        case_id,
        name,
        category,
        media_type,
        size,
        sha256,
        state,
        from_ombudsman,
        added_by,
        added_at,
        same_as,
        same_as_name: _,
        withdrawal_reason,
        version,
    } = document;
    sqlx::query!(
        "insert into documents
             (id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
              withdrawal_reason, version, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        id,
        case_id,
        name,
        *category as Category,
        media_type,
        size,
        sha256,
        *state as State,
        from_ombudsman,
        added_by,
        added_at,
        *same_as,
        withdrawal_reason.as_deref(),
        version,
        requested_by,
        request_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The document that a request added.
pub async fn added_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        "select id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
                (select first.name from documents first where first.id = documents.same_as) as same_as_name, withdrawal_reason, version
         from documents where requested_by = $1 and request_id = $2",
        requested_by,
        request_id,
    )
    .fetch_optional(db)
    .await
}

/// A document.
pub async fn get(db: impl PgExecutor<'_>, document_id: Uuid) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        "select id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
                (select first.name from documents first where first.id = documents.same_as) as same_as_name, withdrawal_reason, version
         from documents where id = $1",
        document_id,
    )
    .fetch_optional(db)
    .await
}

/// The documents of a case that are wanted, newest first, after a place in that order.
pub async fn list(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Document>> {
    let (after_at, after_id) = after.unzip();
    sqlx::query_as!(
        Document,
        "select id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
                (select first.name from documents first where first.id = documents.same_as) as same_as_name, withdrawal_reason, version
         from documents
         where case_id = $1 and ($2::timestamptz is null or (added_at, id) < ($2, $3))
           and ($5::text is null or category = $5) and ($6::text is null or state = $6)
           and ($7 = '' or strpos(lower(name), lower($7)) > 0)
         order by added_at desc, id desc
         limit $4",
        case_id,
        after_at,
        after_id,
        limit,
        filter.category as Option<Category>,
        filter.state as Option<State>,
        filter.name,
    )
    .fetch_all(db)
    .await
}

/// Those of some documents that belong to a case and may be named to its two sides.
pub async fn resolve(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    document_ids: &[Uuid],
) -> sqlx::Result<Vec<Document>> {
    sqlx::query_as!(
        Document,
        "select id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
                (select first.name from documents first where first.id = documents.same_as) as same_as_name, withdrawal_reason, version
         from documents
         where case_id = $1 and id = any($2) and state in ('checking', 'available')
         order by array_position($2, id)",
        case_id,
        document_ids,
    )
    .fetch_all(db)
    .await
}

/// Moves a document to another state; `None` when somebody else changed it first.
pub async fn save_state(
    tx: &mut PgConnection,
    document: &Document,
) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        "update documents
         set state = $3, withdrawal_reason = $4, version = version + 1
         where id = $1 and version = $2
         returning id, case_id, name, category, media_type, size, sha256, state, from_ombudsman, added_by, added_at, same_as,
                   (select first.name from documents first where first.id = documents.same_as) as same_as_name, withdrawal_reason, version",
        document.id,
        document.version,
        document.state as State,
        document.withdrawal_reason.as_deref(),
    )
    .fetch_optional(tx)
    .await
}

/// A line of the audit.
#[derive(Debug)]
pub struct Change<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, and on whose behalf.
    pub actor: &'a str,
    /// What.
    pub action: &'static str,
    /// To which document.
    pub document: &'a Document,
    /// What there is to say about it.
    pub detail: Option<&'a str>,
}

/// Writes a line of the audit.
pub async fn record_change(tx: &mut PgConnection, change: &Change<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, case_id, document_id, detail) values ($1, $2, $3, $4, $5, $6, $7)",
        kit::id(),
        change.at,
        change.actor,
        change.action,
        change.document.case_id,
        change.document.id,
        change.detail,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes down that somebody is about to be given bytes of a document.
pub async fn record_read(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &str,
    document: &Document,
    first_byte: i64,
    bytes: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into reads (id, at, actor, case_id, document_id, first_byte, bytes) values ($1, $2, $3, $4, $5, $6, $7)",
        kit::id(),
        at,
        actor,
        document.case_id,
        document.id,
        first_byte,
        bytes,
    )
    .execute(tx)
    .await?;
    Ok(())
}
