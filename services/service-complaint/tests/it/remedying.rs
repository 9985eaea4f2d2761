//! What puts things right, and what is followed until it is done (4.9, 4.24 to 4.30, Appendix A).

use proto::service_complaint::v1::{
    ActionPromised, CompensationLevel, ListActionsRequest, Remedy, RemedyKind, RiskReviewRequested,
    RiskReviewWithdrawn,
};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::{a_complaint, a_definition, a_world};
use crate::journey::compensation;

/// 4.27, Appendix A: Appendix A: each level has its band.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_compensation_outside_its_band_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let bands = [
        (CompensationLevel::ServiceFailure, 50, 100),
        (CompensationLevel::SeriousServiceFailure, 101, 250),
        (CompensationLevel::SignificantImpact, 251, 500),
    ];

    for (level, least, most) in bands {
        for pounds in [least - 1, most + 1, 0, -50] {
            let refused = journey
                .offer(compensation(level, pounds), false)
                .await
                .unwrap_err();
            assert_eq!(reason(&refused), "OUTSIDE_BAND", "{level:?} {pounds}");
            assert_eq!(violations(&refused)[0].0, "remedy.pounds");
        }
        for pounds in [least, most] {
            journey
                .offer(compensation(level, pounds), false)
                .await
                .unwrap();
            assert_eq!(journey.complaint.remedies[0].pounds, pounds);
            let offered = journey.complaint.remedies[0].id.clone();
            journey.take_back(&offered).await.unwrap();
        }
    }
}

/// 4.27: one amount for what went wrong, and no more than Appendix A has.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_4_27_a_second_amount_is_refused_and_nothing_is_lost(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let small = compensation(CompensationLevel::ServiceFailure, 75);
    journey.offer(small.clone(), false).await.unwrap();

    let refused = journey.offer(small, false).await.unwrap_err();

    assert_eq!(reason(&refused), "COMPENSATION_OFFERED");
    assert_eq!(violations(&refused)[0].0, "remedy.pounds");
    assert_eq!(journey.complaint.remedies.len(), 1);
}

/// 4.27, 4.28: An amount that was wrong is put right: its promise is withdrawn with the reason, and then it is taken back.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_4_27_an_amount_is_taken_back_once_its_promise_is_withdrawn(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let amount = |pounds| compensation(CompensationLevel::ServiceFailure, pounds);
    journey.offer(amount(100), false).await.unwrap();
    let wrong = journey.complaint.remedies[0].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-24", &wrong)
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();

    let promised = journey.take_back(&wrong).await.unwrap_err();
    journey
        .withdraw_action(&action, "It should be 75 pounds")
        .await
        .unwrap();
    journey.take_back(&wrong).await.unwrap();
    journey.offer(amount(75), false).await.unwrap();
    journey.refresh().await;

    assert_eq!(reason(&promised), "PROMISED");
    assert_eq!(journey.complaint.remedies[0].pounds, 75);
    let kept = &journey.complaint.actions[0];
    assert_eq!(kept.withdrawn_because, "It should be 75 pounds");
    assert!(kept.remedy_id.is_empty());
}

/// 4.26: what hit everyone is learned from, not paid for.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_nobody_is_paid_for_a_failure_that_hit_everyone(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let refused = journey
        .offer(compensation(CompensationLevel::ServiceFailure, 50), true)
        .await
        .unwrap_err();

    assert_eq!(reason(&refused), "AFFECTED_ALL");
    assert!(journey.complaint.remedies.is_empty());
}

/// 4.24
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_every_kind_of_remedy_is_kept_as_it_was_offered(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    for kind in [
        RemedyKind::Apology,
        RemedyKind::CaseworkAction,
        RemedyKind::Correction,
        RemedyKind::Explanation,
        RemedyKind::Improvement,
        RemedyKind::SharedLearning,
        RemedyKind::RiskReview,
    ] {
        let remedy = Remedy {
            kind: kind.into(),
            text: format!("{kind:?}"),
            verbal: kind == RemedyKind::Apology,
            from_the_ombudsman: kind == RemedyKind::Apology,
            ..Remedy::default()
        };
        journey.offer(remedy, false).await.unwrap();
    }
    let offered = journey.complaint.remedies.clone();
    journey.refresh().await;

    assert_eq!(journey.complaint.remedies, offered);
    assert!(offered[0].verbal && offered[0].from_the_ombudsman);
    let first = offered[0].id.clone();
    journey.take_back(&first).await.unwrap();
    assert_eq!(journey.complaint.remedies.len(), 6);
    let gone = journey.take_back(&first).await.unwrap_err();
    assert_eq!(reason(&gone), "NO_SUCH_REMEDY");
}

/// 37.4: a fresh review of the case's risk assessment, which casework hears of.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_9_a_risk_review_is_asked_of_the_case(db: PgPool) {
    let world = a_world(&db).await;
    let review = Remedy {
        kind: RemedyKind::RiskReview.into(),
        text: "Look at the risk assessment again: the resident's health is worse".to_owned(),
        ..Remedy::default()
    };
    let mut about_nothing = world
        .recorded_as(proto::service_complaint::v1::RecordComplaintRequest {
            case_reference: String::new(),
            ..a_complaint()
        })
        .await;
    about_nothing.define(a_definition()).await.unwrap();
    about_nothing.acknowledge("2025-06-10").await.unwrap();
    let refused = about_nothing
        .offer(review.clone(), false)
        .await
        .unwrap_err();

    let mut journey = world.investigated().await;
    journey.offer(review, false).await.unwrap();
    let remedy = journey.complaint.remedies[0].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-24", &remedy)
        .await
        .unwrap();

    assert_eq!(reason(&refused), "NO_CASE");
    let asked = outbox::testing::events::<RiskReviewRequested>(&db).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].case_reference, "202312345");
    assert_eq!(asked[0].action_id, journey.complaint.actions[0].id);
    let promised = journey.take_back(&remedy).await.unwrap_err();
    assert_eq!(reason(&promised), "PROMISED");
    let action = journey.complaint.actions[0].id.clone();
    journey
        .withdraw_action(&action, "The case was determined")
        .await
        .unwrap();
    let withdrawn = outbox::testing::events::<RiskReviewWithdrawn>(&db).await;
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(withdrawn[0].action_id, action);
}

/// 4.9, 4.28 to 4.30: an owner, a date, and evidence.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_an_action_is_done_when_something_shows_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();

    let unproved = journey.complete(&action, "2025-06-10", " ").await;
    let unborn = journey.complete(&action, "2025-06-11", "A note").await;
    journey
        .complete(&action, "2025-06-10", "The note of the call")
        .await
        .unwrap();
    let twice = journey.complete(&action, "2025-06-10", "A note").await;

    assert_eq!(violations(&unproved.unwrap_err())[0].0, "evidence");
    assert!(unborn.is_err());
    assert!(twice.is_err());
    let deadline = journey.complaint.actions[0].deadline.clone().unwrap();
    assert_eq!(deadline.met_on, "2025-06-10");
    let announced = outbox::testing::events::<ActionPromised>(&db).await;
    assert_eq!(announced[0].owner_id, world.reviewer.id().to_string());
}

/// 4.9, 37.2: what is open is listed until it is done, to the last page.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_open_actions_are_listed_soonest_first_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    for due in ["2025-06-30", "2025-06-16", "2025-06-23"] {
        journey.promise(&world.reviewer, due, "").await.unwrap();
    }
    journey
        .promise(&world.senior, "2025-06-11", "")
        .await
        .unwrap();
    let withdrawn = journey.complaint.actions[0].id.clone();
    let silent = journey.withdraw_action(&withdrawn, "").await.unwrap_err();
    journey
        .withdraw_action(&withdrawn, "The resident moved away")
        .await
        .unwrap();

    let mut reviewer = world.client(world.reviewer.clone());
    let mut due = Vec::new();
    let mut request = ListActionsRequest {
        page_size: 1,
        mine: true,
        ..ListActionsRequest::default()
    };
    loop {
        let page = reviewer.list_actions(request.clone()).await.unwrap();
        let page = page.into_inner();
        due.extend(page.actions.into_iter().map(|it| {
            let action = it.action.unwrap();
            action.deadline.unwrap().due_on
        }));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(violations(&silent)[0].0, "reason");
    assert_eq!(due, ["2025-06-16", "2025-06-23"]);
    let all = ListActionsRequest::default();
    let all = reviewer.list_actions(all).await.unwrap().into_inner();
    assert_eq!(all.actions.len(), 3);
}
