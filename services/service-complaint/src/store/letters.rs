//! Drafts, and letters as they were sent.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::complaint::Format;
use crate::domain::letter::plain::Finding;
use crate::domain::letter::{Delivery, Document, Kind, Words};

/// A letter that is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// What it is for.
    pub kind: Kind,
    /// What the writer gave.
    pub words: Json<Words>,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last, by name.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// Adds a draft; `false` when there is one of this id, or was one that was sent.
pub async fn insert_draft(tx: &mut PgConnection, draft: &Draft) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into letter_drafts (id, complaint_id, kind, words, version, changed_by, changed_at)
         select $1, $2, $3, $4, $5, $6, $7 where not exists (select from letters where id = $1)
         on conflict on constraint letter_drafts_pkey do nothing",
        draft.id,
        draft.complaint_id,
        draft.kind as Kind,
        &draft.words as &Json<Words>,
        draft.version,
        draft.changed_by,
        draft.changed_at
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes a draft's words; `None` when someone else changed it first, or it is gone.
pub async fn save_draft(tx: &mut PgConnection, draft: &Draft) -> sqlx::Result<Option<Draft>> {
    sqlx::query_as!(
        Draft,
        r#"update letter_drafts
           set words = $3, changed_by = $4, changed_at = $5, version = version + 1
           where id = $1 and version = $2
           returning id, complaint_id, kind as "kind: Kind", words as "words: Json<Words>", version, changed_by, changed_at"#,
        draft.id,
        draft.version,
        &draft.words as &Json<Words>,
        draft.changed_by,
        draft.changed_at
    )
    .fetch_optional(tx)
    .await
}

/// A draft.
pub async fn draft(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Draft>> {
    sqlx::query_as!(
        Draft,
        r#"select id, complaint_id, kind as "kind: Kind", words as "words: Json<Words>", version, changed_by, changed_at
           from letter_drafts where id = $1"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// The drafts of a complaint, the newest first.
pub async fn drafts(db: impl PgExecutor<'_>, complaint_id: Uuid) -> sqlx::Result<Vec<Draft>> {
    sqlx::query_as!(
        Draft,
        r#"select id, complaint_id, kind as "kind: Kind", words as "words: Json<Words>", version, changed_by, changed_at
           from letter_drafts where complaint_id = $1
           order by changed_at desc, id limit 100"#,
        complaint_id
    )
    .fetch_all(db)
    .await
}

/// Takes a draft away; `false` when someone else changed it first, or it is gone.
pub async fn delete_draft(tx: &mut PgConnection, id: Uuid, version: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "delete from letter_drafts where id = $1 and version = $2",
        id,
        version
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A letter that is sent, from a version of its draft, or once more.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// Its id, which was the draft's.
    pub id: Uuid,
    /// The draft's version; a letter that is sent once more has no draft.
    pub draft_version: Option<i64>,
    /// The letter that it repeats word for word.
    pub repeats: Option<Uuid>,
    /// What it is for.
    pub kind: Kind,
    /// Its subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The PDF, when it goes on paper.
    pub pdf: Option<Vec<u8>>,
    /// What it is made of.
    pub document: Document,
    /// In which format.
    pub format: Format,
    /// How it reaches the person.
    pub delivery: Delivery,
    /// Whom it is addressed to.
    pub addressee: String,
    /// The address that it goes to.
    pub address: String,
    /// What the writer gave.
    pub words: Words,
    /// What was not plain English, and was confirmed.
    pub findings: Vec<Finding>,
}

/// Keeps a letter as it is sent.
pub async fn insert_letter(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    letter: &NewLetter,
    actor: &Actor,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into letters (id, complaint_id, kind, subject, text, html, pdf, format, delivery, addressee, address, words, findings,
                              sent_by, sent_name, sent_at, repeats, document)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        letter.id,
        complaint_id,
        letter.kind as Kind,
        letter.subject,
        letter.text,
        letter.html,
        letter.pdf,
        letter.format as Format,
        letter.delivery as Delivery,
        letter.addressee,
        letter.address,
        Json(&letter.words) as Json<&Words>,
        Json(&letter.findings) as Json<&Vec<Finding>>,
        actor.id,
        actor.name,
        at,
        letter.repeats,
        Json(&letter.document) as Json<&Document>
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A letter as it was sent. In lists, without its text, HTML and PDF.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its id.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// The complaint's reference.
    pub reference: String,
    /// What it is for.
    pub kind: Kind,
    /// Its subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The PDF.
    pub pdf: Option<Vec<u8>>,
    /// In which format.
    pub format: Format,
    /// How it reaches the person.
    pub delivery: Delivery,
    /// Whom it is addressed to.
    pub addressee: String,
    /// The address that it goes to.
    pub address: String,
    /// What was not plain English, and was confirmed.
    pub findings: Json<Vec<Finding>>,
    /// Who sent it, by name.
    pub sent_name: String,
    /// When.
    pub sent_at: DateTime<Utc>,
    /// When staff posted it.
    pub posted_at: Option<DateTime<Utc>>,
    /// Who did, by name.
    pub posted_name: String,
    /// When a mail server refused it for good.
    pub refused_at: Option<DateTime<Utc>>,
    /// What the writer gave.
    pub words: Json<Words>,
    /// The letter that it repeats word for word.
    pub repeats: Option<Uuid>,
    /// Whether what it is made of was kept, so that it can be repeated.
    pub can_be_repeated: bool,
}

/// Where a letter is in a list.
pub type Place = (DateTime<Utc>, Uuid);

/// A letter as it was sent.
pub async fn letter(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"select l.id, l.complaint_id, c.reference, l.kind as "kind: Kind", l.subject, l.text, l.html, l.pdf,
                  l.format as "format: Format", l.delivery as "delivery: Delivery", l.addressee, l.address,
                  l.findings as "findings: Json<Vec<Finding>>", l.sent_name, l.sent_at, l.posted_at, l.posted_name,
                  l.refused_at, l.words as "words: Json<Words>", l.repeats, l.document is not null as "can_be_repeated!"
           from letters l join complaints c on c.id = l.complaint_id
           where l.id = $1"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// A page of a complaint's letters, the newest first.
pub async fn letters_page(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    before: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"select l.id, l.complaint_id, c.reference, l.kind as "kind: Kind", l.subject, '' as "text!", '' as "html!",
                  null::bytea as pdf, l.format as "format: Format", l.delivery as "delivery: Delivery", l.addressee, l.address,
                  l.findings as "findings: Json<Vec<Finding>>", l.sent_name, l.sent_at, l.posted_at, l.posted_name,
                  l.refused_at, l.words as "words: Json<Words>", l.repeats, l.document is not null as "can_be_repeated!"
           from letters l join complaints c on c.id = l.complaint_id
           where l.complaint_id = $1 and ($3::uuid is null or (l.sent_at, l.id) < ($2, $3))
           order by l.sent_at desc, l.id desc
           limit $4"#,
        complaint_id,
        before.map(|it| it.0),
        before.map(|it| it.1),
        limit
    )
    .fetch_all(db)
    .await
}

/// All letters of a complaint, whole, the oldest first.
pub async fn all_of(db: impl PgExecutor<'_>, complaint_id: Uuid) -> sqlx::Result<Vec<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"select l.id, l.complaint_id, c.reference, l.kind as "kind: Kind", l.subject, l.text, l.html, l.pdf,
                  l.format as "format: Format", l.delivery as "delivery: Delivery", l.addressee, l.address,
                  l.findings as "findings: Json<Vec<Finding>>", l.sent_name, l.sent_at, l.posted_at, l.posted_name,
                  l.refused_at, l.words as "words: Json<Words>", l.repeats, l.document is not null as "can_be_repeated!"
           from letters l join complaints c on c.id = l.complaint_id
           where l.complaint_id = $1
           order by l.sent_at, l.id"#,
        complaint_id
    )
    .fetch_all(db)
    .await
}

/// A page of the letters to post, the oldest first.
pub async fn to_post_page(
    db: impl PgExecutor<'_>,
    reader: Option<Uuid>,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"select l.id, l.complaint_id, c.reference, l.kind as "kind: Kind", l.subject, '' as "text!", '' as "html!",
                  null::bytea as pdf, l.format as "format: Format", l.delivery as "delivery: Delivery", l.addressee, l.address,
                  l.findings as "findings: Json<Vec<Finding>>", l.sent_name, l.sent_at, l.posted_at, l.posted_name,
                  l.refused_at, l.words as "words: Json<Words>", l.repeats, l.document is not null as "can_be_repeated!"
           from letters l join complaints c on c.id = l.complaint_id
           where l.delivery = 'post' and l.posted_at is null
             and not exists (select from conflicts f where f.complaint_id = l.complaint_id and f.account_id = $4)
             and ($2::uuid is null or (l.sent_at, l.id) > ($1, $2))
           order by l.sent_at, l.id
           limit $3"#,
        after.map(|it| it.0),
        after.map(|it| it.1),
        limit,
        reader
    )
    .fetch_all(db)
    .await
}

/// Records that a letter went to the post; `false` when it was recorded before.
pub async fn record_posted(
    tx: &mut PgConnection,
    id: Uuid,
    actor: &Actor,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update letters set posted_at = $2, posted_by = $3, posted_name = $4
         where id = $1 and delivery = 'post' and posted_at is null",
        id,
        at,
        actor.id,
        actor.name
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a letter is made of; `None` for one from before that was kept.
pub async fn document(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Document>> {
    let kept = sqlx::query_scalar!(
        r#"select document as "document: Json<Document>" from letters where id = $1"#,
        id
    )
    .fetch_optional(db)
    .await?;
    Ok(kept.flatten().map(|it| it.0))
}

/// A letter that a mail server refused.
#[derive(Debug, Clone, Copy)]
pub struct Refused {
    /// The complaint.
    pub complaint_id: Uuid,
    /// What the letter is for.
    pub kind: Kind,
    /// The letter as it was first sent, which may be this one.
    pub first: Uuid,
}

/// Records that a mail server refused a letter; `None` when that was recorded before.
pub async fn record_refused(
    tx: &mut PgConnection,
    id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<Refused>> {
    sqlx::query_as!(
        Refused,
        r#"update letters set refused_at = $2
           where id = $1 and delivery = 'email' and refused_at is null
           returning complaint_id, kind as "kind: Kind", coalesce(repeats, id) as "first!" "#,
        id,
        at
    )
    .fetch_optional(tx)
    .await
}
