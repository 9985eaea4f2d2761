//! The queries about what somebody has read and has not (ME-4). Nothing is counted in advance: what is unread follows from the marks.

use casefile::Visibility;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::Side;

/// How a conversation stands for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Up to where the person has read.
    pub read_to: Option<DateTime<Utc>>,
    /// How many messages the person has not read.
    pub unread: i32,
    /// The date by which the ombudsman is to answer the landlord; `None` when no answer is owed.
    pub reply_due_on: Option<NaiveDate>,
}

/// How a case's conversation stands for an account that has to read a side's messages; `None` while there is none.
pub async fn standing(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    account_id: Option<Uuid>,
    side: Side,
) -> sqlx::Result<Option<Standing>> {
    sqlx::query_as!(
        Standing,
        r#"select r.read_to as "read_to?",
               (select count(*)::int from messages m
                where m.case_id = c.case_id and m.side = $3 and not m.imported
                  and m.sent_at > coalesce(r.read_to, '-infinity')) as "unread!",
               (select min(due_on) from reply_clocks k where k.case_id = c.case_id and k.settled_at is null) as reply_due_on
           from conversations c left join read_marks r on r.account_id = $2 and r.case_id = c.case_id
           where c.case_id = $1"#,
        case_id,
        account_id,
        side as Side,
    )
    .fetch_optional(db)
    .await
}

/// How many messages of a side were sent before an instant and after a mark.
pub async fn unread_before(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    side: Side,
    read_to: Option<DateTime<Utc>>,
    before: DateTime<Utc>,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select count(*)::int as "unread!" from messages
           where case_id = $1 and side = $2 and not imported and sent_at > coalesce($3, '-infinity'::timestamptz) and sent_at < $4"#,
        case_id,
        side as Side,
        read_to,
        before,
    )
    .fetch_one(db)
    .await
}

/// Moves an account's mark up to a message and records it in the audit; a mark that is there already stays as it is. Tells
/// whether the case has the message.
///
/// A conversation gives its messages their instants one after the other, and so whoever sees a message sees all before it:
/// none can slip in under the mark later on.
pub async fn mark_read(
    tx: &mut PgConnection,
    case_id: Uuid,
    message_id: Uuid,
    account_id: Uuid,
    change: Change<'_>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"with message as (
               select sent_at from messages where case_id = $1 and id = $2
           ), mark as (
               insert into read_marks as mark (account_id, case_id, read_to)
               select $3, $1, sent_at from message
               on conflict on constraint read_marks_pkey do update set read_to = excluded.read_to where mark.read_to < excluded.read_to
               returning read_to
           ), change as (
               insert into changes (id, at, actor, action, case_id, message_id)
               select $4, $5, $6, 'marked_read', $1, $2 from mark
           )
           select exists (select from message) as "there!""#,
        case_id,
        message_id,
        account_id,
        change.id,
        change.at,
        change.actor,
    )
    .fetch_one(tx)
    .await
}

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The id of the audit's row.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: &'a str,
}

/// Unread messages of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// The case.
    pub case_id: Uuid,
    /// How many.
    pub unread: i32,
}

/// How many messages of the ombudsman an account of a landlord has not read, on the cases that it may see (CA-4).
pub async fn unread_by_landlord(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    landlord_id: Uuid,
    seen: &Visibility,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(u.unread), 0)::int as "unread!"
           from conversations c
           join case_files f using (case_id)
           left join read_marks r on r.account_id = $1 and r.case_id = c.case_id
           cross join lateral (
               select count(*) as unread from messages m
               where m.case_id = c.case_id and m.side = 'ombudsman' and not m.imported and m.sent_at > coalesce(r.read_to, '-infinity')
           ) u
           where c.landlord_id = $2 and c.last_sent_at > coalesce(r.read_to, '-infinity')
             and (f.closed_on is null or (f.closed_on >= $3 and f.closed_on >= $4))"#,
        account_id,
        landlord_id,
        seen.activated_on,
        seen.closed_since,
    )
    .fetch_one(db)
    .await
}

/// How many messages of landlords somebody of staff has not read, on the open cases that they own.
pub async fn unread_by_owner(db: impl PgExecutor<'_>, account_id: Uuid) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(u.unread), 0)::int as "unread!"
           from case_files f
           join conversations c using (case_id)
           left join read_marks r on r.account_id = $1 and r.case_id = c.case_id
           cross join lateral (
               select count(*) as unread from messages m
               where m.case_id = c.case_id and m.side = 'landlord' and not m.imported and m.sent_at > coalesce(r.read_to, '-infinity')
           ) u
           where f.owner_account_id = $1 and f.closed_on is null and c.last_sent_at > coalesce(r.read_to, '-infinity')"#,
        account_id,
    )
    .fetch_one(db)
    .await
}

/// How many messages of a side an account has not read on each of some cases that it may see, where there is any.
pub async fn unread_on(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
    side: Side,
    seen: &Visibility,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        r#"select c.case_id, u.unread as "unread!"
           from conversations c
           join case_files f using (case_id)
           left join read_marks r on r.account_id = $1 and r.case_id = c.case_id
           cross join lateral (
               select count(*)::int as unread from messages m
               where m.case_id = c.case_id and m.side = $2 and not m.imported and m.sent_at > coalesce(r.read_to, '-infinity')
           ) u
           where c.case_id = any($3) and u.unread > 0
             and ($4::uuid is null or (c.landlord_id = $4 and (f.closed_on is null or (f.closed_on >= $5 and f.closed_on >= $6))))"#,
        account_id,
        side as Side,
        case_ids,
        seen.landlord_id,
        seen.activated_on,
        seen.closed_since,
    )
    .fetch_all(db)
    .await
}

/// A conversation, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The case.
    pub case_id: Uuid,
    /// Its reference.
    pub case_reference: String,
    /// The resident who complains.
    pub complainant: String,
    /// The landlord's name.
    pub landlord_name: String,
    /// How many of its messages the person has not read.
    pub unread: i32,
    /// Which side wrote the newest message.
    pub last_side: Side,
    /// Who wrote it.
    pub last_author_name: String,
    /// When.
    pub last_sent_at: DateTime<Utc>,
}

/// Which conversations are listed.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Who asks.
    pub account_id: Uuid,
    /// Whether only those with something to read.
    pub unread_only: bool,
    /// Where the page before ended.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

/// The conversations of the cases that a landlord may see (CA-4), the one with the newest message first.
pub async fn of_landlord(
    db: impl PgExecutor<'_>,
    listing: Listing,
    landlord_id: Uuid,
    seen: &Visibility,
) -> sqlx::Result<Vec<Conversation>> {
    let (after_at, after_id) = listing.after.unzip();
    // The inner order keeps the planner from looking at each conversation's case before it has dropped those that are read.
    sqlx::query_as!(
        Conversation,
        r#"with page as (
               select c.case_id, c.last_sent_at, f.reference, f.complainant, f.landlord_name, u.unread
               from (
                   select c.case_id, c.last_sent_at, r.read_to
                   from conversations c left join read_marks r on r.account_id = $1 and r.case_id = c.case_id
                   where c.landlord_id = $2
                     and (c.last_sent_at, c.case_id)
                         < (coalesce($5::timestamptz, 'infinity'), coalesce($6::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                     and (not $7::boolean or c.last_sent_at > coalesce(r.read_to, '-infinity'))
                   order by c.last_sent_at desc, c.case_id desc
               ) c
               join case_files f using (case_id)
               cross join lateral (
                   select count(*)::int as unread from messages m
                   where m.case_id = c.case_id and m.side = 'ombudsman' and not m.imported and m.sent_at > coalesce(c.read_to, '-infinity')
               ) u
               where (f.closed_on is null or (f.closed_on >= $3 and f.closed_on >= $4)) and (not $7 or u.unread > 0)
               order by c.last_sent_at desc, c.case_id desc
               limit $8
           )
           select page.case_id, page.reference as case_reference, page.complainant, page.landlord_name, page.unread as "unread!",
               last.side as "last_side: Side", last.author_name as last_author_name, page.last_sent_at
           from page cross join lateral (
               select m.side, m.author_name from messages m where m.case_id = page.case_id order by m.sent_at desc, m.id desc limit 1
           ) last
           order by page.last_sent_at desc, page.case_id desc"#,
        listing.account_id,
        landlord_id,
        seen.activated_on,
        seen.closed_since,
        after_at,
        after_id,
        listing.unread_only,
        listing.limit,
    )
    .fetch_all(db)
    .await
}

/// The conversations of the open cases that somebody of staff owns, the one with the newest message first.
pub async fn of_owner(
    db: impl PgExecutor<'_>,
    listing: Listing,
) -> sqlx::Result<Vec<Conversation>> {
    let (after_at, after_id) = listing.after.unzip();
    sqlx::query_as!(
        Conversation,
        r#"with page as (
               select c.case_id, c.last_sent_at, f.reference, f.complainant, f.landlord_name, u.unread
               from case_files f
               join conversations c using (case_id)
               left join read_marks r on r.account_id = $1 and r.case_id = c.case_id
               cross join lateral (
                   select count(*)::int as unread from messages m
                   where m.case_id = c.case_id and m.side = 'landlord' and not m.imported and m.sent_at > coalesce(r.read_to, '-infinity')
               ) u
               where f.owner_account_id = $1 and f.closed_on is null
                 and (c.last_sent_at, c.case_id)
                     < (coalesce($2::timestamptz, 'infinity'), coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                 and (not $4 or u.unread > 0)
               order by c.last_sent_at desc, c.case_id desc
               limit $5
           )
           select page.case_id, page.reference as case_reference, page.complainant, page.landlord_name, page.unread as "unread!",
               last.side as "last_side: Side", last.author_name as last_author_name, page.last_sent_at
           from page cross join lateral (
               select m.side, m.author_name from messages m where m.case_id = page.case_id order by m.sent_at desc, m.id desc limit 1
           ) last
           order by page.last_sent_at desc, page.case_id desc"#,
        listing.account_id,
        after_at,
        after_id,
        listing.unread_only,
        listing.limit,
    )
    .fetch_all(db)
    .await
}
