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

/// Writes those that are new, which are announced in the same transaction.
pub(super) async fn add(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    new: &[Conflict],
) -> sqlx::Result<()> {
    for conflict in new {
        sqlx::query!(
            "insert into conflicts (complaint_id, account_id, name, interest, reason, gave_up, declared_at, recorded_by, announced)
             values ($1, $2, $3, $4, $5, $6, $7, $8, true)",
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

/// Takes up to so many interests that nobody has announced yet: the complaint, and who has it.
pub async fn claim_unannounced(
    tx: &mut PgConnection,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let rows = sqlx::query!(
        "with unannounced as (
             select complaint_id, account_id from conflicts
             where not announced
             order by declared_at
             limit $1
             for update skip locked
         )
         update conflicts f set announced = true from unannounced u
         where f.complaint_id = u.complaint_id and f.account_id = u.account_id
         returning f.complaint_id, f.account_id",
        limit
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|it| (it.complaint_id, it.account_id))
        .collect())
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
