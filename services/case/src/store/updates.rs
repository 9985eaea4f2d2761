//! Progress updates that were given, and the standard paragraphs that they are made of (CA-10).

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Channel, Paragraph};

/// A progress update.
#[derive(Clone, Debug)]
pub struct Update {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The standard paragraph that it was made of; empty for one's own words.
    pub paragraph: String,
    /// What the complainant was told.
    pub words: String,
    /// How.
    pub channel: Channel,
    /// When.
    pub given_on: NaiveDate,
    /// By when the stage is expected to be finished, if it said so anew.
    pub expected_on: Option<NaiveDate>,
    /// The email address that the portal sends it to; empty when it was given in another way.
    pub address: String,
}

/// Keeps an update; `false` when a request with the same id has given one in the meantime.
pub async fn add_update(
    tx: &mut PgConnection,
    update: &Update,
    stage_id: Uuid,
    (request_id, request): (Uuid, &[u8]),
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let Update {
        id,
        case_id,
        paragraph,
        words,
        channel,
        given_on,
        expected_on,
        address,
    } = update;
    let added = sqlx::query!(
        "insert into progress_updates (id, case_id, stage_id, paragraph, words, channel, given_on, expected_on, recorded_at, recorded_by,
             recorded_name, request_id, request_digest, address)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, sha256($13), $14)
         on conflict on constraint progress_updates_request_unique do nothing",
        id,
        case_id,
        stage_id,
        paragraph,
        words,
        *channel as Channel,
        given_on,
        *expected_on,
        at,
        by,
        name,
        request_id,
        request,
        address,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// The update that a request with this id has given before, and whether it was the same request.
pub async fn given_by(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<Option<(Update, bool)>> {
    let found = sqlx::query!(
        r#"select id, case_id, paragraph, words, channel as "channel: Channel", given_on, expected_on, address,
               request_digest = sha256($2) as "same!"
           from progress_updates where request_id = $1"#,
        request_id,
        request,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| {
        let update = Update {
            id: it.id,
            case_id: it.case_id,
            paragraph: it.paragraph,
            words: it.words,
            channel: it.channel,
            given_on: it.given_on,
            expected_on: it.expected_on,
            address: it.address,
        };
        (update, it.same)
    }))
}

/// An update that the portal sends.
#[derive(Debug)]
pub struct Sent {
    /// The complainant's name.
    pub complainant: String,
    /// Who speaks for them; empty when nobody does.
    pub representative: String,
    /// The email address.
    pub address: String,
    /// What it says.
    pub words: String,
}

/// An update that the portal sends; `None` when it sends none with this id, or its case was closed meanwhile: what it says of the case is over.
pub async fn sent_update(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Sent>> {
    sqlx::query_as!(
        Sent,
        "select c.complainant, c.representative, u.address, u.words
         from progress_updates u join cases c on c.id = u.case_id
         where u.id = $1 and u.address <> '' and c.closed_on is null",
        id,
    )
    .fetch_optional(db)
    .await
}

/// Keeps that a mail server refused an update, and tells of which case it is; `None` when that is known, or there is no such update.
pub async fn refuse_update(
    tx: &mut PgConnection,
    id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "update progress_updates set refused_at = $2 where id = $1 and address <> '' and refused_at is null returning case_id",
        id,
        at,
    )
    .fetch_optional(tx)
    .await
}

/// How the case of a refused update stands.
#[derive(Clone, Copy, Debug)]
pub struct AfterRefusal {
    /// Whether it is closed.
    pub closed: bool,
    /// Whether the complainant was given another update since, as far as is known.
    pub given_since: bool,
}

/// How the case of a refused update stands.
pub async fn after_refusal(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<AfterRefusal> {
    sqlx::query_as!(
        AfterRefusal,
        r#"select c.closed_on is not null as "closed!",
                  exists (select from progress_updates n where n.case_id = u.case_id and n.id > u.id and n.refused_at is null) as "given_since!"
           from progress_updates u join cases c on c.id = u.case_id
           where u.id = $1"#,
        id,
    )
    .fetch_one(db)
    .await
}

/// The standard paragraphs, by their keys.
pub async fn paragraphs(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Paragraph>> {
    sqlx::query_as!(
        Paragraph,
        r#"select key as "key!", words as "words!", set_at as "set_at!", set_name as "set_name!"
           from (select distinct on (key) key, words, set_at, set_name from paragraphs order by key, id desc) latest
           where words <> ''
           order by key"#,
    )
    .fetch_all(db)
    .await
}

/// The words of a standard paragraph.
pub async fn paragraph(db: impl PgExecutor<'_>, key: &str) -> sqlx::Result<Option<String>> {
    let found = sqlx::query_scalar!(
        "select words from paragraphs where key = $1 order by id desc limit 1",
        key,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.filter(|it| !it.is_empty()))
}

/// Writes a standard paragraph, or takes one back.
pub async fn set_paragraph(
    tx: &mut PgConnection,
    key: &str,
    words: &str,
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into paragraphs (id, key, words, set_at, set_by, set_name) values ($1, $2, $3, $4, $5, $6)",
        kit::id(),
        key,
        words,
        at,
        by,
        name,
    )
    .execute(tx)
    .await?;
    Ok(())
}
