//! What operators do, through the front door.

use std::sync::atomic::Ordering;

use outbox::testing::relay_once;
use outbox::{Operations, Policy};
use proto::operations::v1::operations_service_client::OperationsServiceClient;
use proto::operations::v1::{ListDeadLettersRequest, RedriveDeadLetterRequest, ReplayRequest};
use sqlx::PgPool;
use testkit::{Caller, Channel, Nats, Served, eventually, reason};
use tonic::Code;
use uuid::Uuid;

use crate::given::{self, Noting};

async fn served(db: &PgPool, handler: Noting) -> Served {
    let operations = Operations::new(db.clone()).handler(handler);
    testkit::serve("case", |server| server.add_service(operations.service())).await
}

fn client(served: &Served, caller: impl Into<Option<Caller>>) -> OperationsServiceClient<Channel> {
    OperationsServiceClient::new(served.client("gateway", caller))
}

fn redrive(event_id: Uuid) -> RedriveDeadLetterRequest {
    RedriveDeadLetterRequest {
        consumer: "noting".to_owned(),
        event_id: event_id.to_string(),
    }
}

/// Events that a consumer has given up on.
async fn dead(db: &PgPool, count: usize) -> Vec<Uuid> {
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(given::announced(db, "poison").await);
    }
    relay_once(db, &broker).await;
    let consumer = given::consuming(db, &broker, Noting::default(), given::impatient());
    given::until_dead_letters(db, count).await;
    consumer.stop().await;
    ids
}

#[sqlx::test(migrations = false)]
async fn a_dead_letter_is_listed_redriven_once_and_gone(db: PgPool) {
    given::a_database(&db).await;
    let id = dead(&db, 1).await[0];
    let handler = Noting::default();
    let served = served(&db, handler.clone()).await;
    let mut operations = client(&served, testkit::a_system_administrator());

    let listed = operations
        .list_dead_letters(ListDeadLettersRequest::default())
        .await
        .unwrap()
        .into_inner();
    let letter = &listed.dead_letters[0];
    assert_eq!((letter.event_id.clone(), letter.tries), (id.to_string(), 8));
    assert_eq!(letter.consumer, "noting");
    assert_eq!(letter.event_type, "casework.case.v1.CaseOpened");
    assert_eq!(letter.reason, "the handler does not like it");
    assert!(letter.failed_at.is_some());

    let refused = operations
        .redrive_dead_letter(redrive(id))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused)),
        (Code::FailedPrecondition, "STILL_FAILING".to_owned())
    );
    assert_eq!(given::dead_letters(&db).await[0].1, 9);
    assert!(given::effects(&db).await.is_empty());

    handler.mended.store(true, Ordering::SeqCst);
    operations.redrive_dead_letter(redrive(id)).await.unwrap();
    assert_eq!(given::effects(&db).await, [id]);
    assert!(given::dead_letters(&db).await.is_empty());

    let gone = operations
        .redrive_dead_letter(redrive(id))
        .await
        .unwrap_err();
    assert_eq!(
        (gone.code(), reason(&gone)),
        (Code::NotFound, "NO_SUCH_DEAD_LETTER".to_owned())
    );
    assert_eq!(given::effects(&db).await, [id]);
}

#[sqlx::test(migrations = false)]
async fn dead_letters_are_listed_newest_first_to_the_last_page(db: PgPool) {
    given::a_database(&db).await;
    let mut ids: Vec<_> = dead(&db, 5).await.iter().map(Uuid::to_string).collect();
    let served = served(&db, Noting::default()).await;
    let mut operations = client(&served, testkit::a_system_administrator());

    let mut request = ListDeadLettersRequest {
        page_size: 2,
        page_token: String::new(),
    };
    let (mut sizes, mut seen, mut times) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let page = operations
            .list_dead_letters(request.clone())
            .await
            .unwrap()
            .into_inner();
        sizes.push(page.dead_letters.len());
        times.extend(
            page.dead_letters
                .iter()
                .map(|it| kit::time::instant(it.failed_at.as_ref()).unwrap()),
        );
        seen.extend(page.dead_letters.into_iter().map(|it| it.event_id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(sizes, [2, 2, 1]);
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    ids.sort();
    seen.sort();
    assert_eq!(seen, ids);
}

#[sqlx::test(migrations = false)]
async fn only_system_administrators_and_clients_for_operations_may_operate(db: PgPool) {
    given::a_database(&db).await;
    let served = served(&db, Noting::default()).await;
    let code = async |caller: Option<Caller>| {
        let listed = client(&served, caller.clone())
            .list_dead_letters(ListDeadLettersRequest::default())
            .await;
        let redriven = client(&served, caller.clone())
            .redrive_dead_letter(redrive(kit::id()))
            .await;
        let replayed = client(&served, caller)
            .replay(ReplayRequest::default())
            .await;
        [
            listed.map_or_else(|it| it.code(), |_| Code::Ok),
            redriven.map_or_else(|it| it.code(), |_| Code::Ok),
            replayed.map_or_else(|it| it.code(), |_| Code::Ok),
        ]
    };
    let let_in = [Code::Ok, Code::NotFound, Code::InvalidArgument];

    assert_eq!(code(None).await, [Code::Unauthenticated; 3]);
    for caller in [
        testkit::a_caseworker(),
        testkit::a_senior_colleague(),
        testkit::a_landlord_administrator(kit::id()),
        testkit::a_sub_account(kit::id()),
        testkit::a_client(&["cases"]),
    ] {
        assert_eq!(
            code(Some(caller.clone())).await,
            [Code::PermissionDenied; 3],
            "{caller:?}"
        );
    }
    assert_eq!(code(Some(testkit::a_system_administrator())).await, let_in);
    assert_eq!(code(Some(testkit::a_client(&["operations"]))).await, let_in);
}

#[sqlx::test(migrations = false)]
async fn wrong_requests_name_the_field(db: PgPool) {
    given::a_database(&db).await;
    let served = served(&db, Noting::default()).await;
    let mut operations = client(&served, testkit::a_system_administrator());

    let nonsense = RedriveDeadLetterRequest {
        consumer: "noting".to_owned(),
        event_id: "7".to_owned(),
    };
    let refused = operations.redrive_dead_letter(nonsense).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(testkit::violations(&refused)[0].0, "event_id");

    let refused = operations
        .replay(ReplayRequest { since: None })
        .await
        .unwrap_err();
    assert_eq!(testkit::violations(&refused)[0].0, "since");

    let page = ListDeadLettersRequest {
        page_size: 101,
        page_token: String::new(),
    };
    let refused = operations.list_dead_letters(page).await.unwrap_err();
    assert_eq!(testkit::violations(&refused)[0].0, "page_size");
}

#[sqlx::test(migrations = false)]
async fn a_lost_stream_is_filled_again_by_a_replay_without_a_second_effect(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let before = given::announced(&db, "long ago").await;
    sqlx::query("update outbox set created_at = now() - interval '2 hours'")
        .execute(&db)
        .await
        .unwrap();
    let heard = given::announced(&db, "heard").await;
    relay_once(&db, &broker).await;
    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_effects(&db, 2).await;
    given::until_answered(&broker, "noting", 2).await;
    consumer.stop().await;
    let unheard = given::announced(&db, "unheard").await;
    relay_once(&db, &broker).await;

    broker.jetstream().delete_stream("CASEWORK").await.unwrap();
    let (relay, consumer) = (
        given::relaying(&db, &broker),
        given::consuming(&db, &broker, Noting::default(), Policy::default()),
    );
    let served = served(&db, Noting::default()).await;
    let since = chrono::DateTime::UNIX_EPOCH + an_hour_ago(&db).await;
    let request = ReplayRequest {
        since: Some(kit::time::timestamp(since)),
    };
    let replayed = client(&served, testkit::a_system_administrator())
        .replay(request)
        .await
        .unwrap();

    assert_eq!(replayed.into_inner().events, 2);
    assert_eq!(given::until_effects(&db, 3).await, [before, heard, unheard]);
    eventually("both to be published", || async {
        (given::unpublished(&db).await == 0).then_some(())
    })
    .await;
    given::until_answered(&broker, "noting", 2).await;
    assert_eq!(given::effects(&db).await, [before, heard, unheard]);
    consumer.stop().await;
    relay.stop().await;
}

#[sqlx::test(migrations = false)]
async fn a_replay_reaches_consumers_though_the_broker_still_knows_the_event(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;
    relay_once(&db, &broker).await;
    let served = served(&db, Noting::default()).await;
    let request = ReplayRequest {
        since: Some(kit::time::timestamp(chrono::DateTime::UNIX_EPOCH)),
    };

    let replayed = client(&served, testkit::a_system_administrator())
        .replay(request)
        .await
        .unwrap();
    assert_eq!(replayed.into_inner().events, 1);
    relay_once(&db, &broker).await;

    assert_eq!(given::stored(&broker).await, 2);
    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_answered(&broker, "noting", 2).await;
    consumer.stop().await;
    assert_eq!(given::effects(&db).await, [id]);
}

/// An hour ago by the database's clock, since 1970.
async fn an_hour_ago(db: &PgPool) -> chrono::TimeDelta {
    let seconds: i64 =
        sqlx::query_scalar("select extract(epoch from now() - interval '1 hour')::bigint")
            .fetch_one(db)
            .await
            .unwrap();
    chrono::TimeDelta::seconds(seconds)
}
