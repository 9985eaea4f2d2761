//! That the tests' own ground holds.

use kit::Clock;
use outbox::Operations;
use proto::operations::v1::ListDeadLettersRequest;
use proto::operations::v1::operations_service_client::OperationsServiceClient;
use sqlx::PgPool;
use testkit::{Caller, Nats, Served, reason};
use tonic::Code;

async fn served(db: PgPool) -> Served {
    testkit::serve("task", |server| {
        server.add_service(Operations::new(db).service())
    })
    .await
}

async fn refused(served: &Served, process: &str, caller: Option<Caller>) -> (Code, String) {
    let mut operations = OperationsServiceClient::new(served.client(process, caller));
    let status = operations
        .list_dead_letters(ListDeadLettersRequest::default())
        .await
        .unwrap_err();
    (status.code(), reason(&status))
}

#[sqlx::test(migrations = false)]
async fn a_service_knows_who_calls_and_through_which_process(db: PgPool) {
    let served = served(db).await;

    assert_eq!(
        refused(&served, "gateway", None).await,
        (Code::Unauthenticated, "NO_CALLER".to_owned())
    );
    assert_eq!(
        refused(&served, "gateway", Some(testkit::a_caseworker())).await,
        (Code::PermissionDenied, "ROLE_NOT_ALLOWED".to_owned())
    );
    assert_eq!(
        refused(&served, "document", Some(testkit::a_system_administrator())).await,
        (Code::PermissionDenied, "PROCESS_NOT_ALLOWED".to_owned())
    );
    // Let in, and then there is no table.
    assert_eq!(
        refused(&served, "gateway", Some(testkit::a_system_administrator()))
            .await
            .0,
        Code::Internal
    );
}

#[tokio::test]
async fn a_token_is_for_one_service_and_one_minute() {
    let clock = Clock::fixed("2025-06-09T10:30:00Z".parse().unwrap());
    let caller = testkit::a_client(&["tasks"]);
    let token = caller.token_at("task", clock.now());

    assert_eq!(
        testkit::verifier("task", clock.clone())
            .verify(&token)
            .await,
        Ok(caller.caller())
    );
    assert!(
        testkit::verifier("case", clock.clone())
            .verify(&token)
            .await
            .is_err()
    );
    clock.advance(chrono::TimeDelta::minutes(2));
    assert!(
        testkit::verifier("task", clock)
            .verify(&token)
            .await
            .is_err()
    );
}

#[test]
fn a_certificate_proves_the_process_that_it_was_made_for() {
    let (one, again, other) = (
        testkit::tls("case"),
        testkit::tls("case"),
        testkit::tls("task"),
    );

    assert_eq!(one.certificate, again.certificate);
    assert_ne!(one.certificate, other.certificate);
    assert_eq!(one.ca, other.ca);
    assert!(
        std::fs::read_to_string(&one.key)
            .unwrap()
            .contains("PRIVATE KEY")
    );
}

#[tokio::test]
async fn a_nats_of_a_test_keeps_what_it_stored_over_a_restart_and_is_alone() {
    let (mut one, other) = (Nats::start().await, Nats::start().await);
    assert_ne!(one.url(), other.url());
    let at = "2025-06-09T10:30:00Z".parse().unwrap();
    outbox::ticks::announce(&one.jetstream().await, at)
        .await
        .unwrap();
    let url = one.url();

    one.restart().await;

    assert_eq!(one.url(), url);
    let messages = async |nats: &Nats| {
        let broker = nats.jetstream().await;
        broker
            .jetstream()
            .get_stream("CASEWORK")
            .await
            .unwrap()
            .cached_info()
            .state
            .messages
    };
    assert_eq!(messages(&one).await, 1);
    assert_eq!(messages(&other).await, 0);
    one.stop().await;
    assert!(async_nats::connect(url).await.is_err());
}
