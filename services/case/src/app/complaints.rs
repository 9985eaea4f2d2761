//! Taking in what service complaints ask of a case and mean for it (recommendations 37.4 and 53.1).
//!
//! Casework and Customer Insight are independent of each other. A complaint is known here by its reference alone, and what is told back is that a review was
//! answered, with a sentence written for that.

use chrono::{DateTime, Utc};
use proto::case::v1::RiskReviewRefusal;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::{Case, ComplaintDecided, Reference, ReviewAsked, TimelineEntry};
use crate::error::Error;
use crate::{events, store};

/// Who asks, as casework sees it.
const CUSTOMER_INSIGHT: &str = "Customer Insight";

impl App {
    /// Takes in that a fresh review of a case's risk is asked for. What can't be answered is refused at once, so that nobody waits for it.
    pub async fn risk_review_requested(
        &self,
        tx: &mut PgConnection,
        asked: &ReviewAsked,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(case_id) = known(tx, &asked.case_reference).await? else {
            let refused = events::risk_review_refused(asked, RiskReviewRefusal::NoSuchCase);
            outbox::publish(tx, &refused).await?;
            return Ok(());
        };
        store::lock_case(tx, case_id).await?;
        let about = format!("Service complaint {}", asked.complaint_reference);
        if store::is_closed(&mut *tx, case_id).await? {
            let text = format!(
                "{about} asks for a fresh review of the risk assessment. Customer Insight is told that the case is closed."
            );
            store::add_timeline(tx, &[heard(case_id, at, "Risk review asked for", text)]).await?;
            let refused = events::risk_review_refused(asked, RiskReviewRefusal::CaseClosed);
            outbox::publish(tx, &refused).await?;
            return Ok(());
        }
        let id = kit::id();
        if !store::add_review(tx, id, case_id, asked).await? {
            return Ok(());
        }
        let due = asked.due_on.format("%-d %B %Y");
        let text = format!("{about} asks for a fresh review of the risk assessment, by {due}.");
        store::add_timeline(tx, &[heard(case_id, at, "Risk review asked for", text)]).await?;
        outbox::publish(tx, &events::risk_review_opened(case_id, id, asked.due_on)).await?;
        Ok(())
    }

    /// Takes in that a review is no longer asked for. One that was answered, or ended with its case, stays as it is.
    pub async fn risk_review_withdrawn(
        &self,
        tx: &mut PgConnection,
        action_id: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some((case_id, reference)) = store::withdraw_review(tx, action_id, at).await? else {
            return Ok(());
        };
        let text = format!("Service complaint {reference} needs no review of the risk any more.");
        let entry = heard(case_id, at, "Risk review no longer asked for", text);
        store::add_timeline(tx, &[entry]).await?;
        Ok(())
    }

    /// Takes in what was decided about a service complaint: one that was upheld is a factor in the allocation of its case, until a later
    /// stage decides otherwise (53.1). One about a case that is not known waits until the case is imported; what a person typed may be no
    /// reference at all, and then there is nothing to wait for.
    pub async fn complaint_decided(
        &self,
        tx: &mut PgConnection,
        decided: &ComplaintDecided,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        if Reference::parse(&decided.case_reference).is_none() {
            return Ok(());
        }
        store::hold_unknown_cases(tx, false).await?;
        let case_id = known(tx, &decided.case_reference).await?;
        if let Some(id) = case_id {
            store::lock_case(tx, id).await?;
        }
        let changed = store::save_complaint(tx, case_id, decided).await?;
        let (Some(case_id), Some(upheld)) = (case_id, changed) else {
            return Ok(());
        };
        let reference = &decided.reference;
        let entry = if upheld {
            counts(case_id, at, reference)
        } else {
            let text = format!(
                "{reference} was not upheld in the end. It is no factor in allocation any more."
            );
            heard(case_id, at, "Service complaint no longer upheld", text)
        };
        store::add_timeline(tx, &[entry]).await?;
        Ok(())
    }

    /// Gives imported cases the complaints that were decided before they came.
    pub(super) async fn adopt_complaints(
        &self,
        tx: &mut PgConnection,
        cases: &[Case],
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let ids: Vec<Uuid> = cases.iter().map(|it| it.id).collect();
        let upheld = store::adopt_complaints(tx, &ids).await?;
        let entries: Vec<_> = upheld
            .iter()
            .map(|(case_id, reference)| counts(*case_id, now, reference))
            .collect();
        store::add_timeline(tx, &entries).await?;
        Ok(())
    }

    /// Ends the open reviews of a case that is being closed. A closed case waits for nobody, so that there is nothing left to weigh its risk
    /// for; but nobody looked at it either, so that what was promised stays Customer Insight's to settle (4.9), and it is told why.
    pub(super) async fn end_reviews(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        case: &Case,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let open = store::open_reviews_of(&mut *tx, &[case.id]).await?;
        if open.is_empty() {
            return Ok(());
        }
        store::end_reviews(tx, case.id, at).await?;
        for review in open {
            let text = format!(
                "The review that service complaint {} asked for ended with the case. Customer Insight is told.",
                review.complaint_reference
            );
            let entry = TimelineEntry {
                actor: actor.shown.clone(),
                actor_id: actor.id.clone(),
                ..heard(case.id, at, "Risk review not answered", text)
            };
            store::add_timeline(tx, &[entry]).await?;
            outbox::publish(tx, &events::risk_review_ended(&review)).await?;
        }
        Ok(())
    }
}

/// The case that a complaint is about. What a person typed may be no reference at all, and then it is no case's.
async fn known(tx: &mut PgConnection, reference: &str) -> Result<Option<Uuid>, Error> {
    Ok(store::id_of(tx, reference.trim()).await?)
}

/// That an upheld complaint counts in the allocation of its case.
fn counts(case_id: Uuid, at: DateTime<Utc>, reference: &str) -> TimelineEntry {
    let text = format!("{reference} was upheld. It is a factor in the allocation of this case.");
    heard(case_id, at, "Service complaint upheld", text)
}

fn heard(case_id: Uuid, at: DateTime<Utc>, title: &str, description: String) -> TimelineEntry {
    TimelineEntry {
        id: kit::id(),
        case_id,
        occurred_at: at,
        title: title.to_owned(),
        description,
        actor: CUSTOMER_INSIGHT.to_owned(),
        actor_id: String::new(),
        staff_only: true,
    }
}
