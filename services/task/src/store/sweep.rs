//! Finding the tasks that need a notice, and keeping that they had it (TA-7).
//!
//! A claim marks the tasks that it returns. Another sweep steps over rows that are being claimed, and PostgreSQL looks at
//! a row again once it is locked, so that a task that was completed or re-dated a moment before is not claimed. The order
//! of a claim is that of its index: without one, PostgreSQL would read the table whenever its statistics are a day old.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Threshold, Window};

/// A task that needs a notice.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The task.
    pub id: Uuid,
    /// The case it is on.
    pub case_id: Uuid,
    /// Its title.
    pub title: String,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// Its version.
    pub version: i64,
}

/// Claims open tasks that need the notice of a threshold, by the due dates that it is raised for.
pub async fn claim(
    tx: &mut PgConnection,
    threshold: Threshold,
    due: Window,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    match threshold {
        Threshold::Approaching => claim_approaching(tx, due, most).await,
        Threshold::Overdue => claim_overdue(tx, due, most).await,
        Threshold::FinalReminder => claim_for_final_reminder(tx, due, most).await,
        Threshold::Escalation => claim_for_escalation(tx, due, most).await,
    }
}

async fn claim_approaching(
    tx: &mut PgConnection,
    due: Window,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from tasks
             where ended_at is null and noticed < 1 and due_on between $1 and $2
             order by due_on
             limit $3
             for update skip locked
         )
         update tasks set noticed = 1 from due where tasks.id = due.id
         returning tasks.id, case_id, title, set_on, due_on, version",
        due.from,
        due.to,
        most,
    )
    .fetch_all(tx)
    .await
}

async fn claim_overdue(
    tx: &mut PgConnection,
    due: Window,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from tasks
             where ended_at is null and noticed < 2 and due_on <= $1
             order by due_on
             limit $2
             for update skip locked
         )
         update tasks set noticed = 2 from due where tasks.id = due.id
         returning tasks.id, case_id, title, set_on, due_on, version",
        due.to,
        most,
    )
    .fetch_all(tx)
    .await
}

async fn claim_for_final_reminder(
    tx: &mut PgConnection,
    due: Window,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from tasks
             where ended_at is null and noticed < 3 and not awaiting_answer and due_on <= $1
             order by due_on
             limit $2
             for update skip locked
         )
         update tasks set noticed = 3 from due where tasks.id = due.id
         returning tasks.id, case_id, title, set_on, due_on, version",
        due.to,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Only after the final reminder: nobody is reported who was not reminded.
async fn claim_for_escalation(
    tx: &mut PgConnection,
    due: Window,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as!(
        Claimed,
        "with due as (
             select id from tasks
             where ended_at is null and noticed = 3 and not awaiting_answer and due_on <= $1
             order by due_on
             limit $2
             for update skip locked
         )
         update tasks set noticed = 4 from due where tasks.id = due.id
         returning tasks.id, case_id, title, set_on, due_on, version",
        due.to,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Keeps that notices are raised, and returns the tasks of those that had not been raised before: a task that was
/// re-dated and re-dated back has had its notice.
pub async fn add_notices(
    tx: &mut PgConnection,
    claimed: &[Claimed],
    threshold: Threshold,
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    let tasks: Vec<_> = claimed.iter().map(|it| it.id).collect();
    let dates: Vec<_> = claimed.iter().map(|it| it.due_on).collect();
    sqlx::query_scalar!(
        "insert into notices (task_id, due_on, threshold, raised_at)
         select task_id, due_on, $3, $4 from unnest($1::uuid[], $2::date[]) as due (task_id, due_on)
         on conflict on constraint notices_pkey do nothing
         returning task_id",
        &tasks,
        &dates,
        threshold as Threshold,
        at,
    )
    .fetch_all(tx)
    .await
}
