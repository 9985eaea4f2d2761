//! A complaint is defined and acknowledged (3.2, 4.1, 4.3).

use proto::service_complaint::v1::{
    ComplaintAcknowledged, DefineRequest, ListHistoryRequest, OutcomeReply, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_definition, a_world};

/// 4.1, 4.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_the_acknowledgement_starts_the_clock_of_the_response(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();

    journey.acknowledge("2025-06-10").await.unwrap();

    let acknowledged = journey.complaint.clone();
    let stage = acknowledged.stage_1.clone().unwrap();
    let (first, second) = (stage.acknowledgement.unwrap(), stage.response.unwrap());
    assert_eq!((first.met_on.as_str(), first.late), ("2025-06-10", false));
    assert_eq!((second.due_on.as_str(), second.late), ("2025-06-24", false));
    assert_eq!(acknowledged.standing(), Standing::Investigated);
    let announced = outbox::testing::events::<ComplaintAcknowledged>(&db).await;
    assert_eq!(announced[0].response_due_on, "2025-06-24");
    // What was answered is what was stored.
    journey.refresh().await;
    assert_eq!(journey.complaint, acknowledged);
}

/// 3.2, and the reviewer's audit recommendation 2: nothing can be left out.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_it_can_t_be_acknowledged_while_a_part_is_missing_and_the_error_names_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let partial = DefineRequest {
        needs: None,
        elements: Vec::new(),
        desired_outcome: " ".to_owned(),
        early_resolution: String::new(),
        ..a_definition()
    };
    journey.define(partial).await.unwrap();

    let refused = journey.acknowledge("2025-06-10").await.unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "NOT_READY");
    for part in [
        "the definition",
        "the desired outcome",
        "the contact",
        "the communication preference",
        "the reasonable adjustments",
        "the vulnerabilities",
        "what came of an early resolution",
    ] {
        assert!(refused.message().contains(part), "{}", refused.message());
    }
}

/// 4.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_it_is_acknowledged_once_and_the_definition_stands_from_then_on(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let again = journey.acknowledge("2025-06-10").await.unwrap_err();
    let redefined = journey.define(a_definition()).await.unwrap_err();

    assert_eq!(reason(&again), "WRONG_STANDING");
    assert_eq!(reason(&redefined), "WRONG_STANDING");
    assert!(again.message().contains("is investigated at stage 1"));
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_of_two_who_acknowledge_at_once_one_is_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();
    let mut other = journey.seen_by(world.investigator());
    journey.acknowledge("2025-06-10").await.unwrap();

    let refused = other.acknowledge("2025-06-10").await.unwrap_err();

    assert_eq!(refused.code(), Code::Aborted);
    assert_eq!(reason(&refused), "STALE");
    let announced = outbox::testing::events::<ComplaintAcknowledged>(&db).await;
    assert_eq!(announced.len(), 1);
}

/// 4.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_it_is_not_acknowledged_before_its_receipt_or_in_the_future(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();

    for on in ["2025-06-06", "2025-06-11", "2025-06-31", ""] {
        let refused = journey.acknowledge(on).await.unwrap_err();

        assert_eq!(refused.code(), Code::InvalidArgument, "{on}");
        assert_eq!(violations(&refused)[0].0, "on");
    }
}

/// 44.1, and paragraph 42 of the report: the letter states the outcome as understood, the person may say that it is another, and nobody's silence is
/// recorded before they were asked again.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_the_desired_outcome_is_confirmed_corrected_or_not_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let empty = journey
        .reply_to_outcome(OutcomeReply::Corrected, " ")
        .await
        .unwrap_err();
    world.on("2025-06-17");
    let unasked = journey.reply_to_outcome(OutcomeReply::NoReply, "").await;
    let at_first = journey.no_reply("2025-06-10", "A call").await;
    let too_soon = journey.no_reply("2025-06-17", "A call").await;
    let unseen = journey.no_reply("2025-06-16", " ").await;
    journey
        .no_reply("2025-06-16", "A call that nobody took")
        .await
        .unwrap();
    assert_eq!(journey.complaint.outcome_reply(), OutcomeReply::NoReply);
    assert_eq!(journey.complaint.asked_again_on, "2025-06-16");
    assert_eq!(
        journey.complaint.asked_again_proof,
        "A call that nobody took"
    );
    let request = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let history = journey.client.list_history(request).await.unwrap();
    assert_eq!(
        history.into_inner().changes[0].text,
        "The person did not answer about the desired outcome, though we asked again on 16 June 2025: A call that nobody took"
    );
    journey
        .reply_to_outcome(OutcomeReply::Corrected, "A call from a manager")
        .await
        .unwrap();

    assert_eq!(violations(&empty)[0].0, "desired_outcome");
    for refused in [unasked, at_first, too_soon] {
        assert_eq!(violations(&refused.unwrap_err())[0].0, "asked_again_on");
    }
    assert_eq!(violations(&unseen.unwrap_err())[0].0, "asked_again_proof");
    assert_eq!(journey.complaint.asked_again_on, "");
    assert_eq!(journey.complaint.desired_outcome, "A call from a manager");
    assert_eq!(journey.complaint.outcome_reply(), OutcomeReply::Corrected);
}

/// 4.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_a_complaint_that_does_not_exist_is_not_found(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.complaint.id = kit::id().to_string();

    let refused = journey.acknowledge("2025-06-10").await.unwrap_err();

    assert_eq!(reason(&refused), "NO_SUCH_COMPLAINT");
}
