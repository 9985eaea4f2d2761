//! Assessing the risk of cases (CA-8), and answering the reviews of it that were asked for (recommendation 37.4).

use chrono::{DateTime, NaiveDate, Utc};
use kit::Caller;
use kit::page::Page;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::steer::version_of;
use super::{Actor, App};
use crate::domain::{Assessment, Case, Change, Review, RiskFactors, Sensitivity, TimelineEntry};
use crate::error::Error;
use crate::{events, store};

/// A review, with its answer once there is one.
#[derive(Clone, Debug)]
pub struct SeenReview {
    /// The review.
    pub review: Review,
    /// Its answer.
    pub answer: Option<Assessment>,
    /// Whether its date has passed without an answer.
    pub overdue: bool,
}

/// Where and when a case's risk is assessed.
struct Assessing<'a> {
    case: &'a Case,
    review: Option<&'a Review>,
    at: DateTime<Utc>,
}

impl App {
    /// Assesses a case's risk, at whatever stage it is.
    pub async fn assess_risk(
        &self,
        caller: &Caller,
        case_id: Uuid,
        version: i64,
        factors: &RiskFactors,
    ) -> Result<Assessment, Error> {
        let mut tx = self.db.begin().await?;
        let found = store::find(&mut *tx, case_id, &self.visibility(caller)).await?;
        let case = version_of(found, version)?;
        let actor = Actor::of(caller);
        let assessing = Assessing {
            case: &case,
            review: None,
            at: self.clock.now(),
        };
        let assessment = self.assess(&mut tx, &actor, &assessing, factors).await?;
        let entry = staff_entry(
            &case,
            &actor,
            assessing.at,
            "Risk assessed",
            in_words(&assessment),
        );
        store::add_timeline(&mut tx, &[entry]).await?;
        tx.commit().await?;
        Ok(assessment)
    }

    /// A page of what was found about a case's risk, newest first. The read is recorded (WH-1).
    pub async fn risk_assessments(
        &self,
        caller: &Caller,
        case_id: Uuid,
        page: &Page<Uuid>,
    ) -> Result<(Vec<Assessment>, String), Error> {
        if !store::is_visible(&self.db, case_id, &self.visibility(caller)).await? {
            return Err(Error::NoSuchCase);
        }
        let mut found = store::assessments(&self.db, case_id, page.after, page.fetch()).await?;
        let actor = Actor::of(caller);
        store::add_read(&self.db, &actor, self.clock.now(), case_id, "risk").await?;
        let next = page.next(&mut found, |last| last.id);
        Ok((found, next))
    }

    /// One review that was asked for. The read is recorded (WH-1).
    pub async fn risk_review(&self, caller: &Caller, id: Uuid) -> Result<SeenReview, Error> {
        let review = store::review(&self.db, id)
            .await?
            .ok_or(Error::NoSuchReview)?;
        let answer = store::answer_of(&self.db, id).await?;
        let (actor, now) = (Actor::of(caller), self.clock.now());
        store::add_read(&self.db, &actor, now, review.case_id, "risk").await?;
        Ok(self.seen_review(review, answer))
    }

    /// A page of the reviews that wait for an answer, soonest due first; all of them, or those of the caller's own cases.
    pub async fn risk_reviews(
        &self,
        caller: &Caller,
        mine: bool,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<SeenReview>, String), Error> {
        // Who is no person owns no case: the nil account has none.
        let own = || {
            caller
                .person()
                .map_or(Uuid::nil(), |person| person.account_id)
        };
        let owner = mine.then(own);
        let mut found = store::open_reviews(&self.db, owner, page.after, page.fetch()).await?;
        let next = page.next(&mut found, |last| (last.due_on, last.id));
        let seen = found.into_iter().map(|it| self.seen_review(it, None));
        Ok((seen.collect(), next))
    }

    /// Answers a review by assessing the risk afresh, and tells Customer Insight the sentence that was written for it.
    pub async fn answer_risk_review(
        &self,
        caller: &Caller,
        review_id: Uuid,
        version: i64,
        factors: &RiskFactors,
        told: String,
    ) -> Result<SeenReview, Error> {
        let mut tx = self.db.begin().await?;
        let review = store::review(&mut *tx, review_id)
            .await?
            .ok_or(Error::NoSuchReview)?;
        if review.settled_at.is_some() {
            return Err(Error::ReviewSettled);
        }
        let found = store::find(&mut *tx, review.case_id, &self.visibility(caller)).await?;
        let case = version_of(found, version)?;
        let actor = Actor::of(caller);
        let at = self.clock.now();
        let assessing = Assessing {
            case: &case,
            review: Some(&review),
            at,
        };
        let answer = self.assess(&mut tx, &actor, &assessing, factors).await?;
        store::answer_review(&mut tx, review_id, &told, at).await?;
        let text = format!(
            "For service complaint {}. {}",
            review.complaint_reference,
            in_words(&answer)
        );
        let entry = staff_entry(&case, &actor, at, "Risk review answered", text);
        store::add_timeline(&mut tx, &[entry]).await?;
        let review = Review {
            case_version: version + 1,
            settled_at: Some(at),
            told,
            ..review
        };
        let answered = events::risk_review_answered(&review, self.clock.today(), &actor.id);
        outbox::publish(&mut tx, &answered).await?;
        tx.commit().await?;
        Ok(self.seen_review(review, Some(answer)))
    }

    /// Takes the case's version, so that of two who assess at once one is told to look again.
    async fn assess(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        &Assessing { case, review, at }: &Assessing<'_>,
        factors: &RiskFactors,
    ) -> Result<Assessment, Error> {
        store::next_version(tx, case.id, case.version)
            .await?
            .ok_or(Error::Stale)?;
        let before = store::sensitivity(&mut *tx, case.id).await?;
        let sensitivity = factors.sensitivity(self.clock.today());
        let new = store::NewAssessment {
            id: kit::id(),
            case_id: case.id,
            factors,
            sensitivity,
            before,
            review_id: review.map(|it| it.id),
        };
        store::add_assessment(tx, new, (&actor.id, &actor.shown), at).await?;
        store::save_sensitivity(tx, case.id, sensitivity).await?;
        let details = json!({
            "sensitivity": { "from": before, "to": sensitivity },
            "factors": factors,
            "new_factors": !factors.new_factors.is_empty(),
            "review": review.map(|it| it.id),
        });
        let change = Change {
            case_id: case.id,
            action: "assess_risk",
            details,
        };
        store::add_changes(tx, actor, at, &[change]).await?;
        let RiskFactors {
            severity,
            going_on_since,
            circumstances,
            new_factors,
        } = factors.clone();
        Ok(Assessment {
            id: new.id,
            case_id: case.id,
            severity,
            going_on_since,
            circumstances,
            new_factors,
            sensitivity,
            sensitivity_before: before,
            assessed_at: at,
            assessed_name: actor.shown.clone(),
            complaint_reference: review.map(|it| it.complaint_reference.clone()),
        })
    }

    pub(super) fn seen_review(&self, review: Review, answer: Option<Assessment>) -> SeenReview {
        SeenReview {
            overdue: review.is_overdue(self.clock.today()),
            review,
            answer,
        }
    }
}

/// What was found, in words for casework.
fn in_words(assessment: &Assessment) -> String {
    let now = assessment.sensitivity.words();
    let changed = match assessment.sensitivity_before.map(Sensitivity::words) {
        None => format!("The case is {now}, by its first assessment."),
        Some(before) if before == now => format!("The case is {now}, as it was before."),
        Some(before) => format!("The case is {now}; it was {before} before."),
    };
    if assessment.new_factors.is_empty() {
        changed + " There are no new factors."
    } else {
        changed + " There are new factors."
    }
}

/// An entry of a case's timeline that no landlord sees (CA-1).
pub(super) fn staff_entry(
    case: &Case,
    actor: &Actor,
    at: DateTime<Utc>,
    title: &str,
    description: String,
) -> TimelineEntry {
    TimelineEntry {
        id: kit::id(),
        case_id: case.id,
        occurred_at: at,
        title: title.to_owned(),
        description,
        actor: actor.shown.clone(),
        actor_id: actor.id.clone(),
        staff_only: true,
    }
}
