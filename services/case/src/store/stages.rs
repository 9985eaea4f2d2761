//! The stages of cases, and the dates that people were told (CA-10).

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Expectation, Stage, Status, Timeframe};

/// The timeframes that were ever set, as they are now.
pub async fn timeframes(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Timeframe>> {
    let rows = sqlx::query!(
        r#"select distinct on (status) status as "status: Status", working_days, set_at, set_name
           from timeframes order by status, id desc"#,
    )
    .fetch_all(db)
    .await?;
    let found = rows.into_iter().map(|row| Timeframe {
        status: row.status,
        working_days: row.working_days,
        set: Some((row.set_at, row.set_name)),
    });
    Ok(found.collect())
}

/// The timeframe of a stage, in working days.
pub async fn timeframe(db: impl PgExecutor<'_>, status: Status) -> sqlx::Result<Option<i32>> {
    let found = sqlx::query_scalar!(
        "select working_days from timeframes where status = $1 order by id desc limit 1",
        status as Status,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.flatten())
}

/// Sets the timeframe of a stage, from now on.
pub async fn set_timeframe(
    tx: &mut PgConnection,
    status: Status,
    working_days: Option<i32>,
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into timeframes (id, status, working_days, set_at, set_by, set_name) values ($1, $2, $3, $4, $5, $6)",
        kit::id(),
        status as Status,
        working_days,
        at,
        by,
        name,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Cases come to the stages at which they stand, on a day; or are known to stand there from that day on, and since when is not known.
pub async fn begin_stages(
    tx: &mut PgConnection,
    cases: &[(Uuid, Status)],
    on: NaiveDate,
    began_known: bool,
) -> sqlx::Result<()> {
    let ids: Vec<_> = cases.iter().map(|_| kit::id()).collect();
    let of: Vec<_> = cases.iter().map(|(id, _)| *id).collect();
    let statuses: Vec<_> = cases.iter().map(|(_, status)| *status as i16).collect();
    sqlx::query!(
        "insert into stages (id, case_id, status, began_on, began_known, active_on)
         select id, case_id, status, $4, $5, $4 from unnest($1::uuid[], $2::uuid[], $3::smallint[]) as stage (id, case_id, status)",
        &ids,
        &of,
        &statuses,
        on,
        began_known,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts right what a version that keeps no stages has left: ends the stages at which cases no longer stand, and begins those at which they do. Tells how
/// many cases that was.
pub async fn mend_stages(tx: &mut PgConnection, on: NaiveDate) -> sqlx::Result<u64> {
    let ended = sqlx::query!(
        "update stages s set ended_on = greatest($1, s.began_on) from cases c
         where c.id = s.case_id and s.ended_on is null and s.status <> c.status",
        on,
    )
    .execute(&mut *tx)
    .await?;
    let begun = sqlx::query!(
        "insert into stages (id, case_id, status, began_on, began_known, active_on)
         select gen_random_uuid(), c.id, c.status, $1, false, $1 from cases c
         where c.closed_on is null and not exists (select from stages s where s.case_id = c.id and s.ended_on is null)
         on conflict do nothing",
        on,
    )
    .execute(tx)
    .await?;
    Ok(ended.rows_affected().max(begun.rows_affected()))
}

/// Something happened on a case on a day.
pub async fn touch(tx: &mut PgConnection, case_id: Uuid, on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!(
        "update stages set active_on = $2 where case_id = $1 and ended_on is null and active_on < $2",
        case_id,
        on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A case leaves the stage at which it stands.
pub async fn end_stage(tx: &mut PgConnection, case_id: Uuid, on: NaiveDate) -> sqlx::Result<()> {
    // A clock that was put back must not keep a case where it is.
    sqlx::query!(
        "update stages set ended_on = greatest($2, began_on) where case_id = $1 and ended_on is null",
        case_id,
        on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the date that people are told of the stage at which a case stands, and the update that tells them, if it is one.
pub async fn expect(
    tx: &mut PgConnection,
    case_id: Uuid,
    told: Expectation,
    update_id: Option<Uuid>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with stage as (
             update stages set expected_on = $2, first_expected_on = coalesce(first_expected_on, $2)
             where case_id = $1 and ended_on is null
             returning id
         )
         insert into expectations (id, stage_id, expected_on, told_on, update_id) select $3, id, $2, $4, $5 from stage",
        case_id,
        told.expected_on,
        kit::id(),
        told.told_on,
        update_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes back the date of an update that was refused: what people were told is what the others said.
pub async fn untell(tx: &mut PgConnection, update_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "with told as (
             select e.id, e.expected_on, e.stage_id
             from expectations e
             left join progress_updates u on u.id = e.update_id
             where e.stage_id = (select stage_id from expectations where update_id = $1) and u.refused_at is null
         )
         update stages s
         set expected_on = (select expected_on from told order by id desc limit 1),
             first_expected_on = (select expected_on from told order by id limit 1)
         where s.id = (select stage_id from expectations where update_id = $1)",
        update_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The most dates of a stage that are read: what was told last, and five before it.
const MOST_TOLD: i64 = 6;

/// The stages at which these cases stand.
pub async fn stages_of(
    db: impl PgExecutor<'_>,
    cases: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Stage>> {
    let rows = sqlx::query!(
        r#"select s.id, s.case_id, s.began_on, e.expected_on as "expected_on?", e.told_on as "told_on?"
           from stages s
           left join lateral (
               select x.id, x.expected_on, x.told_on from expectations x
               left join progress_updates u on u.id = x.update_id
               where x.stage_id = s.id and u.refused_at is null
               order by x.id desc limit $2
           ) e on true
           where s.case_id = any($1) and s.ended_on is null
           order by e.id desc"#,
        cases,
        MOST_TOLD,
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<Uuid, Stage> = HashMap::new();
    for row in rows {
        let stage = found.entry(row.case_id).or_insert_with(|| Stage {
            id: row.id,
            case_id: row.case_id,
            began_on: row.began_on,
            told: Vec::new(),
        });
        if let (Some(expected_on), Some(told_on)) = (row.expected_on, row.told_on) {
            stage.told.push(Expectation {
                expected_on,
                told_on,
            });
        }
    }
    Ok(found)
}
