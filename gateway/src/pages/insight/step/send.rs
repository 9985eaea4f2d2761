//! Each step, sent to the service as it was typed.

use proto::identity::v1::Colleague;
use proto::service_complaint::v1 as pb;
use tonic::Status;

use super::super::ALL;
use super::{Step, Typed};
use crate::Edge;
use crate::form::Errors;
use crate::session::Session;

/// What came of a step.
pub(super) struct Sent {
    /// What is said besides the step's own words.
    pub(super) also: String,
    /// The complaint to go on to; empty for the same one.
    pub(super) onto: String,
    /// The page to go on to, when it is no complaint's; empty otherwise.
    pub(super) away: &'static str,
}

/// Why a step was not taken.
pub(super) enum Trouble {
    /// The form lacks an answer that the wire can't leave out.
    Fields(Errors),
    /// The service refused.
    Refused(Status),
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}

/// Which complaint, as the person saw it, and by whom.
pub(super) struct Target<'a> {
    pub(super) complaint_id: String,
    pub(super) version: i64,
    pub(super) item: String,
    pub(super) colleagues: &'a [Colleague],
}

/// The needs as they were typed.
pub(crate) fn needs(typed: &Typed) -> pb::Needs {
    pb::Needs {
        contact: typed.text("needs.contact"),
        communication_preference: typed.text("needs.communication_preference"),
        reasonable_adjustments: typed.text("needs.reasonable_adjustments"),
        vulnerabilities: typed.text("needs.vulnerabilities"),
    }
}

/// Takes a step.
#[expect(
    clippy::too_many_lines,
    reason = "a list with an entry for each step, which a reader goes through as one"
)]
pub(super) async fn send(
    step: Step,
    edge: &Edge,
    session: &Session,
    target: Target<'_>,
    typed: &Typed,
) -> Result<Sent, Trouble> {
    let Target {
        complaint_id,
        version,
        item,
        colleagues,
    } = target;
    let mut client = edge.clients.service_complaint.clone();
    // Sends a request about the complaint, with the fields that every step has.
    macro_rules! take {
        ($method:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {
            client
                .$method(session.to(
                    "service-complaint",
                    pb::$request { complaint_id, version, $($field: $value),* },
                ))
                .await?
                .into_inner()
        };
    }
    // The name goes with the account, and is never taken from the form.
    let person = |field: &str| {
        let id = typed.get(field);
        let name = (colleagues.iter())
            .find(|it| it.id == id)
            .map(|it| it.name.clone());
        (id.to_owned(), name.unwrap_or_default())
    };
    let on = typed.date("on");
    let complaint_type =
        pb::ComplaintType::from_str_name(typed.get("complaint_type")).unwrap_or_default();
    let reason = pb::ExclusionReason::from_str_name(typed.get("reason")).unwrap_or_default();
    let mut sent = Sent {
        also: String::new(),
        onto: String::new(),
        away: "",
    };
    match step {
        Step::Assign => {
            let (handler_id, handler_name) = person("handler_id");
            take!(
                assign_handler,
                AssignHandlerRequest {
                    handler_id: handler_id,
                    handler_name: handler_name
                }
            );
        }
        Step::Define => {
            take!(
                define,
                DefineRequest {
                    elements: typed.lines("elements"),
                    desired_outcome: typed.text("desired_outcome"),
                    needs: Some(needs(typed)),
                    early_resolution: typed.text("early_resolution"),
                    complaint_type: complaint_type.into(),
                }
            );
        }
        Step::Acknowledge => {
            take!(
                acknowledge,
                AcknowledgeRequest {
                    on: on,
                    proof: typed.text("proof")
                }
            );
        }
        Step::ReplyToOutcome => {
            let reply = pb::OutcomeReply::from_str_name(typed.get("reply"));
            let Some(reply) = reply.filter(|it| *it != pb::OutcomeReply::Unspecified) else {
                return Err(unanswered("reply", "Choose what the person said"));
            };
            take!(
                record_outcome_reply,
                RecordOutcomeReplyRequest {
                    reply: reply.into(),
                    desired_outcome: typed.text("desired_outcome"),
                    asked_again_on: typed.date("asked_again_on"),
                    asked_again_proof: typed.text("asked_again_proof"),
                }
            );
        }
        Step::AddElement => {
            take!(
                record_point,
                RecordPointRequest {
                    text: typed.text("text"),
                    raised_on: typed.date("raised_on"),
                    handling: pb::PointHandling::from_str_name(typed.get("handling"))
                        .unwrap_or_default()
                        .into(),
                    told_on: typed.date("told_on"),
                    told_how: typed.text("told_how"),
                }
            );
        }
        Step::DecideElement => {
            let decision = pb::Decision::from_str_name(typed.get("decision")).unwrap_or_default();
            take!(
                decide_element,
                DecideElementRequest {
                    element_id: item,
                    decision: decision.into(),
                    reason: typed.text("reason"),
                }
            );
        }
        Step::ExcludeElement => {
            take!(
                exclude_element,
                ExcludeElementRequest {
                    element_id: item,
                    reason: reason.into(),
                    details: typed.text("details"),
                    signpost: typed.text("signpost"),
                    happened_on: typed.date("happened_on"),
                }
            );
        }
        Step::Extend => {
            take!(
                extend_response,
                ExtendResponseRequest {
                    working_days: typed.number("working_days"),
                    reason: typed.text("reason"),
                }
            );
        }
        Step::Tell => {
            take!(
                record_told,
                RecordToldRequest {
                    on: on,
                    proof: typed.text("proof")
                }
            );
        }
        Step::TellOf => {
            take!(
                record_telling,
                RecordTellingRequest {
                    telling_id: item,
                    on: on,
                    proof: typed.text("proof")
                }
            );
        }
        Step::Update => {
            take!(
                record_update,
                RecordUpdateRequest {
                    on: on,
                    text: typed.text("text")
                }
            );
        }
        Step::Explain => {
            let (stage, promise) = typed.get("promise").split_once(' ').unwrap_or_default();
            let promise = pb::Promise::from_str_name(promise).unwrap_or_default();
            let cause = pb::LatenessCause::from_str_name(typed.get("cause")).unwrap_or_default();
            let request = pb::RecordLatenessRequest {
                complaint_id,
                version,
                stage: stage.parse().unwrap_or_default(),
                promise: promise.into(),
                cause: cause.into(),
                reason: typed.text("reason"),
            };
            let mut oversight = edge.clients.oversight.clone();
            oversight
                .record_lateness(session.to("service-complaint", request))
                .await?;
        }
        Step::AskSenior => {
            let matter = pb::ApprovalMatter::from_str_name(typed.get("matter")).unwrap_or_default();
            take!(
                request_approval,
                RequestApprovalRequest {
                    matter: matter.into(),
                    reason: typed.text("reason"),
                    until: typed.date("until"),
                }
            );
        }
        Step::DecideApproval => {
            let agreed = match typed.get("agreed") {
                "yes" => true,
                "no" => false,
                _ => return Err(unanswered("agreed", "Choose whether you agree")),
            };
            take!(
                decide_approval,
                DecideApprovalRequest {
                    approval_id: item,
                    agreed: agreed,
                    comment: typed.text("comment"),
                }
            );
        }
        Step::Exclude => {
            take!(
                exclude,
                ExcludeRequest {
                    reason: reason.into(),
                    details: typed.text("details"),
                    signpost: typed.text("signpost"),
                    happened_on: typed.date("happened_on"),
                    on: on,
                    proof: typed.text("proof"),
                }
            );
        }
        Step::Telephone => {
            take!(
                resolve_by_telephone,
                ResolveByTelephoneRequest {
                    on: on,
                    told_it_closes: typed.ticked("told_it_closes"),
                    note: typed.text("note"),
                }
            );
        }
        Step::OfferRemedy => {
            take!(
                offer_remedy,
                OfferRemedyRequest {
                    remedy: Some(remedy(typed)),
                    affected_all: typed.ticked("affected_all"),
                }
            );
        }
        Step::WithdrawRemedy => {
            take!(withdraw_remedy, WithdrawRemedyRequest { remedy_id: item });
        }
        Step::Promise => {
            let (owner_id, owner_name) = person("owner_id");
            take!(
                promise_action,
                PromiseActionRequest {
                    what: typed.text("what"),
                    owner_id: owner_id,
                    owner_name: owner_name,
                    due_on: typed.date("due_on"),
                    remedy_id: typed.get("remedy_id").to_owned(),
                }
            );
        }
        Step::Complete => {
            take!(
                complete_action,
                CompleteActionRequest {
                    action_id: item,
                    on: on,
                    evidence: typed.text("evidence"),
                }
            );
        }
        Step::Release => {
            take!(
                withdraw_action,
                WithdrawActionRequest {
                    action_id: item,
                    reason: typed.text("reason"),
                }
            );
        }
        Step::GiveAction => {
            take!(
                assign_action,
                AssignActionRequest {
                    action_id: item,
                    owner_id: typed.get("owner_id").to_owned(),
                }
            );
        }
        Step::AnswerStage1 => {
            take!(
                answer_stage1,
                AnswerStage1Request {
                    on: on,
                    proof: typed.text("proof")
                }
            );
        }
        Step::RequestStage2 => {
            take!(
                request_escalation,
                RequestEscalationRequest {
                    on: on,
                    reasons: typed.text("reasons"),
                    new_evidence: typed.text("new_evidence"),
                    discretion: typed.text("discretion"),
                    elements: typed.lines("elements"),
                }
            );
        }
        Step::Accept => {
            let (handler_id, handler_name) = person("handler_id");
            take!(
                accept_escalation,
                AcceptEscalationRequest {
                    on: on,
                    handler_id: handler_id,
                    handler_name: handler_name,
                    proof: typed.text("proof"),
                }
            );
        }
        Step::Reject => {
            let ground = pb::RefusalGround::from_str_name(typed.get("ground")).unwrap_or_default();
            let exclusion = pb::ExclusionReason::from_str_name(typed.get("exclusion"));
            take!(
                reject_escalation,
                RejectEscalationRequest {
                    on: on,
                    reason: typed.text("reason"),
                    proof: typed.text("proof"),
                    ground: ground.into(),
                    exclusion: exclusion.unwrap_or_default().into(),
                    signpost: typed.text("signpost"),
                    happened_on: typed.date("happened_on"),
                }
            );
        }
        Step::TreatAsNew => {
            let answer = take!(
                treat_escalation_as_new,
                TreatEscalationAsNewRequest {
                    on: on,
                    proof: typed.text("proof")
                }
            );
            sent.onto = answer.new_complaint.unwrap_or_default().reference;
        }
        Step::AnswerStage2 => {
            take!(
                answer_stage2,
                AnswerStage2Request {
                    on: on,
                    summary: typed.text("summary"),
                    proof: typed.text("proof")
                }
            );
        }
        Step::Correspond => {
            let answer = take!(
                record_correspondence,
                RecordCorrespondenceRequest {
                    on: on,
                    text: typed.text("text"),
                }
            );
            let what = if answer.acknowledge {
                "Acknowledge it and give the advice that fits (policy 4.21)."
            } else {
                "It is filed, and not answered (policy 4.22)."
            };
            what.clone_into(&mut sent.also);
        }
        Step::SendLink => {
            let mut public = edge.clients.public_complaints.clone();
            public
                .send_link(session.to("service-complaint", pb::SendLinkRequest { complaint_id }))
                .await?;
        }
        Step::Declare => {
            let interest = pb::Interest::from_str_name(typed.get("interest")).unwrap_or_default();
            take!(
                declare_conflict,
                DeclareConflictRequest {
                    interest: interest.into(),
                    reason: typed.text("reason"),
                    account_id: typed.get("account_id").to_owned(),
                }
            );
            if typed.get("account_id").is_empty() {
                sent.away = ALL;
            }
        }
        Step::NoLesson => {
            take!(
                record_no_lesson,
                RecordNoLessonRequest {
                    reason: typed.text("reason")
                }
            );
        }
        Step::Note => {
            let kind = pb::NoteKind::from_str_name(typed.get("kind")).unwrap_or_default();
            let request = pb::AddNoteRequest {
                request_id: typed.get("request_id").to_owned(),
                complaint_id,
                kind: kind.into(),
                on,
                text: typed.text("text"),
            };
            client
                .add_note(session.to("service-complaint", request))
                .await?;
        }
    }
    Ok(sent)
}

fn unanswered(field: &str, message: &str) -> Trouble {
    Trouble::Fields(Errors::one(field, message))
}

fn remedy(typed: &Typed) -> pb::Remedy {
    let kind = pb::RemedyKind::from_str_name(typed.get("remedy.kind")).unwrap_or_default();
    let level = pb::CompensationLevel::from_str_name(typed.get("remedy.level")).unwrap_or_default();
    pb::Remedy {
        kind: kind.into(),
        text: typed.text("remedy.text"),
        verbal: typed.ticked("remedy.verbal"),
        from_the_ombudsman: typed.ticked("remedy.from"),
        level: level.into(),
        pounds: typed.number("remedy.pounds"),
        ..pb::Remedy::default()
    }
}
