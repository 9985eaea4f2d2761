//! What others hear from cases.

use chrono::{DateTime, NaiveDate, Utc};
use kit::time::{iso, iso_opt, timestamp};
use proto::case::v1::{
    CaseFacts, CaseImported, CaseMoved, CaseOpened, CaseOutcomeRecorded, CaseOwnerAssigned,
    ContactFacts, ContactSettled, ProgressUpdateGiven, RiskReviewAnswered, RiskReviewOpened,
    RiskReviewRefusal, RiskReviewRefused,
};
use uuid::Uuid;

use crate::domain::{Case, Contact, Outcome, Review, ReviewAsked, Status};
use crate::store::Owed;
use crate::wire;

/// A case was opened.
pub fn opened(case: &Case) -> CaseOpened {
    CaseOpened {
        facts: Some(facts(case)),
    }
}

/// A case was taken over from elsewhere.
pub fn imported(case: &Case) -> CaseImported {
    CaseImported {
        facts: Some(facts(case)),
    }
}

/// A case was moved.
pub fn moved(case: &Case, from: Status, label: &str, at: DateTime<Utc>, actor: &str) -> CaseMoved {
    CaseMoved {
        facts: Some(facts(case)),
        from: wire::status(from).into(),
        status_label: label.to_owned(),
        moved_at: Some(timestamp(at)),
        actor: actor.to_owned(),
    }
}

/// A case has another owner.
pub fn owner_assigned(case: &Case) -> CaseOwnerAssigned {
    CaseOwnerAssigned {
        facts: Some(facts(case)),
    }
}

/// What was decided was recorded, or became known to the landlord.
pub fn outcome_recorded(
    case: &Case,
    outcome: &Outcome,
    label: &str,
    actor: &str,
) -> CaseOutcomeRecorded {
    CaseOutcomeRecorded {
        facts: Some(facts(case)),
        finding: wire::finding(outcome.finding).into(),
        finding_label: label.to_owned(),
        decided_on: iso(outcome.decided_on),
        told: outcome.told,
        actor: actor.to_owned(),
    }
}

/// A risk review waits for an answer.
pub fn risk_review_opened(case_id: Uuid, review_id: Uuid, due_on: NaiveDate) -> RiskReviewOpened {
    RiskReviewOpened {
        case_id: case_id.to_string(),
        review_id: review_id.to_string(),
        due_on: iso(due_on),
    }
}

/// A risk review was answered.
pub fn risk_review_answered(review: &Review, on: NaiveDate, actor: &str) -> RiskReviewAnswered {
    RiskReviewAnswered {
        case_reference: review.case_reference.clone(),
        complaint_id: review.complaint_id.to_string(),
        action_id: review.action_id.to_string(),
        answered_on: iso(on),
        told: review.told.clone(),
        actor: actor.to_owned(),
    }
}

/// A risk review can't be answered.
pub fn risk_review_refused(asked: &ReviewAsked, reason: RiskReviewRefusal) -> RiskReviewRefused {
    RiskReviewRefused {
        case_reference: asked.case_reference.clone(),
        complaint_id: asked.complaint_id.to_string(),
        action_id: asked.action_id.to_string(),
        reason: reason.into(),
    }
}

/// A risk review ended with its case.
pub fn risk_review_ended(review: &Review) -> RiskReviewRefused {
    RiskReviewRefused {
        case_reference: review.case_reference.clone(),
        complaint_id: review.complaint_id.to_string(),
        action_id: review.action_id.to_string(),
        reason: RiskReviewRefusal::CaseClosed.into(),
    }
}

/// A complainant is given an update by email.
pub fn update_given(case_id: Uuid, update_id: Uuid) -> ProgressUpdateGiven {
    ProgressUpdateGiven {
        case_id: case_id.to_string(),
        update_id: update_id.to_string(),
    }
}

/// Something that a complainant was owed was given, or ended with its case.
pub fn contact_settled(contact: &Contact) -> ContactSettled {
    ContactSettled {
        facts: Some(ContactFacts {
            contact_id: contact.id.to_string(),
            case_id: contact.case_id.to_string(),
            kind: wire::contact_kind(contact.kind).into(),
            due_on: iso(contact.due_on),
            open: contact.settled_at.is_none(),
            version: contact.version,
        }),
    }
}

/// Something that a complainant is owed, for a reminder of it.
pub fn owed(it: &Owed) -> ContactFacts {
    ContactFacts {
        contact_id: it.id.to_string(),
        case_id: it.case_id.to_string(),
        kind: wire::contact_kind(it.kind).into(),
        due_on: iso(it.due_on),
        open: true,
        version: it.version,
    }
}

fn facts(case: &Case) -> CaseFacts {
    CaseFacts {
        case_id: case.id.to_string(),
        reference: case.reference.clone(),
        landlord_id: case.landlord_id.to_string(),
        landlord_name: case.landlord_name.clone(),
        complainant: case.complainant.clone(),
        status: wire::status(case.status).into(),
        owner_account_id: case
            .owner_account_id
            .map(|it| it.to_string())
            .unwrap_or_default(),
        opened_on: iso(case.opened_on),
        closed_on: iso_opt(case.closed_on),
        version: case.version,
        team: wire::team(case.team).into(),
    }
}
