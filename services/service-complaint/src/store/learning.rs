//! Lessons.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::domain::learning::{LearnedOf, Lesson, LessonStatus, NoLesson};
use crate::domain::policy::Stage;

/// Inserts a lesson; `false` when the request was carried out before.
pub async fn insert(
    tx: &mut PgConnection,
    lesson: &Lesson,
    complaints: &[Uuid],
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into lessons
             (id, theme, learned, owner, owner_name, action, due_on, recorded_on, recorded_by, version, requested_by, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict on constraint lessons_request_once do nothing",
        lesson.id,
        lesson.theme,
        lesson.learned,
        lesson.owner,
        lesson.owner_name,
        lesson.action,
        lesson.due_on,
        lesson.recorded_on,
        lesson.recorded_by,
        lesson.version,
        requested_by,
        request_id
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into lesson_complaints (lesson_id, complaint_id) select $1, unnest($2::uuid[])",
        lesson.id,
        complaints
    )
    .execute(tx)
    .await?;
    Ok(true)
}

/// What is to be learned from some complaints, by complaint; without those of which nothing is said.
pub(super) async fn of_complaints(
    db: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, LearnedOf>> {
    let mut learned: HashMap<Uuid, LearnedOf> = HashMap::new();
    let lessons = sqlx::query!(
        "select c.complaint_id, l.recorded_on
         from lesson_complaints c join lessons l on l.id = c.lesson_id
         where c.complaint_id = any($1)",
        ids
    );
    for row in lessons.fetch_all(&mut *db).await? {
        let of = learned.entry(row.complaint_id).or_default();
        of.lessons.push(row.recorded_on);
    }
    let none = sqlx::query!(
        r#"select complaint_id, stage as "stage: Stage", reason, said_by, said_at
           from no_lessons
           where complaint_id = any($1)
           order by said_at"#,
        ids
    );
    for row in none.fetch_all(db).await? {
        let of = learned.entry(row.complaint_id).or_default();
        of.none.push(NoLesson {
            stage: row.stage,
            reason: row.reason,
            said_by: row.said_by,
            said_at: row.said_at,
        });
    }
    Ok(learned)
}

/// Keeps why nothing is to be learned from a complaint, as far as that is new.
pub(super) async fn add_none(
    tx: &mut PgConnection,
    complaint_id: Uuid,
    new: &[NoLesson],
) -> sqlx::Result<()> {
    for none in new {
        sqlx::query!(
            "insert into no_lessons (complaint_id, stage, reason, said_by, said_at) values ($1, $2, $3, $4, $5)",
            complaint_id,
            none.stage as Stage,
            none.reason,
            none.said_by,
            none.said_at
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The lesson that a request recorded.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    requested_by: &str,
    request_id: Uuid,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from lessons where requested_by = $1 and request_id = $2",
        requested_by,
        request_id
    )
    .fetch_optional(db)
    .await
}

/// Saves a changed lesson; `None` when somebody else changed it first, else its new version.
pub async fn save(tx: &mut PgConnection, lesson: &Lesson) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update lessons
         set done_on = $3, done_by = $4, evidence = $5, signed_off = $6, signed_off_name = $7, signed_off_at = $8, comment = $9,
             version = version + 1
         where id = $1 and version = $2
         returning version",
        lesson.id,
        lesson.version,
        lesson.done_on,
        lesson.done_by,
        lesson.evidence,
        lesson.signed_off,
        lesson.signed_off_name,
        lesson.signed_off_at,
        lesson.comment
    )
    .fetch_optional(tx)
    .await
}

/// Some lessons, in the order of their ids as given.
pub async fn load(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Lesson>> {
    sqlx::query_as!(
        Lesson,
        "select id, theme, learned, owner, owner_name, action, due_on, recorded_on, recorded_by, done_on, done_by, evidence,
                signed_off, signed_off_name, signed_off_at, comment, version
         from lessons
         where id = any($1)
         order by array_position($1, id)",
        ids
    )
    .fetch_all(db)
    .await
}

/// A complaint that a lesson was learned from.
#[derive(Debug, Clone)]
pub struct LearnedFrom {
    /// The lesson.
    pub lesson_id: Uuid,
    /// The complaint.
    pub id: Uuid,
    /// Its reference.
    pub reference: String,
}

/// The complaints that lessons were learned from.
pub async fn learned_from(
    db: impl PgExecutor<'_>,
    lessons: &[Uuid],
) -> sqlx::Result<Vec<LearnedFrom>> {
    sqlx::query_as!(
        LearnedFrom,
        "select l.lesson_id, c.id, c.reference
         from lesson_complaints l join complaints c on c.id = l.complaint_id
         where l.lesson_id = any($1)
         order by c.reference",
        lessons
    )
    .fetch_all(db)
    .await
}

/// Which lessons are listed.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct LessonFilter {
    /// Only those that stand so today.
    pub status: Option<LessonStatus>,
    /// Only those of this theme.
    pub theme: String,
    /// Only those of this owner.
    pub owner: Option<Uuid>,
    /// Only those that were learned from this complaint.
    pub complaint: Option<Uuid>,
}

/// Lessons, soonest due first: their ids, and where each stands in the order.
pub async fn page(
    db: impl PgExecutor<'_>,
    filter: &LessonFilter,
    today: NaiveDate,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, NaiveDate)>> {
    let mut query =
        QueryBuilder::<Postgres>::new("select l.id, l.due_on from lessons l where true");
    match filter.status {
        None => {}
        Some(LessonStatus::Open) => {
            query
                .push(" and done_on is null and due_on >= ")
                .push_bind(today);
        }
        Some(LessonStatus::Overdue) => {
            query
                .push(" and done_on is null and due_on < ")
                .push_bind(today);
        }
        Some(LessonStatus::Done) => {
            query.push(" and done_on is not null and signed_off is null");
        }
        Some(LessonStatus::SignedOff) => {
            query.push(" and signed_off is not null");
        }
    }
    if !filter.theme.is_empty() {
        query.push(" and theme = ").push_bind(&filter.theme);
    }
    if let Some(owner) = filter.owner {
        query.push(" and owner = ").push_bind(owner);
    }
    if let Some(complaint) = filter.complaint {
        query
            .push(" and exists (select from lesson_complaints x where x.lesson_id = l.id and x.complaint_id = ")
            .push_bind(complaint)
            .push(")");
    }
    if let Some((due_on, id)) = after {
        query
            .push(" and (due_on, id) > (")
            .push_bind(due_on)
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    query.push(" order by due_on, id limit ").push_bind(limit);
    query.build_query_as().fetch_all(db).await
}
