//! The queries: one function for each statement.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use calendar::Entry;

use crate::domain::{Channel, Complaint, Definition, Needs};

/// Before every complaint, and within what PostgreSQL's dates hold.
const FIRST_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(1, 1, 1).expect("the first day of the first year");

/// A complaint without its ledgers.
#[derive(Debug)]
pub struct ComplaintRow {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
    /// Who complains.
    pub service_user: String,
    /// How it came.
    pub channel: Channel,
    /// What was said.
    pub summary: String,
    /// The definition, element by element.
    pub elements: Vec<String>,
    /// The outcome that is sought.
    pub desired_outcome: String,
    /// How to reach the person.
    pub contact: String,
    /// How the person prefers to be reached.
    pub communication_preference: String,
    /// Reasonable adjustments.
    pub reasonable_adjustments: String,
    /// Vulnerabilities.
    pub vulnerabilities: String,
    /// What came of considering an early resolution.
    pub early_resolution: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// The deadline that comes next.
    pub next_due_on: NaiveDate,
    /// Grows with every change.
    pub version: i64,
}

/// An entry of one of a complaint's ledgers.
#[derive(Debug)]
pub struct EntryRow {
    /// The complaint.
    pub complaint_id: Uuid,
    /// Which clock: `acknowledgement` or `response`.
    pub clock: String,
    /// The entry.
    pub entry: Json<Entry>,
}

/// The next number of a year, under the counter's lock, so that no two complaints get one.
pub async fn next_number(tx: &mut PgConnection, year: i32) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into reference_counters as c (year, last) values ($1, 1)
         on conflict (year) do update set last = c.last + 1
         returning last",
        year
    )
    .fetch_one(tx)
    .await
}

/// Inserts a complaint; `false` when the request was carried out before.
pub async fn insert(
    tx: &mut PgConnection,
    complaint: &Complaint,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<bool> {
    let Complaint {
        id,
        reference,
        service_user,
        channel,
        summary,
        definition:
            Definition {
                elements,
                desired_outcome,
                needs:
                    Needs {
                        contact,
                        communication_preference,
                        reasonable_adjustments,
                        vulnerabilities,
                    },
                early_resolution,
            },
        received_on,
        clocks,
        version,
    } = complaint;
    let done = sqlx::query!(
        "insert into complaints
             (id, reference, service_user, channel, summary, elements, desired_outcome, contact, communication_preference,
              reasonable_adjustments, vulnerabilities, early_resolution, received_on, next_due_on, version, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict on constraint complaints_request_once do nothing",
        id,
        reference,
        service_user,
        *channel as Channel,
        summary,
        elements,
        desired_outcome,
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
        early_resolution,
        received_on,
        clocks.next_due(),
        version,
        requested_by,
        request_id
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves an acknowledged complaint; `None` when someone else changed it first, else its new version.
pub async fn save(tx: &mut PgConnection, complaint: &Complaint) -> sqlx::Result<Option<i64>> {
    let Definition {
        elements,
        desired_outcome,
        needs:
            Needs {
                contact,
                communication_preference,
                reasonable_adjustments,
                vulnerabilities,
            },
        early_resolution,
    } = &complaint.definition;
    sqlx::query_scalar!(
        "update complaints
         set elements = $3, desired_outcome = $4, contact = $5, communication_preference = $6, reasonable_adjustments = $7,
             vulnerabilities = $8, early_resolution = $9, next_due_on = $10, version = version + 1
         where id = $1 and version = $2
         returning version",
        complaint.id,
        complaint.version,
        elements,
        desired_outcome,
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
        early_resolution,
        complaint.clocks.next_due()
    )
    .fetch_optional(tx)
    .await
}

/// One complaint.
pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<ComplaintRow>> {
    sqlx::query_as!(
        ComplaintRow,
        "select id, reference, service_user, channel, summary, elements, desired_outcome, contact, communication_preference,
                reasonable_adjustments, vulnerabilities, early_resolution, received_on, next_due_on, version
         from complaints
         where id = $1",
        id
    )
    .fetch_optional(db)
    .await
}

/// The complaint that a request recorded.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<ComplaintRow>> {
    sqlx::query_as!(
        ComplaintRow,
        "select id, reference, service_user, channel, summary, elements, desired_outcome, contact, communication_preference,
                reasonable_adjustments, vulnerabilities, early_resolution, received_on, next_due_on, version
         from complaints
         where requested_by = $1 and request_id = $2",
        requested_by,
        request_id
    )
    .fetch_optional(db)
    .await
}

/// Complaints, next deadline first.
pub async fn list(
    db: impl PgExecutor<'_>,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<ComplaintRow>> {
    let (after_due, after_id) = after.unwrap_or((FIRST_DAY, Uuid::nil()));
    sqlx::query_as!(
        ComplaintRow,
        "select id, reference, service_user, channel, summary, elements, desired_outcome, contact, communication_preference,
                reasonable_adjustments, vulnerabilities, early_resolution, received_on, next_due_on, version
         from complaints
         where (next_due_on, id) > ($1, $2)
         order by next_due_on, id
         limit $3",
        after_due,
        after_id,
        limit
    )
    .fetch_all(db)
    .await
}

/// The ledgers of some complaints, each in its order.
pub async fn entries(
    db: impl PgExecutor<'_>,
    complaint_ids: &[Uuid],
) -> sqlx::Result<Vec<EntryRow>> {
    sqlx::query_as!(
        EntryRow,
        r#"select complaint_id, clock, entry as "entry: Json<Entry>"
           from ledger_entries
           where complaint_id = any($1)
           order by complaint_id, clock, position"#,
        complaint_ids
    )
    .fetch_all(db)
    .await
}

/// Writes on in a ledger. The key refuses a position that somebody else has written meanwhile.
pub async fn append(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    clock: &str,
    first: usize,
    entries: &[Entry],
) -> sqlx::Result<()> {
    for (position, entry) in (first..).zip(entries) {
        sqlx::query!(
            "insert into ledger_entries (complaint_id, clock, position, entry) values ($1, $2, $3, $4)",
            complaint_id,
            clock,
            i32::try_from(position).expect("a ledger is short"),
            Json(entry) as Json<&Entry>
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Records a change (WH-1).
pub async fn record_change(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &str,
    action: &str,
    complaint_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, complaint_id) values ($1, $2, $3, $4, $5)",
        kit::id(),
        at,
        actor,
        action,
        complaint_id
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Records that complaints were read (WH-1).
pub async fn record_reads(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &str,
    complaint_ids: &[Uuid],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = complaint_ids.iter().map(|_| kit::id()).collect();
    sqlx::query!(
        "insert into reads (id, at, actor, complaint_id)
         select read.id, $3, $4, read.complaint_id from unnest($1::uuid[], $2::uuid[]) as read (id, complaint_id)",
        &ids,
        complaint_ids,
        at,
        actor
    )
    .execute(tx)
    .await
    .map(drop)
}
