//! Who changed a task, and what else has happened to it.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::{Change, Deed, Entry, Happened, Place, Threshold};

/// Records changes (WH-1).
pub async fn add_changes(
    tx: &mut PgConnection,
    actor: &Actor,
    at: DateTime<Utc>,
    changes: &[Change],
) -> sqlx::Result<()> {
    let ids: Vec<_> = changes.iter().map(|_| kit::id()).collect();
    let tasks: Vec<_> = changes.iter().map(|it| it.task_id).collect();
    let (actions, details): (Vec<_>, Vec<_>) = changes
        .iter()
        .map(|it| columns(&it.deed))
        .collect::<sqlx::Result<_>>()?;
    sqlx::query!(
        "insert into changes (id, task_id, occurred_at, actor, on_behalf_of, actor_name, action, details)
         select id, task_id, $5, $6, $7, $8, action, details
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) as change (id, task_id, action, details)",
        &ids,
        &tasks,
        &actions,
        &details,
        at,
        actor.id,
        actor.on_behalf_of,
        actor.shown,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A deed as it is kept: its name, and what was changed.
fn columns(deed: &Deed) -> sqlx::Result<(String, Value)> {
    let kept = serde_json::to_value(deed).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let action = kept["action"].as_str().unwrap_or_default().to_owned();
    Ok((action, kept["details"].clone()))
}

/// A row of a history: a change, or the notice of a threshold.
struct Row {
    at: DateTime<Utc>,
    id: Uuid,
    actor: String,
    action: Option<String>,
    details: Option<Value>,
    threshold: Option<Threshold>,
    due_on: Option<NaiveDate>,
}

/// A page of what has happened to a task, newest first, with the notices up to a threshold.
pub async fn history(
    db: impl PgExecutor<'_>,
    task_id: Uuid,
    furthest: Threshold,
    after: Option<&Place>,
    limit: i64,
) -> sqlx::Result<Vec<Entry>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select at as "at!", id as "id!", actor as "actor!", action, details, threshold as "threshold: Threshold", due_on
           from (
               select occurred_at as at, id, actor_name as actor, action, details, null::smallint as threshold,
                   null::date as due_on
               from changes where task_id = $1
               union all
               select raised_at, id, '', null, null, threshold, due_on from notices where task_id = $1 and threshold <= $2
           ) as history
           where $3::timestamptz is null or (at, id) < ($3, $4)
           order by at desc, id desc
           limit $5"#,
        task_id,
        furthest as Threshold,
        after.map(|it| it.0),
        after.map(|it| it.1),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(entry).collect()
}

fn entry(row: Row) -> sqlx::Result<Entry> {
    let what = match (row.threshold, row.due_on) {
        (Some(threshold), Some(due_on)) => Happened::Reminded(threshold, due_on),
        _ => Happened::Done(
            serde_json::from_value(json!({ "action": row.action, "details": row.details }))
                .map_err(|error| sqlx::Error::Decode(error.into()))?,
        ),
    };
    Ok(Entry {
        at: row.at,
        id: row.id,
        actor: row.actor,
        what,
    })
}
