//! Who declared an interest in which complaint (3.4).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::conflict::{Conflict, Interest};
use crate::domain::policy::Stage;

#[derive(Debug)]
struct Row {
    complaint_id: Uuid,
    account_id: Uuid,
    name: String,
    interest: Interest,
    reason: String,
    gave_up: Option<Stage>,
    declared_at: DateTime<Utc>,
    recorded_by: String,
}

/// The interests that were declared, by complaint, in the order in which they were.
pub(super) async fn of_complaints(
    db: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<Conflict>>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select complaint_id, account_id, name, interest as "interest: Interest", reason, gave_up as "gave_up: Stage", declared_at,
                  recorded_by
           from conflicts
           where complaint_id = any($1)
           order by declared_at, account_id"#,
        ids
    )
    .fetch_all(db)
    .await?;
    let mut grouped: HashMap<Uuid, Vec<Conflict>> = HashMap::new();
    for row in rows {
        let Row {
            complaint_id,
            account_id,
            name,
            interest,
            reason,
            gave_up,
            declared_at,
            recorded_by,
        } = row;
        grouped.entry(complaint_id).or_default().push(Conflict {
            account_id,
            name,
            interest,
            reason,
            gave_up,
            declared_at,
            recorded_by,
        });
    }
    Ok(grouped)
}

/// The interests in a complaint, as they are in another that comes of it: nobody gave that up.
pub async fn inherited_conflicts(db: &mut PgConnection, of: Uuid) -> sqlx::Result<Vec<Conflict>> {
    let declared = of_complaints(db, &[of]).await?.remove(&of);
    let inherited = declared.into_iter().flatten();
    Ok(inherited
        .map(|it| Conflict {
            gave_up: None,
            ..it
        })
        .collect())
}

/// Writes those that are new.
pub(super) async fn add(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    new: &[Conflict],
) -> sqlx::Result<()> {
    for conflict in new {
        sqlx::query!(
            "insert into conflicts (complaint_id, account_id, name, interest, reason, gave_up, declared_at, recorded_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            complaint_id,
            conflict.account_id,
            conflict.name,
            conflict.interest as Interest,
            conflict.reason,
            conflict.gave_up as Option<Stage>,
            conflict.declared_at,
            conflict.recorded_by
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Whether somebody declared an interest in one of some complaints.
pub async fn has_conflict(
    db: impl PgExecutor<'_>,
    complaints: &[Uuid],
    account_id: Uuid,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from conflicts where complaint_id = any($1) and account_id = $2) as "has!""#,
        complaints,
        account_id
    )
    .fetch_one(db)
    .await
}
