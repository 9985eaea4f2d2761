//! Filters that let few cases through by themselves.

use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::conditions::Stretch;
use super::query::List;
use super::{LOOKED_AT, query};

/// All cases that can be on the list, where each stretch has a filter that lets few of its cases through; else `None`.
pub async fn few(db: &mut PgConnection, list: &List<'_>) -> sqlx::Result<Option<Vec<Uuid>>> {
    let mut tx = db.begin().await?;
    // To read all cases looks cheap to the planner when a filter lets many through, but it is the one way that takes longer
    // with every case that is opened.
    sqlx::query("set local enable_seqscan = off")
        .execute(&mut *tx)
        .await?;
    let mut all = Vec::new();
    for stretch in &list.stretches {
        match few_of(&mut tx, list, *stretch).await? {
            Some(mut ids) => all.append(&mut ids),
            None => return Ok(None),
        }
    }
    tx.commit().await?;
    Ok(Some(all))
}

async fn few_of(
    tx: &mut PgConnection,
    list: &List<'_>,
    stretch: Stretch,
) -> sqlx::Result<Option<Vec<Uuid>>> {
    for condition in list.conditions(stretch).1 {
        let Some(order) = condition.fetched_by(stretch, list.is_of_landlord()) else {
            continue;
        };
        let ids: Vec<Uuid> = query::few("", list, stretch, condition, order)
            .build_query_scalar()
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        if i64::try_from(ids.len()).is_ok_and(|found| found <= LOOKED_AT) {
            return Ok(Some(ids));
        }
    }
    Ok(None)
}
