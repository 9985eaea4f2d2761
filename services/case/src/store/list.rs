//! The list of cases: the statements that are put together, because filters and orders are many (CA-5).
//!
//! A page is fetched from one or more *stretches*, each of which one index serves in the order asked for: open cases and
//! closed ones, and, when the latest due date comes first, those with a due date before those without.
//!
//! No set of indexes serves every combination of filters in every order, so what a page may cost is limited instead: it
//! looks at [`LOOKED_AT`] cases of a stretch in their order and takes those that fit. When that was not enough to fill it,
//! one of the filters may let few cases through by itself, as a name or a reference does; then these are fetched over that
//! filter's index and sorted. When all filters let many through and hardly a case passes all of them, the page ends where
//! the walk ended, short of rows, and the next one goes on from there.

mod conditions;
mod narrow;
#[cfg(test)]
mod plans;
mod query;

use casefile::Visibility;
use sqlx::{Executor as _, PgConnection, PgPool};

use self::query::{Among, List};
use crate::domain::{Case, Filter, Position};

/// So many cases a page looks at in each stretch, at most: some milliseconds' worth.
const LOOKED_AT: i64 = 5_000;

/// What was found of a page.
#[derive(Clone, Debug)]
pub struct Found {
    /// The cases.
    pub cases: Vec<Case>,
    /// Where the next page goes on, when this one ended before it was full.
    pub go_on: Option<Position>,
}

impl Found {
    /// All that there is up to the page's size.
    const fn whole(cases: Vec<Case>) -> Self {
        Self { cases, go_on: None }
    }
}

/// A page of the cases that the caller may see (CA-4), after the position where the page before ended.
pub async fn list(
    db: &PgPool,
    seen_by: &Visibility,
    filter: &Filter,
    after: Option<&Position>,
    limit: i64,
) -> sqlx::Result<Found> {
    let mut db = db.begin().await?;
    walk_indexes(&mut db).await?;
    let list = List::new(seen_by, filter, after);
    let cases = fetch(&mut db, &list, Among::Walked, None, limit).await?;
    if i64::try_from(cases.len()) == Ok(limit) || !list.is_walked() {
        return Ok(Found::whole(cases));
    }
    let mut end = query::end("", &list);
    let end: Option<Case> = end
        .build_query_as()
        .persistent(false)
        .fetch_optional(&mut *db)
        .await?;
    let Some(end) = end else {
        return Ok(Found::whole(cases));
    };
    if let Some(ids) = narrow::few(&mut db, &list).await? {
        let cases = fetch(&mut db, &list, Among::These(&ids), None, limit).await?;
        return Ok(Found::whole(cases));
    }

    // Where one stretch was not walked to its end, what another one has beyond that place is for a later page.
    let end = (filter.order.key(&end), end.id);
    let cases = if list.stretches.len() > 1 {
        fetch(&mut db, &list, Among::Walked, Some(&end), limit).await?
    } else {
        cases
    };
    Ok(Found {
        cases,
        go_on: Some(end),
    })
}

/// How many cases fit; `None` where more than [`LOOKED_AT`] cases of a stretch would have to be looked at.
pub async fn count(
    db: &PgPool,
    seen_by: &Visibility,
    filter: &Filter,
) -> sqlx::Result<Option<i32>> {
    let mut db = db.begin().await?;
    walk_indexes(&mut db).await?;
    let list = List::new(seen_by, filter, None);
    let mut total = 0;
    for stretch in &list.stretches {
        let mut query = query::count("", &list, *stretch);
        let (looked_at, fitting): (i64, i64) = query
            .build_query_as()
            .persistent(false)
            .fetch_one(&mut *db)
            .await?;
        if looked_at > LOOKED_AT {
            return Ok(None);
        }
        total += fitting;
    }
    Ok(i32::try_from(total).ok())
}

/// Has the planner walk along indexes for the rest of a transaction. By its estimates it is often cheaper to gather a part of
/// all cases and sort it. That is the one way that takes longer with every case that is opened, and when an estimate is wrong
/// it takes very long. Nor is a page worth several processes or machine code, although what is switched off counts as dear to the planner.
async fn walk_indexes(tx: &mut PgConnection) -> sqlx::Result<()> {
    tx.execute(
        "set local enable_seqscan = off; set local enable_bitmapscan = off;
         set local max_parallel_workers_per_gather = 0; set local jit = off",
    )
    .await?;
    Ok(())
}

// Each of these statements is planned for its own values: a plan that suits a common status is a bad one for a rare name.
async fn fetch(
    db: &mut PgConnection,
    list: &List<'_>,
    among: Among<'_>,
    up_to: Option<&Position>,
    limit: i64,
) -> sqlx::Result<Vec<Case>> {
    query::page("", list, among, up_to, limit)
        .build_query_as()
        .persistent(false)
        .fetch_all(db)
        .await
}
