//! Links to the content of single files.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::domain::{Category, Document, State};

/// Keeps a link, by what is stored of its secret.
pub async fn insert(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    document_id: Uuid,
    issued_to: &str,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into download_links (token_hash, document_id, issued_to, expires_at) values ($1, $2, $3, $4)",
        token_hash,
        document_id,
        issued_to,
        expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whose link it is that still works, and which file it is of.
pub async fn find(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<(String, Document)>> {
    let found = sqlx::query!(
        r#"select l.issued_to, d.id, d.case_id, d.name, d.category as "category: Category", d.media_type, d.size, d.sha256,
                  d.state as "state: State", d.from_ombudsman, d.added_by, d.added_at, d.same_as,
                  (select first.name from documents first where first.id = d.same_as) as same_as_name, d.withdrawal_reason, d.version
           from download_links l join documents d on d.id = l.document_id
           where l.token_hash = $1 and l.expires_at > $2"#,
        token_hash,
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| {
        let document = Document {
            id: it.id,
            case_id: it.case_id,
            name: it.name,
            category: it.category,
            media_type: it.media_type,
            size: it.size,
            sha256: it.sha256,
            state: it.state,
            from_ombudsman: it.from_ombudsman,
            added_by: it.added_by,
            added_at: it.added_at,
            same_as: it.same_as,
            same_as_name: it.same_as_name,
            withdrawal_reason: it.withdrawal_reason,
            version: it.version,
        };
        (it.issued_to, document)
    }))
}

/// Removes the links that work no longer.
pub async fn forget_ended(db: impl PgExecutor<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("delete from download_links where expires_at <= $1", now)
        .execute(db)
        .await?;
    Ok(())
}
