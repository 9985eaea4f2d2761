//! The rows of a complaint, and what each is to the domain.

use calendar::Deadline;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::Loaded;
use crate::domain::approval::{Matter, Request};
use crate::domain::complaint::{
    Ask, Channel, Clocks, ComplaintType, Format, Offer, OutcomeReply, Raised, StageRecord,
    StageTwo, Standing, UserKind, Verdict,
};
use crate::domain::exclusion::Exclusion;
use crate::domain::finding::{Decision, Element, Finding, Standing as ElementStanding};
use crate::domain::lateness::{Cause, Lateness, Promise as LateWith};
use crate::domain::policy::Stage;
use crate::domain::procedure::{End, Ended};
use crate::domain::refusal::{Ground, Refusal};
use crate::domain::remedy::{ApologyForm, ApologyFrom, Compensation, Level, Remedy};

#[derive(Debug)]
pub(super) struct ComplaintRow {
    pub(super) id: Uuid,
    pub(super) reference: String,
    pub(super) service_user: String,
    pub(super) user_kind: UserKind,
    pub(super) email: String,
    pub(super) telephone: String,
    pub(super) postal_address: String,
    pub(super) format: Format,
    pub(super) channel: Channel,
    pub(super) summary: String,
    pub(super) desired_outcome: String,
    pub(super) outcome_reply: OutcomeReply,
    pub(super) contact: String,
    pub(super) communication_preference: String,
    pub(super) reasonable_adjustments: String,
    pub(super) vulnerabilities: String,
    pub(super) early_resolution: String,
    pub(super) case_reference: String,
    pub(super) received_on: NaiveDate,
    pub(super) standing: String,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) ended_how: Option<String>,
    pub(super) ended_reason: String,
    pub(super) ended_ground: Option<Ground>,
    pub(super) ended_ground_known: bool,
    pub(super) exclusion: Option<Json<Exclusion>>,
    pub(super) follows: Option<Uuid>,
    pub(super) raised_during: Option<Uuid>,
    pub(super) service_request: Option<Uuid>,
    pub(super) complaint_type: Option<ComplaintType>,
    pub(super) unanswered_since: Option<NaiveDate>,
    pub(super) asked_again_on: Option<NaiveDate>,
    pub(super) asked_again_proof: String,
    pub(super) version: i64,
}

#[derive(Debug)]
pub(super) struct StageRow {
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) handler: Option<Uuid>,
    pub(super) handler_name: String,
    pub(super) outcome: Option<Decision>,
    pub(super) answered_on: Option<NaiveDate>,
    pub(super) updated_on: Option<NaiveDate>,
    pub(super) requested_on: Option<NaiveDate>,
    pub(super) reasons: String,
    pub(super) new_evidence: String,
    pub(super) discretion: String,
    pub(super) summary: String,
}

#[derive(Debug)]
pub(super) struct ElementRow {
    pub(super) id: Uuid,
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) text: String,
    pub(super) additional: bool,
    pub(super) decision: Option<Decision>,
    pub(super) reason: String,
    pub(super) exclusion: Option<Json<Exclusion>>,
}

#[derive(Debug)]
pub(super) struct RemedyRow {
    pub(super) id: Uuid,
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) form: Option<ApologyForm>,
    pub(super) apology_from: Option<ApologyFrom>,
    pub(super) level: Option<Level>,
    pub(super) pounds: Option<i32>,
}

#[derive(Debug)]
pub(super) struct ActionRow {
    pub(super) id: Uuid,
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) what: String,
    pub(super) owner: Uuid,
    pub(super) owner_name: String,
    pub(super) remedy_id: Option<Uuid>,
    pub(super) evidence: String,
    pub(super) withdrawn_because: String,
    pub(super) hindrance: String,
}

#[derive(Debug)]
pub(super) struct ApprovalRow {
    pub(super) id: Uuid,
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) matter: Matter,
    pub(super) asked_by: Uuid,
    pub(super) asked_name: String,
    pub(super) reason: String,
    pub(super) until: Option<NaiveDate>,
    pub(super) asked_at: DateTime<Utc>,
    pub(super) decided_by: Option<Uuid>,
    pub(super) decided_name: String,
    pub(super) decided_at: Option<DateTime<Utc>>,
    pub(super) agreed: Option<bool>,
    pub(super) comment: String,
}

#[derive(Debug)]
pub(super) struct LatenessRow {
    pub(super) complaint_id: Uuid,
    pub(super) stage: Stage,
    pub(super) promise: LateWith,
    pub(super) cause: Cause,
    pub(super) reason: String,
    pub(super) recorded_by: String,
    pub(super) recorded_at: DateTime<Utc>,
}

pub(super) fn record(
    row: StageRow,
    acknowledgement: Deadline,
    response: Option<Deadline>,
) -> StageRecord {
    StageRecord {
        handler: row.handler.map(|id| (id, row.handler_name)),
        clocks: Clocks {
            acknowledgement,
            response,
        },
        answer: row.answered_on.zip(row.outcome),
        updated_on: row.updated_on,
    }
}

pub(super) fn standing(
    row: &ComplaintRow,
    one: &StageRecord,
    two: Option<&StageTwo>,
) -> Result<Standing, Loaded> {
    let ended = |how| {
        let on = row.closed_on.ok_or(Loaded::Incomplete("date of its end"))?;
        Ok(Standing::Ended(Ended { on, how }))
    };
    match (row.standing.as_str(), row.ended_how.as_deref()) {
        ("received", _) => Ok(Standing::Received),
        ("investigated", _) => Ok(Standing::Investigated),
        ("answered", _) => Ok(Standing::Answered),
        ("requested", _) => Ok(Standing::Requested),
        ("reviewed", _) => Ok(Standing::Reviewed),
        (_, Some("informally")) => {
            let last = two.map_or(one, |it| &it.record);
            ended(End::Informally(last.answer.map(|(_, outcome)| outcome)))
        }
        (_, Some("escalation_rejected")) => ended(End::EscalationRejected(Refusal {
            ground: row.ended_ground.filter(|_| row.ended_ground_known),
            words: row.ended_reason.clone(),
            exclusion: row.exclusion.as_ref().map(|it| it.0.clone()),
        })),
        (_, Some("not_accepted")) => {
            let exclusion = row
                .exclusion
                .as_ref()
                .ok_or(Loaded::Incomplete("exclusion"))?;
            ended(End::NotAccepted(exclusion.0.clone()))
        }
        _ => {
            let answer = two.and_then(|it| it.record.answer);
            let (_, outcome) = answer.ok_or(Loaded::Incomplete("outcome of stage 2"))?;
            ended(End::AtStageTwo(outcome))
        }
    }
}

pub(super) fn element(row: ElementRow) -> (Stage, Element, Raised) {
    let ElementRow {
        id,
        complaint_id: _,
        stage,
        text,
        additional,
        decision,
        reason,
        exclusion,
    } = row;
    let standing = match (decision, exclusion) {
        (Some(decision), _) => ElementStanding::Found(Finding { decision, reason }),
        (None, Some(exclusion)) => ElementStanding::Excluded(exclusion.0),
        (None, None) => ElementStanding::Undecided,
    };
    let raised = if additional {
        Raised::Meanwhile
    } else {
        Raised::AtFirst
    };
    (stage, Element { id, text, standing }, raised)
}

pub(super) fn offer(row: RemedyRow) -> Result<Offer, Loaded> {
    let remedy = match (
        row.kind.as_str(),
        row.form,
        row.apology_from,
        row.level,
        row.pounds,
    ) {
        ("apology", Some(form), Some(from), ..) => Remedy::Apology { form, from },
        ("casework_action", ..) => Remedy::CaseworkAction,
        ("correction", ..) => Remedy::Correction,
        ("explanation", ..) => Remedy::Explanation,
        ("improvement", ..) => Remedy::Improvement,
        ("shared_learning", ..) => Remedy::SharedLearning,
        ("risk_review", ..) => Remedy::RiskReview,
        ("compensation", _, _, Some(level), Some(pounds)) => u32::try_from(pounds)
            .ok()
            .and_then(|pounds| Compensation::new(level, pounds, false).ok())
            .map(Remedy::Compensation)
            .ok_or(Loaded::Incomplete("amount within its band"))?,
        _ => return Err(Loaded::Incomplete("whole remedy")),
    };
    Ok(Offer {
        id: row.id,
        stage: row.stage,
        remedy,
        text: row.text,
    })
}

pub(super) fn ask(row: ApprovalRow) -> Ask {
    let verdict = match (row.decided_by, row.decided_at, row.agreed) {
        (Some(by), Some(at), Some(agreed)) => Some(Verdict {
            by,
            name: row.decided_name,
            at,
            agreed,
            comment: row.comment,
        }),
        _ => None,
    };
    Ask {
        request: Request {
            id: row.id,
            matter: row.matter,
            asked_by: row.asked_by,
            reason: row.reason,
        },
        stage: row.stage,
        asked_name: row.asked_name,
        until: row.until,
        asked_at: row.asked_at,
        verdict,
    }
}

pub(super) fn lateness(row: LatenessRow) -> Lateness {
    let LatenessRow {
        complaint_id: _,
        stage,
        promise,
        cause,
        reason,
        recorded_by,
        recorded_at,
    } = row;
    Lateness {
        stage,
        promise,
        cause,
        reason,
        recorded_by,
        recorded_at,
    }
}
