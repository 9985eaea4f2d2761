//! Who did what, and who read what: only ever added to (WH-1).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::policy::Stage;

/// Something that was done.
#[derive(Debug)]
pub struct HistoryRow {
    /// Its id, which orders what happened at one instant.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub name: String,
    /// What, in a sentence.
    pub text: String,
}

/// Records a change.
pub async fn record_change(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    (complaint_id, stage): (Uuid, Stage),
    action: &str,
    text: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, complaint_id, account_id, name, stage, text)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        kit::id(),
        at,
        actor.id,
        action,
        complaint_id,
        actor.account_id,
        actor.name,
        stage as Stage,
        text
    )
    .execute(tx)
    .await
    .map(drop)
}

/// Keeps that a stage was given to somebody, whoever has it later.
pub(super) async fn record_handling(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    stage: Stage,
    account_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into handlings (complaint_id, stage, account_id) values ($1, $2, $3)
         on conflict on constraint handlings_pkey do nothing",
        complaint_id,
        stage as Stage,
        account_id
    )
    .execute(tx)
    .await
    .map(drop)
}

/// The accounts that had a part in stage 1 of some complaints, by complaint: whoever changed something in it, or whom it was ever given to (4.15).
pub(super) async fn involved(
    db: impl PgExecutor<'_>,
    complaint_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<Uuid>>> {
    let rows = sqlx::query!(
        r#"select complaint_id as "complaint_id!", account_id as "account_id!" from changes
           where complaint_id = any($1) and stage = 'one' and account_id is not null
           union
           select complaint_id, account_id from handlings where complaint_id = any($1) and stage = 'one'"#,
        complaint_ids
    )
    .fetch_all(db)
    .await?;
    let mut grouped: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in rows {
        grouped
            .entry(row.complaint_id)
            .or_default()
            .push(row.account_id);
    }
    Ok(grouped)
}

/// What was done with a complaint, the newest first.
pub async fn history(
    db: impl PgExecutor<'_>,
    complaint_id: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<HistoryRow>> {
    sqlx::query_as!(
        HistoryRow,
        "select id, at, name, text from changes
         where complaint_id = $1 and ($2::uuid is null or id < $2)
         order by id desc
         limit $3",
        complaint_id,
        before,
        limit
    )
    .fetch_all(db)
    .await
}

/// Records that complaints were read.
pub async fn record_reads(
    tx: &mut PgConnection,
    at: DateTime<Utc>,
    actor: &Actor,
    complaint_ids: &[Uuid],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = complaint_ids.iter().map(|_| kit::id()).collect();
    sqlx::query!(
        "insert into reads (id, at, actor, complaint_id)
         select read.id, $3, $4, read.complaint_id from unnest($1::uuid[], $2::uuid[]) as read (id, complaint_id)",
        &ids,
        complaint_ids,
        at,
        actor.id
    )
    .execute(tx)
    .await
    .map(drop)
}
