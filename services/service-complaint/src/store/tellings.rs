//! What persons are to be told, and that they were.

use std::collections::HashMap;

use calendar::Told;
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::telling::{Kind, Telling};

#[derive(Debug)]
struct Row {
    id: Uuid,
    complaint_id: Uuid,
    kind: Kind,
    subject_id: Uuid,
    what: String,
    arose_on: NaiveDate,
    due_on: NaiveDate,
    told_on: Option<NaiveDate>,
    proof: String,
}

/// What persons are to be told, by complaint, in the order in which it arose.
pub(super) async fn of_complaints(
    db: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<Telling>>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, complaint_id, kind as "kind: Kind", subject_id, what, arose_on, due_on, told_on, proof
           from tellings
           where complaint_id = any($1)
           order by id"#,
        ids
    )
    .fetch_all(db)
    .await?;
    let mut grouped: HashMap<Uuid, Vec<Telling>> = HashMap::new();
    for row in rows {
        let Row {
            id,
            complaint_id,
            kind,
            subject_id,
            what,
            arose_on,
            due_on,
            told_on,
            proof,
        } = row;
        grouped.entry(complaint_id).or_default().push(Telling {
            id,
            kind,
            subject: subject_id,
            what,
            arose_on,
            due_on,
            told: told_on.map(|on| Told { on, proof }),
        });
    }
    Ok(grouped)
}

/// Writes what is new, and that they were told.
pub(super) async fn write(
    tx: &mut PgConnection,
    old: &[Telling],
    complaint_id: Uuid,
    new: &[Telling],
) -> sqlx::Result<()> {
    for telling in new.iter().filter(|it| !old.contains(it)) {
        let told = telling.told.as_ref();
        sqlx::query!(
            "insert into tellings (id, complaint_id, kind, subject_id, what, arose_on, due_on, told_on, proof)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict on constraint tellings_pkey do update set told_on = $8, proof = $9",
            telling.id,
            complaint_id,
            telling.kind as Kind,
            telling.subject,
            telling.what,
            telling.arose_on,
            telling.due_on,
            told.map(|it| it.on),
            told.map_or("", |it| it.proof.as_str())
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
