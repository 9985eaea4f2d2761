//! The queries: one function for each statement.

pub mod import;
pub mod reading;
pub mod replies;
pub mod sweep;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Message, Side};

/// What is written when a message is sent.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// The message; its instant is the earliest it may get.
    pub message: &'a Message,
    /// The landlord of the case.
    pub landlord_id: Uuid,
    /// Whose request it was.
    pub actor: &'a str,
    /// The request.
    pub request_id: Uuid,
    /// The id of the audit's row.
    pub change_id: Uuid,
}

/// What is known of a message once it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The instant that it got.
    pub sent_at: DateTime<Utc>,
    /// Whether a landlord has been waiting for an answer from here on (ME-5).
    pub starts_waiting: bool,
    /// The date by which the landlord had been promised an answer of this kind already.
    pub reply_due_on: Option<NaiveDate>,
}

/// Sends a message: the thread's row, the message and the audit in one round trip. A landlord's message needs a thread that is
/// there already (ME-1), and gives `None` without one.
pub async fn post(tx: &mut PgConnection, new: &NewMessage<'_>) -> sqlx::Result<Option<Posted>> {
    let Message {
        id,
        case_id,
        side,
        author_name,
        body,
        document_ids,
        document_names,
        sent_at,
        imported: _,
        technical_issue,
    } = new.message;
    let starts = *side == Side::Ombudsman;
    sqlx::query_as!(
        Posted,
        r#"
        with conversation as (
            insert into conversations as c (case_id, landlord_id, last_sent_at)
            select $1, $2, $3::timestamptz
            where $4::boolean or exists (select from conversations where case_id = $1)
            on conflict (case_id) do update set
                last_sent_at = greatest(excluded.last_sent_at, c.last_sent_at + interval '1 microsecond'),
                reply_owed_since = case
                    when $4 then null
                    when $14 then c.reply_owed_since
                    else coalesce(c.reply_owed_since, greatest(excluded.last_sent_at, c.last_sent_at + interval '1 microsecond'))
                end
            returning last_sent_at, reply_owed_since
        ), message as (
            insert into messages
                (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id, technical_issue)
            select $5, $1, $6, $7, $8, $9, $10, last_sent_at, false, $11, $12, $14
            from conversation
        ), change as (
            insert into changes (id, at, actor, action, case_id, message_id)
            select $13, last_sent_at, $11, 'posted', $1, $5
            from conversation
        )
        select last_sent_at as sent_at, not $14 and reply_owed_since is not distinct from last_sent_at as "starts_waiting!",
            (select due_on from reply_clocks where case_id = $1 and technical_issue = $14 and settled_at is null) as reply_due_on
        from conversation
        "#,
        case_id,
        new.landlord_id,
        sent_at,
        starts,
        id,
        *side as Side,
        author_name,
        body,
        document_ids,
        document_names,
        new.actor,
        new.request_id,
        new.change_id,
        technical_issue,
    )
    .fetch_optional(tx)
    .await
}

/// The message that a request has sent before.
pub async fn sent_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<Message>> {
    sqlx::query_as!(
        Message,
        "select id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, technical_issue
         from messages
         where requested_by = $1 and request_id = $2",
        requested_by,
        request_id,
    )
    .fetch_optional(db)
    .await
}

/// A stretch of a thread, newest first.
pub async fn thread(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Message>> {
    let (before_at, before_id) = before.unzip();
    // One comparison that the index can follow, and no `or`: every page costs the same.
    sqlx::query_as!(
        Message,
        "select id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, technical_issue
         from messages
         where case_id = $1
           and (sent_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
         order by sent_at desc, id desc
         limit $4",
        case_id,
        before_at,
        before_id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// One message.
pub async fn message(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Message>> {
    sqlx::query_as!(
        Message,
        "select id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, technical_issue
         from messages
         where id = $1",
        id,
    )
    .fetch_optional(db)
    .await
}

/// What became of a document since it was attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Lost {
    /// Staff have withdrawn it.
    Withdrawn,
    /// It was found to be infected.
    Quarantined,
}

/// Those of some documents that are lost.
pub async fn lost(
    db: impl PgExecutor<'_>,
    document_ids: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, Lost)>> {
    let rows = sqlx::query!(
        r#"select document_id, state as "state: Lost" from lost_documents where document_id = any($1)"#,
        document_ids,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.document_id, row.state))
        .collect())
}

/// Keeps that a document is lost. An infected one that is withdrawn afterwards stays known as infected.
pub async fn lose(tx: &mut PgConnection, document_id: Uuid, state: Lost) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into lost_documents as it (document_id, state) values ($1, $2)
         on conflict on constraint lost_documents_pkey do update set state = excluded.state where it.state <> 'quarantined'",
        document_id,
        state as Lost,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps which team has a case, as facts of a version say, unless newer facts are known.
pub async fn keep_team(
    tx: &mut PgConnection,
    case_id: Uuid,
    version: i64,
    team: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update case_files set team = $3 where case_id = $1 and version = $2",
        case_id,
        version,
        team,
    )
    .execute(tx)
    .await?;
    Ok(())
}
