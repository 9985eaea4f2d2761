//! Many tasks at a time: a batch of an import costs the same few statements however many rows it has.

use casefile::CaseFile;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::NewTask;

/// A task to take over.
#[derive(Clone, Debug)]
pub struct NewRow {
    /// The id of the row.
    pub request_id: Uuid,
    /// What the row is recognised by.
    pub request: Vec<u8>,
    /// The task.
    pub task: NewTask,
    /// The case's landlord.
    pub landlord_id: Uuid,
    /// The furthest threshold that was crossed before: its notice is not raised again.
    pub noticed: i16,
}

/// Those of these cases that are known, which keep their state until the transaction ends. They are locked in the order
/// of their ids: two imports then wait for each other and never block.
pub async fn known_cases(tx: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<CaseFile>> {
    sqlx::query_as!(
        CaseFile,
        "select case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on,
             version
         from case_files where case_id = any($1) order by case_id for share",
        ids,
    )
    .fetch_all(tx)
    .await
}

/// Saves new tasks in the order of their request ids; returns the ids of those that were not there.
pub async fn insert_all(
    tx: &mut PgConnection,
    rows: &[NewRow],
    set_by: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<Uuid>> {
    fn column<T>(rows: &[NewRow], of: impl Fn(&NewTask) -> T) -> Vec<T> {
        rows.iter().map(|row| of(&row.task)).collect()
    }
    let landlords: Vec<_> = rows.iter().map(|it| it.landlord_id).collect();
    let noticed: Vec<_> = rows.iter().map(|it| it.noticed).collect();
    let request_ids: Vec<_> = rows.iter().map(|it| it.request_id).collect();
    let requests: Vec<_> = rows.iter().map(|it| it.request.clone()).collect();
    let completed: Vec<Option<NaiveDate>> = column(rows, |it| it.completed_on);
    sqlx::query_scalar!(
        "insert into tasks (id, case_id, landlord_id, kind, title, instructions, set_on, set_by, due_on, completed_on,
             ended_at, noticed, request_id, request_digest)
         select id, case_id, landlord_id, kind, title, instructions, set_on, $13, due_on, completed_on,
             -- It ended on the day it was completed, not when it was taken over; of that day noon is as good as any hour.
             case when completed_on is not null
                 then least((completed_on + time '12:00') at time zone 'Europe/London', $14::timestamptz) end, noticed, request_id, sha256(request)
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::date[], $8::date[],
             $9::date[], $10::smallint[], $11::uuid[], $12::bytea[])
             as row (id, case_id, landlord_id, kind, title, instructions, set_on, due_on, completed_on, noticed, request_id,
                 request)
         order by request_id
         on conflict on constraint tasks_request_unique do nothing
         returning id",
        &column(rows, |it| it.id),
        &column(rows, |it| it.case_id),
        &landlords,
        &column(rows, |it| it.kind as i16),
        &column(rows, |it| it.title.clone()),
        &column(rows, |it| it.instructions.clone()),
        &column(rows, |it| it.set_on),
        &column(rows, |it| it.due_on),
        &completed as &[Option<NaiveDate>],
        &noticed,
        &request_ids,
        &requests,
        set_by,
        at,
    )
    .fetch_all(tx)
    .await
}

/// The tasks that these rows have become, now or before, in the order of the rows; `None` for a row whose request id is
/// that of a different one.
pub async fn by_request(
    db: impl PgExecutor<'_>,
    rows: &[(Uuid, Vec<u8>)],
) -> sqlx::Result<Vec<Option<Uuid>>> {
    let (request_ids, requests): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
    sqlx::query_scalar!(
        r#"select t.id as "id?"
           from unnest($1::uuid[], $2::bytea[]) with ordinality as row (request_id, request, place)
           left join tasks t on t.request_id = row.request_id and t.request_digest = sha256(row.request)
           order by row.place"#,
        &request_ids,
        &requests,
    )
    .fetch_all(db)
    .await
}
