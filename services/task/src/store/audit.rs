//! Who changed a task.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::app::Actor;
use crate::domain::Change;

/// Records changes (WH-1).
pub async fn add_changes(
    tx: &mut PgConnection,
    actor: &Actor,
    at: DateTime<Utc>,
    changes: &[Change],
) -> sqlx::Result<()> {
    let ids: Vec<_> = changes.iter().map(|_| kit::id()).collect();
    let tasks: Vec<_> = changes.iter().map(|it| it.task_id).collect();
    let actions: Vec<_> = changes.iter().map(|it| it.action.to_owned()).collect();
    let details: Vec<_> = changes.iter().map(|it| it.details.clone()).collect();
    sqlx::query!(
        "insert into changes (id, task_id, occurred_at, actor, on_behalf_of, action, details)
         select id, task_id, $5, $6, $7, action, details
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) as change (id, task_id, action, details)",
        &ids,
        &tasks,
        &actions,
        &details,
        at,
        actor.id,
        actor.on_behalf_of,
    )
    .execute(tx)
    .await?;
    Ok(())
}
