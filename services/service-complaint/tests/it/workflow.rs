//! Every command at every standing by every role: done, or refused in the way that the table says, and then nothing has changed.

use futures::stream::{self, StreamExt as _};
use kit::access::TABLE;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddNoteRequest, ApprovalMatter, Complaint, ComplaintStep, Decision, ExclusionReason, NoteKind,
    OutcomeReply, PointHandling, Remedy, RemedyKind,
};
use sqlx::PgPool;
use testkit::{Caller, reason};
use tonic::{Code, Status};

use crate::given::{World, a_definition, a_world};
use crate::journey::{Journey, PROOF, an_apology};

const TODAY: &str = "2025-06-10";

const ROLES: [Role; 8] = [
    Role::LandlordAdministrator,
    Role::LandlordSubAccount,
    Role::Caseworker,
    Role::ComplaintsInvestigator,
    Role::CustomerInsightManager,
    Role::SeniorColleague,
    Role::SystemAdministrator,
    Role::IndependentReviewer,
];

/// Where a complaint is, with all that the commands need of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Received,
    Investigated,
    Answered,
    Requested,
    Reviewed,
    Ended,
}

const STANDINGS: [At; 6] = [
    At::Received,
    At::Investigated,
    At::Answered,
    At::Requested,
    At::Reviewed,
    At::Ended,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
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
    AnswerStage1,
    RequestEscalation,
    AcceptEscalation,
    RejectEscalation,
    TreatEscalationAsNew,
    AnswerStage2,
    RecordCorrespondence,
    AddNote,
    RecordTelling,
}

use Command as C;

const DONE: &str = "";
const STANDING: &str = "WRONG_STANDING";
const NOTHING_TO_TELL: &str = "NO_SUCH_TELLING";

/// What each command comes to, from Received to Ended (4.1 to 4.22).
const WORKFLOW: [(Command, [&str; 6]); 28] = [
    (C::AssignHandler, [DONE, DONE, DONE, DONE, DONE, STANDING]),
    (
        C::Define,
        [DONE, STANDING, STANDING, STANDING, STANDING, STANDING],
    ),
    (
        C::Acknowledge,
        [DONE, STANDING, STANDING, STANDING, STANDING, STANDING],
    ),
    (
        C::RecordOutcomeReply,
        [STANDING, DONE, STANDING, STANDING, STANDING, STANDING],
    ),
    (
        C::RecordPoint,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::DecideElement,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::ExcludeElement,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::ExtendResponse,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::RecordTold,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        // After the response, too, while something is open (4.9, 4.19).
        C::RecordUpdate,
        [STANDING, DONE, DONE, DONE, DONE, DONE],
    ),
    (
        C::RequestApproval,
        [DONE, DONE, STANDING, DONE, DONE, STANDING],
    ),
    (
        C::DecideApproval,
        [DONE, DONE, STANDING, DONE, DONE, STANDING],
    ),
    (C::Exclude, [DONE, DONE, STANDING, STANDING, DONE, STANDING]),
    (
        C::ResolveByTelephone,
        [DONE, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::OfferRemedy,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::WithdrawRemedy,
        [STANDING, DONE, STANDING, STANDING, DONE, STANDING],
    ),
    (C::PromiseAction, [DONE, DONE, DONE, DONE, DONE, DONE]),
    (C::CompleteAction, [DONE, DONE, DONE, DONE, DONE, DONE]),
    (C::WithdrawAction, [DONE, DONE, DONE, DONE, DONE, DONE]),
    (
        C::AnswerStage1,
        [STANDING, DONE, STANDING, STANDING, STANDING, STANDING],
    ),
    (
        C::RequestEscalation,
        [STANDING, STANDING, DONE, STANDING, STANDING, STANDING],
    ),
    (
        C::AcceptEscalation,
        [STANDING, STANDING, STANDING, DONE, STANDING, STANDING],
    ),
    (
        C::RejectEscalation,
        [STANDING, STANDING, STANDING, DONE, STANDING, STANDING],
    ),
    (
        C::TreatEscalationAsNew,
        [STANDING, STANDING, STANDING, DONE, STANDING, STANDING],
    ),
    (
        C::AnswerStage2,
        [STANDING, STANDING, STANDING, STANDING, DONE, STANDING],
    ),
    (
        C::RecordCorrespondence,
        [STANDING, STANDING, DONE, STANDING, STANDING, DONE],
    ),
    (C::AddNote, [DONE, DONE, DONE, DONE, DONE, DONE]),
    (
        C::RecordTelling,
        [NOTHING_TO_TELL, DONE, DONE, DONE, DONE, DONE],
    ),
];

/// Whoever has a part in stage 1 does not review it (4.15); what is refused to them at stage 2 is what the review consists of.
const REVIEW: [Command; 8] = [
    C::DecideElement,
    C::ExcludeElement,
    C::ExtendResponse,
    C::Exclude,
    C::ResolveByTelephone,
    C::OfferRemedy,
    C::WithdrawRemedy,
    C::AnswerStage2,
];

impl Command {
    /// Its name as a step, such as `ANSWER_STAGE_1`.
    fn step(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if !name.is_empty() && !letter.is_ascii_lowercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    fn path(self) -> String {
        format!("/casework.service_complaint.v1.ComplaintService/{self:?}")
    }

    /// Carries it out, with all that it asks for.
    async fn carry_out(self, world: &World, journey: &mut Journey) -> Result<(), Status> {
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
async fn at(world: &World, standing: At, command: Command) -> Journey {
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

fn admits(command: Command, role: Role) -> bool {
    TABLE[&command.path()].roles.contains(&i32::from(role))
}

/// What came of a command: the reason of its refusal, or nothing.
fn verdict(answer: &Result<(), Status>) -> String {
    match answer {
        Ok(()) => String::new(),
        Err(status) if status.code() == Code::PermissionDenied => "PERMISSION_DENIED".to_owned(),
        Err(status) => reason(status),
    }
}

/// As the investigator reads it.
async fn seen(world: &World, journey: &Journey) -> Complaint {
    let mut seen = journey.seen_by(world.investigator());
    seen.refresh().await;
    seen.complaint
}

async fn attempt(world: &World, journey: &Journey, command: Command, by: Caller) -> String {
    let mut attempt = journey.seen_by(world.client(by));
    verdict(&command.carry_out(world, &mut attempt).await)
}

/// What a command comes to at a standing, by each role: what is not as it must be.
async fn cell(world: &World, command: Command, standing: At, expected: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut journey = Box::pin(at(world, standing, command)).await;
    let before = seen(world, &journey).await;
    // What pages offer is what the service says is open.
    let step = format!("COMPLAINT_STEP_{}", command.step());
    let step = ComplaintStep::from_str_name(&step).expect("every command is a step");
    if before.open_steps().any(|it| it == step) != (expected == DONE) {
        wrong.push(format!(
            "{command:?} at {standing:?} is shown the other way round"
        ));
    }
    // Those who are refused come first, as their attempts leave everything as it was.
    let (admitted, others): (Vec<_>, Vec<_>) =
        ROLES.into_iter().partition(|it| admits(command, *it));
    let others = others.into_iter().map(|it| (it, "PERMISSION_DENIED"));
    let admitted = admitted.into_iter().map(|it| (it, expected));
    let (done, refused): (Vec<_>, Vec<_>) = others
        .chain(admitted)
        .partition(|(_, expected)| *expected == DONE);
    for (role, expected) in refused {
        let got = attempt(world, &journey, command, testkit::a(role)).await;
        if got != expected {
            wrong.push(format!("{command:?} at {standing:?} by {role:?}: {got:?}"));
        }
    }
    if seen(world, &journey).await != before {
        wrong.push(format!("{command:?} at {standing:?} left a trace"));
    }
    for (index, (role, _)) in done.into_iter().enumerate() {
        if index > 0 {
            journey = Box::pin(at(world, standing, command)).await;
        }
        let got = attempt(world, &journey, command, testkit::a(role)).await;
        if got != DONE {
            wrong.push(format!("{command:?} at {standing:?} by {role:?}: {got:?}"));
        }
    }
    wrong
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn every_command_at_every_standing_by_every_role_is_what_the_table_says(db: PgPool) {
    let world = a_world(&db).await;
    let cells = WORKFLOW.iter().flat_map(|(command, row)| {
        let row = STANDINGS.into_iter().zip(row);
        row.map(|(standing, expected)| cell(&world, *command, standing, expected))
    });

    let wrong: Vec<_> = stream::iter(cells).buffer_unordered(8).collect().await;

    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// 4.15: not only the handler's name, but the work.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_15_whoever_had_a_part_in_stage_1_does_nothing_of_its_review(db: PgPool) {
    let world = a_world(&db).await;

    for (command, row) in WORKFLOW {
        if row[4] != DONE || !admits(command, Role::ComplaintsInvestigator) {
            continue;
        }
        let journey = Box::pin(at(&world, At::Reviewed, command)).await;
        let got = attempt(&world, &journey, command, world.investigator.clone()).await;
        let expected = if REVIEW.contains(&command) {
            "INVOLVED_BEFORE"
        } else {
            DONE
        };
        assert_eq!(got, expected, "{command:?}");
    }
}
