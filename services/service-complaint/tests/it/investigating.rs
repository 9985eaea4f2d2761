//! A complaint is investigated, element by element, and answered (4.2 to 4.8).

use proto::service_complaint::v1::{
    ApprovalDecided, ApprovalMatter, ApprovalRequested, Decision, ExclusionReason, PointHandling,
    ResponseExtended, StageOneAnswered, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{World, a_world};
use crate::journey::Journey;

fn response_due(journey: &Journey) -> String {
    let stage = journey.complaint.stage_1.clone().unwrap();
    stage.response.unwrap().due_on
}

/// 4.3: once, by up to ten working days, and the person is told.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_the_response_is_extended_once_by_up_to_ten_working_days(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let too_long = journey.extend(11, "Waiting for records").await.unwrap_err();
    let none = journey.extend(0, "Waiting for records").await.unwrap_err();
    let silent = journey.extend(10, " ").await.unwrap_err();
    journey.extend(10, "Waiting for records").await.unwrap();
    let again = journey.extend(1, "Still waiting").await.unwrap_err();

    assert_eq!(violations(&too_long)[0].0, "working_days");
    assert_eq!(violations(&none)[0].0, "working_days");
    assert_eq!(violations(&silent)[0].0, "reason");
    assert_eq!(reason(&again), "EXTENDED_BEFORE");
    assert_eq!(response_due(&journey), "2025-07-08");
    let announced = outbox::testing::events::<ResponseExtended>(&db).await;
    assert_eq!(announced[0].response_due_on, "2025-07-08");
}

/// 4.3: "We will inform the service user of the extension."
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_no_response_goes_out_before_the_person_was_told_of_the_extension(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.extend(5, "Waiting for records").await.unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();

    let untold = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    journey.tell("2025-06-10").await.unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(reason(&untold), "UNTOLD");
    assert_eq!(journey.complaint.standing(), Standing::Answered);
}

/// 4.4: further only with a senior colleague's approval, never one's own.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_more_time_than_that_is_a_senior_colleagues_to_give(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.extend(10, "Waiting for records").await.unwrap();

    let matter = ApprovalMatter::FurtherExtension;
    let no_date = journey.ask(matter, "Records are lost", "").await;
    journey
        .ask(matter, "Records are lost", "2025-07-18")
        .await
        .unwrap();
    let twice = journey.ask(matter, "Records are lost", "2025-07-25").await;
    let approval = journey.complaint.approvals[0].id.clone();
    let own = journey.judge(&approval, true).await.unwrap_err();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior.judge(&approval, true).await.unwrap();
    let decided = senior.judge(&approval, false).await.unwrap_err();

    assert_eq!(violations(&no_date.unwrap_err())[0].0, "until");
    assert_eq!(reason(&twice.unwrap_err()), "ASKED_ALREADY");
    assert_eq!(own.code(), Code::PermissionDenied);
    assert_eq!(reason(&decided), "DECIDED_ALREADY");
    assert_eq!(response_due(&senior), "2025-07-18");
    let asked = outbox::testing::events::<ApprovalRequested>(&db).await;
    let judged = outbox::testing::events::<ApprovalDecided>(&db).await;
    assert_eq!((asked.len(), judged.len()), (1, 1));
    assert!(judged[0].agreed);
}

/// 4.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_nobody_approves_their_own_request(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.investigated().await;
    let manager = testkit::a(proto::access::v1::Role::CustomerInsightManager);
    let mut managed = journey.seen_by(world.client(manager));
    managed.extend(10, "Waiting for records").await.unwrap();
    managed
        .ask(
            ApprovalMatter::FurtherExtension,
            "Records are lost",
            "2025-07-18",
        )
        .await
        .unwrap();
    let approval = managed.complaint.approvals[0].id.clone();

    let own = managed.judge(&approval, true).await.unwrap_err();

    assert_eq!(reason(&own), "OWN_REQUEST");
    managed.refresh().await;
    assert_eq!(managed.complaint.approvals[0].decided_by, "");
}

/// 4.4: the ordinary extension comes first.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_a_senior_colleague_gives_no_time_that_the_investigator_can_give(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .ask(
            ApprovalMatter::FurtherExtension,
            "Records are lost",
            "2025-07-18",
        )
        .await
        .unwrap();
    let approval = journey.complaint.approvals[0].id.clone();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));

    let refused = senior.judge(&approval, true).await.unwrap_err();

    assert_eq!(reason(&refused), "NOT_EXTENDED_BEFORE");
}

/// 4.5, 4.8: the outcome follows from the elements.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_6_the_outcome_is_computed_from_the_findings(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .raise("The letter was rude", PointHandling::Included)
        .await
        .unwrap();
    let [call, letter] = journey.elements(1).try_into().unwrap();
    journey
        .decide(&call, Decision::Upheld, "No call is recorded.")
        .await
        .unwrap();

    journey.apologise().await.unwrap();
    let undecided = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    journey
        .decide(&letter, Decision::NotUpheld, "The letter was polite.")
        .await
        .unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(reason(&undecided), "NOT_READY");
    assert!(
        undecided.message().contains("The letter was rude"),
        "{}",
        undecided.message()
    );
    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.outcome(), Decision::PartiallyUpheld);
    assert!(journey.elements(1)[1].additional);
    let announced = outbox::testing::events::<StageOneAnswered>(&db).await;
    assert_eq!(announced[0].outcome(), Decision::PartiallyUpheld);
    assert_eq!(announced[0].escalation_until, "2025-07-08");
    assert_eq!(announced[0].case_reference, "202312345");
}

/// 4.7: what is upheld is put right.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_6_what_is_upheld_is_not_answered_without_a_remedy(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.uphold_all().await;

    let refused = journey.answer_stage_1("2025-06-10").await.unwrap_err();

    assert_eq!(reason(&refused), "NOT_READY");
    assert!(
        refused.message().contains("remedy"),
        "{}",
        refused.message()
    );
}

/// 4.8
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_6_a_finding_needs_a_decision_a_reason_and_an_element(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let element = journey.elements(1)[0].clone();
    let unknown = proto::service_complaint::v1::Element {
        id: kit::id().to_string(),
        ..element.clone()
    };

    let undecided = journey
        .decide(&element, Decision::Unspecified, "Because.")
        .await
        .unwrap_err();
    let silent = journey
        .decide(&element, Decision::Upheld, "")
        .await
        .unwrap_err();
    let nothing = journey
        .decide(&unknown, Decision::Upheld, "Because.")
        .await
        .unwrap_err();

    assert_eq!(violations(&undecided)[0].0, "decision");
    assert_eq!(violations(&silent)[0].0, "reason");
    assert_eq!(reason(&nothing), "NO_SUCH_ELEMENT");
}

/// 4.6: a part may turn out not to be investigable; the rest is answered.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_an_element_is_taken_out_and_the_rest_is_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .raise("The decision was wrong", PointHandling::Included)
        .await
        .unwrap();
    let challenged = journey.elements(1)[1].clone();

    journey
        .exclude_element(&challenged, ExclusionReason::Decision)
        .await
        .unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();

    let exclusion = journey.elements(1)[1].exclusion.clone().unwrap();
    assert_eq!(exclusion.paragraph, "2.7");
    assert!(exclusion.signpost.contains("review"));
    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.outcome(), Decision::Upheld);
}

/// 4.3: a date in a year without published bank holidays.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_a_year_without_published_bank_holidays_is_refused_and_nothing_is_lost(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = a_journey_at_the_edge_of_the_calendar(&world).await;
    let before = journey.complaint.clone();

    let refused = journey.extend(10, "Waiting for records").await.unwrap_err();

    assert_eq!(reason(&refused), "DATE_NOT_COVERED");
    assert!(refused.message().contains("2029"), "{}", refused.message());
    journey.refresh().await;
    assert_eq!(journey.complaint, before);
}

/// A complaint whose response is due in the last days for which bank holidays are published.
async fn a_journey_at_the_edge_of_the_calendar(world: &World) -> Journey {
    world.on("2028-12-13");
    let request = proto::service_complaint::v1::RecordComplaintRequest {
        received_on: "2028-12-13".to_owned(),
        ..crate::given::a_complaint()
    };
    let mut journey = world.recorded_as(request).await;
    journey.define(crate::given::a_definition()).await.unwrap();
    journey.acknowledge("2028-12-13").await.unwrap();
    assert_eq!(response_due(&journey), "2028-12-29");
    journey
}
