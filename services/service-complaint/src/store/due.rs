//! What is due, as a sweep looks at it, and the notices that were raised of it.
//!
//! A claim marks what it returns. Another sweep steps over rows that are being claimed, and PostgreSQL looks at a row again once it is locked,
//! so that what was done a moment before is not claimed.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::due::{Due, DueKind, Threshold};
use crate::domain::policy::Stage;
use crate::domain::staff::READS_COMPLAINTS;

/// Keeps what is due about a complaint. What has a new date or a new owner is noticed anew; the key of the notices sees to it that no owner
/// hears of a step of one date twice.
pub async fn save_dues(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    dues: &[Due],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = dues.iter().map(|_| kit::id()).collect();
    let kinds: Vec<DueKind> = dues.iter().map(|it| it.kind).collect();
    let stages: Vec<Stage> = dues.iter().map(|it| it.stage).collect();
    let actions: Vec<Option<Uuid>> = dues.iter().map(|it| it.action_id).collect();
    let dates: Vec<NaiveDate> = dues.iter().map(|it| it.due_on).collect();
    let owners: Vec<Option<Uuid>> = dues.iter().map(|it| it.owner).collect();
    let begins: Vec<Option<NaiveDate>> = dues.iter().map(|it| it.begins_on).collect();
    sqlx::query!(
        "with new as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::date[], $7::uuid[], $8::date[])
                 as due (id, kind, stage, action_id, due_on, owner, begins_on)
         ), gone as (
             delete from dues d where complaint_id = $1 and not exists (
                 select from new where new.kind = d.kind and new.stage = d.stage and new.action_id is not distinct from d.action_id)
         )
         insert into dues as d (id, complaint_id, kind, stage, action_id, due_on, owner, begins_on)
         select id, $1, kind, stage, action_id, due_on, owner, begins_on from new
         on conflict on constraint dues_once do update
         set due_on = excluded.due_on, owner = excluded.owner, begins_on = excluded.begins_on,
             noticed = case
                 when d.due_on = excluded.due_on and d.owner is not distinct from excluded.owner then d.noticed
                 else 0
             end
         where (d.due_on, d.owner, d.begins_on) is distinct from (excluded.due_on, excluded.owner, excluded.begins_on)",
        complaint_id,
        &ids,
        &kinds as &[DueKind],
        &stages as &[Stage],
        &actions as &[Option<Uuid>],
        &dates,
        &owners as &[Option<Uuid>],
        &begins as &[Option<NaiveDate>],
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Something that needs a notice.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The complaint.
    pub complaint_id: Uuid,
    /// Its reference.
    pub reference: String,
    /// What.
    pub kind: DueKind,
    /// At which stage.
    pub stage: Stage,
    /// The action, when it is one.
    pub action_id: Option<Uuid>,
    /// By when.
    pub due_on: NaiveDate,
    /// Who has to see to it.
    pub owner: Option<Uuid>,
    /// For an action of somebody who does not read complaints: what is to be done (1.8).
    pub own_task: Option<String>,
    /// The case that it is about, by its reference; empty when it is about none.
    pub case_reference: String,
}

/// Claims what needs the notice of a threshold: what is due up to a day, and has begun to be.
pub async fn claim(
    tx: &mut PgConnection,
    threshold: Threshold,
    until: NaiveDate,
    today: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        r#"with due as (
               select id from dues
               where noticed < 3 and noticed < $1 and due_on <= $2 and (begins_on is null or begins_on <= $5)
               order by due_on
               limit $3
               for update skip locked
           )
           update dues d set noticed = $1 from due, complaints c
           where d.id = due.id and c.id = d.complaint_id
           returning d.complaint_id, c.reference, d.kind as "kind: DueKind", d.stage as "stage: Stage", d.action_id, d.due_on, d.owner,
               (select a.what from actions a join staff s on s.account_id = d.owner
                where a.id = d.action_id and s.role <> all($4)) as own_task,
               c.case_reference"#,
        threshold as i16,
        until,
        most,
        &READS_COMPLAINTS.map(|it| it.as_str_name().to_owned()),
        today,
    )
    .fetch_all(tx)
    .await
}

/// Keeps that a notice is raised; `false` when it was raised before.
pub async fn add_notice(
    tx: &mut PgConnection,
    claimed: &Claimed,
    threshold: Threshold,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into notices (complaint_id, kind, stage, action_id, due_on, threshold, raised_at, owner)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint notices_once do nothing",
        claimed.complaint_id,
        claimed.kind as DueKind,
        claimed.stage as Stage,
        claimed.action_id,
        claimed.due_on,
        threshold as i16,
        at,
        claimed.owner,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the manager was told of a date while somebody else had to see to it.
pub async fn escalated_before(tx: &mut PgConnection, claimed: &Claimed) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
               select from notices
               where complaint_id = $1 and kind = $2 and stage = $3 and action_id is not distinct from $4 and due_on = $5
                 and threshold = $6 and owner is distinct from $7
           ) as "exists!""#,
        claimed.complaint_id,
        claimed.kind as DueKind,
        claimed.stage as Stage,
        claimed.action_id,
        claimed.due_on,
        Threshold::Escalated as i16,
        claimed.owner,
    )
    .fetch_one(tx)
    .await
}
