//! What has happened on cases, and who changed and read them.

use chrono::{DateTime, Utc};
use kit::time::london_date;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::{Change, TimelineEntry};

/// A page of what has happened on a case, newest first, after the entry where the page before ended; with what only staff
/// see, or without.
pub async fn timeline(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    for_staff: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<TimelineEntry>> {
    let (before, before_id) = after.unzip();
    sqlx::query_as!(
        TimelineEntry,
        "select id, case_id, occurred_at, title, description, actor, actor_id, staff_only
         from timeline
         where case_id = $1 and ($5 or not staff_only) and ($2::timestamptz is null or (occurred_at, id) < ($2, $3::uuid))
         order by occurred_at desc, id desc
         limit $4",
        case_id,
        before,
        before_id,
        limit,
        for_staff,
    )
    .fetch_all(db)
    .await
}

/// Adds entries to the timelines of cases.
pub async fn add_timeline(tx: &mut PgConnection, entries: &[TimelineEntry]) -> sqlx::Result<()> {
    let ids: Vec<_> = entries.iter().map(|it| it.id).collect();
    let cases: Vec<_> = entries.iter().map(|it| it.case_id).collect();
    let instants: Vec<_> = entries.iter().map(|it| it.occurred_at).collect();
    let titles: Vec<_> = entries.iter().map(|it| it.title.clone()).collect();
    let descriptions: Vec<_> = entries.iter().map(|it| it.description.clone()).collect();
    let actors: Vec<_> = entries.iter().map(|it| it.actor.clone()).collect();
    let actor_ids: Vec<_> = entries.iter().map(|it| it.actor_id.clone()).collect();
    let staff_only: Vec<_> = entries.iter().map(|it| it.staff_only).collect();
    sqlx::query!(
        "insert into timeline (id, case_id, occurred_at, title, description, actor, actor_id, staff_only)
         select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::boolean[])",
        &ids,
        &cases,
        &instants,
        &titles,
        &descriptions,
        &actors,
        &actor_ids,
        &staff_only,
    )
    .execute(&mut *tx)
    .await?;
    // The day on which something happened last, so that a silence is noticed (CA-10); at most once a day for each case.
    let days: Vec<_> = entries
        .iter()
        .map(|it| london_date(it.occurred_at))
        .collect();
    sqlx::query!(
        "update stages s set active_on = happened.day
         from (select case_id, max(day) as day from unnest($1::uuid[], $2::date[]) as entry (case_id, day) group by case_id) happened
         where s.case_id = happened.case_id and s.ended_on is null and s.active_on < happened.day",
        &cases,
        &days,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Records changes (WH-1).
pub async fn add_changes(
    tx: &mut PgConnection,
    actor: &Actor,
    at: DateTime<Utc>,
    changes: &[Change],
) -> sqlx::Result<()> {
    let ids: Vec<_> = changes.iter().map(|_| kit::id()).collect();
    let cases: Vec<_> = changes.iter().map(|it| it.case_id).collect();
    let actions: Vec<_> = changes.iter().map(|it| it.action.to_owned()).collect();
    let details: Vec<_> = changes.iter().map(|it| it.details.clone()).collect();
    sqlx::query!(
        "insert into changes (id, case_id, occurred_at, actor, on_behalf_of, action, details)
         select id, case_id, $5, $6, $7, action, details
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) as change (id, case_id, action, details)",
        &ids,
        &cases,
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

/// Records that somebody read a case, or its timeline (WH-1).
pub async fn add_read(
    db: impl PgExecutor<'_>,
    actor: &Actor,
    at: DateTime<Utc>,
    case_id: Uuid,
    what: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into reads (id, case_id, occurred_at, actor, on_behalf_of, what) values ($1, $2, $3, $4, $5, $6)",
        kit::id(),
        case_id,
        at,
        actor.id,
        actor.on_behalf_of,
        what,
    )
    .execute(db)
    .await?;
    Ok(())
}
