//! The queries of an import: each takes all rows at once.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::Side;

/// What imported rows stand under instead of an actor: a row's request id is the same whichever client imports it.
pub const IMPORT: &str = "import";

/// A row that was found to be in order.
#[derive(Debug, Clone)]
pub struct Row {
    /// The id that the message gets unless it was imported before.
    pub id: Uuid,
    /// The id of the audit's row.
    pub change_id: Uuid,
    /// The row's own id.
    pub request_id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Which side wrote it.
    pub side: Side,
    /// Who wrote it.
    pub author_name: String,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// A case that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The case.
    pub case_id: Uuid,
    /// Whether it is open.
    pub open: bool,
}

/// Those of the cases that are known.
pub async fn known_cases(db: impl PgExecutor<'_>, case_ids: &[Uuid]) -> sqlx::Result<Vec<Known>> {
    sqlx::query_as!(
        Known,
        r#"select case_id, closed_on is null as "open!" from case_files where case_id = any($1)"#,
        case_ids
    )
    .fetch_all(db)
    .await
}

/// Makes the conversations that imported messages need.
pub async fn open_conversations(tx: &mut PgConnection, rows: &[Row]) -> sqlx::Result<()> {
    // Taken in one order, so that two imports of the same cases can't wait for each other.
    sqlx::query!(
        "insert into conversations as c (case_id, landlord_id, last_sent_at)
         select f.case_id, f.landlord_id, max(r.sent_at)
         from unnest($1::uuid[], $2::timestamptz[]) as r (case_id, sent_at) join case_files f using (case_id)
         group by f.case_id, f.landlord_id
         order by f.case_id
         on conflict (case_id) do update set last_sent_at = greatest(c.last_sent_at, excluded.last_sent_at)",
        &column(rows, |row| row.case_id),
        &column(rows, |row| row.sent_at),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes the messages that were not imported before, with their audit.
pub async fn insert(
    tx: &mut PgConnection,
    rows: &[Row],
    actor: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with new as (
             select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
                 as r (id, change_id, request_id, case_id, side, author_name, body, sent_at)
         ), taken as (
             insert into messages
                 (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
             select id, case_id, side, author_name, body, '{}', '{}', sent_at, true, $9, request_id
             from new
             on conflict on constraint messages_request_once do nothing
             returning id, case_id
         )
         insert into changes (id, at, actor, action, case_id, message_id)
         select new.change_id, $11, $10, 'imported', taken.case_id, taken.id
         from taken join new using (id)",
        &column(rows, |row| row.id),
        &column(rows, |row| row.change_id),
        &column(rows, |row| row.request_id),
        &column(rows, |row| row.case_id),
        &column(rows, |row| row.side) as &[Side],
        &column(rows, |row| row.author_name.clone()),
        &column(rows, |row| row.body.clone()),
        &column(rows, |row| row.sent_at),
        IMPORT,
        actor,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Works out anew since when each conversation's landlord awaits an answer (ME-5): history may have come in any order. Nobody
/// waits on a closed case, nor for what staff have said needs no answer.
pub async fn renew_replies_owed(tx: &mut PgConnection, case_ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!(
        "update conversations c
         set reply_owed_since = (
             select min(m.sent_at)
             from messages m
             join case_files f using (case_id)
             where m.case_id = c.case_id and m.side = 'landlord' and not m.technical_issue and f.closed_on is null
               and m.sent_at > greatest(
                   (select max(answer.sent_at) from messages answer where answer.case_id = c.case_id and answer.side = 'ombudsman'),
                   c.no_answer_needed_to,
                   '-infinity'
               )
         )
         where c.case_id = any($1)",
        case_ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What stands under a row's id.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    /// The row's own id.
    pub request_id: Uuid,
    /// The message's id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Which side wrote it.
    pub side: Side,
    /// Who wrote it.
    pub author_name: String,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

impl Taken {
    /// Whether the row says what it said when it was taken.
    #[must_use]
    pub fn is(&self, row: &Row) -> bool {
        let Self {
            request_id,
            id: _,
            case_id,
            side,
            author_name,
            body,
            sent_at,
        } = self;
        (*request_id, *case_id, *side, *sent_at)
            == (row.request_id, row.case_id, row.side, row.sent_at)
            && *author_name == row.author_name
            && *body == row.body
    }
}

/// The messages that stand under some rows' ids.
pub async fn taken(tx: &mut PgConnection, request_ids: &[Uuid]) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as!(
        Taken,
        "select request_id, id, case_id, side, author_name, body, sent_at
         from messages
         where requested_by = $1 and request_id = any($2)",
        IMPORT,
        request_ids,
    )
    .fetch_all(tx)
    .await
}

fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
