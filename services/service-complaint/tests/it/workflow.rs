//! Every command at every standing by every role: done, or refused in the way that the table says, and then nothing has changed.

mod commands;

use futures::stream::{self, StreamExt as _};
use kit::access::TABLE;
use proto::access::v1::Role;
use proto::service_complaint::v1::{Complaint, Interest};
use sqlx::PgPool;
use testkit::{Caller, reason};
use tonic::{Code, Status};

use self::commands::{At, Command, Command as C, at};
use crate::given::{World, a_world};
use crate::journey::Journey;

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

const STANDINGS: [At; 6] = [
    At::Received,
    At::Investigated,
    At::Answered,
    At::Requested,
    At::Reviewed,
    At::Ended,
];

const DONE: &str = "";
const STANDING: &str = "WRONG_STANDING";
const NO_LESSON: &str = "NO_LESSON_ASKED";
const NOTHING_TO_TELL: &str = "NO_SUCH_TELLING";

/// What each command comes to, from Received to Ended (4.1 to 4.22).
const WORKFLOW: [(Command, [&str; 6]); 31] = [
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
    (C::AssignAction, [DONE, DONE, DONE, DONE, DONE, DONE]),
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
    (C::DeclareConflict, [DONE, DONE, DONE, DONE, DONE, DONE]),
    (
        C::RecordNoLesson,
        [NO_LESSON, NO_LESSON, DONE, NO_LESSON, NO_LESSON, DONE],
    ),
    (
        C::RecordTelling,
        [NOTHING_TO_TELL, DONE, DONE, DONE, DONE, DONE],
    ),
];

/// Whoever has a part in stage 1 does not review it (4.15); what is refused to them at stage 2 is what the review consists of.
const REVIEW: [Command; 9] = [
    C::RecordPoint,
    C::DecideElement,
    C::ExcludeElement,
    C::ExtendResponse,
    C::Exclude,
    C::ResolveByTelephone,
    C::OfferRemedy,
    C::WithdrawRemedy,
    C::AnswerStage2,
];

/// And what turns a review down, while it is asked for: nobody ends the complaint about their own work (3.4, 4.13, 4.14).
const REFUSAL: [Command; 2] = [C::RejectEscalation, C::TreatEscalationAsNew];

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

/// As a colleague reads it who has no part in it.
async fn seen(world: &World, journey: &Journey) -> Complaint {
    let colleague = testkit::a(Role::ComplaintsInvestigator);
    let mut seen = journey.seen_by(world.client(colleague));
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
    if before.open_steps().any(|it| it == command.step()) != (expected == DONE) {
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
async fn sc_4_4_1_every_command_at_every_standing_by_every_role_is_what_the_table_says(db: PgPool) {
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

    let stage_2 = [
        (At::Requested, 3, &REFUSAL[..]),
        (At::Reviewed, 4, &REVIEW[..]),
    ];
    for (standing, column, kept_from_them) in stage_2 {
        for (command, row) in WORKFLOW {
            if row[column] != DONE || !admits(command, Role::ComplaintsInvestigator) {
                continue;
            }
            let journey = Box::pin(at(&world, standing, command)).await;
            let mut theirs = journey.seen_by(world.investigator());
            theirs.refresh().await;
            let offered = theirs.complaint.open_steps().any(|it| it == command.step());
            let got = attempt(&world, &journey, command, world.investigator.clone()).await;
            let expected = if kept_from_them.contains(&command) {
                "INVOLVED_BEFORE"
            } else {
                DONE
            };
            assert_eq!(got, expected, "{command:?} at {standing:?}");
            // What would be refused them is not offered, either.
            assert_eq!(offered, expected == DONE, "{command:?} at {standing:?}");
        }
    }
}

/// 3.4: whoever declared an interest does nothing about the complaint, whatever their role and wherever it stands.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_whoever_declared_an_interest_takes_no_step_at_all(db: PgPool) {
    let world = a_world(&db).await;

    for (standing, column) in [(At::Investigated, 1), (At::Requested, 3), (At::Ended, 5)] {
        for (command, row) in WORKFLOW {
            let roles = [Role::CustomerInsightManager, Role::SeniorColleague];
            let role = roles.into_iter().find(|it| admits(command, *it));
            let (Some(role), DONE) = (role, row[column]) else {
                continue;
            };
            let mut journey = Box::pin(at(&world, standing, command)).await;
            let declarer = testkit::a(role);
            let mut declaring = journey.seen_by(world.client(declarer.clone()));
            declaring.declare(Interest::KnowsPerson).await.unwrap();
            journey.complaint = seen(&world, &journey).await;

            let mut theirs = journey.seen_by(world.client(declarer));
            let refused = command.carry_out(&world, &mut theirs).await.unwrap_err();

            assert_eq!(refused.code(), Code::PermissionDenied);
            let why = reason(&refused);
            assert_eq!(why, "CONFLICT_DECLARED", "{command:?} at {standing:?}");
            assert_eq!(seen(&world, &journey).await, journey.complaint);
        }
    }
}
