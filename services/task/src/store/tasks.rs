//! One task at a time.

use casefile::{CaseFile, Visibility};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Decision, Kind, NewTask, Task, UnableReport};

/// A task on a case that the caller may see (CA-4).
pub async fn find(
    db: impl PgExecutor<'_>,
    id: Uuid,
    seen_by: &Visibility,
) -> sqlx::Result<Option<Task>> {
    // What a view selects may be null for all that PostgreSQL tells; the tables behind it say that it is not.
    sqlx::query_as!(
        Task,
        r#"select id as "id!", case_id as "case_id!", case_reference as "case_reference!", complainant as "complainant!",
               landlord_name as "landlord_name!", kind as "kind!: Kind", title as "title!", instructions as "instructions!",
               document_id, set_on as "set_on!", set_by as "set_by!", due_on as "due_on!", completed_on, ended_at,
               reason as "reason!", awaiting_answer as "awaiting_answer!", unable as "unable: Json<UnableReport>",
               version as "version!"
           from task_overviews
           where id = $1 and ($2::uuid is null
               or (landlord_id = $2 and (case_closed_on is null or (case_closed_on >= $3 and case_closed_on >= $4))))"#,
        id,
        seen_by.landlord_id,
        seen_by.activated_on,
        seen_by.closed_since,
    )
    .fetch_optional(db)
    .await
}

/// The open tasks on a case, locked until the transaction ends.
pub async fn open_tasks(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<Vec<Task>> {
    // The rows are locked in the order of their ids, and before the view is read: it can't be locked through.
    sqlx::query!(
        "select id from tasks where case_id = $1 and ended_at is null order by id for update",
        case_id,
    )
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query_as!(
        Task,
        r#"select id as "id!", case_id as "case_id!", case_reference as "case_reference!", complainant as "complainant!",
               landlord_name as "landlord_name!", kind as "kind!: Kind", title as "title!", instructions as "instructions!",
               document_id, set_on as "set_on!", set_by as "set_by!", due_on as "due_on!", completed_on, ended_at,
               reason as "reason!", awaiting_answer as "awaiting_answer!", unable as "unable: Json<UnableReport>",
               version as "version!"
           from task_overviews where case_id = $1 and ended_at is null order by id"#,
        case_id,
    )
    .fetch_all(tx)
    .await
}

/// A case, which keeps its state until the transaction ends: it can't be closed while a task is set on it.
pub async fn known_case(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<Option<CaseFile>> {
    sqlx::query_as!(
        CaseFile,
        "select case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on,
             version
         from case_files where case_id = $1 for share",
        case_id,
    )
    .fetch_optional(tx)
    .await
}

/// A task that a request has set before.
#[derive(Debug)]
pub struct Set {
    /// The task.
    pub id: Uuid,
    /// Whether that request was the same.
    pub same: bool,
}

/// The task that was set by a request with this id, if any.
pub async fn set_by_request(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<Option<Set>> {
    sqlx::query_as!(
        Set,
        r#"select id, request_digest = sha256($2) as "same!" from tasks where request_id = $1"#,
        request_id,
        request,
    )
    .fetch_optional(db)
    .await
}

/// Saves a new task; `false` when a request with the same id has set one in the meantime.
pub async fn insert(
    tx: &mut PgConnection,
    task: &NewTask,
    landlord_id: Uuid,
    set_by: &str,
    request_id: Uuid,
    request: &[u8],
) -> sqlx::Result<bool> {
    let saved = sqlx::query!(
        "insert into tasks (id, case_id, landlord_id, kind, title, instructions, document_id, set_on, set_by, due_on,
             request_id, request_digest)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, sha256($12))
         on conflict on constraint tasks_request_unique do nothing",
        task.id,
        task.case_id,
        landlord_id,
        task.kind as Kind,
        task.title,
        task.instructions,
        task.document_id,
        task.set_on,
        set_by,
        task.due_on,
        request_id,
        request,
    )
    .execute(tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Saves a changed task and returns its new version; `None` when someone else changed it first. Another due date makes
/// its notices due anew.
pub async fn save(tx: &mut PgConnection, task: &Task) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update tasks
         set due_on = $3, completed_on = $4, ended_at = $5, reason = $6, awaiting_answer = $7, version = version + 1,
             noticed = case when due_on = $3 then noticed else 0 end
         where id = $1 and version = $2
         returning version",
        task.id,
        task.version,
        task.due_on,
        task.completed_on,
        task.ended_at,
        task.reason,
        task.awaiting_answer,
    )
    .fetch_optional(tx)
    .await
}

/// Adds a landlord's report that a task can't be done.
pub async fn add_report(
    tx: &mut PgConnection,
    task_id: Uuid,
    report: &UnableReport,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unable_reports (id, task_id, message, reported_at, reported_by) values ($1, $2, $3, $4, $5)",
        kit::id(),
        task_id,
        report.message,
        report.reported_at,
        report.reported_by,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the answer to the report that awaits one.
pub async fn answer_report(
    tx: &mut PgConnection,
    task_id: Uuid,
    report: &UnableReport,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update unable_reports set decision = $2, answer = $3, answered_at = $4 where task_id = $1 and decision is null",
        task_id,
        report.decision as Option<Decision>,
        report.answer,
        report.answered_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}
