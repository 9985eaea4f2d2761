//! A complaint on its way through the procedure, and who takes it there.

use proto::service_complaint::v1::{
    AcceptEscalationRequest, AcknowledgeRequest, AnswerStage1Request, AnswerStage2Request,
    ApprovalMatter, AssignActionRequest, AssignHandlerRequest, CompensationLevel, Complaint,
    CompleteActionRequest, DecideApprovalRequest, DecideElementRequest, Decision,
    DeclareConflictRequest, DefineRequest, Element, ExcludeElementRequest, ExcludeRequest,
    ExclusionReason, ExtendResponseRequest, GetComplaintRequest, Interest, OfferRemedyRequest,
    OutcomeReply, PointHandling, PromiseActionRequest, RecordCorrespondenceRequest,
    RecordNoLessonRequest, RecordOutcomeReplyRequest, RecordPointRequest, RecordTellingRequest,
    RecordToldRequest, RecordUpdateRequest, RefusalGround, RejectEscalationRequest, Remedy,
    RemedyKind, RequestApprovalRequest, RequestEscalationRequest, ResolveByTelephoneRequest,
    TreatEscalationAsNewRequest, WithdrawActionRequest, WithdrawRemedyRequest,
};
use testkit::Caller;
use tonic::Status;

use crate::given::Client;

/// What shows that the person was told of what is recorded by hand.
pub const PROOF: &str = "The letter of that day, in the post book";

/// A complaint on its way. A step that is refused leaves it as it was.
pub struct Journey {
    pub client: Client,
    pub complaint: Complaint,
}

/// Steps that answer with the complaint: a request of the complaint as it was last seen.
macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $method:ident($request:ident { $($field:tt)* });)*) => {
        impl Journey {
            $($(#[$doc])*
            pub async fn $name(&mut self, $($arg: $type),*) -> Result<(), Status> {
                let request = $request {
                    complaint_id: self.complaint.id.clone(),
                    version: self.complaint.version,
                    $($field)*
                };
                self.complaint = self.client.$method(request).await?.into_inner();
                Ok(())
            })*
        }
    };
}

steps! {
    assign(handler: &Caller) -> assign_handler(AssignHandlerRequest {
        handler_id: handler.id().to_string(),
        handler_name: "A colleague".to_owned(),
    });
    define(definition: DefineRequest) -> define(DefineRequest {
        elements: definition.elements,
        desired_outcome: definition.desired_outcome,
        needs: definition.needs,
        early_resolution: definition.early_resolution,
        complaint_type: definition.complaint_type,
    });
    acknowledge(on: &str) -> acknowledge(AcknowledgeRequest {
        on: on.to_owned(),
        proof: PROOF.to_owned(),
    });
    reply_to_outcome(reply: OutcomeReply, corrected: &str) -> record_outcome_reply(RecordOutcomeReplyRequest {
        reply: reply.into(),
        desired_outcome: corrected.to_owned(),
        asked_again_on: String::new(),
        asked_again_proof: String::new(),
    });
    /// The person said nothing, though they were asked again on a day.
    no_reply(asked_again_on: &str, asked_again_proof: &str) -> record_outcome_reply(RecordOutcomeReplyRequest {
        reply: OutcomeReply::NoReply.into(),
        desired_outcome: String::new(),
        asked_again_on: asked_again_on.to_owned(),
        asked_again_proof: asked_again_proof.to_owned(),
    });
    raise(text: &str, handling: PointHandling) -> record_point(RecordPointRequest {
        text: text.to_owned(),
        raised_on: "2025-06-10".to_owned(),
        handling: handling.into(),
        told_on: "2025-06-10".to_owned(),
        told_how: "A call".to_owned(),
    });
    decide(element: &Element, decision: Decision, reason: &str) -> decide_element(DecideElementRequest {
        element_id: element.id.clone(),
        decision: decision.into(),
        reason: reason.to_owned(),
    });
    exclude_element(element: &Element, reason: ExclusionReason) -> exclude_element(ExcludeElementRequest {
        element_id: element.id.clone(),
        reason: reason.into(),
        details: "It is about the decision on your landlord.".to_owned(),
        signpost: String::new(),
        happened_on: String::new(),
    });
    extend(working_days: i32, reason: &str) -> extend_response(ExtendResponseRequest {
        working_days,
        reason: reason.to_owned(),
    });
    tell(on: &str) -> record_told(RecordToldRequest {
        on: on.to_owned(),
        proof: "The letter of that day".to_owned(),
    });
    tell_of(telling_id: &str, on: &str, proof: &str) -> record_telling(RecordTellingRequest {
        telling_id: telling_id.to_owned(),
        on: on.to_owned(),
        proof: proof.to_owned(),
    });
    update(on: &str, text: &str) -> record_update(RecordUpdateRequest {
        on: on.to_owned(),
        text: text.to_owned(),
    });
    ask(matter: ApprovalMatter, reason: &str, until: &str) -> request_approval(RequestApprovalRequest {
        matter: matter.into(),
        reason: reason.to_owned(),
        until: until.to_owned(),
    });
    judge(approval_id: &str, agreed: bool) -> decide_approval(DecideApprovalRequest {
        approval_id: approval_id.to_owned(),
        agreed,
        comment: "As discussed".to_owned(),
    });
    exclude(reason: ExclusionReason, signpost: &str, happened_on: &str, on: &str) -> exclude(ExcludeRequest {
        reason: reason.into(),
        details: "We looked at what you told us.".to_owned(),
        signpost: signpost.to_owned(),
        happened_on: happened_on.to_owned(),
        on: on.to_owned(),
        proof: PROOF.to_owned(),
    });
    resolve_by_telephone(told_it_closes: bool, on: &str) -> resolve_by_telephone(ResolveByTelephoneRequest {
        on: on.to_owned(),
        told_it_closes,
        note: "Explained the delay; the person was content".to_owned(),
    });
    offer(remedy: Remedy, affected_all: bool) -> offer_remedy(OfferRemedyRequest {
        remedy: Some(remedy),
        affected_all,
    });
    take_back(remedy_id: &str) -> withdraw_remedy(WithdrawRemedyRequest { remedy_id: remedy_id.to_owned() });
    promise(owner: &Caller, due_on: &str, remedy_id: &str) -> promise_action(PromiseActionRequest {
        what: "Call the resident".to_owned(),
        owner_id: owner.id().to_string(),
        owner_name: "Omar Lund".to_owned(),
        due_on: due_on.to_owned(),
        remedy_id: remedy_id.to_owned(),
    });
    complete(action_id: &str, on: &str, evidence: &str) -> complete_action(CompleteActionRequest {
        action_id: action_id.to_owned(),
        on: on.to_owned(),
        evidence: evidence.to_owned(),
    });
    withdraw_action(action_id: &str, reason: &str) -> withdraw_action(WithdrawActionRequest {
        action_id: action_id.to_owned(),
        reason: reason.to_owned(),
    });
    assign_action(action_id: &str, owner: &Caller) -> assign_action(AssignActionRequest {
        action_id: action_id.to_owned(),
        owner_id: owner.id().to_string(),
    });
    answer_stage_1(on: &str) -> answer_stage1(AnswerStage1Request {
        on: on.to_owned(),
        proof: PROOF.to_owned(),
    });
    request_escalation(request: RequestEscalationRequest) -> request_escalation(RequestEscalationRequest {
        on: request.on,
        reasons: request.reasons,
        new_evidence: request.new_evidence,
        discretion: request.discretion,
        elements: request.elements,
    });
    accept(on: &str, handler: &Caller) -> accept_escalation(AcceptEscalationRequest {
        on: on.to_owned(),
        handler_id: handler.id().to_string(),
        handler_name: "Ruth Weaver".to_owned(),
        proof: PROOF.to_owned(),
    });
    reject(on: &str, reason: &str) -> reject_escalation(RejectEscalationRequest {
        on: on.to_owned(),
        reason: reason.to_owned(),
        proof: PROOF.to_owned(),
        ground: RefusalGround::NothingNew.into(),
        exclusion: ExclusionReason::Unspecified.into(),
        signpost: String::new(),
        happened_on: String::new(),
    });
    reject_on(ground: RefusalGround, on: &str) -> reject_escalation(RejectEscalationRequest {
        on: on.to_owned(),
        reason: "Each of your points is in our answer.".to_owned(),
        proof: PROOF.to_owned(),
        ground: ground.into(),
        exclusion: ExclusionReason::Unspecified.into(),
        signpost: String::new(),
        happened_on: String::new(),
    });
    reject_as_excluded(exclusion: ExclusionReason, signpost: &str, happened_on: &str) -> reject_escalation(RejectEscalationRequest {
        on: "2025-06-10".to_owned(),
        reason: "We can not look at this part of it.".to_owned(),
        proof: PROOF.to_owned(),
        ground: RefusalGround::Excluded.into(),
        exclusion: exclusion.into(),
        signpost: signpost.to_owned(),
        happened_on: happened_on.to_owned(),
    });
    learn_nothing(reason: &str) -> record_no_lesson(RecordNoLessonRequest {
        reason: reason.to_owned(),
    });
    answer_stage_2(on: &str, summary: &str) -> answer_stage2(AnswerStage2Request {
        on: on.to_owned(),
        summary: summary.to_owned(),
        proof: PROOF.to_owned(),
    });
}

impl Journey {
    /// The same complaint in another colleague's hands.
    pub fn seen_by(&self, client: Client) -> Self {
        Self {
            client,
            complaint: self.complaint.clone(),
        }
    }

    /// Reads it anew.
    pub async fn refresh(&mut self) {
        let request = GetComplaintRequest {
            complaint_id: self.complaint.id.clone(),
        };
        let got = self.client.get_complaint(request).await.unwrap();
        self.complaint = got.into_inner();
    }

    /// The elements of a stage.
    pub fn elements(&self, stage: i32) -> Vec<Element> {
        let elements = self.complaint.elements.iter();
        elements.filter(|it| it.stage == stage).cloned().collect()
    }

    /// Upholds every element that is undecided.
    pub async fn uphold_all(&mut self) {
        for element in self.complaint.elements.clone() {
            if element.decision() == Decision::Unspecified && element.exclusion.is_none() {
                self.decide(&element, Decision::Upheld, "The record shows it.")
                    .await
                    .unwrap();
            }
        }
    }

    /// Offers an apology in writing.
    pub async fn apologise(&mut self) -> Result<(), Status> {
        self.offer(an_apology(), false).await
    }

    /// The person asks for stage 2, with one point that was missed.
    pub async fn ask_for_stage_2(&mut self, on: &str, discretion: &str) -> Result<(), Status> {
        self.request_escalation(RequestEscalationRequest {
            on: on.to_owned(),
            reasons: "The second call was not looked at".to_owned(),
            discretion: discretion.to_owned(),
            elements: vec!["The second call was not made either".to_owned()],
            ..RequestEscalationRequest::default()
        })
        .await
    }

    /// Takes the request for stage 2 for a new complaint, and gives that.
    pub async fn treat_as_new(&mut self, on: &str) -> Result<Complaint, Status> {
        let request = TreatEscalationAsNewRequest {
            complaint_id: self.complaint.id.clone(),
            version: self.complaint.version,
            on: on.to_owned(),
            proof: PROOF.to_owned(),
        };
        let treated = self.client.treat_escalation_as_new(request).await?;
        let treated = treated.into_inner();
        self.complaint = treated.complaint.unwrap();
        Ok(treated.new_complaint.unwrap())
    }

    /// The caller declares an interest, and sees nothing more of it (3.4).
    pub async fn declare(&mut self, interest: Interest) -> Result<(), Status> {
        self.say_who_has_an_interest(interest, "").await.map(drop)
    }

    /// The caller says that somebody has an interest (3.4): the stage that they gave up.
    pub async fn say_who_has_an_interest(
        &mut self,
        interest: Interest,
        account_id: &str,
    ) -> Result<i32, Status> {
        let request = DeclareConflictRequest {
            complaint_id: self.complaint.id.clone(),
            version: self.complaint.version,
            interest: interest.into(),
            reason: "She is my neighbour.".to_owned(),
            account_id: account_id.to_owned(),
        };
        let said = self.client.declare_conflict(request).await?.into_inner();
        Ok(said.gave_up_stage)
    }

    /// What the person wrote after the closing: whether it is acknowledged.
    pub async fn correspond(&mut self, on: &str) -> Result<bool, Status> {
        let request = RecordCorrespondenceRequest {
            complaint_id: self.complaint.id.clone(),
            version: self.complaint.version,
            on: on.to_owned(),
            text: "When will the call be?".to_owned(),
        };
        let done = self.client.record_correspondence(request).await?;
        let done = done.into_inner();
        self.complaint = done.complaint.unwrap();
        Ok(done.acknowledge)
    }
}

/// A written apology from the Service.
pub fn an_apology() -> Remedy {
    Remedy {
        kind: RemedyKind::Apology.into(),
        text: "We are sorry that nobody called you.".to_owned(),
        ..Remedy::default()
    }
}

/// Compensation of a level (Appendix A).
pub fn compensation(level: CompensationLevel, pounds: i32) -> Remedy {
    Remedy {
        kind: RemedyKind::Compensation.into(),
        text: "For the delay".to_owned(),
        level: level.into(),
        pounds,
        ..Remedy::default()
    }
}
