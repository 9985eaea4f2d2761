//! Whoever has an interest in a complaint says so, and has nothing to do with it from then on (3.4).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddNoteRequest, ApprovalMatter, ConflictDeclared, DeclareConflictRequest, GetComplaintRequest,
    Interest, LetterKind, ListActionsRequest, ListApprovalsRequest, ListComplaintsRequest,
    ListHistoryRequest, ListLettersRequest, ListNotesRequest, NoteKind, SaveLetterDraftRequest,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::{Code, Status};

use crate::given::{World, a_world};
use crate::journey::Journey;

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
