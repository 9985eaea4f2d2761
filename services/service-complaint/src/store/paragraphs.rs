//! The library of standard paragraphs.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;

/// A standard paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub topic: String,
    /// What it is called.
    pub title: String,
    /// The text, with placeholders.
    pub text: String,
    /// Grows with every change.
    pub version: i64,
    /// Whether it was taken out of the library.
    pub retired: bool,
    /// Who changed it last, by name.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// A page of standard paragraphs, by topic and title.
pub async fn paragraphs_page(
    db: impl PgExecutor<'_>,
    topic: &str,
    with_retired: bool,
    after: Option<&(String, String, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Paragraph>> {
    let (after_topic, after_title, after_id) = match after {
        Some((topic, title, id)) => (Some(topic.as_str()), Some(title.as_str()), Some(*id)),
        None => (None, None, None),
    };
    sqlx::query_as!(
        Paragraph,
        "select id, topic, title, text, version, retired, changed_by, changed_at from paragraphs
         where ($1 = '' or topic = $1) and (not retired or $2)
           and ($5::uuid is null or (topic, title, id) > ($3, $4, $5))
         order by topic, title, id
         limit $6",
        topic,
        with_retired,
        after_topic,
        after_title,
        after_id,
        limit
    )
    .fetch_all(db)
    .await
}

/// A standard paragraph.
pub async fn paragraph(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Paragraph>> {
    sqlx::query_as!(
        Paragraph,
        "select id, topic, title, text, version, retired, changed_by, changed_at from paragraphs where id = $1",
        id
    )
    .fetch_optional(db)
    .await
}

/// Adds a standard paragraph; `false` when there is one of this id.
pub async fn insert_paragraph(
    tx: &mut PgConnection,
    paragraph: &Paragraph,
    actor: &Actor,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into paragraphs (id, topic, title, text, version, retired, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint paragraphs_pkey do nothing",
        paragraph.id,
        paragraph.topic,
        paragraph.title,
        paragraph.text,
        paragraph.version,
        paragraph.retired,
        paragraph.changed_by,
        paragraph.changed_at
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    keep_version(tx, paragraph, actor).await?;
    Ok(true)
}

/// Saves a changed standard paragraph; `None` when someone else changed it first.
pub async fn save_paragraph(
    tx: &mut PgConnection,
    paragraph: &Paragraph,
    actor: &Actor,
) -> sqlx::Result<Option<Paragraph>> {
    let saved = sqlx::query_as!(
        Paragraph,
        "update paragraphs
         set topic = $3, title = $4, text = $5, retired = $6, changed_by = $7, changed_at = $8, version = version + 1
         where id = $1 and version = $2
         returning id, topic, title, text, version, retired, changed_by, changed_at",
        paragraph.id,
        paragraph.version,
        paragraph.topic,
        paragraph.title,
        paragraph.text,
        paragraph.retired,
        paragraph.changed_by,
        paragraph.changed_at
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(saved) = &saved {
        keep_version(tx, saved, actor).await?;
    }
    Ok(saved)
}

async fn keep_version(
    tx: &mut PgConnection,
    paragraph: &Paragraph,
    actor: &Actor,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into paragraph_versions (paragraph_id, version, at, actor, topic, title, text, retired)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        paragraph.id,
        paragraph.version,
        paragraph.changed_at,
        actor.id,
        paragraph.topic,
        paragraph.title,
        paragraph.text,
        paragraph.retired
    )
    .execute(tx)
    .await
    .map(drop)
}
