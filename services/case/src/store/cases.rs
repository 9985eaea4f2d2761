//! One case at a time.

use casefile::Visibility;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{
    Case, CaseType, NewCase, Outcome, Reference, StaffDetails, Status, Team, UpcomingTask,
};

/// A case that the caller may see (CA-4).
pub async fn find(
    db: impl PgExecutor<'_>,
    id: Uuid,
    seen_by: &Visibility,
) -> sqlx::Result<Option<Case>> {
    // What a view selects may be null for all that PostgreSQL tells; the tables behind it say that it is not.
    sqlx::query_as!(
        Case,
        r#"select id as "id!", reference as "reference!", case_type as "case_type!: CaseType", complainant as "complainant!",
               representative as "representative!", landlord_id as "landlord_id!", landlord_name as "landlord_name!",
               subject as "subject!", status as "status!: Status", team as "team!: Team", owner_account_id, owner_name,
               opened_on as "opened_on!", closed_on, next_task_due_on, staff_details as "staff_details: Json<StaffDetails>",
               upcoming_tasks as "upcoming_tasks!: Json<Vec<UpcomingTask>>", version as "version!",
               outcome as "outcome: Json<Outcome>", told_outcome as "told_outcome: Json<Outcome>"
           from case_overviews
           where id = $1 and ($2::uuid is null
               or (landlord_id = $2 and (closed_on is null or (closed_on >= $3 and closed_on >= $4))))"#,
        id,
        seen_by.landlord_id,
        seen_by.activated_on,
        seen_by.closed_since,
    )
    .fetch_optional(db)
    .await
}

/// The case that people call so.
pub async fn id_of(db: impl PgExecutor<'_>, reference: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!("select id from cases where reference = $1", reference,)
        .fetch_optional(db)
        .await
}

/// Whether there is such a case that the caller may see (CA-4).
pub async fn is_visible(
    db: impl PgExecutor<'_>,
    id: Uuid,
    seen_by: &Visibility,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
               select from cases
               where id = $1 and ($2::uuid is null
                   or (landlord_id = $2 and (closed_on is null or (closed_on >= $3 and closed_on >= $4))))
           ) as "visible!""#,
        id,
        seen_by.landlord_id,
        seen_by.activated_on,
        seen_by.closed_since,
    )
    .fetch_one(db)
    .await
}

/// Whether a case is closed.
pub async fn is_closed(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select closed_on is not null as "closed!" from cases where id = $1"#,
        id,
    )
    .fetch_one(db)
    .await
}

/// A case that a request has opened before.
#[derive(Debug)]
pub struct Opened {
    /// The case.
    pub id: Uuid,
    /// Whether that request was the same.
    pub same: bool,
}

/// The case that was opened by a request with this id, if any.
pub async fn opened_by(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<Option<Opened>> {
    sqlx::query_as!(
        Opened,
        r#"select id, request_digest = sha256($2) as "same!" from cases where request_id = $1"#,
        request_id,
        request,
    )
    .fetch_optional(db)
    .await
}

/// Whether a landlord is registered.
pub async fn landlord_is_registered(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from landlords where id = $1 and name is not null) as "registered!""#,
        landlord_id,
    )
    .fetch_one(db)
    .await
}

/// Takes the next number of a year. Whoever wants the one after waits until this transaction ends, and gets the same
/// number if it fails.
pub async fn next_number(tx: &mut PgConnection, year: i16) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into reference_counters (year, last_number) values ($1, 1)
         on conflict (year) do update set last_number = reference_counters.last_number + 1
         returning last_number",
        year,
    )
    .fetch_one(tx)
    .await
}

/// Saves a new case; `false` when a request with the same id has opened one in the meantime.
pub async fn insert(
    tx: &mut PgConnection,
    case: &NewCase,
    reference: Reference,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<bool> {
    let saved = sqlx::query!(
        "insert into cases (id, reference, case_type, complainant, representative, landlord_id, subject, status, team,
             owner_account_id, opened_on, closed_on, contact, communication_preference, reasonable_adjustments,
             vulnerabilities, request_id, request_digest, landlord_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, sha256($18),
             (select name from landlords where id = $6))
         on conflict on constraint cases_request_unique do nothing",
        case.id,
        reference.to_string(),
        case.case_type as CaseType,
        case.complainant,
        case.representative,
        case.landlord_id,
        case.subject,
        case.status as Status,
        case.team() as Team,
        case.owner_account_id,
        case.opened_on,
        case.closed_on,
        case.staff_details.contact,
        case.staff_details.communication_preference,
        case.staff_details.reasonable_adjustments,
        case.staff_details.vulnerabilities,
        request_id,
        request,
    )
    .execute(tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Saves a move, by which a case begins or ceases to wait for an investigator (CA-9), and returns the new version; `None` when someone else changed the case first.
pub async fn save_move(tx: &mut PgConnection, case: &Case) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update cases set status = $3, team = $4, closed_on = $5, awaiting_allocation = $6, version = version + 1
         where id = $1 and version = $2
         returning version",
        case.id,
        case.version,
        case.status as Status,
        case.team as Team,
        case.closed_on,
        case.status == Status::AwaitingInvestigation,
    )
    .fetch_optional(tx)
    .await
}

/// Saves an owner, to whom the case is given by that (CA-9), and returns the new version; `None` when someone else changed the case first.
pub async fn save_owner(
    tx: &mut PgConnection,
    id: Uuid,
    version: i64,
    owner_account_id: Uuid,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update cases set owner_account_id = $3, awaiting_allocation = false, version = version + 1
         where id = $1 and version = $2
         returning version",
        id,
        version,
        owner_account_id,
    )
    .fetch_optional(tx)
    .await
}

/// Gives a case its next version, for a change that is kept elsewhere; `None` when someone else changed the case first.
pub async fn next_version(
    tx: &mut PgConnection,
    id: Uuid,
    version: i64,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update cases set version = version + 1 where id = $1 and version = $2 returning version",
        id,
        version,
    )
    .fetch_optional(tx)
    .await
}
