//! Whoever has an interest in a complaint says so, and has nothing to do with it from then on (3.4).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ActionPromised, AddNoteRequest, ApprovalMatter, ComplaintStep, ConflictDeclared,
    DeadlineOverdue, DeclareConflictRequest, Format, GetComplaintRequest, GetMyActionRequest,
    Interest, LetterKind, LetterWords, ListActionsRequest, ListApprovalsRequest,
    ListComplaintsRequest, ListFigureRowsRequest, ListHistoryRequest, ListLettersRequest,
    ListLettersToPostRequest, ListNotesRequest, NoteKind, PointHandling, RecordComplaintRequest,
    SaveLetterDraftRequest, ServiceUser, ServiceUserKind,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::given::{World, a_complaint, a_definition, a_world};
use crate::journey::Journey;
use crate::letters::send;

fn is_kept_out<T: std::fmt::Debug>(answer: Result<T, Status>) {
    let refused = answer.unwrap_err();
    assert_eq!(reason(&refused), "CONFLICT_DECLARED");
    assert_eq!(refused.code(), Code::PermissionDenied);
}

/// A complaint that the investigator handles, and in which they declare an interest; as their colleague sees it.
async fn declared(world: &World) -> Journey {
    let mut journey = world.investigated().await;
    journey.assign(&world.investigator).await.unwrap();
    journey.declare(Interest::KnowsPerson).await.unwrap();
    let mut seen = journey.seen_by(world.client(world.reviewer.clone()));
    seen.refresh().await;
    seen
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_handler_who_declares_an_interest_gives_the_complaint_up(db: PgPool) {
    let world = a_world(&db).await;

    let seen = declared(&world).await;

    let complaint = &seen.complaint;
    assert!(complaint.to_be_handed_on);
    assert_eq!(complaint.stage_1.as_ref().unwrap().handler_id, "");
    let conflict = &complaint.conflicts[0];
    assert_eq!(conflict.declared_by, "Ines Vestey");
    assert_eq!(conflict.interest(), Interest::KnowsPerson);
    assert_eq!(conflict.gave_up_stage, 1);
    let events = outbox::testing::events::<ConflictDeclared>(&db).await;
    assert_eq!(events[0].reference, complaint.reference);
    assert_eq!(events[0].gave_up_stage, 1);
    assert_eq!(events[0].declared_by, world.investigator.id().to_string());
    // It stands in the history, with why.
    let request = ListHistoryRequest {
        complaint_id: complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let mut client = world.client(world.reviewer.clone());
    let history = client.list_history(request).await.unwrap().into_inner();
    assert_eq!(
        history.changes[0].text,
        "Declared an interest (knows the person): She is my neighbour. It is to be given to a colleague"
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_whoever_declared_an_interest_reads_nothing_of_the_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let seen = declared(&world).await;
    let id = seen.complaint.id.clone();
    let mut theirs = world.investigator();
    let mut letters = world.letters(world.investigator.clone());

    let complaint_id = id.clone();
    is_kept_out(
        theirs
            .get_complaint(GetComplaintRequest { complaint_id })
            .await,
    );
    let reference = seen.complaint.reference.clone();
    let by_reference = GetComplaintRequest {
        complaint_id: reference,
    };
    is_kept_out(theirs.get_complaint(by_reference).await);
    let history = ListHistoryRequest {
        complaint_id: id.clone(),
        ..ListHistoryRequest::default()
    };
    is_kept_out(theirs.list_history(history).await);
    let notes = ListNotesRequest {
        complaint_id: id.clone(),
        ..ListNotesRequest::default()
    };
    is_kept_out(theirs.list_notes(notes).await);
    let sent = ListLettersRequest {
        complaint_id: id.clone(),
        ..ListLettersRequest::default()
    };
    is_kept_out(letters.list_letters(sent).await);
    let draft = SaveLetterDraftRequest {
        draft_id: kit::id().to_string(),
        version: 0,
        complaint_id: id.clone(),
        kind: LetterKind::ProgressUpdate.into(),
        words: None,
    };
    is_kept_out(letters.save_letter_draft(draft).await);
    let note = AddNoteRequest {
        request_id: kit::id().to_string(),
        complaint_id: id,
        kind: NoteKind::Note.into(),
        on: "2025-06-10".to_owned(),
        text: "She called me at home".to_owned(),
    };
    is_kept_out(theirs.add_note(note).await);
    let listed = theirs.list_complaints(ListComplaintsRequest::default());
    assert_eq!(listed.await.unwrap().into_inner().complaints, []);
    let mut colleague = world.client(world.reviewer.clone());
    let listed = colleague.list_complaints(ListComplaintsRequest::default());
    assert_eq!(listed.await.unwrap().into_inner().complaints.len(), 1);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_nothing_of_the_complaint_is_given_to_whoever_declared_an_interest(db: PgPool) {
    let world = a_world(&db).await;
    let mut seen = declared(&world).await;

    let handed_back = seen.assign(&world.investigator).await.unwrap_err();
    let accountable = seen.promise(&world.investigator, "2025-06-20", "").await;

    assert_eq!(reason(&handed_back), "CONFLICT_OF_COLLEAGUE");
    assert_eq!(reason(&accountable.unwrap_err()), "CONFLICT_OF_COLLEAGUE");
}

/// 3.4 and 4.15: who may review stage 2.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_3_4_whoever_declared_an_interest_does_not_review_stage_2(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut declaring = journey.seen_by(world.client(world.reviewer.clone()));
    declaring.declare(Interest::OwnWork).await.unwrap();
    let mut journey = journey.seen_by(world.investigator());
    journey.refresh().await;

    let assigned = journey.assign(&world.reviewer).await.unwrap_err();
    let accepted = journey.accept("2025-06-10", &world.reviewer).await;

    assert_eq!(reason(&assigned), "CONFLICT_OF_COLLEAGUE");
    assert_eq!(reason(&accepted.unwrap_err()), "CONFLICT_OF_COLLEAGUE");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_what_was_given_up_is_handed_on_before_it_moves_on(db: PgPool) {
    let world = a_world(&db).await;
    let mut seen = declared(&world).await;
    seen.uphold_all().await;
    seen.apologise().await.unwrap();

    let early = seen.answer_stage_1("2025-06-10").await.unwrap_err();
    seen.assign(&world.reviewer).await.unwrap();
    seen.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(reason(&early), "NOT_HANDED_ON");
    assert!(!seen.complaint.to_be_handed_on);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_senior_colleague_with_an_interest_is_asked_for_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&world.investigator, "2025-06-20", "")
        .await
        .unwrap();
    let matter = ApprovalMatter::BehaviourExclusion;
    journey
        .ask(matter, "Threats on every call", "")
        .await
        .unwrap();
    let asked = journey.complaint.approvals[0].id.clone();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior.declare(Interest::KnowsColleague).await.unwrap();
    journey.refresh().await;
    senior.complaint = journey.complaint.clone();

    let waiting = senior
        .client
        .list_approvals(ListApprovalsRequest::default());
    let waiting = waiting.await.unwrap().into_inner();
    let decided = senior.judge(&asked, true).await;
    let actions = senior.client.list_actions(ListActionsRequest::default());
    let actions = actions.await.unwrap().into_inner();

    assert_eq!(waiting.approvals, []);
    is_kept_out(decided);
    assert_eq!(actions.actions, []);
    let mut other = world.client(testkit::a(Role::SeniorColleague));
    let waiting = other.list_approvals(ListApprovalsRequest::default());
    assert_eq!(waiting.await.unwrap().into_inner().approvals.len(), 1);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_an_interest_says_what_it_is_and_is_declared_by_those_who_deal_with_it(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let journey = world.investigated().await;
    let request = DeclareConflictRequest {
        complaint_id: journey.complaint.id.clone(),
        version: journey.complaint.version,
        ..DeclareConflictRequest::default()
    };

    let empty = world.investigator().declare_conflict(request.clone()).await;
    let reviewer = world.client(testkit::a(Role::IndependentReviewer));
    let elsewhere = [reviewer, world.client(testkit::a_caseworker())];

    let refused = violations(&empty.unwrap_err());
    let fields: Vec<_> = refused.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(fields, ["interest", "reason"]);
    for mut client in elsewhere {
        let refused = client.declare_conflict(request.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

/// 3.4, 4.29: what somebody with an interest was accountable for is due for nobody until a colleague has it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_3_4_the_actions_of_whoever_declared_an_interest_are_given_to_colleagues(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();
    let mut declaring = journey.seen_by(world.client(world.reviewer.clone()));
    declaring.declare(Interest::OwnWork).await.unwrap();
    journey.refresh().await;

    let left = journey.complaint.actions[0].clone();
    let owner = owner_of_the_action_due(&db).await;
    let back = journey.assign_action(&action, &world.reviewer).await;
    journey.assign_action(&action, &world.senior).await.unwrap();

    assert!(left.to_be_handed_on);
    assert_eq!(owner, None);
    let declared = outbox::testing::events::<ConflictDeclared>(&db).await;
    assert_eq!(declared[0].left_actions, 1);
    assert_eq!(reason(&back.unwrap_err()), "CONFLICT_OF_COLLEAGUE");
    let given = &journey.complaint.actions[0];
    assert_eq!(given.owner_name, "Sean Orr");
    assert!(!given.to_be_handed_on);
    let owner = owner_of_the_action_due(&db).await;
    assert_eq!(owner, Some(world.senior.id()));
    let told = outbox::testing::events::<ActionPromised>(&db).await;
    let told: Vec<_> = told.iter().map(|it| it.owner_id.clone()).collect();
    assert_eq!(
        told,
        [
            world.reviewer.id().to_string(),
            world.senior.id().to_string()
        ]
    );
}

async fn owner_of_the_action_due(db: &PgPool) -> Option<uuid::Uuid> {
    sqlx::query_scalar("select owner from dues where kind = 'action'")
        .fetch_one(db)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_an_action_that_is_done_is_given_to_nobody(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();
    journey
        .complete(&action, "2025-06-10", "The note of the call")
        .await
        .unwrap();

    let given = journey.assign_action(&action, &world.senior).await;

    assert_eq!(reason(&given.unwrap_err()), "ACTION_ENDED");
}

/// 3.4, 4.9, 4.21: somebody sees to what comes after the end.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_what_ended_is_given_to_somebody_when_its_handler_has_an_interest(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.reviewed().await;
    let mut handler = journey.seen_by(world.client(world.reviewer.clone()));
    handler.uphold_all().await;
    handler.apologise().await.unwrap();
    handler
        .promise(&world.senior, "2025-06-20", "")
        .await
        .unwrap();
    handler
        .answer_stage_2("2025-06-10", "The call, and the other")
        .await
        .unwrap();
    let other = testkit::a(Role::ComplaintsInvestigator);
    crate::given::announced(&db, &world.app, &other, true).await;
    let mut colleague = handler.seen_by(world.client(other.clone()));

    let handled = colleague.assign(&other).await;
    handler.declare(Interest::KnowsPerson).await.unwrap();
    colleague.refresh().await;
    let waits = colleague.complaint.to_be_handed_on;
    colleague.assign(&other).await.unwrap();

    assert_eq!(reason(&handled.unwrap_err()), "WRONG_STANDING");
    assert!(waits);
    assert!(!colleague.complaint.to_be_handed_on);
    let stage = colleague.complaint.stage_2.unwrap();
    assert_eq!(stage.handler_id, other.id().to_string());
}

/// 3.4, 4.13: a complaint comes back to stage 1, and not to somebody who has an interest in it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_3_4_who_handled_stage_1_gives_it_up_during_stage_2_too(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey.assign(&world.investigator).await.unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();
    let mut reviewer = journey.seen_by(world.client(world.reviewer.clone()));

    let gave_up = journey
        .say_who_has_an_interest(Interest::KnowsPerson, "")
        .await
        .unwrap();
    reviewer.refresh().await;
    let waits = reviewer.complaint.to_be_handed_on;
    let new = reviewer.treat_as_new("2025-06-10").await.unwrap();

    assert_eq!(gave_up, 1);
    // The stage that it is in never was theirs.
    assert!(!waits);
    let stage = reviewer.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.handler_id, "");
    // 4.13: and they have the same interest in what came of it.
    let mut theirs = world.investigator();
    let complaint_id = new.id;
    is_kept_out(
        theirs
            .get_complaint(GetComplaintRequest { complaint_id })
            .await,
    );
}

/// 3.4, 4.5: who has an interest in a complaint has it in a further point of it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_3_4_a_point_that_becomes_a_complaint_is_kept_from_the_same_colleagues(db: PgPool) {
    let world = a_world(&db).await;
    let mut seen = declared(&world).await;

    seen.raise("The letter was rude", PointHandling::NewComplaint)
        .await
        .unwrap();

    let complaint_id = seen.complaint.points[0].complaint_id.clone();
    let request = GetComplaintRequest { complaint_id };
    is_kept_out(world.investigator().get_complaint(request.clone()).await);
    let mut colleague = world.client(world.reviewer.clone());
    let new = colleague.get_complaint(request).await.unwrap().into_inner();
    assert_eq!(new.conflicts[0].gave_up_stage, 0);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_no_list_tells_of_the_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let request = RecordComplaintRequest {
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            format: Format::Letter.into(),
            postal_address: "1 High Street".to_owned(),
            ..ServiceUser::default()
        }),
        ..a_complaint()
    };
    let mut journey = world.recorded_as(request.clone()).await;
    journey.define(a_definition()).await.unwrap();
    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::Acknowledgement;
    send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();
    journey
        .promise(&world.investigator, "2025-06-20", "")
        .await
        .unwrap();
    let action_id = journey.complaint.actions[0].id.clone();
    journey.declare(Interest::KnowsPerson).await.unwrap();

    let to_post = |caller: &testkit::Caller| {
        let mut letters = world.letters(caller.clone());
        async move {
            let request = ListLettersToPostRequest::default();
            let listed = letters.list_letters_to_post(request).await.unwrap();
            listed.into_inner().letters.len()
        }
    };
    assert_eq!(to_post(&world.investigator).await, 0);
    assert_eq!(to_post(&world.reviewer).await, 1);
    let mut own = world.colleague(&world.investigator);
    let mine = GetMyActionRequest { action_id };
    is_kept_out(own.get_my_action(mine).await);
    // Sent once more, the request of then is answered no more.
    is_kept_out(world.investigator().record_complaint(request).await);
}

/// 3.4, 7.1: figures are about no single person; the words behind them are.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_3_4_the_rows_of_a_figure_say_nothing_about_the_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let mut colleague = journey.seen_by(world.client(world.reviewer.clone()));
    journey.declare(Interest::KnowsPerson).await.unwrap();
    colleague.refresh().await;

    let rows = |caller: &testkit::Caller| {
        let mut client = world.oversight(caller);
        async move {
            let request = ListFigureRowsRequest {
                from: "2025-06-01".to_owned(),
                to: "2025-06-30".to_owned(),
                figure: "element.stage_one.upheld".to_owned(),
                ..ListFigureRowsRequest::default()
            };
            let listed = client.list_figure_rows(request).await.unwrap();
            let rows = listed.into_inner().rows.into_iter();
            rows.map(|it| it.about).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        rows(&world.investigator).await,
        ["You have an interest in this complaint"]
    );
    assert_eq!(
        rows(&world.reviewer).await,
        ["The call that was promised was not made. Why: The record shows it."]
    );
}

/// 3.4: "any actual or perceived conflict of interest".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_senior_colleague_says_that_somebody_has_an_interest(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.assign(&world.investigator).await.unwrap();
    let investigator = world.investigator.id().to_string();
    let interest = Interest::KnowsPerson;
    let mut senior = journey.seen_by(world.client(world.senior.clone()));

    let of_a_colleague = journey
        .seen_by(world.client(world.reviewer.clone()))
        .say_who_has_an_interest(interest, &investigator)
        .await
        .unwrap_err();
    let nobody = kit::id().to_string();
    let of_nobody = senior.say_who_has_an_interest(interest, &nobody).await;
    let gave_up = senior
        .say_who_has_an_interest(interest, &investigator)
        .await
        .unwrap();
    // 4.9 of the portal's own rules: a request that is sent again is carried out once.
    let again = senior
        .say_who_has_an_interest(interest, &investigator)
        .await
        .unwrap();
    let otherwise = senior
        .say_who_has_an_interest(Interest::OwnWork, &investigator)
        .await
        .unwrap_err();

    assert_eq!(reason(&of_a_colleague), "NOT_SENIOR");
    assert_eq!(reason(&of_nobody.unwrap_err()), "NO_SUCH_COLLEAGUE");
    assert_eq!((gave_up, again), (1, 1));
    assert_eq!(reason(&otherwise), "STALE");
    senior.refresh().await;
    let conflict = &senior.complaint.conflicts[0];
    assert_eq!(conflict.declared_by, "Ines Vestey");
    assert_eq!(conflict.recorded_by, "Sean Orr");
    journey.complaint = senior.complaint.clone();
    is_kept_out(journey.declare(Interest::Other).await);
}

/// 3.4: what would be refused until somebody has it is not offered.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_what_waits_to_be_handed_on_is_offered_no_step_that_moves_it_on(db: PgPool) {
    let world = a_world(&db).await;
    let mut seen = declared(&world).await;

    let before: Vec<_> = seen.complaint.open_steps().collect();
    seen.assign(&world.reviewer).await.unwrap();
    let after: Vec<_> = seen.complaint.open_steps().collect();

    for step in [
        ComplaintStep::AnswerStage1,
        ComplaintStep::Exclude,
        ComplaintStep::ResolveByTelephone,
    ] {
        assert!(!before.contains(&step), "{step:?}");
        assert!(after.contains(&step), "{step:?}");
    }
    assert!(before.contains(&ComplaintStep::DecideElement));
}

/// 1.8, 3.4: a caseworker's action is due for the team, in no words of its own, once they have an interest.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_3_4_what_a_caseworker_left_is_announced_to_nobody_in_particular(db: PgPool) {
    let world = a_world(&db).await;
    let caseworker = testkit::a_caseworker();
    crate::given::announced(&db, &world.app, &caseworker, true).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&caseworker, "2025-06-20", "")
        .await
        .unwrap();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior
        .say_who_has_an_interest(Interest::OwnWork, &caseworker.id().to_string())
        .await
        .unwrap();

    world.on("2025-06-23");
    world.sweep().await;

    let overdue = outbox::testing::events::<DeadlineOverdue>(&db).await;
    let facts = overdue.into_iter().filter_map(|it| it.facts);
    let facts: Vec<_> = facts.filter(|it| !it.action_id.is_empty()).collect();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].owner_id, "");
    assert_eq!(facts[0].own_task, None);
}

/// 3.4: document and notification hear of what was declared before there was an event of it, once.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_an_interest_that_nobody_announced_is_announced_once(db: PgPool) {
    let world = a_world(&db).await;
    let declared = declared(&world).await;
    let cancel = CancellationToken::new();
    let announced_with_it = world.app.announce_interests(&cancel).await.unwrap();
    assert_eq!(announced_with_it, 0);
    sqlx::query("update conflicts set announced = false")
        .execute(&db)
        .await
        .unwrap();

    let (one, other) = tokio::join!(
        world.app.announce_interests(&cancel),
        world.app.announce_interests(&cancel)
    );
    let again = world.app.announce_interests(&cancel).await.unwrap();

    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(again, 0);
    let told = outbox::testing::events::<ConflictDeclared>(&db).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].complaint_id, declared.complaint.id);
}

/// 4.9, 4.14: a request that was turned down brought no review, so that whoever followed stage 1 may follow what is left of it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_3_4_what_is_left_after_a_refused_request_goes_to_who_had_a_part_in_stage_1(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey
        .promise(&world.senior, "2025-06-20", "")
        .await
        .unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();
    let mut reviewer = journey.seen_by(world.client(world.reviewer.clone()));
    reviewer.assign(&world.reviewer).await.unwrap();
    reviewer
        .reject("2025-06-10", "Each of your points is in our answer.")
        .await
        .unwrap();
    reviewer.declare(Interest::KnowsPerson).await.unwrap();
    journey.refresh().await;
    let waits = journey.complaint.to_be_handed_on;

    journey.assign(&world.investigator).await.unwrap();

    assert!(waits);
    assert!(!journey.complaint.to_be_handed_on);
}
