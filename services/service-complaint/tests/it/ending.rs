//! How a complaint ends without a stage 2, and what a person writes after that (2.6 to 2.9, 4.6, 4.21, 4.22, 37.1).

use proto::service_complaint::v1::{
    ApprovalMatter, ComplaintEnded, Decision, DefineRequest, EndingKind, ExclusionReason, Needs,
    Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::{a_definition, a_world};

/// 2.6 to 2.8: at intake, with the reason, what it means here, and where else to go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_a_complaint_is_not_accepted_with_a_reason_and_a_signpost(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;

    let nowhere = journey
        .exclude(ExclusionReason::AnotherBody, "", "", "2025-06-10")
        .await
        .unwrap_err();
    let unspecified = journey
        .exclude(ExclusionReason::Unspecified, "", "", "2025-06-10")
        .await
        .unwrap_err();
    journey
        .exclude(
            ExclusionReason::AnotherBody,
            "The Property Ombudsman",
            "",
            "2025-06-10",
        )
        .await
        .unwrap();

    assert_eq!(violations(&nowhere)[0].0, "signpost");
    assert_eq!(violations(&unspecified)[0].0, "reason");
    assert_eq!(journey.complaint.standing(), Standing::Ended);
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::NotAccepted);
    let exclusion = ending.exclusion.unwrap();
    assert_eq!(exclusion.paragraph, "2.6");
    assert_eq!(exclusion.signpost, "The Property Ombudsman");
    let announced = outbox::testing::events::<ComplaintEnded>(&db).await;
    assert_eq!(announced[0].kind(), EndingKind::NotAccepted);
}

/// 2.6: what happened more than twelve months ago, counted to the receipt.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_twelve_months_are_counted_to_the_day(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let reason = ExclusionReason::TooLongAgo;

    let undated = journey.exclude(reason, "", "", "2025-06-10").await;
    let just_in_time = journey
        .exclude(reason, "", "2024-06-07", "2025-06-10")
        .await;
    journey
        .exclude(reason, "", "2024-06-06", "2025-06-10")
        .await
        .unwrap();

    for refused in [undated, just_in_time] {
        assert_eq!(violations(&refused.unwrap_err())[0].0, "happened_on");
    }
    assert_eq!(journey.complaint.standing(), Standing::Ended);
}

/// 2.9: behaviour, in exceptional circumstances, is a senior colleague's matter.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_behaviour_excludes_only_with_a_senior_colleague(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let behaviour = ExclusionReason::Behaviour;

    let alone = journey.exclude(behaviour, "", "", "2025-06-10").await;
    journey
        .ask(ApprovalMatter::BehaviourExclusion, "Threats by phone", "")
        .await
        .unwrap();
    let waiting = journey.exclude(behaviour, "", "", "2025-06-10").await;
    let approval = journey.complaint.approvals[0].id.clone();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior.judge(&approval, true).await.unwrap();
    journey.refresh().await;
    journey
        .exclude(behaviour, "", "", "2025-06-10")
        .await
        .unwrap();

    assert_eq!(reason(&alone.unwrap_err()), "NEEDS_APPROVAL");
    assert_eq!(reason(&waiting.unwrap_err()), "NEEDS_APPROVAL");
    assert_eq!(journey.complaint.standing(), Standing::Ended);
}

/// 4.6: at any later point.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_an_investigation_ends_when_it_turns_out_to_be_excluded(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    journey
        .exclude(ExclusionReason::LegalProcess, "", "", "2025-06-10")
        .await
        .unwrap();
    let over = journey.answer_stage_1("2025-06-10").await.unwrap_err();

    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.response.unwrap().met_on, "2025-06-10");
    assert_eq!(reason(&over), "WRONG_STANDING");
}

/// 37.1: the person was told that the call closes the complaint, and that is recorded.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_a_call_closes_a_complaint_only_when_the_person_was_told_so(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let untold = journey.resolve_by_telephone(false, "2025-06-10").await;
    journey
        .resolve_by_telephone(true, "2025-06-10")
        .await
        .unwrap();

    assert_eq!(reason(&untold.unwrap_err()), "NOT_TOLD_IT_CLOSES");
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::Informally);
}

/// 3.2, "in all cases": the reviewer's audit found fields about people left empty.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_3_2_a_call_closes_no_complaint_of_which_nothing_was_asked(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;

    let unasked = journey.resolve_by_telephone(true, "2025-06-10").await;
    let in_part = DefineRequest {
        early_resolution: String::new(),
        needs: Some(Needs {
            vulnerabilities: String::new(),
            ..a_definition().needs.unwrap()
        }),
        ..a_definition()
    };
    journey.define(in_part).await.unwrap();
    let without_one = journey.resolve_by_telephone(true, "2025-06-10").await;
    let without_early_resolution = DefineRequest {
        early_resolution: String::new(),
        ..a_definition()
    };
    journey.define(without_early_resolution).await.unwrap();
    journey
        .resolve_by_telephone(true, "2025-06-10")
        .await
        .unwrap();

    let unasked = unasked.unwrap_err();
    assert_eq!(reason(&unasked), "NOT_ASKED");
    assert!(unasked.message().contains("the definition"), "{unasked}");
    let without_one = without_one.unwrap_err();
    assert!(
        without_one
            .message()
            .ends_with("without the vulnerabilities"),
        "{without_one}"
    );
    assert_eq!(
        journey.complaint.early_resolution,
        "It was resolved by telephone."
    );
}

/// 4.8: each element is assessed by itself.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_4_8_a_call_leaves_no_element_undecided_beside_another_that_is_decided(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let two = DefineRequest {
        elements: vec!["The call".to_owned(), "The letter".to_owned()],
        ..a_definition()
    };
    journey.define(two).await.unwrap();
    journey.acknowledge("2025-06-10").await.unwrap();
    let [call, letter] = <[_; 2]>::try_from(journey.elements(1)).unwrap();
    let why = "The record shows it.";

    journey.decide(&call, Decision::Upheld, why).await.unwrap();
    journey.apologise().await.unwrap();
    let half = journey.resolve_by_telephone(true, "2025-06-10").await;
    journey
        .decide(&letter, Decision::NotUpheld, why)
        .await
        .unwrap();
    journey
        .resolve_by_telephone(true, "2025-06-10")
        .await
        .unwrap();

    let half = half.unwrap_err();
    assert_eq!(reason(&half), "NOT_READY");
    assert!(half.message().contains("The letter"), "{half}");
    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.outcome(), Decision::PartiallyUpheld);
    assert_eq!(stage.answered_on, "2025-06-10");
    let ended = &outbox::testing::events::<ComplaintEnded>(&db).await[0];
    assert_eq!(ended.kind(), EndingKind::Informally);
    assert_eq!(ended.outcome(), Decision::PartiallyUpheld);
    assert_eq!(
        (ended.answered_stage, ended.answered_on.as_str()),
        (1, "2025-06-10")
    );
}

/// 4.21, 4.22: four weeks, to the day.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_for_four_weeks_post_is_acknowledged_and_then_it_is_filed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;

    world.on("2025-07-08");
    let in_time = journey.correspond("2025-07-08").await.unwrap();
    assert!(!journey.complaint.finished);
    world.on("2025-07-09");
    let after = journey.correspond("2025-07-09").await.unwrap();
    let tomorrow = journey.correspond("2025-07-10").await.unwrap_err();

    assert_eq!((in_time, after), (true, false));
    assert_eq!(violations(&tomorrow)[0].0, "on");
    assert!(journey.complaint.finished);
}

/// 4.22: "closed cases with no outstanding actions".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_post_is_answered_while_an_action_is_open_however_long(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey
        .promise(&world.investigator, "2025-07-01", "")
        .await
        .unwrap();

    world.on("2025-09-01");

    assert!(journey.correspond("2025-09-01").await.unwrap());
    assert!(!journey.complaint.finished);
}

/// 4.21
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_post_about_an_open_complaint_is_no_post_after_closing(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let refused = journey.correspond("2025-06-10").await.unwrap_err();

    assert_eq!(reason(&refused), "WRONG_STANDING");
}
