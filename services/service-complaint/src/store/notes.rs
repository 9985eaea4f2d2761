//! What was written down about complaints.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::note::NoteKind;

/// A note, or what the person wrote after the complaint ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Its id.
    pub id: Uuid,
    /// What it is; none for what the person wrote.
    pub kind: Option<NoteKind>,
    /// The date of what it tells of.
    pub on: NaiveDate,
    /// What.
    pub text: String,
    /// Who wrote it down, by name.
    pub by: String,
    /// When it was written down.
    pub at: Option<DateTime<Utc>>,
    /// For what the person wrote: whether it is acknowledged.
    pub acknowledged: bool,
}

/// A note to write down.
#[derive(Debug)]
pub struct NewNote<'a> {
    /// Its id.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// What it is.
    pub kind: NoteKind,
    /// The date of what it tells of.
    pub on: NaiveDate,
    /// What.
    pub text: &'a str,
    /// The caller's id for this request.
    pub request_id: Uuid,
}

/// Writes a note down; false when the request was carried out before.
pub async fn insert_note(
    tx: &mut PgConnection,
    note: &NewNote<'_>,
    actor: &Actor,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        r#"insert into notes (id, complaint_id, kind, told_of, text, actor, name, at, request_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict on constraint notes_request_once do nothing"#,
        note.id,
        note.complaint_id,
        note.kind as NoteKind,
        note.on,
        note.text,
        actor.id,
        actor.name,
        at,
        note.request_id
    )
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The note of a request, and the complaint that it is about.
pub async fn find_note(
    db: impl PgExecutor<'_>,
    actor: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<(Uuid, NoteRow)>> {
    let found = sqlx::query!(
        r#"select id, complaint_id, kind as "kind: NoteKind", told_of, text, name, at
           from notes where actor = $1 and request_id = $2"#,
        actor,
        request_id
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|row| {
        let note = NoteRow {
            id: row.id,
            kind: Some(row.kind),
            on: row.told_of,
            text: row.text,
            by: row.name,
            at: Some(row.at),
            acknowledged: false,
        };
        (row.complaint_id, note)
    }))
}

/// What was written down about a complaint, and what the person wrote after it ended, the newest first.
pub async fn notes_page(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<NoteRow>> {
    sqlx::query_as!(
        NoteRow,
        r#"select id as "id!", kind as "kind: NoteKind", told_of as "on!", text as "text!", name as "by!", at as "at?", acknowledged as "acknowledged!"
           from (
               select id, kind, told_of, text, name, at, false as acknowledged
               from notes where complaint_id = $1 and ($2::uuid is null or id < $2)
               union all
               select id, null, received_on, text, '', null, acknowledged
               from correspondence where complaint_id = $1 and ($2::uuid is null or id < $2)
           ) written
           order by id desc
           limit $3"#,
        complaint_id,
        before,
        limit
    )
    .fetch_all(db)
    .await
}
