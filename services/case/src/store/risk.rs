//! The risk of cases, with its history, and the reviews of it that were asked for.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{
    Assessment, Circumstances, Review, ReviewAsked, RiskFactors, Sensitivity, Severity,
};

/// How sensitive a case was found to be; `None` before the first assessment.
pub async fn sensitivity(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
) -> sqlx::Result<Option<Sensitivity>> {
    sqlx::query_scalar!(
        r#"select sensitivity as "sensitivity: Sensitivity" from cases where id = $1"#,
        case_id,
    )
    .fetch_one(db)
    .await
}

/// Keeps what a case's risk was found to be. The case's version was taken before, so that nobody else writes here.
pub async fn save_sensitivity(
    tx: &mut PgConnection,
    case_id: Uuid,
    sensitivity: Sensitivity,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update cases set sensitivity = $2 where id = $1",
        case_id,
        sensitivity as Sensitivity,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An assessment to save.
#[derive(Clone, Copy, Debug)]
pub struct NewAssessment<'a> {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// What was found.
    pub factors: &'a RiskFactors,
    /// What follows from it.
    pub sensitivity: Sensitivity,
    /// What was known before.
    pub before: Option<Sensitivity>,
    /// The review that it answers.
    pub review_id: Option<Uuid>,
}

/// Saves an assessment.
pub async fn add_assessment(
    tx: &mut PgConnection,
    assessment: NewAssessment<'_>,
    (by, name): (&str, &str),
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let NewAssessment {
        id,
        case_id,
        factors,
        sensitivity,
        before,
        review_id,
    } = assessment;
    sqlx::query!(
        "insert into risk_assessments (id, case_id, severity, going_on_since, circumstances, new_factors, sensitivity, sensitivity_before,
             assessed_at, assessed_by, assessed_name, review_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        case_id,
        factors.severity as Severity,
        factors.going_on_since,
        factors.circumstances as Circumstances,
        factors.new_factors,
        sensitivity as Sensitivity,
        before as Option<Sensitivity>,
        at,
        by,
        name,
        review_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What was found about a case's risk, newest first, after where the page before ended.
pub async fn assessments(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Assessment>> {
    sqlx::query_as!(
        Assessment,
        r#"select a.id, a.case_id, a.severity as "severity: Severity", a.going_on_since, a.circumstances as "circumstances: Circumstances",
               a.new_factors, a.sensitivity as "sensitivity: Sensitivity", a.sensitivity_before as "sensitivity_before: Sensitivity",
               a.assessed_at, a.assessed_name, r.complaint_reference as "complaint_reference?"
           from risk_assessments a
           left join risk_reviews r on r.id = a.review_id
           where a.case_id = $1 and ($2::uuid is null or a.id < $2)
           order by a.id desc
           limit $3"#,
        case_id,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// What a review was answered with.
pub async fn answer_of(
    db: impl PgExecutor<'_>,
    review_id: Uuid,
) -> sqlx::Result<Option<Assessment>> {
    sqlx::query_as!(
        Assessment,
        r#"select a.id, a.case_id, a.severity as "severity: Severity", a.going_on_since, a.circumstances as "circumstances: Circumstances",
               a.new_factors, a.sensitivity as "sensitivity: Sensitivity", a.sensitivity_before as "sensitivity_before: Sensitivity",
               a.assessed_at, a.assessed_name, r.complaint_reference as "complaint_reference?"
           from risk_assessments a
           join risk_reviews r on r.id = a.review_id
           where a.review_id = $1"#,
        review_id,
    )
    .fetch_optional(db)
    .await
}

/// Saves a review that was asked for; `false` when it was before.
pub async fn add_review(
    tx: &mut PgConnection,
    id: Uuid,
    case_id: Uuid,
    asked: &ReviewAsked,
) -> sqlx::Result<bool> {
    let ReviewAsked {
        complaint_id,
        complaint_reference,
        action_id,
        case_reference: _,
        asked_on,
        due_on,
    } = asked;
    let added = sqlx::query!(
        "insert into risk_reviews (id, case_id, complaint_id, complaint_reference, action_id, asked_on, due_on)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint risk_reviews_action_unique do nothing",
        id,
        case_id,
        complaint_id,
        complaint_reference,
        action_id,
        asked_on,
        due_on,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// A review.
pub async fn review(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Review>> {
    sqlx::query_as!(
        Review,
        "select r.id, r.case_id, c.reference as case_reference, c.version as case_version, r.complaint_id, r.complaint_reference,
             r.action_id, r.asked_on, r.due_on, r.settled_at, r.told
         from risk_reviews r
         join cases c on c.id = r.case_id
         where r.id = $1",
        id,
    )
    .fetch_optional(db)
    .await
}

/// The reviews that wait for an answer, soonest due first, after where the page before ended; all of them, or an owner's.
pub async fn open_reviews(
    db: impl PgExecutor<'_>,
    owner: Option<Uuid>,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Review>> {
    let (due_after, id_after) = after.unzip();
    sqlx::query_as!(
        Review,
        "select r.id, r.case_id, c.reference as case_reference, c.version as case_version, r.complaint_id, r.complaint_reference,
             r.action_id, r.asked_on, r.due_on, r.settled_at, r.told
         from risk_reviews r
         join cases c on c.id = r.case_id
         where r.settled_at is null and ($1::uuid is null or c.owner_account_id = $1)
           and ($2::date is null or (r.due_on, r.id) > ($2, $3::uuid))
         order by r.due_on, r.id
         limit $4",
        owner,
        due_after,
        id_after,
        limit,
    )
    .fetch_all(db)
    .await
}

/// The reviews of these cases that wait for an answer, soonest due first.
pub async fn open_reviews_of(db: impl PgExecutor<'_>, cases: &[Uuid]) -> sqlx::Result<Vec<Review>> {
    sqlx::query_as!(
        Review,
        "select r.id, r.case_id, c.reference as case_reference, c.version as case_version, r.complaint_id, r.complaint_reference,
             r.action_id, r.asked_on, r.due_on, r.settled_at, r.told
         from risk_reviews r
         join cases c on c.id = r.case_id
         where r.settled_at is null and r.case_id = any($1)
         order by r.due_on, r.id",
        cases,
    )
    .fetch_all(db)
    .await
}

/// Keeps that a review was answered, and what Customer Insight is told.
pub async fn answer_review(
    tx: &mut PgConnection,
    id: Uuid,
    told: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update risk_reviews set settled_at = $2, settled_how = 'answered', told = $3 where id = $1",
        id,
        at,
        told,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends the open reviews of a case that is closed.
pub async fn end_reviews(
    tx: &mut PgConnection,
    case_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update risk_reviews set settled_at = $2, settled_how = 'case_closed' where case_id = $1 and settled_at is null",
        case_id,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends the review that an action waits for, if it is open: its case, and the reference of the complaint.
pub async fn withdraw_review(
    tx: &mut PgConnection,
    action_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<(Uuid, String)>> {
    let ended = sqlx::query!(
        "update risk_reviews set settled_at = $2, settled_how = 'withdrawn' where action_id = $1 and settled_at is null
         returning case_id, complaint_reference",
        action_id,
        at,
    )
    .fetch_optional(tx)
    .await?;
    Ok(ended.map(|it| (it.case_id, it.complaint_reference)))
}
