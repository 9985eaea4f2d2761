//! Progress updates to complainants, whose words belong to case (CA-10).

use std::sync::{Arc, Mutex};

use outbox::Outcome;
use proto::case::v1 as pb;
use proto::case::v1::contact_service_server::{ContactService, ContactServiceServer};
use proto::case::v1::{GetUpdateDeliveryRequest, GetUpdateDeliveryResponse, ProgressUpdateGiven};
use proto::notification::v1::{EmailRefused, SendAgainRequest};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator, reason};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::given::{TRIAGE, World, a_sender_of_letters, a_world};

const LANDLORD: &str = "ada@landlord.example";

/// Case, as far as the sender asks it.
#[derive(Clone, Default)]
struct Updates(Arc<Mutex<Option<GetUpdateDeliveryResponse>>>);

/// Methods that nobody calls from here.
macro_rules! never_called {
    ($($method:ident($request:ident) -> $answer:ident;)*) => {
        #[tonic::async_trait]
        impl ContactService for Updates {
            async fn get_update_delivery(
                &self,
                _: Request<GetUpdateDeliveryRequest>,
            ) -> Result<Response<GetUpdateDeliveryResponse>, Status> {
                let update = self.0.lock().unwrap().clone();
                update.map(Response::new).ok_or_else(|| Status::not_found("no such update"))
            }

            $(async fn $method(&self, _: Request<pb::$request>) -> Result<Response<pb::$answer>, Status> {
                Err(Status::unimplemented("a sender asks for the delivery alone"))
            })*
        }
    };
}

never_called! {
    list_contacts(ListContactsRequest) -> ListContactsResponse;
    promise_callback(PromiseCallbackRequest) -> Contact;
    record_call(RecordCallRequest) -> Contact;
    give_update(GiveUpdateRequest) -> ProgressUpdate;
    list_paragraphs(ListParagraphsRequest) -> ListParagraphsResponse;
    set_paragraph(SetParagraphRequest) -> Paragraph;
}

fn an_update(address: &str) -> GetUpdateDeliveryResponse {
    GetUpdateDeliveryResponse {
        name: "Asha Verma".to_owned(),
        address: address.to_owned(),
        words: "We wait for the records.\nWe expect to finish by 1 July 2025.".to_owned(),
    }
}

/// A world with a case, and with its updates beside it.
async fn a_world_with_updates(db: &PgPool) -> (World, Uuid, Updates, testkit::Served) {
    let mut world = a_world(db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    world.send().await;
    let updates = Updates::default();
    let service = ContactServiceServer::new(updates.clone());
    let served = testkit::serve_at("case", world.clock.clone(), |server| {
        server.add_service(service)
    })
    .await;
    let urls = (world.identity.url(), served.url());
    let smtp = world.mailbox.url();
    world.sender = a_sender_of_letters(&world.app, (&urls.0, &urls.1), &smtp);
    (world, case, updates, served)
}

fn given(case: Uuid) -> ProgressUpdateGiven {
    ProgressUpdateGiven {
        case_id: case.to_string(),
        update_id: kit::id().to_string(),
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_10_an_update_goes_out_once_in_staffs_words_and_is_kept_in_no_table(db: PgPool) {
    let (world, case, updates, _served) = a_world_with_updates(&db).await;
    *updates.0.lock().unwrap() = Some(an_update("asha@example.org"));
    let administrator = a_landlord_administrator(world.people.landlord(LANDLORD));
    let seen = world.notices(&administrator).await.len();

    let event = world.hear(&given(case)).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;

    let [mail] = &mails[..] else {
        panic!("one email: {mails:?}");
    };
    assert!(mail.is_to("asha@example.org"));
    assert!(mail.subject.starts_with("An update on your case "));
    let text = format!("{mail:?}");
    assert!(text.contains("We wait for the records."), "{text}");
    assert!(
        text.contains("We expect to finish by 1 July 2025."),
        "{text}"
    );
    // Who has no account answers by email, and reaches the team that has the case.
    assert_eq!(mail.header("Reply-To"), Some(TRIAGE));
    assert!(
        text.contains("The team that has your case reads it"),
        "{text}"
    );
    let tables = "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&db).await.unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let kept = format!(
            "select count(*) from {table} t where t::text ilike '%asha%' or t::text like '%for the records%'"
        );
        let kept: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(kept))
            .fetch_one(&db)
            .await
            .unwrap();
        assert_eq!(kept, 0, "{table}");
    }
    // Nobody in the portal is told of it, and no landlord.
    assert_eq!(world.notices(&administrator).await.len(), seen);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_10_two_updates_on_a_case_are_two_emails(db: PgPool) {
    let (world, case, updates, _served) = a_world_with_updates(&db).await;
    *updates.0.lock().unwrap() = Some(an_update("asha@example.org"));

    world.hear(&given(case)).await;
    world.hear(&given(case)).await;

    assert_eq!(world.send().await.len(), 2);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_10_an_update_that_is_not_there_is_not_sent_and_one_of_a_silent_service_waits(
    db: PgPool,
) {
    let (world, case, _updates, served) = a_world_with_updates(&db).await;

    world.hear(&given(case)).await;
    assert!(world.send().await.is_empty());
    drop(served);
    world.hear(&given(case)).await;
    assert!(world.send().await.is_empty());

    let states: Vec<String> =
        sqlx::query_scalar("select state from emails where recipient like 'update:%' order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(states, ["lapsed", "queued"]);
}

/// NO-3: the case hears of it by the event, and whoever owns the case in the bell.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_10_an_update_that_a_mail_server_refuses_is_told_to_case_and_to_staff(db: PgPool) {
    let (world, case, updates, _served) = a_world_with_updates(&db).await;
    *updates.0.lock().unwrap() = Some(an_update("asha@example.org"));
    world.mailbox.refuse("asha@example.org");
    let update = given(case);
    world.hear(&update).await;

    assert!(world.send().await.is_empty());

    let refused = outbox::testing::events::<EmailRefused>(&db).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].update_id, update.update_id);
    assert_eq!(refused[0].letter_id, "");
    let again = SendAgainRequest {
        email_id: refused[0].email_id.clone(),
    };
    let mut staff = world.client(&a_caseworker());
    let again = staff.send_again(again).await.unwrap_err();
    assert_eq!(reason(&again), "GIVEN_ANEW");
    assert_eq!(
        world.notices(&a_caseworker()).await[0].text,
        "A mail server refused an email about this case"
    );
}
