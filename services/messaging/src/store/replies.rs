//! The queries about the answers that the ombudsman owes landlords (ME-5).

use calendar::Deadline;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::reply::{Outcome, Reply, Threshold};

struct Row {
    id: Uuid,
    case_id: Uuid,
    message_id: Uuid,
    technical_issue: bool,
    awaited_since: DateTime<Utc>,
    outcome: Option<Outcome>,
    deadline: Json<Deadline>,
}

impl From<Row> for Reply {
    fn from(row: Row) -> Self {
        let Row {
            id,
            case_id,
            message_id,
            technical_issue,
            awaited_since,
            outcome,
            deadline,
        } = row;
        Self {
            id,
            case_id,
            message_id,
            technical_issue,
            awaited_since,
            deadline: deadline.0,
            outcome,
        }
    }
}

/// Starts waits for answers, each unless the conversation waits for one of its kind already; tells which have started.
/// `noticed` is what nobody needs to be told of any more.
pub async fn start(
    tx: &mut PgConnection,
    reply: &Reply,
    noticed: Option<Threshold>,
) -> sqlx::Result<bool> {
    let (number, entry) = reply.last_entry();
    let started = sqlx::query!(
        "with clock as (
             insert into reply_clocks (id, case_id, message_id, technical_issue, awaited_since, due_on, noticed)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (case_id, technical_issue) where settled_at is null do nothing
             returning id
         )
         insert into reply_entries (reply_id, number, entry) select id, $8, $9 from clock",
        reply.id,
        reply.case_id,
        reply.message_id,
        reply.technical_issue,
        reply.awaited_since,
        reply.due_on(),
        noticed.map_or(0, |it| it as i16),
        number_of(number),
        Json(entry) as _,
    )
    .execute(tx)
    .await?;
    Ok(started.rows_affected() == 1)
}

/// Adds the newest line of a reply's ledger, and what follows from it. A reply of another due date needs its notices again.
pub async fn enter(tx: &mut PgConnection, reply: &Reply, at: DateTime<Utc>) -> sqlx::Result<()> {
    let (number, entry) = reply.last_entry();
    sqlx::query!(
        "with entry as (
             insert into reply_entries (reply_id, number, entry) values ($1, $2, $3)
         )
         update reply_clocks
         set due_on = $4, noticed = case when due_on = $4 then noticed else 0 end,
             outcome = $5, settled_at = case when $5::smallint is not null then $6::timestamptz end
         where id = $1",
        reply.id,
        number_of(number),
        Json(entry) as _,
        reply.due_on(),
        reply.outcome as Option<Outcome>,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn number_of(entry: usize) -> i32 {
    i32::try_from(entry).expect("a ledger has a few lines")
}

/// Takes the lock of a case's conversation, which every message and every end of a wait takes. `false` when there is none.
pub async fn lock(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select 1 as "one!" from conversations where case_id = $1 for update"#,
        case_id
    )
    .fetch_optional(tx)
    .await?;
    Ok(found.is_some())
}

/// The answers that are owed on a case. The conversation is locked.
pub async fn owed_on(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<Vec<Reply>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, case_id, message_id, technical_issue, awaited_since, outcome as "outcome: Outcome",
               (select json_agg(entry order by number) from reply_entries e where e.reply_id = k.id) as "deadline!: Json<Deadline>"
           from reply_clocks k
           where case_id = $1 and settled_at is null
           order by technical_issue"#,
        case_id,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Reply::from).collect())
}

/// A wait for an answer.
pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Reply>> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, case_id, message_id, technical_issue, awaited_since, outcome as "outcome: Outcome",
               (select json_agg(entry order by number) from reply_entries e where e.reply_id = k.id) as "deadline!: Json<Deadline>"
           from reply_clocks k
           where id = $1"#,
        id,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Reply::from))
}

/// Notes that nothing that was sent on a case until now needs an answer any more.
pub async fn no_answer_needed(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update conversations set reply_owed_since = null, no_answer_needed_to = last_sent_at where case_id = $1",
        case_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Records in the audit what was decided about a reply.
pub async fn record(
    tx: &mut PgConnection,
    change: super::reading::Change<'_>,
    action: &str,
    reply: &Reply,
    details: serde_json::Value,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, case_id, message_id, details) values ($1, $2, $3, $4, $5, $6, $7)",
        change.id,
        change.at,
        change.actor,
        action,
        reply.case_id,
        reply.message_id,
        details,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An answer that is owed, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The clock.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// Its reference.
    pub case_reference: String,
    /// The resident who complains.
    pub complainant: String,
    /// The landlord's name.
    pub landlord_name: String,
    /// The case owner's account.
    pub owner_account_id: Option<Uuid>,
    /// The message that started the wait.
    pub message_id: Uuid,
    /// Whether that reports a technical issue.
    pub technical_issue: bool,
    /// When it was sent.
    pub awaited_since: DateTime<Utc>,
    /// The last date in time.
    pub due_on: NaiveDate,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// How many messages wait for the answer.
    pub messages: i32,
    /// How many lines the ledger has.
    pub entries: i32,
}

impl Owed {
    /// Changes with every message that joins the wait and with every line of its ledger.
    #[must_use]
    pub fn version(&self) -> i64 {
        i64::from(self.messages) + i64::from(self.entries)
    }
}

/// Which of the answers that are owed are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Filter {
    /// Only on this case.
    pub case_id: Option<Uuid>,
    /// Only on cases of this owner.
    pub owner_account_id: Option<Uuid>,
    /// Only on cases that this team has.
    pub team: Option<i32>,
    /// Only those whose date has passed.
    pub overdue_only: bool,
}

/// A page of the answers that are owed, soonest due first.
pub async fn list(
    db: impl PgExecutor<'_>,
    filter: &Filter,
    today: NaiveDate,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Owed>> {
    let (after_on, after_id) = after.unzip();
    sqlx::query_as!(
        Owed,
        r#"with page as (
               select k.id from reply_clocks k join case_files f using (case_id)
               where k.settled_at is null
                 and ($8::uuid is null or k.case_id = $8)
                 and ($1::uuid is null or f.owner_account_id = $1)
                 and ($2::integer is null or f.team = $2)
                 and (not $3 or k.due_on < $4)
                 and (k.due_on, k.id) > (coalesce($5::date, '-infinity'), coalesce($6::uuid, '00000000-0000-0000-0000-000000000000'))
               order by k.due_on, k.id
               limit $7
           )
           select o.id as "id!", o.case_id as "case_id!", o.case_reference as "case_reference!", o.complainant as "complainant!",
               o.landlord_name as "landlord_name!", o.owner_account_id, o.message_id as "message_id!",
               o.technical_issue as "technical_issue!", o.awaited_since as "awaited_since!", o.due_on as "due_on!",
               o.outcome as "outcome: Outcome", o.messages as "messages!", o.entries as "entries!"
           from page join reply_overviews o using (id)
           order by o.due_on, o.id"#,
        filter.owner_account_id,
        filter.team,
        filter.overdue_only,
        today,
        after_on,
        after_id,
        limit,
        filter.case_id,
    )
    .fetch_all(db)
    .await
}

/// One wait for an answer, as a list shows it.
pub async fn overview(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Owed>> {
    sqlx::query_as!(
        Owed,
        r#"select o.id as "id!", o.case_id as "case_id!", o.case_reference as "case_reference!", o.complainant as "complainant!",
               o.landlord_name as "landlord_name!", o.owner_account_id, o.message_id as "message_id!",
               o.technical_issue as "technical_issue!", o.awaited_since as "awaited_since!", o.due_on as "due_on!",
               o.outcome as "outcome: Outcome", o.messages as "messages!", o.entries as "entries!"
           from reply_overviews o
           where id = $1"#,
        id,
    )
    .fetch_optional(db)
    .await
}

/// Replies that are owed, in an order that a walk over all of them can follow.
pub async fn owed_after(
    tx: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let rows = sqlx::query!(
        "select id, case_id from reply_clocks where settled_at is null and id > $1 order by id limit $2",
        after,
        limit,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.case_id)).collect())
}

/// Conversations whose clocks don't say what their messages say: where history was taken over, the version before has
/// written, or a case was closed at the moment of a message. None, nearly always. `among` narrows it down to some cases, and `after` is where a
/// walk over all of them goes on.
pub async fn astray(
    db: impl PgExecutor<'_>,
    among: Option<&[Uuid]>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select c.case_id as "case_id!"
           from conversations c
           join case_files f using (case_id)
           left join reply_clocks k on k.case_id = c.case_id and k.settled_at is null and not k.technical_issue
           where c.reply_owed_since is not null and ($1::uuid[] is null or c.case_id = any($1)) and c.case_id > $3
             and (k.awaited_since is distinct from c.reply_owed_since or f.closed_on is not null)
           union
           select k.case_id
           from reply_clocks k
           join conversations c using (case_id)
           join case_files f using (case_id)
           where k.settled_at is null and ($1::uuid[] is null or k.case_id = any($1)) and k.case_id > $3
             and (f.closed_on is not null
                  or (not k.technical_issue and c.reply_owed_since is null)
                  or (k.technical_issue and exists (
                         select from messages m where m.case_id = k.case_id and m.side = 'ombudsman' and m.sent_at > k.awaited_since)))
           order by 1
           limit $2"#,
        among,
        limit,
        after,
    )
    .fetch_all(db)
    .await
}

/// The landlord's message from which on an answer about the case is owed, by the conversation. The conversation is locked.
pub async fn waited_for_since(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select m.id
         from conversations c join messages m on m.case_id = c.case_id and m.sent_at = c.reply_owed_since and m.side = 'landlord'
         where c.case_id = $1 and not m.technical_issue
         order by m.id
         limit 1",
        case_id,
    )
    .fetch_optional(tx)
    .await
}

/// When staff first wrote on a case after an instant.
pub async fn answered_at(
    tx: &mut PgConnection,
    case_id: Uuid,
    after: DateTime<Utc>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "select min(sent_at) from messages where case_id = $1 and side = 'ombudsman' and sent_at > $2",
        case_id,
        after,
    )
    .fetch_one(tx)
    .await
}
