//! Recommendations and what is done about them.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::domain::recommendation::{Acceptance, Part, Recommendation, Source, Status};

/// Inserts a recommendation; `false` when its report has one of that number.
pub async fn insert(tx: &mut PgConnection, it: &Recommendation) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into recommendations (id, source, period_from, period_to, number, text, version)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint recommendations_number_once do nothing",
        it.id,
        it.source as Source,
        it.period.0,
        it.period.1,
        it.number,
        it.text,
        it.version
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Saves a changed recommendation with its parts; `None` when somebody else changed it first, else its new version.
pub async fn save(tx: &mut PgConnection, it: &Recommendation) -> sqlx::Result<Option<i64>> {
    let version = sqlx::query_scalar!(
        "update recommendations
         set acceptance = $3, response = $4, next_due_on = $5, version = version + 1
         where id = $1 and version = $2
         returning version",
        it.id,
        it.version,
        it.acceptance as Option<Acceptance>,
        it.response,
        it.next_due_on()
    )
    .fetch_optional(&mut *tx)
    .await?;
    if version.is_none() {
        return Ok(None);
    }
    for (position, part) in it.parts.iter().enumerate() {
        sqlx::query!(
            "insert into recommendation_parts (id, recommendation_id, position, text, responsible, due_on, completed_on, evidence)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict on constraint recommendation_parts_pkey do update set completed_on = $7, evidence = $8",
            part.id,
            it.id,
            i32::try_from(position).expect("parts are few"),
            part.text,
            part.responsible,
            part.due_on,
            part.completed_on,
            part.evidence
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(version)
}

/// Some recommendations with their parts, in the order of their ids as given.
pub async fn load(db: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Recommendation>> {
    let parts = sqlx::query!(
        "select id, recommendation_id, text, responsible, due_on, completed_on, evidence
         from recommendation_parts
         where recommendation_id = any($1)
         order by recommendation_id, position",
        ids
    )
    .fetch_all(&mut *db)
    .await?;
    let mut parts_of: HashMap<Uuid, Vec<Part>> = HashMap::new();
    for row in parts {
        parts_of
            .entry(row.recommendation_id)
            .or_default()
            .push(Part {
                id: row.id,
                text: row.text,
                responsible: row.responsible,
                due_on: row.due_on,
                completed_on: row.completed_on,
                evidence: row.evidence,
            });
    }
    let rows = sqlx::query!(
        r#"select id, source as "source: Source", period_from, period_to, number, text, acceptance as "acceptance: Acceptance",
                  response, version
           from recommendations
           where id = any($1)
           order by array_position($1, id)"#,
        ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Recommendation {
            parts: parts_of.remove(&row.id).unwrap_or_default(),
            id: row.id,
            source: row.source,
            period: (row.period_from, row.period_to),
            number: row.number,
            text: row.text,
            acceptance: row.acceptance,
            response: row.response,
            version: row.version,
        })
        .collect())
}

/// Which recommendations are listed.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct RecommendationFilter {
    /// Only those that stand so today.
    pub status: Option<Status>,
    /// Only those of this source.
    pub source: Option<Source>,
}

/// Recommendations by their next deadline, those without one at the end: their ids, and where each stands in the order.
pub async fn page(
    db: impl PgExecutor<'_>,
    filter: &RecommendationFilter,
    today: NaiveDate,
    after: Option<(Option<NaiveDate>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Option<NaiveDate>)>> {
    let mut query =
        QueryBuilder::<Postgres>::new("select id, next_due_on from recommendations where true");
    match filter.status {
        None => {}
        Some(Status::AwaitingResponse) => {
            query.push(" and acceptance is null");
        }
        Some(Status::NotAccepted) => {
            query.push(" and acceptance = 'not_accepted'");
        }
        Some(Status::Open) => {
            query.push(" and next_due_on >= ").push_bind(today);
        }
        Some(Status::Overdue) => {
            query.push(" and next_due_on < ").push_bind(today);
        }
        Some(Status::Complete) => {
            query.push(" and acceptance <> 'not_accepted' and next_due_on is null");
        }
    }
    if let Some(source) = filter.source {
        query.push(" and source = ").push_bind(source);
    }
    match after {
        None => {}
        Some((Some(due_on), id)) => {
            query
                .push(" and ((next_due_on, id) > (")
                .push_bind(due_on)
                .push(", ")
                .push_bind(id)
                .push(") or next_due_on is null)");
        }
        Some((None, id)) => {
            query
                .push(" and next_due_on is null and id > ")
                .push_bind(id);
        }
    }
    query
        .push(" order by next_due_on nulls last, id limit ")
        .push_bind(limit);
    query.build_query_as().fetch_all(db).await
}
