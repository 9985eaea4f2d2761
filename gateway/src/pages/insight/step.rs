//! The steps of the procedure, each with a form of its own. Which of them are offered follows from where a complaint stands; whether one can
//! be taken is the service's to say, and what it refuses is told on the form with everything that was typed.

mod ask;
mod field;
mod letter;
mod page;
mod send;

use axum::Router;
use axum::routing::get;
use proto::service_complaint::v1::{
    Complaint, ComplaintStep, Deadline, Promise, StageRecord, Standing,
};

pub(super) use self::ask::needs;
pub(super) use self::field::{Answer, Field, Kind, Typed, filled, in_the_words_of};
pub(super) use self::letter::write as write_letter;
pub(super) use self::page::{FormPage, changed_since, problems};
pub(super) use self::send::needs as typed_needs;

use super::Insight;
use crate::Edge;

pub(super) fn router() -> Router<Edge> {
    Router::new().route(
        "/service-complaints/{reference}/steps/{step}",
        get(page::ask).post(page::take),
    )
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Assign,
    Define,
    Acknowledge,
    ReplyToOutcome,
    AddElement,
    DecideElement,
    ExcludeElement,
    Extend,
    Tell,
    TellOf,
    Update,
    AskSenior,
    Exclude,
    Telephone,
    OfferRemedy,
    WithdrawRemedy,
    Promise,
    Complete,
    Release,
    GiveAction,
    AnswerStage1,
    RequestStage2,
    Accept,
    Reject,
    TreatAsNew,
    AnswerStage2,
    Correspond,
    DecideApproval,
    Explain,
    SendLink,
    Note,
    Declare,
    NoLesson,
}

/// Every step: its address, its title, its button, and what is said once it is done.
const STEPS: &[(Step, &str, &str, &str, &str)] = &[
    (
        Step::Assign,
        "assign",
        "Give it to a colleague",
        "Give it",
        "The complaint has been given to them.",
    ),
    (
        Step::Define,
        "define",
        "Set out the definition and the person’s needs",
        "Save",
        "Saved.",
    ),
    (
        Step::Acknowledge,
        "acknowledge",
        "Record the acknowledgement",
        "Record it",
        "The acknowledgement is recorded, and the time for the response runs.",
    ),
    (
        Step::ReplyToOutcome,
        "outcome",
        "Record what the person said to the desired outcome",
        "Record it",
        "What the person said is recorded.",
    ),
    (
        Step::AddElement,
        "add-element",
        "Record a point that was raised meanwhile",
        "Record it",
        "The point is recorded, with how it is handled.",
    ),
    (
        Step::DecideElement,
        "decide",
        "Record a finding",
        "Save the finding",
        "The finding is saved.",
    ),
    (
        Step::ExcludeElement,
        "exclude-element",
        "Take a point out of the investigation",
        "Take it out",
        "The point is not investigated.",
    ),
    (
        Step::Extend,
        "extend",
        "Extend the response",
        "Extend it",
        "The response is extended. Tell the person by a letter.",
    ),
    (
        Step::Tell,
        "told",
        "Record that the person was told",
        "Record it",
        "It is recorded that the person was told.",
    ),
    (
        Step::TellOf,
        "told-of",
        "Record how the person was told",
        "Record it",
        "It is recorded that the person was told.",
    ),
    (
        Step::Update,
        "update",
        "Record a progress update",
        "Record it",
        "The progress update is recorded.",
    ),
    (
        Step::AskSenior,
        "ask",
        "Ask a senior colleague",
        "Ask",
        "Senior colleagues have been asked. You can see here when one has decided.",
    ),
    (
        Step::Exclude,
        "exclude",
        "Do not accept the complaint",
        "End the complaint",
        "The complaint has ended: it was not accepted.",
    ),
    (
        Step::Telephone,
        "telephone",
        "Resolve it by telephone",
        "End the complaint",
        "The complaint has ended: it was resolved by telephone.",
    ),
    (
        Step::OfferRemedy,
        "offer",
        "Offer a remedy",
        "Offer it",
        "The remedy is part of the response.",
    ),
    (
        Step::WithdrawRemedy,
        "withdraw-remedy",
        "Take a remedy back",
        "Take it back",
        "The remedy has been taken back.",
    ),
    (
        Step::Promise,
        "promise",
        "Promise an action",
        "Promise it",
        "The action is followed until it is done.",
    ),
    (
        Step::Complete,
        "complete",
        "Complete an action",
        "Complete it",
        "The action is completed.",
    ),
    (
        Step::Release,
        "withdraw-action",
        "Withdraw an action",
        "Withdraw it",
        "The action has been withdrawn.",
    ),
    (
        Step::GiveAction,
        "give-action",
        "Give an action to a colleague",
        "Give it",
        "The action has been given to them.",
    ),
    (
        Step::AnswerStage1,
        "answer-stage-1",
        "Record the stage 1 response",
        "Record it",
        "Stage 1 is answered. The person can ask for stage 2 for 4 weeks.",
    ),
    (
        Step::RequestStage2,
        "request-stage-2",
        "Record a request for stage 2",
        "Record it",
        "The request for stage 2 is recorded.",
    ),
    (
        Step::Accept,
        "accept",
        "Accept the request for stage 2",
        "Accept it",
        "The request is accepted, and the time for the stage 2 response runs.",
    ),
    (
        Step::Reject,
        "reject",
        "Reject the request for stage 2",
        "Reject it",
        "The request was rejected, which ends the procedure.",
    ),
    (
        Step::TreatAsNew,
        "treat-as-new",
        "Treat the request as a new complaint",
        "Record a new complaint",
        "The request is a new complaint, which you see here.",
    ),
    (
        Step::AnswerStage2,
        "answer-stage-2",
        "Record the stage 2 response",
        "Record it",
        "Stage 2 is answered, which is the end of the procedure.",
    ),
    (
        Step::Correspond,
        "correspondence",
        "Record what the person wrote",
        "Record it",
        "What the person wrote is recorded.",
    ),
    (
        Step::DecideApproval,
        "decide-approval",
        "Decide what a colleague asks for",
        "Save the decision",
        "Your decision is saved, and whoever asked is told.",
    ),
    (
        Step::Explain,
        "lateness",
        "Record why it is late",
        "Record the reason",
        "The reason is recorded.",
    ),
    (
        Step::SendLink,
        "link",
        "Send the private link again",
        "Send the link",
        "A new private link is on its way by email. Links that were sent before still work, up to 5 of them.",
    ),
    (
        Step::Note,
        "note",
        "Write a note",
        "Save the note",
        "The note is saved.",
    ),
    (
        Step::Declare,
        "conflict",
        "Declare an interest in it",
        "Declare it",
        "The interest is declared. Whoever has it has nothing to do with the complaint from now on.",
    ),
    (
        Step::NoLesson,
        "no-lesson",
        "Say why there is no lesson",
        "Save",
        "It is recorded why there is no lesson.",
    ),
];

impl Step {
    /// The step of an address.
    fn of(slug: &str) -> Option<Self> {
        STEPS
            .iter()
            .find(|(_, its_slug, ..)| *its_slug == slug)
            .map(|(step, ..)| *step)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str, &'static str, &'static str) {
        STEPS
            .iter()
            .find(|(step, ..)| *step == self)
            .expect("every step has a row")
    }

    /// What it is called.
    pub(super) fn title(self) -> &'static str {
        self.row().2
    }

    fn button(self) -> &'static str {
        self.row().3
    }

    fn done(self) -> &'static str {
        self.row().4
    }

    /// Whether it ends something for the person.
    fn ends(self) -> bool {
        matches!(
            self,
            Self::Exclude
                | Self::ExcludeElement
                | Self::Telephone
                | Self::Reject
                | Self::Release
                | Self::WithdrawRemedy
                | Self::Declare
        )
    }

    /// Where its form is.
    pub(super) fn address(self, reference: &str) -> String {
        format!("/service-complaints/{reference}/steps/{}", self.row().1)
    }

    /// Where its form about a part of the complaint is.
    pub(super) fn address_about(self, reference: &str, item: &str) -> String {
        format!("{}?item={item}", self.address(reference))
    }

    /// Whether the person takes such steps.
    fn is_for(self, person: &Insight) -> bool {
        match self {
            Self::DecideApproval => person.decides(),
            Self::Declare => person.works() || person.decides(),
            _ => person.works(),
        }
    }

    /// Whether a complaint that stands so is offered it, as the service says.
    pub(super) fn fits(self, complaint: &Complaint) -> bool {
        use ComplaintStep as Open;
        let step = match self {
            Self::Define => Open::Define,
            Self::Acknowledge => Open::Acknowledge,
            Self::ReplyToOutcome => Open::RecordOutcomeReply,
            Self::AddElement => Open::RecordPoint,
            Self::DecideElement => Open::DecideElement,
            Self::ExcludeElement => Open::ExcludeElement,
            Self::Extend => Open::ExtendResponse,
            Self::Tell => Open::RecordTold,
            Self::TellOf => Open::RecordTelling,
            Self::Update => Open::RecordUpdate,
            Self::AskSenior => Open::RequestApproval,
            Self::DecideApproval => Open::DecideApproval,
            Self::Exclude => Open::Exclude,
            Self::Telephone => Open::ResolveByTelephone,
            Self::OfferRemedy => Open::OfferRemedy,
            Self::WithdrawRemedy => Open::WithdrawRemedy,
            Self::Promise => Open::PromiseAction,
            Self::Complete => Open::CompleteAction,
            Self::Release => Open::WithdrawAction,
            Self::GiveAction => Open::AssignAction,
            Self::AnswerStage1 => Open::AnswerStage1,
            Self::RequestStage2 => Open::RequestEscalation,
            Self::Accept => Open::AcceptEscalation,
            Self::Reject => Open::RejectEscalation,
            Self::TreatAsNew => Open::TreatEscalationAsNew,
            Self::AnswerStage2 => Open::AnswerStage2,
            Self::Correspond => Open::RecordCorrespondence,
            Self::Assign => Open::AssignHandler,
            Self::Explain => Open::RecordLateness,
            Self::Note => Open::AddNote,
            Self::Declare => Open::DeclareConflict,
            Self::NoLesson => Open::RecordNoLesson,
            Self::SendLink => {
                return (complaint.service_user.as_ref()).is_some_and(|it| !it.email.is_empty());
            }
        };
        complaint.open_steps().any(|it| it == step)
    }
}

/// Whether the person has not been told of something.
pub(super) fn is_to_tell(telling: &proto::service_complaint::v1::Telling) -> bool {
    telling.told_on.is_empty()
}

/// Whether an action is neither done nor withdrawn.
pub(super) fn is_open(action: &proto::service_complaint::v1::Action) -> bool {
    let met = action
        .deadline
        .as_ref()
        .is_some_and(|it| !it.met_on.is_empty());
    !met && action.withdrawn_because.is_empty()
}

/// The promises that are, or were, missed and have no reason yet: the stage, which promise, and its name for people (7.1).
pub(super) fn unexplained(complaint: &Complaint) -> Vec<(i32, Promise, String)> {
    let stages = [(1, &complaint.stage_1), (2, &complaint.stage_2)];
    let promises = stages.into_iter().flat_map(|(number, stage)| {
        let stage = stage.clone().unwrap_or_default();
        [
            (
                number,
                Promise::Acknowledgement,
                "acknowledgement",
                stage.acknowledgement,
            ),
            (number, Promise::Response, "response", stage.response),
        ]
    });
    promises
        .filter(|(.., clock)| {
            clock
                .as_ref()
                .is_some_and(|it| it.late && it.lateness.is_none())
        })
        .map(|(number, promise, name, _)| (number, promise, format!("Stage {number} {name}")))
        .collect()
}

/// The stage that a complaint is in, or was in last.
pub(super) fn present_stage(complaint: &Complaint) -> Option<&StageRecord> {
    match (complaint.standing(), &complaint.stage_2) {
        (Standing::Requested | Standing::Reviewed | Standing::Ended, Some(stage)) => Some(stage),
        _ => complaint.stage_1.as_ref(),
    }
}

/// Whether the person has not been told of an extension of what runs (4.3).
pub(super) fn untold(complaint: &Complaint) -> bool {
    let runs = matches!(
        complaint.standing(),
        Standing::Investigated | Standing::Reviewed
    );
    let response: Option<&Deadline> =
        present_stage(complaint).and_then(|stage| stage.response.as_ref());
    runs && response.is_some_and(|it| it.untold)
}
