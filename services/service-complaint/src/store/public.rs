//! The queries of the public side: forms, private links, and how often somebody asked.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::webform::Answers;

/// A form on its way.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Its id.
    pub id: Uuid,
    /// What it holds.
    pub answers: Json<Answers>,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Begins a form.
pub async fn insert_draft(
    tx: &mut PgConnection,
    draft: &DraftRow,
    token_hash: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into drafts (id, token_hash, answers, started_at, expires_at) values ($1, $2, $3, $4, $5)",
        draft.id,
        token_hash,
        &draft.answers as _,
        draft.started_at,
        draft.expires_at
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A form, under its lock: two presses of a button come one after the other.
pub async fn lock_draft(
    tx: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DraftRow>> {
    sqlx::query_as!(
        DraftRow,
        r#"select id, answers as "answers: Json<Answers>", started_at, expires_at, sent_at
           from drafts where token_hash = $1 and expires_at > $2
           for update"#,
        token_hash,
        now
    )
    .fetch_optional(tx)
    .await
}

/// Keeps what a form holds, and what became of it.
pub async fn save_draft(tx: &mut PgConnection, draft: &DraftRow) -> sqlx::Result<()> {
    sqlx::query!(
        "update drafts set answers = $2, expires_at = $3, sent_at = $4 where id = $1",
        draft.id,
        &draft.answers as _,
        draft.expires_at,
        draft.sent_at
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Throws a form away.
pub async fn delete_draft(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from drafts where id = $1", id)
        .execute(tx)
        .await
        .map(drop)
}

/// A form that is kept no longer.
#[derive(Debug)]
pub struct Expired {
    /// Its id.
    pub id: Uuid,
    /// Whether it was sent.
    pub sent: bool,
}

/// Throws away forms that are kept no longer, whatever other replicas do at the same moment.
pub async fn delete_expired(
    tx: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Expired>> {
    sqlx::query_as!(
        Expired,
        r#"with expired as (
               select id from drafts where expires_at <= $1 order by expires_at, id limit $2 for update skip locked
           )
           delete from drafts d using expired where d.id = expired.id
           returning d.id, d.sent_at is not null as "sent!""#,
        now,
        limit
    )
    .fetch_all(tx)
    .await
}

/// Keeps what came by the form and has no other place.
pub async fn insert_webform(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    webform: &WebformRow,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webforms (complaint_id, happened_on, too_long_ago, sent_at, answers) values ($1, $2, $3, $4, $5)",
        complaint_id,
        webform.happened_on,
        webform.too_long_ago,
        webform.sent_at,
        webform.answers.as_ref() as _,
    )
    .execute(tx)
    .await
    .map(drop)
}

/// What came by the form and has no other place.
#[derive(Debug)]
pub struct WebformRow {
    /// When it last happened.
    pub happened_on: NaiveDate,
    /// Whether that was longer ago than is usually looked at.
    pub too_long_ago: bool,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// What was filled in, as it was; `None` for forms that were sent before it was kept.
    pub answers: Option<Json<Answers>>,
}

/// What came by the form, if the complaint did.
pub async fn webform(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
) -> sqlx::Result<Option<WebformRow>> {
    sqlx::query_as!(
        WebformRow,
        r#"select happened_on, too_long_ago, sent_at, answers as "answers: Json<Answers>" from webforms where complaint_id = $1"#,
        complaint_id
    )
    .fetch_optional(db)
    .await
}

/// Notes that a private link is to be sent.
pub async fn insert_link_request(
    tx: &mut PgConnection,
    id: Uuid,
    complaint_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into link_requests (id, complaint_id, requested_at) values ($1, $2, $3)",
        id,
        complaint_id,
        now
    )
    .execute(tx)
    .await
    .map(drop)
}

/// How many links of a complaint were asked for since an instant.
pub async fn link_requests_since(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from link_requests where complaint_id = $1 and requested_at > $2"#,
        complaint_id,
        since
    )
    .fetch_one(tx)
    .await
}

/// The complaint that a link was asked for.
pub async fn complaint_of_request(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select complaint_id from link_requests where id = $1",
        request_id
    )
    .fetch_optional(db)
    .await
}

/// The complaint of a reference and an email address, both as they were given.
pub async fn complaint_of_person(
    tx: &mut PgConnection,
    reference: &str,
    email: &str,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from complaints where reference = $1 and email = $2 and email <> ''",
        reference,
        email
    )
    .fetch_optional(tx)
    .await
}

/// A private link that was made.
#[derive(Debug)]
pub struct NewLink {
    /// Its id.
    pub id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// The keyed hash of its secret.
    pub token_hash: Vec<u8>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a link, and lets the newest few of its complaint work.
pub async fn insert_link(tx: &mut PgConnection, link: &NewLink, most: i64) -> sqlx::Result<()> {
    let NewLink {
        id,
        complaint_id,
        token_hash,
        made_at,
        expires_at,
    } = link;
    sqlx::query!(
        "insert into links (id, complaint_id, token_hash, made_at, expires_at) values ($1, $2, $3, $4, $5)",
        id,
        complaint_id,
        token_hash,
        made_at,
        expires_at
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from links where complaint_id = $1
         and id not in (select id from links where complaint_id = $1 order by id desc limit $2)",
        complaint_id,
        most
    )
    .execute(tx)
    .await
    .map(drop)
}

/// The complaint of a link that works, and its version.
pub async fn complaint_of_link(
    db: impl PgExecutor<'_>,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<(Uuid, i64)>> {
    let row = sqlx::query!(
        "select c.id, c.version from links l join complaints c on c.id = l.complaint_id
         where l.token_hash = $1 and l.expires_at > $2",
        token_hash,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|it| (it.id, it.version)))
}

/// Whether a message was taken before, and if it is answered.
pub async fn written_before(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    request_id: Uuid,
) -> sqlx::Result<Option<bool>> {
    sqlx::query_scalar!(
        "select acknowledged from correspondence where complaint_id = $1 and request_id = $2",
        complaint_id,
        request_id
    )
    .fetch_optional(db)
    .await
}

/// Counts once more, and tells how often it was and when counting starts anew.
pub async fn count(
    tx: &mut PgConnection,
    rule: &str,
    subject: &[u8],
    now: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> sqlx::Result<(i32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "insert into throttles as t (rule, subject, count, ends_at) values ($1, $2, 1, $4)
         on conflict (rule, subject) do update set
             count = case when t.ends_at > $3 then t.count + 1 else 1 end,
             ends_at = case when t.ends_at > $3 then t.ends_at else excluded.ends_at end
         returning count, ends_at",
        rule,
        subject,
        now,
        ends_at
    )
    .fetch_one(tx)
    .await?;
    Ok((row.count, row.ends_at))
}

/// Forgets what was counted and is over.
pub async fn forget_counts(db: impl PgExecutor<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("delete from throttles where ends_at <= $1", now)
        .execute(db)
        .await
        .map(drop)
}
