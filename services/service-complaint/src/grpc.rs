//! Between the wire and the use cases; no decisions.

mod amendment;
mod colleague;
mod file_access;
mod letter_wire;
mod letters;
mod oversight;
mod public;
mod request;
mod requests;

use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::complaint_service_server::ComplaintService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use self::request::{
    defined, escalation, grounds, intake, list_filter, noting, raised, remedy, target, told,
};
use crate::app::{App, Asking, Declaring, Position, Promising, Refusing};
use crate::domain::complaint::{Complaint, OutcomeReply};
use crate::domain::conflict::Interest;
use crate::domain::exclusion::{Grounds, Reason};
use crate::domain::finding::{Decision, Finding};
use crate::domain::monitoring::Correspondence;
use crate::domain::procedure::Extending;
use crate::domain::refusal::Ground;
use crate::error::Error;
use crate::wire::{self, Said as _};
use calendar::Told;

/// The account of whoever reads a complaint.
pub(super) fn reader(caller: &Caller) -> Option<Uuid> {
    caller.person().map(|it| it.account_id)
}

impl App {
    fn answer(
        &self,
        caller: &Caller,
        complaint: Result<Complaint, Error>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let complaint = complaint.map_err(kit::status)?;
        Ok(Response::new(wire::complaint(
            complaint,
            reader(caller),
            self.day(),
        )))
    }
}

#[tonic::async_trait]
impl ComplaintService for App {
    async fn record_complaint(
        &self,
        request: Request<pb::RecordComplaintRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let intake = intake(request.into_inner()).map_err(kit::status)?;
        let recorded = self.record(&caller, intake).await.map_err(kit::status)?;
        Ok(Response::new(colleague::recorded(
            &caller,
            recorded,
            self.day(),
        )))
    }

    async fn get_complaint(
        &self,
        request: Request<pb::GetComplaintRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let pb::GetComplaintRequest { complaint_id } = request.into_inner();
        self.answer(&caller, self.get(&caller, complaint_id.trim()).await)
    }

    async fn list_complaints(
        &self,
        request: Request<pb::ListComplaintsRequest>,
    ) -> Result<Response<pb::ListComplaintsResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let filter = list_filter(&request, &caller, self.today()).map_err(kit::status)?;
        let page = Page::<Position>::read(request.page_size, &request.page_token, &filter)
            .map_err(kit::status)?;
        let (complaints, next_page_token) = self
            .list(&caller, &filter, &page)
            .await
            .map_err(kit::status)?;
        let day = self.day();
        Ok(Response::new(pb::ListComplaintsResponse {
            complaints: complaints
                .into_iter()
                .map(|it| wire::complaint(it, reader(&caller), day))
                .collect(),
            next_page_token,
        }))
    }

    async fn list_history(
        &self,
        request: Request<pb::ListHistoryRequest>,
    ) -> Result<Response<pb::ListHistoryResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("complaint_id", &request.complaint_id);
        check.done().map_err(kit::status)?;
        let page = Page::read(request.page_size, &request.page_token, &id).map_err(kit::status)?;
        let (rows, next_page_token) = self
            .history(&caller, id, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListHistoryResponse {
            changes: rows
                .into_iter()
                .map(|row| pb::Change {
                    at: Some(kit::time::timestamp(row.at)),
                    by: row.name,
                    text: row.text,
                })
                .collect(),
            next_page_token,
        }))
    }

    async fn assign_handler(
        &self,
        request: Request<pb::AssignHandlerRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let handler = check.uuid("handler_id", &request.handler_id);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.assign(&caller, target, handler).await)
    }

    async fn define(
        &self,
        request: Request<pb::DefineRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let defined = defined(&mut check, request);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.define(&caller, target, defined).await)
    }

    async fn acknowledge(
        &self,
        request: Request<pb::AcknowledgeRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.acknowledge(&caller, target, told).await)
    }

    async fn record_outcome_reply(
        &self,
        request: Request<pb::RecordOutcomeReplyRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let reply = wire::outcome_reply(request.reply());
        let outcome = check.long_text("desired_outcome", &request.desired_outcome, 0..=2_000);
        let asked_again = (reply == OutcomeReply::NoReply).then(|| Told {
            on: check.date("asked_again_on", &request.asked_again_on),
            proof: check.text("asked_again_proof", &request.asked_again_proof, 1..=500),
        });
        check.done().map_err(kit::status)?;
        let said = (reply, outcome);
        self.answer(
            &caller,
            self.reply_to_outcome(&caller, target, said, asked_again)
                .await,
        )
    }

    async fn record_point(
        &self,
        request: Request<pb::RecordPointRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let raised = raised(&mut check, &request);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.record_point(&caller, target, raised).await)
    }

    async fn decide_element(
        &self,
        request: Request<pb::DecideElementRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let element_id = check.uuid("element_id", &request.element_id);
        let decision = request.decision().said();
        if decision.is_none() {
            check.refuse("decision", "Choose a decision", "REQUIRED");
        }
        let finding = Finding {
            decision: decision.unwrap_or(Decision::NotUpheld),
            reason: check.long_text("reason", &request.reason, 1..=5_000),
        };
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.decide(&caller, target, element_id, finding).await,
        )
    }

    async fn exclude_element(
        &self,
        request: Request<pb::ExcludeElementRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let element_id = check.uuid("element_id", &request.element_id);
        let grounds = grounds(
            &mut check,
            request.reason(),
            &request.details,
            &request.signpost,
            &request.happened_on,
        );
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.exclude_element(&caller, target, element_id, grounds)
                .await,
        )
    }

    async fn extend_response(
        &self,
        request: Request<pb::ExtendResponseRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let days = u32::try_from(request.working_days).unwrap_or_default();
        if days == 0 {
            check.refuse("working_days", "Enter 1 working day or more", "TOO_SHORT");
        }
        let extending = Extending {
            days,
            reason: check.long_text("reason", &request.reason, 1..=1_000),
            told: None,
        };
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.extend(&caller, target, extending).await)
    }

    async fn record_told(
        &self,
        request: Request<pb::RecordToldRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = calendar::Told {
            on: check.date("on", &request.on),
            proof: check.text("proof", &request.proof, 1..=200),
        };
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.tell(&caller, target, told).await)
    }

    async fn record_telling(
        &self,
        request: Request<pb::RecordTellingRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let telling_id = check.uuid("telling_id", &request.telling_id);
        let told = told(&mut check, &request.on, &request.proof);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.record_telling(&caller, target, telling_id, told).await,
        )
    }

    async fn record_update(
        &self,
        request: Request<pb::RecordUpdateRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let on = check.date("on", &request.on);
        let text = check.long_text("text", &request.text, 1..=2_000);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.update_person(&caller, target, on, text).await)
    }

    async fn request_approval(
        &self,
        request: Request<pb::RequestApprovalRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let matter = request.matter().said();
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        let until = check.optional_date("until", &request.until);
        if matter.is_none() {
            check.refuse("matter", "Choose what is asked for", "REQUIRED");
        }
        let asking = matter.map(|matter| Asking {
            matter,
            reason,
            until,
        });
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.ask(
                &caller,
                target,
                asking.expect("a missing matter was refused"),
            )
            .await,
        )
    }

    async fn decide_approval(
        &self,
        request: Request<pb::DecideApprovalRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let approval_id = check.uuid("approval_id", &request.approval_id);
        let comment = check.long_text("comment", &request.comment, 0..=1_000);
        let verdict = (request.agreed, comment);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.judge(&caller, target, approval_id, verdict).await,
        )
    }

    async fn list_approvals(
        &self,
        request: Request<pb::ListApprovalsRequest>,
    ) -> Result<Response<pb::ListApprovalsResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let page = Page::read(request.page_size, &request.page_token, &()).map_err(kit::status)?;
        let (rows, next_page_token) = self.approvals(&caller, &page).await.map_err(kit::status)?;
        Ok(Response::new(pb::ListApprovalsResponse {
            approvals: rows
                .into_iter()
                .map(|row| pb::PendingApproval {
                    complaint_id: row.complaint_id.to_string(),
                    reference: row.reference,
                    service_user: row.service_user,
                    approval: Some(pb::Approval {
                        id: row.id.to_string(),
                        matter: pb::ApprovalMatter::from(row.matter).into(),
                        asked_by: row.asked_name,
                        asked_by_id: row.asked_by.to_string(),
                        reason: row.reason,
                        until: kit::time::iso_opt(row.until),
                        asked_at: Some(kit::time::timestamp(row.asked_at)),
                        ..pb::Approval::default()
                    }),
                    version: row.version,
                })
                .collect(),
            next_page_token,
        }))
    }

    async fn exclude(
        &self,
        request: Request<pb::ExcludeRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        let grounds = grounds(
            &mut check,
            request.reason(),
            &request.details,
            &request.signpost,
            &request.happened_on,
        );
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.exclude(&caller, target, grounds, told).await)
    }

    async fn resolve_by_telephone(
        &self,
        request: Request<pb::ResolveByTelephoneRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let on = check.date("on", &request.on);
        let note = check.long_text("note", &request.note, 1..=5_000);
        let call = (request.told_it_closes, note);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.resolve_by_telephone(&caller, target, call, on).await,
        )
    }

    async fn offer_remedy(
        &self,
        request: Request<pb::OfferRemedyRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let (remedy, text) = remedy(check, request).map_err(kit::status)?;
        self.answer(&caller, self.offer(&caller, target, remedy, text).await)
    }

    async fn withdraw_remedy(
        &self,
        request: Request<pb::WithdrawRemedyRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let remedy_id = check.uuid("remedy_id", &request.remedy_id);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.take_back(&caller, target, remedy_id).await)
    }

    async fn promise_action(
        &self,
        request: Request<pb::PromiseActionRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let promising = Promising {
            what: check.long_text("what", &request.what, 1..=1_000),
            owner: check.uuid("owner_id", &request.owner_id),
            due_on: check.date("due_on", &request.due_on),
            remedy_id: check.optional_uuid("remedy_id", &request.remedy_id),
        };
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.promise(&caller, target, promising).await)
    }

    async fn complete_action(
        &self,
        request: Request<pb::CompleteActionRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let action_id = check.uuid("action_id", &request.action_id);
        let on = check.date("on", &request.on);
        let evidence = check.long_text("evidence", &request.evidence, 1..=2_000);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.complete(&caller, target, action_id, (on, evidence))
                .await,
        )
    }

    async fn withdraw_action(
        &self,
        request: Request<pb::WithdrawActionRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let action_id = check.uuid("action_id", &request.action_id);
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.release(&caller, target, action_id, reason).await,
        )
    }

    async fn assign_action(
        &self,
        request: Request<pb::AssignActionRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let action_id = check.uuid("action_id", &request.action_id);
        let owner = check.uuid("owner_id", &request.owner_id);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.assign_action(&caller, target, action_id, owner).await,
        )
    }

    async fn list_actions(
        &self,
        request: Request<pb::ListActionsRequest>,
    ) -> Result<Response<pb::ListActionsResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let page = Page::read(request.page_size, &request.page_token, &request.mine)
            .map_err(kit::status)?;
        let (rows, next_page_token) = self
            .actions(&caller, request.mine, &page)
            .await
            .map_err(kit::status)?;
        let day = self.day();
        Ok(Response::new(pb::ListActionsResponse {
            actions: rows
                .into_iter()
                .map(|(complaint, promise)| {
                    let left = complaint.is_left(&promise.action);
                    pb::OpenAction {
                        complaint_id: complaint.id.to_string(),
                        reference: complaint.reference,
                        service_user: complaint.user.name,
                        action: Some(wire::action(promise, left, day)),
                    }
                })
                .collect(),
            next_page_token,
        }))
    }

    async fn answer_stage1(
        &self,
        request: Request<pb::AnswerStage1Request>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.answer_stage_one(&caller, target, told).await)
    }

    async fn request_escalation(
        &self,
        request: Request<pb::RequestEscalationRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let (request, elements) = escalation(&mut check, request);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.request_escalation(&caller, target, request, elements)
                .await,
        )
    }

    async fn accept_escalation(
        &self,
        request: Request<pb::AcceptEscalationRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        let handler = check.uuid("handler_id", &request.handler_id);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.accept_escalation(&caller, target, handler, told).await,
        )
    }

    async fn reject_escalation(
        &self,
        request: Request<pb::RejectEscalationRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        let ground = request.ground().said();
        if ground.is_none() {
            check.refuse("ground", "Choose a ground", "REQUIRED");
        }
        let excluded = (ground == Some(Ground::Excluded)).then(|| {
            let exclusion = request.exclusion().said();
            if exclusion.is_none() {
                check.refuse("exclusion", "Choose why the policy excludes it", "REQUIRED");
            }
            Grounds {
                reason: exclusion.unwrap_or(Reason::Decision),
                details: request.reason.clone(),
                signpost: check.long_text("signpost", &request.signpost, 0..=500),
                happened_on: check.optional_date("happened_on", &request.happened_on),
            }
        });
        let refusing = Refusing {
            ground: ground.unwrap_or(Ground::NothingNew),
            words: check.long_text("reason", &request.reason, 1..=5_000),
            excluded,
        };
        check.done().map_err(kit::status)?;
        let rejected = self.reject_escalation(&caller, target, refusing, told);
        self.answer(&caller, rejected.await)
    }

    async fn treat_escalation_as_new(
        &self,
        request: Request<pb::TreatEscalationAsNewRequest>,
    ) -> Result<Response<pb::TreatEscalationAsNewResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        check.done().map_err(kit::status)?;
        let (answered, new) = self
            .treat_as_new(&caller, target, told)
            .await
            .map_err(kit::status)?;
        let day = self.day();
        Ok(Response::new(pb::TreatEscalationAsNewResponse {
            complaint: Some(wire::complaint(answered, reader(&caller), day)),
            new_complaint: Some(wire::complaint(new, reader(&caller), day)),
        }))
    }

    async fn answer_stage2(
        &self,
        request: Request<pb::AnswerStage2Request>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let told = told(&mut check, &request.on, &request.proof);
        let summary = check.long_text("summary", &request.summary, 0..=5_000);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.answer_stage_two(&caller, target, summary, told).await,
        )
    }

    async fn record_correspondence(
        &self,
        request: Request<pb::RecordCorrespondenceRequest>,
    ) -> Result<Response<pb::RecordCorrespondenceResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let on = check.date("on", &request.on);
        let text = check.long_text("text", &request.text, 1..=10_000);
        check.done().map_err(kit::status)?;
        let (complaint, fitting) = self
            .correspond(&caller, target, text, on)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::RecordCorrespondenceResponse {
            complaint: Some(wire::complaint(complaint, reader(&caller), self.day())),
            acknowledge: fitting == Correspondence::Acknowledge,
        }))
    }

    async fn declare_conflict(
        &self,
        request: Request<pb::DeclareConflictRequest>,
    ) -> Result<Response<pb::DeclareConflictResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let interest = request.interest().said();
        if interest.is_none() {
            check.refuse("interest", "Choose what it is", "REQUIRED");
        }
        let declaring = Declaring {
            of: check.optional_uuid("account_id", &request.account_id),
            interest: interest.unwrap_or(Interest::Other),
            reason: check.long_text("reason", &request.reason, 1..=1_000),
        };
        check.done().map_err(kit::status)?;
        let (reference, gave_up) = self
            .declare_conflict(&caller, target, declaring)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::DeclareConflictResponse {
            reference,
            gave_up_stage: gave_up.map(wire::stage).unwrap_or_default(),
        }))
    }

    async fn record_no_lesson(
        &self,
        request: Request<pb::RecordNoLessonRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        self.answer(&caller, self.learn_nothing(&caller, target, reason).await)
    }

    async fn get_policy(
        &self,
        _: Request<pb::GetPolicyRequest>,
    ) -> Result<Response<pb::Policy>, Status> {
        Ok(Response::new(wire::policy()))
    }

    async fn add_note(
        &self,
        request: Request<pb::AddNoteRequest>,
    ) -> Result<Response<pb::Note>, Status> {
        let caller = Caller::of(&request);
        let noting = noting(&request.into_inner()).map_err(kit::status)?;
        let note = self.note(&caller, noting).await.map_err(kit::status)?;
        Ok(Response::new(wire::note(note)))
    }

    async fn list_notes(
        &self,
        request: Request<pb::ListNotesRequest>,
    ) -> Result<Response<pb::ListNotesResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("complaint_id", &request.complaint_id);
        check.done().map_err(kit::status)?;
        let page = Page::read(request.page_size, &request.page_token, &id).map_err(kit::status)?;
        let (rows, next_page_token) = self.notes(&caller, id, &page).await.map_err(kit::status)?;
        Ok(Response::new(pb::ListNotesResponse {
            notes: rows.into_iter().map(wire::note).collect(),
            next_page_token,
        }))
    }
}
