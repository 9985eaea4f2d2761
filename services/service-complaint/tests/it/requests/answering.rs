//! Who sees to a request hears of it, and an answer is in plain English (2.3, SC-12).

use proto::service_complaint::v1::{AnswerServiceRequestRequest, RequestAssigned};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Status;

use super::{Asked, a_request};
use crate::given::a_world;

async fn answer(dealt: &mut Asked, answer: &str, findings_confirmed: bool) -> Result<(), Status> {
    let (service_request_id, version) = dealt.which();
    let request = AnswerServiceRequestRequest {
        service_request_id,
        version,
        on: "2025-06-10".to_owned(),
        answer: answer.to_owned(),
        findings_confirmed,
    };
    let answered = dealt.client.answer_service_request(request).await?;
    dealt.request = answered.into_inner();
    Ok(())
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_giving_a_request_to_somebody_is_announced_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut request = world.asked(a_request()).await;

    request.assign(&world.reviewer).await.unwrap();
    // The same colleague once more is no news.
    request.assign(&world.reviewer).await.unwrap();

    let announced = outbox::testing::events::<RequestAssigned>(&db).await;
    assert_eq!(announced.len(), 1);
    assert_eq!(announced[0].reference, request.request.reference);
    assert_eq!(announced[0].handler_id, world.reviewer.id().to_string());
    assert_eq!(
        announced[0].assigned_by,
        world.investigator.id().to_string()
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_1_5_an_answer_that_is_not_plain_english_is_mended_or_confirmed(db: PgPool) {
    let world = a_world(&db).await;
    let mut request = world.asked(a_request()).await;
    let hard = "We called you about managing your expectations.";

    let refused = answer(&mut request, hard, false).await.unwrap_err();

    assert_eq!(reason(&refused), "NOT_PLAIN");
    assert_eq!(violations(&refused)[0].0, "findings_confirmed");
    assert!(
        refused.message().contains("“managing your expectations”"),
        "{}",
        refused.message()
    );
    assert_eq!(request.request.answer, "", "nothing was answered");
    answer(&mut request, hard, true).await.unwrap();
    assert_eq!(request.request.answer, hard);
}
