//! From the outbox to the broker.

use outbox::testing::relay_once;
use outbox::{Relay, RelayError};
use sqlx::PgPool;
use testkit::{Nats, eventually};

use crate::given;

#[sqlx::test(migrations = false)]
async fn an_event_travels_as_a_cloud_event_under_its_own_id(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;

    assert_eq!(relay_once(&db, &broker).await, 1);

    let stream = broker.jetstream().get_stream("CASEWORK").await.unwrap();
    let message = stream.get_raw_message(1).await.unwrap();
    let header = |name: &str| {
        message
            .headers
            .get(name)
            .map(|it| it.as_str().to_owned())
            .unwrap_or_default()
    };
    assert_eq!(message.subject.as_str(), "casework.case.v1.CaseOpened");
    assert_eq!(header("Nats-Msg-Id"), id.to_string());
    assert_eq!(header("ce-id"), id.to_string());
    assert_eq!(header("ce-type"), "casework.case.v1.CaseOpened");
    assert_eq!(header("ce-source"), "/casework/case");
    assert_eq!(header("ce-specversion"), "1.0");
    assert_eq!(header("content-type"), "application/protobuf");
    let created_at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select created_at from outbox")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(
        header("ce-time")
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap(),
        created_at
    );
    assert_eq!(given::unpublished(&db).await, 0);
}

#[sqlx::test(migrations = false)]
async fn what_was_rolled_back_is_never_published(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;

    let mut tx = db.begin().await.unwrap();
    outbox::publish(&mut tx, &given::opened("202312345"))
        .await
        .unwrap();
    tx.rollback().await.unwrap();

    assert_eq!(relay_once(&db, &broker).await, 0);
    assert_eq!(given::stored(&broker).await, 0);
}

#[sqlx::test(migrations = false)]
async fn an_event_that_the_broker_could_never_take_is_refused_to_its_writer(db: PgPool) {
    given::a_database(&db).await;

    let mut tx = db.begin().await.unwrap();
    let refused = outbox::publish(&mut tx, &given::opened(&"x".repeat(600_000)))
        .await
        .unwrap_err();

    assert!(matches!(refused, sqlx::Error::Encode(_)), "{refused}");
}

#[sqlx::test(migrations = false)]
async fn a_low_id_that_is_committed_last_is_still_published(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let mut slow = db.begin().await.unwrap();
    let low = outbox::publish(&mut slow, &given::opened("slow"))
        .await
        .unwrap();
    let high = given::announced(&db, "quick").await;
    assert!(low < high);
    assert_eq!(relay_once(&db, &broker).await, 1);

    slow.commit().await.unwrap();

    assert_eq!(relay_once(&db, &broker).await, 1);
    assert_eq!(given::unpublished(&db).await, 0);
}

#[sqlx::test(migrations = false)]
async fn two_relays_at_once_publish_each_row_once(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let events: Vec<_> = (0..1_300)
        .map(|it| given::opened(&it.to_string()))
        .collect();
    let mut tx = db.begin().await.unwrap();
    outbox::publish_all(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();

    let drain = || async {
        let mut published = 0;
        loop {
            match relay_once(&db, &broker).await {
                0 => return published,
                rows => published += rows,
            }
        }
    };
    let (one, other) = tokio::join!(drain(), drain());
    // A relay that finds the rest claimed stops here before the other has marked it.
    let rest = drain().await;

    assert_eq!(one + other + rest, 1_300);
    assert_eq!(given::stored(&broker).await, 1_300);
    assert_eq!(given::unpublished(&db).await, 0);
}

#[sqlx::test(migrations = false)]
async fn rows_that_nobody_in_this_process_announced_are_found_by_the_poll(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let relay = given::relaying(&db, &broker);

    sqlx::query(
        "insert into outbox (id, transport_id, subject, payload, headers)
         select id, id, 'casework.case.v1.CaseOpened', '', '{}' from gen_random_uuid() as it (id)",
    )
    .execute(&db)
    .await
    .unwrap();

    eventually("the row to be published", || async {
        (given::unpublished(&db).await == 0).then_some(())
    })
    .await;
    relay.stop().await;
}

#[sqlx::test(migrations = false)]
async fn events_wait_while_the_broker_is_away_and_leave_when_it_returns(db: PgPool) {
    given::a_database(&db).await;
    let mut nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let relay = given::relaying(&db, &broker);
    nats.stop().await;

    given::announced(&db, "202312345").await;
    eventually("the connection to be seen as lost", || async {
        matches!(
            Relay::new(db.clone(), broker.clone()).once().await,
            Err(RelayError::Broker(_))
        )
        .then_some(())
    })
    .await;
    assert_eq!(given::unpublished(&db).await, 1);

    nats.restart().await;
    eventually("the event to leave", || async {
        (given::unpublished(&db).await == 0).then_some(())
    })
    .await;
    assert_eq!(given::stored(&broker).await, 1);
    relay.stop().await;
}

#[sqlx::test(migrations = false)]
async fn a_full_stream_refuses_and_the_event_waits(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let jetstream = broker.jetstream();
    let mut config = jetstream
        .get_stream("CASEWORK")
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    config.max_messages = 1;
    jetstream.update_stream(config).await.unwrap();
    let first = given::announced(&db, "first").await;
    given::announced(&db, "second").await;

    let failure = Relay::new(db.clone(), broker.clone())
        .once()
        .await
        .unwrap_err();

    assert!(
        matches!(
            failure,
            RelayError::Publish {
                unconfirmed: 1,
                of: 2,
                ..
            }
        ),
        "{failure}"
    );
    let stream = jetstream.get_stream("CASEWORK").await.unwrap();
    let kept = stream.get_raw_message(1).await.unwrap();
    assert_eq!(
        kept.headers.get("ce-id").unwrap().as_str(),
        first.to_string()
    );

    // The definition has no such limit: a relay that is failing brings the stream back to it.
    let relay = given::relaying(&db, &broker);
    eventually("the second event to leave", || async {
        (given::unpublished(&db).await == 0).then_some(())
    })
    .await;
    relay.stop().await;
}
