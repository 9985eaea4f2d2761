//! Filters that let few cases through by themselves.

use sqlx::{Executor as _, PgConnection};
use uuid::Uuid;

use super::conditions::Stretch;
use super::query::List;
use super::{LOOKED_AT, query};

/// All cases that can be on the list, where each stretch has a filter that lets few of its cases through; else `None`.
pub async fn few(tx: &mut PgConnection, list: &List<'_>) -> sqlx::Result<Option<Vec<Uuid>>> {
    let mut all = Vec::new();
    for stretch in &list.stretches {
        match few_of(tx, list, *stretch).await? {
            Some(mut ids) => all.append(&mut ids),
            None => return Ok(None),
        }
    }
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
        let unordered = order.is_empty();
        if unordered {
            gather(tx, true).await?;
        }
        let ids: Vec<Uuid> = query::few("", list, stretch, condition, order)
            .build_query_scalar()
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        if unordered {
            gather(tx, false).await?;
        }
        if i64::try_from(ids.len()).is_ok_and(|found| found <= LOOKED_AT) {
            return Ok(Some(ids));
        }
    }
    Ok(None)
}

/// Has the planner gather the parts of names, whose index has no order to walk in, or walk again. For a common part it would rather read an
/// index of whole names from end to end.
pub async fn gather(tx: &mut PgConnection, on: bool) -> sqlx::Result<()> {
    tx.execute(if on {
        "set local enable_bitmapscan = on; set local enable_indexscan = off; set local enable_indexonlyscan = off"
    } else {
        "set local enable_bitmapscan = off; set local enable_indexscan = on; set local enable_indexonlyscan = on"
    })
    .await?;
    Ok(())
}
