//! What goes out by email about a request: its receipt, and its answer with the way to complain (1.5, 1.7).

use outbox::Outcome;
use proto::notification::v1::EmailRefused;
use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use proto::service_complaint::v1::{
    Format, GetDeliveryRequest, GetDeliveryResponse, RecordServiceRequestRequest,
    RequestLetterSent, ServiceUser,
};
use sqlx::PgPool;
use testkit::reason;
use tonic::{Code, Status};

use super::a_request;
use crate::given::{World, a_world};

async fn delivery(world: &World, letter_id: &str) -> Result<GetDeliveryResponse, Status> {
    let mut letters = LetterServiceClient::new(world.served.client("notification", None));
    let request = GetDeliveryRequest {
        letter_id: letter_id.to_owned(),
    };
    Ok(letters.get_delivery(request).await?.into_inner())
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_the_receipt_and_the_answer_say_how_to_complain(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    asked.answer("2025-06-10").await.unwrap();

    let sent = outbox::testing::events::<RequestLetterSent>(&db).await;

    let [receipt, answer] = sent.try_into().unwrap();
    assert_eq!(receipt.service_request_id, asked.request.id);
    let receipt = delivery(&world, &receipt.letter_id).await.unwrap();
    assert_eq!(receipt.address, "asha@example.org");
    assert_eq!(receipt.subject, "We have your request");
    for said in [
        "SR202500001",
        "Please call me about my case.",
        "you can complain about our service",
    ] {
        assert!(receipt.text.contains(said), "{}", receipt.text);
        assert!(receipt.html.contains(said), "{}", receipt.html);
    }
    let answer = delivery(&world, &answer.letter_id).await.unwrap();
    assert_eq!(answer.subject, "What we did about your request");
    for said in [
        "We called you and told you how far your case is.",
        "you can complain about our service",
        "Ines Vestey",
    ] {
        assert!(answer.text.contains(said), "{}", answer.text);
    }
}

/// Whoever has no email address, or wants letters on paper, is told by a colleague.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_who_is_not_written_to_by_email_gets_none(db: PgPool) {
    let world = a_world(&db).await;
    let user = |email: &str, format: Format| RecordServiceRequestRequest {
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            email: email.to_owned(),
            telephone: "020 7946 0000".to_owned(),
            format: format.into(),
            ..ServiceUser::default()
        }),
        ..a_request()
    };
    for request in [
        user("", Format::Email),
        user("asha@example.org", Format::Letter),
    ] {
        world
            .asked(request)
            .await
            .answer("2025-06-10")
            .await
            .unwrap();
    }

    assert!(
        outbox::testing::events::<RequestLetterSent>(&db)
            .await
            .is_empty()
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_only_notification_asks_for_the_words_and_what_is_not_there_is_not_found(
    db: PgPool,
) {
    let world = a_world(&db).await;
    world.asked(a_request()).await;
    let sent = outbox::testing::events::<RequestLetterSent>(&db).await;
    let request = GetDeliveryRequest {
        letter_id: sent[0].letter_id.clone(),
    };

    let mut staff = world.letters(world.investigator.clone());
    let by_staff = staff.get_delivery(request).await.unwrap_err();
    let nothing = delivery(&world, &kit::id().to_string()).await.unwrap_err();

    assert_eq!(by_staff.code(), Code::PermissionDenied);
    assert_eq!(reason(&nothing), "NO_SUCH_LETTER");
}

/// A receipt that can't be delivered is told in the request's history, once however often the event comes.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_a_receipt_that_a_mail_server_refuses_is_told_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    let sent = outbox::testing::events::<RequestLetterSent>(&db).await;
    let refused = EmailRefused {
        email_id: kit::id().to_string(),
        letter_id: sent[0].letter_id.clone(),
        ..EmailRefused::default()
    };
    let event = outbox::testing::event_at(&refused, world.clock.now());
    // The same word once more, as another event.
    let anew = outbox::testing::event_at(&refused, world.clock.now());

    let first = outbox::deliver(&db, &world.app, &event).await.unwrap();
    let again = outbox::deliver(&db, &world.app, &event).await.unwrap();
    outbox::deliver(&db, &world.app, &anew).await.unwrap();

    assert_eq!((first, again), (Outcome::Handled, Outcome::Duplicate));
    assert_eq!(
        asked.history().await,
        [
            "The mail server refused the receipt; tell the person in another way",
            "Sent the receipt by email",
            "Recorded the request",
        ]
    );
}
