//! What a person raises during an investigation (4.5): each way in which it is handled, and that the person is told.

use proto::service_complaint::v1::{
    ComplaintRecorded, Decision, GetComplaintRequest, GetServiceRequestRequest, PointHandling,
    RecordPointRequest, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::a_world;
use crate::journey::Journey;

fn a_point(journey: &Journey, handling: PointHandling) -> RecordPointRequest {
    RecordPointRequest {
        complaint_id: journey.complaint.id.clone(),
        version: journey.complaint.version,
        text: "My caseworker was rude to me".to_owned(),
        raised_on: "2025-06-12".to_owned(),
        handling: handling.into(),
        told_on: "2025-06-13".to_owned(),
        told_how: "A call of that day".to_owned(),
    }
}

/// 4.5, first branch: "they are a related issue and can be included in the stage 1 investigation".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_a_related_point_is_included_and_has_to_be_decided(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    world.on("2025-06-13");
    let request = a_point(&journey, PointHandling::Included);

    let complaint = journey.client.record_point(request).await.unwrap();
    journey.complaint = complaint.into_inner();

    let [_, element] = journey.elements(1).try_into().unwrap();
    assert_eq!(element.text, "My caseworker was rude to me");
    assert!(element.additional);
    let [point] = journey.complaint.points.clone().try_into().unwrap();
    assert_eq!(point.handling(), PointHandling::Included);
    assert_eq!(point.element_id, element.id);
    assert_eq!(point.raised_on, "2025-06-12");
    assert_eq!(
        (point.told_on.as_str(), point.told_how.as_str()),
        ("2025-06-13", "A call of that day")
    );
    let call = journey.elements(1)[0].clone();
    journey
        .decide(&call, Decision::Upheld, "No call is recorded.")
        .await
        .unwrap();
    journey.apologise().await.unwrap();
    let undecided = journey.answer_stage_1("2025-06-13").await.unwrap_err();
    assert_eq!(reason(&undecided), "NOT_READY");
}

/// 4.5, second branch: "it is a new unrelated stage 1 service complaint". Its five working days run from the day it was raised (4.1).
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_an_unrelated_point_is_a_new_complaint_and_each_names_the_other(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    world.on("2025-06-13");
    let request = a_point(&journey, PointHandling::NewComplaint);

    let complaint = journey.client.record_point(request).await.unwrap();
    journey.complaint = complaint.into_inner();

    assert_eq!(journey.elements(1).len(), 1);
    let [point] = journey.complaint.points.clone().try_into().unwrap();
    assert_eq!(point.handling(), PointHandling::NewComplaint);
    let request = GetComplaintRequest {
        complaint_id: point.complaint_id,
    };
    let new = journey.client.get_complaint(request).await.unwrap();
    let new = new.into_inner();
    assert_eq!(new.raised_during_id, journey.complaint.id);
    assert_eq!(new.standing(), Standing::Received);
    assert_eq!(new.summary, "My caseworker was rude to me");
    assert_eq!(new.service_user, journey.complaint.service_user);
    assert_eq!(new.received_on, "2025-06-12");
    let acknowledgement = new.stage_1.unwrap().acknowledgement.unwrap();
    assert_eq!(acknowledgement.due_on, "2025-06-19");
    let recorded = outbox::testing::events::<ComplaintRecorded>(&db).await;
    assert_eq!(recorded.len(), 2);
    // The complaint that it was raised during goes on as it was.
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    journey.answer_stage_1("2025-06-13").await.unwrap();
}

/// 4.5, third branch: "it is a service request".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_a_point_that_asks_for_something_is_a_service_request(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    world.on("2025-06-13");
    let request = RecordPointRequest {
        text: "Please call me about my case".to_owned(),
        ..a_point(&journey, PointHandling::ServiceRequest)
    };

    let complaint = journey.client.record_point(request).await.unwrap();
    journey.complaint = complaint.into_inner();

    let [point] = journey.complaint.points.clone().try_into().unwrap();
    assert_eq!(point.handling(), PointHandling::ServiceRequest);
    let request = GetServiceRequestRequest {
        service_request_id: point.service_request_id,
    };
    let mut requests = world.requests(world.investigator.clone());
    let request = requests.get_service_request(request).await.unwrap();
    let request = request.into_inner();
    assert_eq!(request.wanted, "Please call me about my case");
    let raised_during = request.raised_during.unwrap();
    assert_eq!(raised_during.reference, journey.complaint.reference);
    assert_eq!(request.received_on, "2025-06-12");
    assert_eq!(journey.elements(1).len(), 1);
}

/// 4.5: "we will inform them how these issues will be handled".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_a_point_is_not_recorded_before_the_person_is_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    world.on("2025-06-13");
    let point = a_point(&journey, PointHandling::Included);
    let refused = [
        (
            "told_how",
            RecordPointRequest {
                told_how: String::new(),
                ..point.clone()
            },
        ),
        (
            "told_on",
            RecordPointRequest {
                told_on: "2025-06-11".to_owned(),
                ..point.clone()
            },
        ),
        (
            "told_on",
            RecordPointRequest {
                told_on: "2025-06-14".to_owned(),
                ..point.clone()
            },
        ),
        (
            "raised_on",
            RecordPointRequest {
                raised_on: "2025-06-06".to_owned(),
                ..point.clone()
            },
        ),
        (
            "handling",
            RecordPointRequest {
                handling: PointHandling::Unspecified.into(),
                ..point.clone()
            },
        ),
        (
            "text",
            RecordPointRequest {
                text: "x".repeat(1_001),
                ..point
            },
        ),
    ];

    for (field, request) in refused {
        let error = journey.client.record_point(request).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument, "{field}");
        assert_eq!(violations(&error)[0].0, field);
    }

    journey.refresh().await;
    assert!(journey.complaint.points.is_empty());
    assert_eq!(journey.elements(1).len(), 1);
}

/// 4.5 is about an investigation: before it, a point belongs into the definition; after it, it is correspondence or a complaint of its own.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_a_point_is_raised_while_it_is_investigated_alone(db: PgPool) {
    let world = a_world(&db).await;
    let received = world.recorded().await;
    let answered = world.answered().await;
    world.on("2025-06-13");

    for mut journey in [received, answered] {
        let request = a_point(&journey, PointHandling::Included);
        let refused = journey.client.record_point(request).await.unwrap_err();
        assert_eq!(reason(&refused), "WRONG_STANDING");
    }
}

/// 4.11: stage 2 reviews the investigation of stage 1. What is new is a complaint of its own (4.5, 4.13).
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_11_a_review_includes_no_new_point(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.reviewed().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));
    world.on("2025-06-13");
    let included = a_point(&journey, PointHandling::Included);
    let apart = a_point(&journey, PointHandling::NewComplaint);

    let refused = journey.client.record_point(included).await.unwrap_err();
    let complaint = journey.client.record_point(apart).await.unwrap();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "NEW_POINT_AT_STAGE_2");
    assert_eq!(complaint.into_inner().points.len(), 1);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_5_a_point_that_is_sent_twice_is_recorded_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    world.on("2025-06-13");
    let request = a_point(&journey, PointHandling::NewComplaint);

    let first = journey.client.record_point(request.clone()).await.unwrap();
    let second = journey.client.record_point(request).await.unwrap_err();

    assert_eq!(first.into_inner().points.len(), 1);
    assert_eq!(reason(&second), "STALE");
    let recorded = outbox::testing::events::<ComplaintRecorded>(&db).await;
    assert_eq!(recorded.len(), 2);
}
