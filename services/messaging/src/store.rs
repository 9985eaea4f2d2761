//! The queries: one function for each statement.

pub mod import;

use casefile::Visibility;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Message, Side};

/// How far a conversation has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMarks {
    /// By the landlord.
    pub landlord: Option<DateTime<Utc>>,
    /// By the ombudsman.
    pub ombudsman: Option<DateTime<Utc>>,
}

impl ReadMarks {
    /// A side's mark.
    #[must_use]
    pub fn of(self, side: Side) -> Option<DateTime<Utc>> {
        match side {
            Side::Landlord => self.landlord,
            Side::Ombudsman => self.ombudsman,
        }
    }
}

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

/// Sends a message: the thread's row, the message and the audit in one round trip. A landlord's message needs a thread that is
/// there already (ME-1), and gives `None` without one. Otherwise gives the instant that the message got.
pub async fn post(
    tx: &mut PgConnection,
    new: &NewMessage<'_>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
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
    } = new.message;
    let starts = *side == Side::Ombudsman;
    sqlx::query_scalar!(
        r#"
        with conversation as (
            insert into conversations as c
                (case_id, landlord_id, last_sent_at, unread_by_landlord, unread_by_ombudsman, reply_owed_since)
            select $1, $2, $3::timestamptz, $4::boolean::int, (not $4)::int, case when $4 then null else $3 end
            where $4 or exists (select from conversations where case_id = $1)
            on conflict (case_id) do update set
                last_sent_at = greatest(excluded.last_sent_at, c.last_sent_at + interval '1 microsecond'),
                unread_by_landlord = c.unread_by_landlord + excluded.unread_by_landlord,
                unread_by_ombudsman = c.unread_by_ombudsman + excluded.unread_by_ombudsman,
                reply_owed_since = case when $4 then null else coalesce(c.reply_owed_since, excluded.last_sent_at) end
            returning last_sent_at
        ), message as (
            insert into messages
                (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
            select $5, $1, $6, $7, $8, $9, $10, last_sent_at, false, $11, $12
            from conversation
            returning sent_at
        )
        insert into changes (id, at, actor, action, case_id, message_id)
        select $13, sent_at, $11, 'posted', $1, $5
        from message
        returning at
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
        "select id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported
         from messages
         where requested_by = $1 and request_id = $2",
        requested_by,
        request_id,
    )
    .fetch_optional(db)
    .await
}

/// How far a case's conversation has been read; `None` while there is none.
pub async fn read_marks(db: impl PgExecutor<'_>, case_id: Uuid) -> sqlx::Result<Option<ReadMarks>> {
    sqlx::query_as!(
        ReadMarks,
        "select landlord_read_to as landlord, ombudsman_read_to as ombudsman from conversations where case_id = $1",
        case_id,
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
        "select id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported
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

/// When a message of a case was sent.
pub async fn sent_at(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    message_id: Uuid,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "select sent_at from messages where case_id = $1 and id = $2",
        case_id,
        message_id
    )
    .fetch_optional(db)
    .await
}

/// Takes a conversation's lock, so that no message can arrive while what is unread is counted. Gives the marks.
pub async fn lock(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<Option<ReadMarks>> {
    sqlx::query_as!(
        ReadMarks,
        "select landlord_read_to as landlord, ombudsman_read_to as ombudsman from conversations where case_id = $1 for update",
        case_id,
    )
    .fetch_optional(tx)
    .await
}

/// Sets the landlord's mark and counts what is left.
pub async fn mark_read_by_landlord(
    tx: &mut PgConnection,
    case_id: Uuid,
    read_to: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update conversations
         set landlord_read_to = $2,
             unread_by_landlord = (
                 select count(*) from messages m where m.case_id = $1 and m.side = 'ombudsman' and not m.imported and m.sent_at > $2
             )
         where case_id = $1",
        case_id,
        read_to,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Sets the ombudsman's mark and counts what is left.
pub async fn mark_read_by_ombudsman(
    tx: &mut PgConnection,
    case_id: Uuid,
    read_to: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update conversations
         set ombudsman_read_to = $2,
             unread_by_ombudsman = (
                 select count(*) from messages m where m.case_id = $1 and m.side = 'landlord' and not m.imported and m.sent_at > $2
             )
         where case_id = $1",
        case_id,
        read_to,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Records in the audit that a side has read up to a message.
pub async fn record_read(
    tx: &mut PgConnection,
    change_id: Uuid,
    at: DateTime<Utc>,
    actor: &str,
    case_id: Uuid,
    message_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, case_id, message_id) values ($1, $2, $3, 'marked_read', $4, $5)",
        change_id,
        at,
        actor,
        case_id,
        message_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Unread messages of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// The case.
    pub case_id: Uuid,
    /// How many.
    pub unread: i32,
}

/// How many messages a landlord has not read on the cases that it may see (CA-4).
pub async fn unread_by_landlord(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
    seen: &Visibility,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(c.unread_by_landlord), 0)::int as "unread!"
           from conversations c join case_files f using (case_id)
           where c.landlord_id = $1 and c.unread_by_landlord > 0 and (f.closed_on is null or (f.closed_on >= $2 and f.closed_on >= $3))"#,
        landlord_id,
        seen.activated_on,
        seen.closed_since,
    )
    .fetch_one(db)
    .await
}

/// The same on each of some cases, where there is any.
pub async fn unread_by_landlord_on(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
    seen: &Visibility,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        "select c.case_id, c.unread_by_landlord as unread
         from conversations c join case_files f using (case_id)
         where c.landlord_id = $1 and c.unread_by_landlord > 0 and (f.closed_on is null or (f.closed_on >= $2 and f.closed_on >= $3))
           and c.case_id = any($4)",
        landlord_id,
        seen.activated_on,
        seen.closed_since,
        case_ids,
    )
    .fetch_all(db)
    .await
}

/// How many messages the ombudsman has not read.
pub async fn unread_by_ombudsman(db: impl PgExecutor<'_>) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(unread_by_ombudsman), 0)::int as "unread!" from conversations where unread_by_ombudsman > 0"#
    )
    .fetch_one(db)
    .await
}

/// The same on each of some cases, where there is any.
pub async fn unread_by_ombudsman_on(
    db: impl PgExecutor<'_>,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        "select case_id, unread_by_ombudsman as unread from conversations where unread_by_ombudsman > 0 and case_id = any($1)",
        case_ids,
    )
    .fetch_all(db)
    .await
}
