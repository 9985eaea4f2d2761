//! Lessons and parts of recommendations that need a notice (SC-13, SC-16).
//!
//! A claim marks what it returns, in the transaction that announces it; another sweep steps over rows that are being claimed.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::due::Threshold;

/// Which of both it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A lesson.
    Lesson,
    /// A part of what is done about a recommendation.
    Recommendation,
}

/// Something that needs a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// What it is.
    pub kind: Kind,
    /// The lesson, or the part.
    pub id: Uuid,
    /// By when.
    pub due_on: NaiveDate,
    /// The owner of a lesson.
    pub owner: Option<Uuid>,
    /// The number of the recommendation; empty for a lesson.
    pub number: String,
}

/// Claims the lessons that are due up to a day and need the notice of a threshold.
pub async fn claim_lessons(
    tx: &mut PgConnection,
    threshold: Threshold,
    until: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    let rows = sqlx::query!(
        "with due as (
             select id from lessons
             where done_on is null and noticed < 3 and noticed < $1 and due_on <= $2
             order by due_on
             limit $3
             for update skip locked
         )
         update lessons l set noticed = $1 from due where l.id = due.id
         returning l.id, l.due_on, l.owner",
        threshold as i16,
        until,
        most,
    )
    .fetch_all(tx)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        kind: Kind::Lesson,
        id: row.id,
        due_on: row.due_on,
        owner: Some(row.owner),
        number: String::new(),
    });
    Ok(claimed.collect())
}

/// Claims the parts of recommendations that are due up to a day and need the notice of a threshold.
pub async fn claim_parts(
    tx: &mut PgConnection,
    threshold: Threshold,
    until: NaiveDate,
    most: i64,
) -> sqlx::Result<Vec<Claimed>> {
    let rows = sqlx::query!(
        "with due as (
             select id from recommendation_parts
             where completed_on is null and noticed < 3 and noticed < $1 and due_on <= $2
             order by due_on
             limit $3
             for update skip locked
         )
         update recommendation_parts p set noticed = $1 from due, recommendations r
         where p.id = due.id and r.id = p.recommendation_id
         returning p.id, p.due_on, r.number",
        threshold as i16,
        until,
        most,
    )
    .fetch_all(tx)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        kind: Kind::Recommendation,
        id: row.id,
        due_on: row.due_on,
        owner: None,
        number: row.number,
    });
    Ok(claimed.collect())
}
