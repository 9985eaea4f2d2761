//! Loads complaints about the ombudsman through the procedure's own calls, each step by the colleague who takes it.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::NaiveDate;
use kit::client::Channel;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use tonic::Status;
use tonic_types::StatusExt as _;

use super::complaints::{Doing, ServiceComplaint};
use super::import::{is_busy, patiently};
use super::people;
use crate::service::Service;
use crate::tokens::Tokens;

/// Colleagues by username: the account and the name.
pub type People<'a> = HashMap<&'a str, (String, &'a str)>;

/// Records a complaint and takes its steps. Every step makes a version, so what an earlier attempt did is seen by the version and not
/// done again.
pub async fn load(
    channel: Channel,
    tokens: &mut Tokens,
    people: &People<'_>,
    complaint: &ServiceComplaint,
    request_ids: (String, &[String]),
) -> anyhow::Result<()> {
    let mut client = ComplaintServiceClient::new(channel);
    let (request_id, note_ids) = request_ids;
    let intake = pb::RecordComplaintRequest {
        request_id,
        ..complaint.intake.clone()
    };
    let mut recorded = patiently(is_busy, async || {
        let request = tokens
            .bearer(
                intake.clone(),
                Service::ServiceComplaint,
                Some(complaint.by),
            )
            .await?;
        client.record_complaint(request).await
    })
    .await?
    .into_inner();
    for (place, (by, doing)) in complaint.steps.iter().enumerate() {
        if i64::try_from(place)? + 1 < recorded.version {
            continue;
        }
        let passes = |status: &Status| is_busy(status) || is_unheard_of(status);
        let stepped = patiently(passes, async || {
            take(&mut client, tokens, people, &recorded, by, doing).await
        });
        recorded = stepped
            .await
            .with_context(|| format!("{}: {doing:?}", recorded.reference))?;
    }
    for ((kind, on, text), request_id) in complaint.notes.iter().zip(note_ids) {
        let note = pb::AddNoteRequest {
            request_id: request_id.clone(),
            complaint_id: recorded.id.clone(),
            kind: (*kind).into(),
            on: kit::time::iso(*on),
            text: (*text).to_owned(),
        };
        patiently(is_busy, async || {
            let request = tokens
                .bearer(note.clone(), Service::ServiceComplaint, Some(complaint.by))
                .await?;
            client.add_note(request).await
        })
        .await?;
    }
    Ok(())
}

/// Whether a colleague was announced and the service has not heard of it yet.
fn is_unheard_of(status: &Status) -> bool {
    let details = status.get_error_details();
    let reason = details.error_info().map(|it| it.reason.as_str());
    matches!(reason, Some("NO_SUCH_HANDLER" | "NO_SUCH_OWNER"))
}

#[expect(
    clippy::too_many_lines,
    reason = "a list with an entry for each step, which a reader goes through as one"
)]
async fn take(
    client: &mut ComplaintServiceClient<Channel>,
    tokens: &mut Tokens,
    people: &People<'_>,
    complaint: &pb::Complaint,
    by: &'static str,
    doing: &Doing,
) -> Result<pb::Complaint, Status> {
    let (complaint_id, version) = (complaint.id.clone(), complaint.version);
    macro_rules! take {
        ($method:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {{
            let request = pb::$request { complaint_id, version, $($field: $value),* };
            let request = tokens.bearer(request, Service::ServiceComplaint, Some(by)).await?;
            client.$method(request).await
        }};
    }
    let person = |username: &str| {
        let (id, name) = &people[username];
        (id.clone(), (*name).to_owned())
    };
    let owned = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect();
    let answered = match doing {
        Doing::Assign { to } => {
            let (handler_id, handler_name) = person(to);
            take!(
                assign_handler,
                AssignHandlerRequest {
                    handler_id: handler_id,
                    handler_name: handler_name
                }
            )
        }
        Doing::Define {
            elements,
            kind,
            outcome,
            early,
            needs,
        } => take!(
            define,
            DefineRequest {
                elements: owned(elements),
                desired_outcome: (*outcome).to_owned(),
                needs: Some(needs.clone()),
                early_resolution: (*early).to_owned(),
                complaint_type: (*kind).into(),
            }
        ),
        Doing::Acknowledge { on } => take!(
            acknowledge,
            AcknowledgeRequest {
                on: kit::time::iso(*on),
                proof: proof(*on),
            }
        ),
        Doing::Confirm => take!(
            record_outcome_reply,
            RecordOutcomeReplyRequest {
                reply: pb::OutcomeReply::Confirmed.into(),
                desired_outcome: String::new(),
                asked_again_on: String::new(),
                asked_again_proof: String::new(),
            }
        ),
        Doing::NoReply { asked_again_on } => take!(
            record_outcome_reply,
            RecordOutcomeReplyRequest {
                reply: pb::OutcomeReply::NoReply.into(),
                desired_outcome: String::new(),
                asked_again_on: kit::time::iso(*asked_again_on),
                asked_again_proof: "A call that nobody took, and an email after it".to_owned(),
            }
        ),
        Doing::Decide {
            element,
            decision,
            reason,
        } => {
            let element_id = complaint.elements.get(*element).map(|it| it.id.clone());
            take!(
                decide_element,
                DecideElementRequest {
                    element_id: element_id.unwrap_or_default(),
                    decision: (*decision).into(),
                    reason: (*reason).to_owned(),
                }
            )
        }
        Doing::Extend { days, reason } => take!(
            extend_response,
            ExtendResponseRequest {
                working_days: *days,
                reason: (*reason).to_owned(),
            }
        ),
        Doing::Tell { on, proof } => take!(
            record_told,
            RecordToldRequest {
                on: kit::time::iso(*on),
                proof: (*proof).to_owned(),
            }
        ),
        Doing::AskForTime { until, reason } => take!(
            request_approval,
            RequestApprovalRequest {
                matter: pb::ApprovalMatter::FurtherExtension.into(),
                reason: (*reason).to_owned(),
                until: kit::time::iso(*until),
            }
        ),
        Doing::Judge { agreed, comment } => {
            let waiting = (complaint.approvals.iter()).find(|it| it.decided_at.is_none());
            take!(
                decide_approval,
                DecideApprovalRequest {
                    approval_id: waiting.map(|it| it.id.clone()).unwrap_or_default(),
                    agreed: *agreed,
                    comment: (*comment).to_owned(),
                }
            )
        }
        Doing::Offer(remedy) => take!(
            offer_remedy,
            OfferRemedyRequest {
                remedy: Some(remedy.clone()),
                affected_all: false,
            }
        ),
        Doing::Promise {
            what,
            owner,
            due_on,
        } => {
            let (owner_id, owner_name) = person(owner);
            let remedy =
                (complaint.remedies.iter()).find(|it| it.kind() == pb::RemedyKind::Compensation);
            take!(
                promise_action,
                PromiseActionRequest {
                    what: (*what).to_owned(),
                    owner_id: owner_id,
                    owner_name: owner_name,
                    due_on: kit::time::iso(*due_on),
                    remedy_id: remedy.map(|it| it.id.clone()).unwrap_or_default(),
                }
            )
        }
        Doing::Complete { on, evidence } => {
            let open = (complaint.actions.iter())
                .find(|it| it.deadline.as_ref().is_some_and(|it| it.met_on.is_empty()));
            take!(
                complete_action,
                CompleteActionRequest {
                    action_id: open.map(|it| it.id.clone()).unwrap_or_default(),
                    on: kit::time::iso(*on),
                    evidence: (*evidence).to_owned(),
                }
            )
        }
        Doing::AnswerStage1 { on } => take!(
            answer_stage1,
            AnswerStage1Request {
                on: kit::time::iso(*on),
                proof: proof(*on),
            }
        ),
        Doing::RequestStage2 {
            on,
            reasons,
            elements,
        } => take!(
            request_escalation,
            RequestEscalationRequest {
                on: kit::time::iso(*on),
                reasons: (*reasons).to_owned(),
                new_evidence: String::new(),
                discretion: String::new(),
                elements: owned(elements),
            }
        ),
        Doing::Accept { on, to } => {
            let (handler_id, handler_name) = person(to);
            take!(
                accept_escalation,
                AcceptEscalationRequest {
                    on: kit::time::iso(*on),
                    handler_id: handler_id,
                    handler_name: handler_name,
                    proof: proof(*on),
                }
            )
        }
        Doing::Reject { on, reason } => take!(
            reject_escalation,
            RejectEscalationRequest {
                on: kit::time::iso(*on),
                reason: (*reason).to_owned(),
                ground: pb::RefusalGround::NothingNew.into(),
                proof: proof(*on),
                exclusion: pb::ExclusionReason::Unspecified.into(),
                signpost: String::new(),
                happened_on: String::new(),
            }
        ),
        Doing::AnswerStage2 { on, summary } => take!(
            answer_stage2,
            AnswerStage2Request {
                on: kit::time::iso(*on),
                summary: (*summary).to_owned(),
                proof: proof(*on),
            }
        ),
        Doing::Exclude {
            reason,
            details,
            signpost,
            on,
        } => take!(
            exclude,
            ExcludeRequest {
                reason: (*reason).into(),
                details: (*details).to_owned(),
                signpost: (*signpost).to_owned(),
                happened_on: String::new(),
                on: kit::time::iso(*on),
                proof: proof(*on),
            }
        ),
        Doing::Telephone { on, note } => take!(
            resolve_by_telephone,
            ResolveByTelephoneRequest {
                on: kit::time::iso(*on),
                told_it_closes: true,
                note: (*note).to_owned(),
            }
        ),
    };
    answered.map(tonic::Response::into_inner)
}

/// Everybody's account and name, by username.
pub fn by_username<'a>(staff: &'a [super::Colleague], ids: &[String]) -> People<'a> {
    debug_assert!(
        people::INVESTIGATORS
            .iter()
            .all(|it| staff.iter().any(|person| person.username == *it)),
        "the investigators are staff"
    );
    staff
        .iter()
        .zip(ids)
        .map(|(person, id)| (person.username, (id.clone(), person.name)))
        .collect()
}

/// Where it can be seen that the person was told on a day.
fn proof(on: NaiveDate) -> String {
    format!("The letter of {}, on file", on.format("%-d %B %Y"))
}
