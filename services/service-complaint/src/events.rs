//! What others hear from complaints: that something happened, and nothing of what was said.

use chrono::{DateTime, NaiveDate, Utc};
use proto::service_complaint::v1 as pb;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::Actor;
use crate::domain::approval::{Matter, Request};
use crate::domain::complaint::{Complaint, Standing};
use crate::domain::due::Threshold;
use crate::domain::finding::Decision;
use crate::domain::letter::Delivery;
use crate::domain::monitoring::Action;
use crate::domain::policy::Stage;
use crate::domain::recount::Recounted;
use crate::domain::request::ServiceRequest;
use crate::store::Claimed;
use crate::store::follow_ups::{self, Kind};
use crate::store::letters::NewLetter;
use crate::wire;

/// Something to announce.
#[derive(Debug)]
pub enum Announcement {
    /// A complaint was recorded.
    Recorded(pb::ComplaintRecorded),
    /// It was acknowledged.
    Acknowledged(pb::ComplaintAcknowledged),
    /// A stage was given to a colleague.
    HandlerAssigned(pb::HandlerAssigned),
    /// A colleague declared an interest.
    ConflictDeclared(pb::ConflictDeclared),
    /// A service request was given to a colleague.
    RequestAssigned(pb::RequestAssigned),
    /// A date moved because bank holidays were changed.
    Redated(pb::DeadlineRedated),
    /// A response has more time.
    Extended(pb::ResponseExtended),
    /// A senior colleague was asked.
    ApprovalRequested(pb::ApprovalRequested),
    /// A senior colleague decided.
    ApprovalDecided(pb::ApprovalDecided),
    /// Stage 1 was answered.
    StageOneAnswered(pb::StageOneAnswered),
    /// Stage 2 was asked for.
    EscalationRequested(pb::EscalationRequested),
    /// A request for stage 2 was accepted.
    EscalationAccepted(pb::EscalationAccepted),
    /// The procedure is over.
    Ended(pb::ComplaintEnded),
    /// A fresh review of a case's risk assessment was asked for.
    RiskReview(pb::RiskReviewRequested),
    /// A review of a case's risk is no longer asked for.
    RiskReviewWithdrawn(pb::RiskReviewWithdrawn),
    /// Something keeps casework from an action.
    ActionHindered(pb::ActionHindered),
    /// An action was promised.
    ActionPromised(pb::ActionPromised),
    /// A letter was sent.
    LetterSent(pb::LetterSent),
    /// A mail server refused a letter.
    LetterRefused(pb::LetterRefused),
    /// A private link is to be sent.
    LinkRequested(pb::LinkRequested),
    /// A letter about a service request is to be delivered.
    RequestLetter(pb::RequestLetterSent),
    /// A form was not sent in the end.
    DraftDiscarded(pb::DraftDiscarded),
    /// The person wrote.
    Wrote(pb::PersonWrote),
}

macro_rules! announcements {
    ($($variant:ident($event:ident)),* $(,)?) => {
        $(impl From<pb::$event> for Announcement {
            fn from(event: pb::$event) -> Self {
                Self::$variant(event)
            }
        })*

        impl Announcement {
            /// Writes it into the outbox, in the transaction of its cause.
            pub async fn publish(self, tx: &mut PgConnection) -> sqlx::Result<()> {
                match self {
                    $(Self::$variant(event) => outbox::publish(tx, &event).await.map(drop),)*
                }
            }
        }
    };
}

announcements! {
    Recorded(ComplaintRecorded),
    Acknowledged(ComplaintAcknowledged),
    HandlerAssigned(HandlerAssigned),
    ConflictDeclared(ConflictDeclared),
    RequestAssigned(RequestAssigned),
    Redated(DeadlineRedated),
    Extended(ResponseExtended),
    ApprovalRequested(ApprovalRequested),
    ApprovalDecided(ApprovalDecided),
    StageOneAnswered(StageOneAnswered),
    EscalationRequested(EscalationRequested),
    EscalationAccepted(EscalationAccepted),
    Ended(ComplaintEnded),
    RiskReview(RiskReviewRequested),
    RiskReviewWithdrawn(RiskReviewWithdrawn),
    ActionHindered(ActionHindered),
    ActionPromised(ActionPromised),
    LetterSent(LetterSent),
    LetterRefused(LetterRefused),
    LinkRequested(LinkRequested),
    RequestLetter(RequestLetterSent),
    DraftDiscarded(DraftDiscarded),
    Wrote(PersonWrote),
}

fn response_due(complaint: &Complaint) -> String {
    let response = complaint.present().clocks.response.as_ref();
    kit::time::iso_opt(response.map(calendar::Deadline::due))
}

/// A complaint was recorded.
#[must_use]
pub fn recorded(complaint: &Complaint) -> pb::ComplaintRecorded {
    pb::ComplaintRecorded {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        acknowledgement_due_on: kit::time::iso(complaint.stage_one.clocks.acknowledgement.due()),
    }
}

/// A complaint was acknowledged.
#[must_use]
pub fn acknowledged(complaint: &Complaint) -> pb::ComplaintAcknowledged {
    pb::ComplaintAcknowledged {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        response_due_on: response_due(complaint),
    }
}

/// A stage was given to a colleague.
#[must_use]
pub fn handler_assigned(
    complaint: &Complaint,
    stage: Stage,
    handler: Uuid,
    by: &Actor,
) -> pb::HandlerAssigned {
    pb::HandlerAssigned {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        stage: wire::stage(stage),
        handler_id: handler.to_string(),
        assigned_by: by.account_id.map(|it| it.to_string()).unwrap_or_default(),
    }
}

/// A colleague declared an interest (3.4).
#[must_use]
pub fn conflict_declared(
    complaint: &Complaint,
    declared_by: Uuid,
    gave_up: Option<Stage>,
) -> pb::ConflictDeclared {
    let waits = complaint.waits_to_be_handed_on();
    let present = gave_up.filter(|it| waits && *it == complaint.stage());
    let handler = complaint.present().handler.as_ref();
    let left = complaint.left_by(declared_by).count();
    pb::ConflictDeclared {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        declared_by: declared_by.to_string(),
        gave_up_stage: present.map(wire::stage).unwrap_or_default(),
        left_actions: i32::try_from(left).unwrap_or(i32::MAX),
        handler_id: handler.map(|(id, _)| id.to_string()).unwrap_or_default(),
    }
}

/// The date of a clock moved because bank holidays were changed.
#[must_use]
pub fn redated(complaint: &Complaint, clock: &Recounted) -> pb::DeadlineRedated {
    let handler = complaint.present().handler.as_ref();
    pb::DeadlineRedated {
        facts: Some(pb::DeadlineFacts {
            complaint_id: complaint.id.to_string(),
            reference: complaint.reference.clone(),
            kind: pb::DeadlineKind::from(clock.kind).into(),
            stage: wire::stage(clock.stage),
            due_on: kit::time::iso(clock.to),
            owner_id: handler.map(|(id, _)| id.to_string()).unwrap_or_default(),
            action_id: String::new(),
            own_task: None,
        }),
        due_before: kit::time::iso(clock.from),
    }
}

/// What a colleague who does not read complaints hears of an action (1.8).
#[must_use]
pub fn own_task(what: &str, case_reference: &str) -> pb::OwnTask {
    pb::OwnTask {
        what: what.to_owned(),
        case_reference: case_reference.to_owned(),
    }
}

/// A response has more time.
#[must_use]
pub fn extended(complaint: &Complaint) -> pb::ResponseExtended {
    pb::ResponseExtended {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        stage: wire::stage(complaint.stage()),
        response_due_on: response_due(complaint),
    }
}

/// A senior colleague was asked.
#[must_use]
pub fn approval_requested(complaint: &Complaint, matter: Matter) -> pb::ApprovalRequested {
    pb::ApprovalRequested {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        matter: pb::ApprovalMatter::from(matter).into(),
    }
}

/// A senior colleague decided.
#[must_use]
pub fn approval_decided(
    complaint: &Complaint,
    request: &Request,
    agreed: bool,
) -> pb::ApprovalDecided {
    pb::ApprovalDecided {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        matter: pb::ApprovalMatter::from(request.matter).into(),
        agreed,
        asked_by: request.asked_by.to_string(),
    }
}

/// Stage 1 was answered.
#[must_use]
pub fn stage_one_answered(complaint: &Complaint, outcome: Decision) -> pb::StageOneAnswered {
    let window = complaint.window.as_ref().map(calendar::Deadline::due);
    pb::StageOneAnswered {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        outcome: pb::Decision::from(outcome).into(),
        case_reference: complaint.case_reference.clone(),
        escalation_until: kit::time::iso_opt(window),
        answered_on: kit::time::iso_opt(complaint.stage_one.answer.map(|(on, _)| on)),
    }
}

/// Stage 2 was asked for.
#[must_use]
pub fn escalation_requested(complaint: &Complaint) -> pb::EscalationRequested {
    pb::EscalationRequested {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        acknowledgement_due_on: kit::time::iso(complaint.present().clocks.acknowledgement.due()),
    }
}

/// A request for stage 2 was accepted.
#[must_use]
pub fn escalation_accepted(complaint: &Complaint) -> pb::EscalationAccepted {
    let handler = complaint.present().handler.as_ref();
    pb::EscalationAccepted {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        response_due_on: response_due(complaint),
        handler_id: handler.map(|(id, _)| id.to_string()).unwrap_or_default(),
    }
}

/// The procedure is over.
#[must_use]
pub fn ended(complaint: &Complaint) -> pb::ComplaintEnded {
    let at_stage_two = (complaint.stage_two.as_ref()).and_then(|it| it.record.answer);
    let answer = at_stage_two.or(complaint.stage_one.answer);
    let answered_stage = match (at_stage_two, answer) {
        (Some(_), _) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    let kind = match &complaint.standing {
        Standing::Ended(ended) => wire::ending_kind(&ended.how),
        _ => pb::EndingKind::Unspecified,
    };
    pb::ComplaintEnded {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        kind: kind.into(),
        outcome: wire::decision(answer.map(|(_, outcome)| outcome)).into(),
        case_reference: complaint.case_reference.clone(),
        answered_on: kit::time::iso_opt(answer.map(|(on, _)| on)),
        answered_stage,
    }
}

/// A fresh review of a case's risk assessment was asked for (37.4).
#[must_use]
pub fn risk_review_requested(complaint: &Complaint, action: &Action) -> pb::RiskReviewRequested {
    pb::RiskReviewRequested {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        action_id: action.id.to_string(),
        case_reference: complaint.case_reference.clone(),
        due_on: kit::time::iso(action.deadline.due()),
    }
}

/// A fresh review of a case's risk assessment is no longer asked for.
#[must_use]
pub fn risk_review_withdrawn(complaint: &Complaint, action: &Action) -> pb::RiskReviewWithdrawn {
    pb::RiskReviewWithdrawn {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        action_id: action.id.to_string(),
        case_reference: complaint.case_reference.clone(),
    }
}

/// Something keeps an action from being done as it was promised, which the account sees to.
#[must_use]
pub fn action_hindered(
    complaint: &Complaint,
    action_id: Uuid,
    seen_to_by: Option<Uuid>,
) -> pb::ActionHindered {
    pb::ActionHindered {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        action_id: action_id.to_string(),
        seen_to_by: seen_to_by.map(|it| it.to_string()).unwrap_or_default(),
    }
}

/// An action was promised.
#[must_use]
pub fn action_promised(complaint: &Complaint, action: &Action) -> pb::ActionPromised {
    pb::ActionPromised {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        action_id: action.id.to_string(),
        owner_id: action.owner.to_string(),
        due_on: kit::time::iso(action.deadline.due()),
        own_task: None,
    }
}

/// A mail server refused a letter for good.
#[must_use]
pub fn letter_refused(complaint: &Complaint, letter_id: Uuid) -> pb::LetterRefused {
    let handler = complaint.present().handler.as_ref();
    pb::LetterRefused {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        letter_id: letter_id.to_string(),
        handler_id: handler.map(|(id, _)| id.to_string()).unwrap_or_default(),
    }
}

/// A letter was sent.
#[must_use]
pub fn letter_sent(complaint: &Complaint, letter: &NewLetter) -> pb::LetterSent {
    pb::LetterSent {
        complaint_id: complaint.id.to_string(),
        letter_id: letter.id.to_string(),
        by_email: letter.delivery == Delivery::Email,
    }
}

fn deadline(due: &Claimed) -> pb::DeadlineFacts {
    pb::DeadlineFacts {
        complaint_id: due.complaint_id.to_string(),
        reference: due.reference.clone(),
        kind: pb::DeadlineKind::from(due.kind).into(),
        stage: wire::stage(due.stage),
        due_on: kit::time::iso(due.due_on),
        owner_id: due.owner.map(|it| it.to_string()).unwrap_or_default(),
        action_id: due.action_id.map(|it| it.to_string()).unwrap_or_default(),
        own_task: (due.own_task.as_ref()).map(|what| own_task(what, &due.case_reference)),
    }
}

/// Something is due soon.
#[must_use]
pub fn approaching(due: &Claimed) -> pb::DeadlineApproaching {
    pb::DeadlineApproaching {
        facts: Some(deadline(due)),
    }
}

/// Something is overdue.
#[must_use]
pub fn overdue(due: &Claimed) -> pb::DeadlineOverdue {
    pb::DeadlineOverdue {
        facts: Some(deadline(due)),
    }
}

/// Something has been overdue for so long that the manager is told.
#[must_use]
pub fn escalated(due: &Claimed) -> pb::DeadlineEscalated {
    pb::DeadlineEscalated {
        facts: Some(deadline(due)),
    }
}

fn wrote(
    complaint: &Complaint,
    about: pb::WrittenAbout,
    acknowledge_by: Option<NaiveDate>,
) -> pb::PersonWrote {
    let handler = complaint.present().handler.as_ref();
    pb::PersonWrote {
        complaint_id: complaint.id.to_string(),
        reference: complaint.reference.clone(),
        owner_id: handler.map(|(id, _)| id.to_string()).unwrap_or_default(),
        about: about.into(),
        acknowledge_by: kit::time::iso_opt(acknowledge_by),
    }
}

/// The person wrote about a complaint that is closed; without a date it is filed (4.21, 4.22).
#[must_use]
pub fn wrote_after_closing(
    complaint: &Complaint,
    acknowledge_by: Option<NaiveDate>,
) -> pb::PersonWrote {
    let about = pb::WrittenAbout::ClosedComplaint;
    wrote(complaint, about, acknowledge_by)
}

/// The person answered by the private link which outcome they seek (44.1).
#[must_use]
pub fn answered_outcome(complaint: &Complaint) -> pb::PersonWrote {
    wrote(complaint, pb::WrittenAbout::Outcome, None)
}

/// The person sent files by the private link.
#[must_use]
pub fn sent_files(complaint: &Complaint) -> pb::PersonWrote {
    wrote(complaint, pb::WrittenAbout::Files, None)
}

/// What a lesson or a recommendation asks for is due soon, or overdue.
#[must_use]
pub fn follow_up_due(due: &follow_ups::Claimed, threshold: Threshold) -> pb::FollowUpDue {
    let kind = match due.kind {
        Kind::Lesson => pb::FollowUpKind::Lesson,
        Kind::Recommendation => pb::FollowUpKind::Recommendation,
    };
    let step = match threshold {
        Threshold::Approaching => pb::FollowUpStep::Approaching,
        Threshold::Overdue => pb::FollowUpStep::Overdue,
        Threshold::Escalated => pb::FollowUpStep::Escalated,
    };
    pb::FollowUpDue {
        follow_up_id: due.id.to_string(),
        kind: kind.into(),
        step: step.into(),
        due_on: kit::time::iso(due.due_on),
        owner_id: due.owner.map(|it| it.to_string()).unwrap_or_default(),
        number: due.number.clone(),
    }
}

/// Why a private link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It comes with the receipt of a webform.
    Receipt,
    /// It was asked for.
    Asked,
}

/// A private link is to be sent.
#[must_use]
pub fn link_requested(
    complaint_id: Uuid,
    request_id: Uuid,
    cause: Cause,
    expires_at: DateTime<Utc>,
) -> pb::LinkRequested {
    let cause = match cause {
        Cause::Receipt => pb::LinkCause::Receipt,
        Cause::Asked => pb::LinkCause::Asked,
    };
    pb::LinkRequested {
        complaint_id: complaint_id.to_string(),
        request_id: request_id.to_string(),
        cause: cause.into(),
        expires_at: Some(kit::time::timestamp(expires_at)),
    }
}

/// A form was not sent in the end.
#[must_use]
pub fn draft_discarded(draft_id: Uuid) -> pb::DraftDiscarded {
    pb::DraftDiscarded {
        draft_id: draft_id.to_string(),
    }
}

/// A service request was given to a colleague (2.3).
#[must_use]
pub fn request_assigned(
    request: &ServiceRequest,
    handler: Uuid,
    by: &Actor,
) -> pb::RequestAssigned {
    pb::RequestAssigned {
        service_request_id: request.id.to_string(),
        reference: request.reference.clone(),
        handler_id: handler.to_string(),
        assigned_by: by.account_id.map(|it| it.to_string()).unwrap_or_default(),
    }
}

/// A letter about a service request is to be delivered.
#[must_use]
pub fn request_letter_sent(service_request_id: Uuid, letter_id: Uuid) -> pb::RequestLetterSent {
    pb::RequestLetterSent {
        service_request_id: service_request_id.to_string(),
        letter_id: letter_id.to_string(),
    }
}
