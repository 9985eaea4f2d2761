//! Letters about service complaints, whose words belong to another service (SC-12).

use std::sync::{Arc, Mutex};

use outbox::Outcome;
use proto::notification::v1::EmailRefused;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::letter_service_server::{LetterService, LetterServiceServer};
use proto::service_complaint::v1::{
    GetDeliveryRequest, GetDeliveryResponse, LetterSent, RequestLetterSent,
};
use sqlx::PgPool;
use testkit::a_caseworker;
use tonic::{Request, Response, Status};

use crate::given::{World, a_sender_of_letters, a_world};

/// The service-complaint service, as far as the sender asks it.
#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Option<GetDeliveryResponse>>>);

/// Methods that nobody calls from here.
macro_rules! never_called {
    ($($method:ident($request:ident) -> $answer:ident;)*) => {
        #[tonic::async_trait]
        impl LetterService for Letters {
            async fn get_delivery(
                &self,
                _: Request<GetDeliveryRequest>,
            ) -> Result<Response<GetDeliveryResponse>, Status> {
                let letter = self.0.lock().unwrap().clone();
                letter.map(Response::new).ok_or_else(|| Status::not_found("no such letter"))
            }

            $(async fn $method(&self, _: Request<pb::$request>) -> Result<Response<pb::$answer>, Status> {
                Err(Status::unimplemented("a sender asks for the delivery alone"))
            })*
        }
    };
}

never_called! {
    list_paragraphs(ListParagraphsRequest) -> ListParagraphsResponse;
    add_paragraph(AddParagraphRequest) -> Paragraph;
    change_paragraph(ChangeParagraphRequest) -> Paragraph;
    retire_paragraph(RetireParagraphRequest) -> Paragraph;
    save_letter_draft(SaveLetterDraftRequest) -> LetterDraft;
    get_letter_draft(GetLetterDraftRequest) -> DraftedLetter;
    discard_letter_draft(DiscardLetterDraftRequest) -> LetterDraft;
    send_letter(SendLetterRequest) -> Letter;
    list_letters(ListLettersRequest) -> ListLettersResponse;
    get_letter(GetLetterRequest) -> Letter;
    list_letters_to_post(ListLettersToPostRequest) -> ListLettersToPostResponse;
    record_posted(RecordPostedRequest) -> Letter;
    send_letter_again(SendLetterAgainRequest) -> Letter;
}

fn a_letter(address: &str) -> GetDeliveryResponse {
    GetDeliveryResponse {
        name: "Asha Verma".to_owned(),
        address: address.to_owned(),
        subject: "Our answer to your complaint".to_owned(),
        text: "Dear Asha Verma\n\nWe uphold your complaint.\n".to_owned(),
        html: "<p>We uphold your complaint.</p>".to_owned(),
    }
}

fn sent(by_email: bool) -> LetterSent {
    LetterSent {
        complaint_id: kit::id().to_string(),
        letter_id: kit::id().to_string(),
        by_email,
    }
}

/// A world with letters beside it.
async fn a_world_with_letters(db: &PgPool) -> (World, Letters, testkit::Served) {
    let mut world = a_world(db).await;
    let letters = Letters::default();
    let service = LetterServiceServer::new(letters.clone());
    let served = testkit::serve_at("service-complaint", world.clock.clone(), |server| {
        server.add_service(service)
    })
    .await;
    let urls = (world.identity.url(), served.url());
    let smtp = world.mailbox.url();
    world.sender = a_sender_of_letters(&world.app, (&urls.0, &urls.1), &smtp);
    (world, letters, served)
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_12_a_letter_goes_out_once_as_it_was_sent_and_is_kept_in_no_table(db: PgPool) {
    let (world, letters, _served) = a_world_with_letters(&db).await;
    *letters.0.lock().unwrap() = Some(a_letter("asha@example.org"));

    let event = world.hear(&sent(true)).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;

    let [mail] = &mails[..] else {
        panic!("one email: {mails:?}");
    };
    assert!(mail.is_to("asha@example.org"));
    assert_eq!(mail.subject, "Our answer to your complaint");
    // Who answers a letter reaches the team that wrote it.
    assert_eq!(mail.header("Reply-To"), Some("complaints@portal.example"));
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from emails
         where emails::text like '%Asha%' or emails::text like '%asha%' or emails::text like '%uphold%' or emails::text like '%answer%'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

/// 1.3: whoever asks for something by email gets a receipt and an answer.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_1_a_letter_about_a_service_request_goes_out_once(db: PgPool) {
    let (world, letters, _served) = a_world_with_letters(&db).await;
    *letters.0.lock().unwrap() = Some(a_letter("asha@example.org"));
    let sent = RequestLetterSent {
        service_request_id: kit::id().to_string(),
        letter_id: kit::id().to_string(),
    };

    let event = world.hear(&sent).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;

    let [mail] = &mails[..] else {
        panic!("one email: {mails:?}");
    };
    assert!(mail.is_to("asha@example.org"));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_12_what_goes_on_paper_and_what_is_not_there_sends_nothing(db: PgPool) {
    let (world, _letters, _served) = a_world_with_letters(&db).await;

    world.hear(&sent(false)).await;
    world.hear(&sent(true)).await;

    assert!(world.send().await.is_empty());
    let states: Vec<String> = sqlx::query_scalar("select state from emails")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(states, ["lapsed"]);
}

/// A letter waits for the service that has its words.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_12_a_letter_waits_while_its_service_does_not_answer(db: PgPool) {
    // Nobody serves letters in this world.
    let world = a_world(&db).await;
    world.hear(&sent(true)).await;

    assert!(world.send().await.is_empty());

    let errors: Vec<String> =
        sqlx::query_scalar("select last_error from emails where state = 'queued'")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(errors, ["the service-complaint service did not answer"]);
}

/// 1.8: casework hears nothing of it; Customer Insight does, through the event.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_12_a_refused_letter_is_told_to_customer_insight_alone(db: PgPool) {
    let (world, letters, _served) = a_world_with_letters(&db).await;
    *letters.0.lock().unwrap() = Some(a_letter("zoë@example.org"));
    let letter = sent(true);
    world.hear(&letter).await;

    assert!(world.send().await.is_empty());

    let refused = outbox::testing::events::<EmailRefused>(&db).await;
    assert_eq!(refused[0].letter_id, letter.letter_id);
    assert!(world.notices(&a_caseworker()).await.is_empty());
}
