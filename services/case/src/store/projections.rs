//! What others announced, as far as cases need it.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::TaskFacts;

/// Keeps a landlord's name, with its cases too, which are sorted by it.
pub async fn save_landlord(tx: &mut PgConnection, id: Uuid, name: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into landlords (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name",
        id,
        name,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update cases set landlord_name = $2 where landlord_id = $1 and landlord_name <> $2",
        id,
        name,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the date on which a landlord's portal was activated, whether or not its name is known yet.
pub async fn activate_landlord(tx: &mut PgConnection, id: Uuid, on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into landlords (id, activated_on) values ($1, $2)
         on conflict (id) do update set activated_on = excluded.activated_on",
        id,
        on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps what identity says of a member of staff, unless something later is known already.
pub async fn save_staff(
    tx: &mut PgConnection,
    account_id: Uuid,
    name: &str,
    team: &str,
    active: bool,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into staff (account_id, name, team, active, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update
         set name = excluded.name, team = excluded.team, active = excluded.active, changed_at = excluded.changed_at
         where staff.changed_at < excluded.changed_at",
        account_id,
        name,
        team,
        active,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The name of a member of staff, and whether they can be given work.
pub async fn colleague(
    db: impl PgExecutor<'_>,
    account_id: Uuid,
) -> sqlx::Result<Option<(String, bool)>> {
    let found = sqlx::query!(
        "select name, active from staff where account_id = $1",
        account_id,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|it| (it.name, it.active)))
}

/// Locks a case, so that two events about its tasks are taken in one after the other; `false` when there is none.
pub async fn lock_case(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    // Not against those who only refer to it: a sweep that has a stage must not wait here for whoever waits for that stage.
    let locked = sqlx::query_scalar!("select id from cases where id = $1 for no key update", id)
        .fetch_optional(tx)
        .await?;
    Ok(locked.is_some())
}

/// Keeps what the task service says of a task, unless something later is known already.
pub async fn save_task(tx: &mut PgConnection, task: &TaskFacts) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into tasks (id, case_id, title, set_on, due_on, open, version) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update
         set title = excluded.title, due_on = excluded.due_on, open = excluded.open, version = excluded.version
         where tasks.version < excluded.version",
        task.id,
        task.case_id,
        task.title,
        task.set_on,
        task.due_on,
        task.open,
        task.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Works out a case's next task due date anew. The case must be locked: what is read here must not change before it is
/// written. The version stays, because nobody's edit collides with it.
pub async fn refresh_next_due(tx: &mut PgConnection, case_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update cases set next_task_due_on = next.due_on
         from (select min(due_on) as due_on from tasks where case_id = $1 and open) next
         where id = $1 and next_task_due_on is distinct from next.due_on",
        case_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}
