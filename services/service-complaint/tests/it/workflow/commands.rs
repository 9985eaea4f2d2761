//! The commands of the workflow, and a complaint that is ready for each.

use proto::service_complaint::v1::{
    AddNoteRequest, ApprovalMatter, ComplaintStep, Decision, ExclusionReason, Interest, NoteKind,
    OutcomeReply, PointHandling, Remedy, RemedyKind,
};
use tonic::Status;

use crate::given::{World, a_definition};
use crate::journey::{Journey, PROOF, an_apology};

pub const TODAY: &str = "2025-06-10";

/// Where a complaint is, with all that the commands need of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Received,
    Investigated,
    Answered,
    Requested,
    Reviewed,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    AssignHandler,
    Define,
    Acknowledge,
    RecordOutcomeReply,
    RecordPoint,
    DecideElement,
    ExcludeElement,
    ExtendResponse,
    RecordTold,
    RecordUpdate,
    RequestApproval,
    DecideApproval,
    Exclude,
    ResolveByTelephone,
    OfferRemedy,
    WithdrawRemedy,
    PromiseAction,
    CompleteAction,
    WithdrawAction,
    AssignAction,
    AnswerStage1,
    RequestEscalation,
    AcceptEscalation,
    RejectEscalation,
    TreatEscalationAsNew,
    AnswerStage2,
    RecordCorrespondence,
    AddNote,
    RecordTelling,
    DeclareConflict,
    RecordNoLesson,
}

use Command as C;

impl Command {
    /// The step that it is.
    pub fn step(self) -> ComplaintStep {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if !name.is_empty() && !letter.is_ascii_lowercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        let name = format!("COMPLAINT_STEP_{name}");
        ComplaintStep::from_str_name(&name).expect("every command is a step")
    }

    /// Its method, as the table of who may call what has it.
    pub fn path(self) -> String {
        format!("/casework.service_complaint.v1.ComplaintService/{self:?}")
    }

    /// Carries it out, with all that it asks for.
    pub async fn carry_out(self, world: &World, journey: &mut Journey) -> Result<(), Status> {
        let nothing = kit::id().to_string();
        let element = journey.complaint.elements.last().cloned().unwrap();
        let remedies = &journey.complaint.remedies;
        let remedy = remedies.last().map_or(nothing.clone(), |it| it.id.clone());
        let actions = &journey.complaint.actions;
        let action = actions.last().map_or(nothing, |it| it.id.clone());
        match self {
            C::AssignHandler => journey.assign(&world.reviewer).await,
            C::Define => journey.define(a_definition()).await,
            C::Acknowledge => journey.acknowledge(TODAY).await,
            C::RecordOutcomeReply => journey.reply_to_outcome(OutcomeReply::Confirmed, "").await,
            C::RecordPoint => {
                let handling = PointHandling::NewComplaint;
                journey.raise("The letter went elsewhere", handling).await
            }
            C::DecideElement => {
                let why = "The record shows none.";
                journey.decide(&element, Decision::NotUpheld, why).await
            }
            C::ExcludeElement => {
                let why = ExclusionReason::Decision;
                journey.exclude_element(&element, why).await
            }
            C::ExtendResponse => journey.extend(5, "The caseworker is away").await,
            C::RecordTold => journey.tell(TODAY).await,
            C::RecordUpdate => journey.update(TODAY, "We are reading the records").await,
            C::RequestApproval => {
                let matter = ApprovalMatter::BehaviourExclusion;
                journey.ask(matter, "Threats on every call", "").await
            }
            C::DecideApproval => {
                let approvals = &journey.complaint.approvals;
                let asked = approvals.last().map_or(String::new(), |it| it.id.clone());
                journey.judge(&asked, true).await
            }
            C::Exclude => {
                let why = ExclusionReason::Decision;
                journey.exclude(why, "", "", TODAY).await
            }
            C::ResolveByTelephone => journey.resolve_by_telephone(true, TODAY).await,
            C::OfferRemedy => journey.offer(an_apology(), false).await,
            C::WithdrawRemedy => journey.take_back(&remedy).await,
            C::PromiseAction => journey.promise(&world.investigator, "2025-06-20", "").await,
            C::CompleteAction => {
                journey
                    .complete(&action, TODAY, "The note of the call")
                    .await
            }
            C::WithdrawAction => journey.withdraw_action(&action, "It was done before").await,
            C::AssignAction => journey.assign_action(&action, &world.reviewer).await,
            C::AnswerStage1 => journey.answer_stage_1(TODAY).await,
            C::RequestEscalation => journey.ask_for_stage_2(TODAY, "").await,
            C::AcceptEscalation => journey.accept(TODAY, &world.reviewer).await,
            C::RejectEscalation => journey.reject(TODAY, "It raises nothing new").await,
            C::TreatEscalationAsNew => journey.treat_as_new(TODAY).await.map(drop),
            C::AnswerStage2 => {
                journey
                    .answer_stage_2(TODAY, "The call, and the other")
                    .await
            }
            C::RecordCorrespondence => journey.correspond(TODAY).await.map(drop),
            C::AddNote => {
                let note = AddNoteRequest {
                    request_id: kit::id().to_string(),
                    complaint_id: journey.complaint.id.clone(),
                    kind: NoteKind::Note.into(),
                    on: TODAY.to_owned(),
                    text: "Read the records".to_owned(),
                };
                journey.client.add_note(note).await.map(drop)
            }
            C::RecordTelling => {
                let telling = journey.complaint.tellings.last();
                let telling = telling.map_or(kit::id().to_string(), |it| it.id.clone());
                journey.tell_of(&telling, TODAY, PROOF).await
            }
            C::RecordNoLesson => journey.learn_nothing("It was learned before").await,
            C::DeclareConflict => journey.declare(Interest::OwnWork).await,
        }
    }
}

/// A remedy that is done in the response itself.
fn an_explanation() -> Remedy {
    Remedy {
        kind: RemedyKind::Explanation.into(),
        text: "What happened with the call".to_owned(),
        ..Remedy::default()
    }
}

/// A senior colleague is asked.
async fn asked(journey: &mut Journey) {
    let matter = ApprovalMatter::BehaviourExclusion;
    journey
        .ask(matter, "Threats on every call", "")
        .await
        .unwrap();
}

/// A complaint at a standing, ready for a command: decided, with a remedy and an action, and with what waits for a senior colleague.
pub async fn at(world: &World, standing: At, command: Command) -> Journey {
    let mut journey = match standing {
        At::Received => {
            let mut journey = world.recorded().await;
            journey.define(a_definition()).await.unwrap();
            journey
        }
        At::Investigated => world.investigated().await,
        // What waited for a senior colleague when the stage was answered.
        At::Answered if command == C::DecideApproval => {
            let mut journey = world.investigated().await;
            asked(&mut journey).await;
            journey.uphold_all().await;
            journey.apologise().await.unwrap();
            journey.answer_stage_1(TODAY).await.unwrap();
            journey
        }
        At::Answered => world.answered().await,
        At::Requested => world.requested().await,
        At::Reviewed | At::Ended => world.reviewed().await,
    };
    journey
        .promise(&world.investigator, "2025-06-20", "")
        .await
        .unwrap();
    // Whoever has no part in stage 1 has none by this.
    let mut colleague = journey.seen_by(world.client(world.reviewer.clone()));
    let reviewed = matches!(standing, At::Reviewed | At::Ended);
    let investigated = standing == At::Investigated;
    if reviewed || investigated {
        let by = if reviewed {
            &mut colleague
        } else {
            &mut journey
        };
        by.uphold_all().await;
        by.offer(an_explanation(), false).await.unwrap();
        if command == C::RecordTold && standing != At::Ended {
            by.extend(5, "The caseworker is away").await.unwrap();
        }
        journey.complaint = by.complaint.clone();
    }
    if command == C::DecideApproval && standing != At::Answered {
        asked(&mut journey).await;
    }
    if standing == At::Ended {
        let mut colleague = journey.seen_by(world.client(world.reviewer.clone()));
        colleague
            .answer_stage_2(TODAY, "The call, and the second call")
            .await
            .unwrap();
        journey.complaint = colleague.complaint;
    }
    if command == C::RecordTelling && standing != At::Received {
        something_to_tell(standing, &mut journey, &mut colleague).await;
    }
    journey
}

/// While it is looked at, a point that is taken out; after the response, an action that is done (4.6, 4.9).
async fn something_to_tell(standing: At, journey: &mut Journey, colleague: &mut Journey) {
    colleague.complaint = journey.complaint.clone();
    if matches!(standing, At::Investigated | At::Reviewed) {
        let element = journey.complaint.elements.last().cloned().unwrap();
        let why = ExclusionReason::Decision;
        colleague.exclude_element(&element, why).await.unwrap();
    } else {
        let action = journey.complaint.actions.last().unwrap().id.clone();
        let evidence = "The note of the call";
        colleague.complete(&action, TODAY, evidence).await.unwrap();
    }
    journey.complaint = colleague.complaint.clone();
}
