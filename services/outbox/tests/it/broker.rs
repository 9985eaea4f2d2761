//! The stream and the consumers are what the code says, whatever somebody did to them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull, push};
use async_nats::jetstream::stream::{Config, StorageType};
use kit::config::NatsConfig;
use outbox::Policy;
use outbox::testing::relay_once;
use sqlx::PgPool;
use testkit::Nats;

use crate::given::{self, Noting};

#[tokio::test]
async fn a_drifted_stream_is_corrected_at_the_start() {
    let nats = Nats::start().await;
    let jetstream = nats.jetstream().await.jetstream().clone();
    let made = jetstream
        .get_stream("CASEWORK")
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    assert_eq!(made.max_age, Duration::from_hours(14 * 24));
    let drifted = Config {
        max_age: Duration::from_hours(1),
        max_messages: 10,
        ..made.clone()
    };
    jetstream.update_stream(drifted).await.unwrap();

    nats.jetstream().await;

    let found = jetstream
        .get_stream("CASEWORK")
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    assert_eq!(
        (found.max_age, found.max_messages),
        (made.max_age, made.max_messages)
    );
}

#[tokio::test]
async fn a_stream_that_cannot_be_corrected_stops_the_start() {
    let nats = Nats::start().await;
    let jetstream = nats.jetstream().await.jetstream().clone();
    jetstream.delete_stream("CASEWORK").await.unwrap();
    let memory = Config {
        name: "CASEWORK".to_owned(),
        subjects: vec!["casework.>".to_owned()],
        storage: StorageType::Memory,
        ..Config::default()
    };
    jetstream.create_stream(memory).await.unwrap();

    let refused = outbox::connect(&nats.config()).await.unwrap_err();

    assert_eq!(
        refused.to_string(),
        "the stream could not be made or corrected"
    );
}

#[sqlx::test(migrations = false)]
async fn a_service_that_starts_while_the_broker_is_away_begins_when_it_is_there(db: PgPool) {
    given::a_database(&db).await;
    let mut nats = Nats::start().await;
    nats.stop().await;
    let broker = outbox::connect(&nats.config()).await.unwrap();
    let (relay, consumer) = (
        given::relaying(&db, &broker),
        given::consuming(&db, &broker, Noting::default(), Policy::default()),
    );
    let id = given::announced(&db, "202312345").await;

    nats.restart().await;

    assert_eq!(given::until_effects(&db, 1).await, [id]);
    consumer.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_address_stops_the_start() {
    let config = NatsConfig {
        url: "nats://not an address".to_owned(),
        ..NatsConfig::default()
    };

    assert!(outbox::connect(&config).await.is_err());
}

#[sqlx::test(migrations = false)]
async fn a_drifted_consumer_is_corrected_and_keeps_its_place(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    given::announced(&db, "first").await;
    relay_once(&db, &broker).await;
    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_effects(&db, 1).await;
    given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;
    let made = given::info(&broker, "noting").await.unwrap().config;
    let stream = broker.jetstream().get_stream("CASEWORK").await.unwrap();
    let drifted = pull::Config {
        durable_name: Some("noting".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_mins(5),
        max_deliver: 3,
        filter_subjects: vec!["casework.task.>".to_owned()],
        ..pull::Config::default()
    };
    stream.update_consumer(drifted).await.unwrap();

    let handler = Noting::default();
    let consumer = given::consuming(&db, &broker, handler.clone(), Policy::default());
    given::announced(&db, "second").await;
    relay_once(&db, &broker).await;
    given::until_effects(&db, 2).await;
    consumer.stop().await;

    let found = given::info(&broker, "noting").await.unwrap().config;
    assert_eq!(
        (found.ack_wait, found.max_deliver, found.filter_subjects),
        (made.ack_wait, made.max_deliver, made.filter_subjects)
    );
    assert_eq!(handler.asked.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[sqlx::test(migrations = false)]
async fn a_consumer_of_another_kind_is_made_anew_without_a_second_effect(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    given::announced(&db, "first").await;
    relay_once(&db, &broker).await;
    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_effects(&db, 1).await;
    consumer.stop().await;
    let stream = broker.jetstream().get_stream("CASEWORK").await.unwrap();
    stream.delete_consumer("noting").await.unwrap();
    let push = push::Config {
        durable_name: Some("noting".to_owned()),
        deliver_subject: "elsewhere".to_owned(),
        ..push::Config::default()
    };
    stream.create_consumer(push).await.unwrap();

    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;

    assert_eq!(
        given::info(&broker, "noting")
            .await
            .unwrap()
            .config
            .deliver_subject,
        None
    );
    assert_eq!(given::effects(&db).await.len(), 1);
}

#[sqlx::test(migrations = false)]
async fn a_consumer_that_is_deleted_at_work_is_made_again_without_a_second_effect(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let (relay, consumer) = (
        given::relaying(&db, &broker),
        given::consuming(&db, &broker, Noting::default(), Policy::default()),
    );
    given::announced(&db, "first").await;
    given::until_effects(&db, 1).await;

    broker
        .jetstream()
        .get_stream("CASEWORK")
        .await
        .unwrap()
        .delete_consumer("noting")
        .await
        .unwrap();
    given::announced(&db, "second").await;

    given::until_effects(&db, 2).await;
    given::until_answered(&broker, "noting", 2).await;
    assert_eq!(given::effects(&db).await.len(), 2);
    consumer.stop().await;
    relay.stop().await;
}

#[sqlx::test(migrations = false)]
async fn after_the_broker_restarts_everything_goes_on(db: PgPool) {
    given::a_database(&db).await;
    let mut nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let (relay, consumer) = (
        given::relaying(&db, &broker),
        given::consuming(&db, &broker, Noting::default(), Policy::default()),
    );
    let mut announced = vec![given::announced(&db, "before").await];
    given::until_effects(&db, 1).await;

    for round in ["first", "second"] {
        nats.restart().await;
        announced.push(given::announced(&db, round).await);
        assert_eq!(given::until_effects(&db, announced.len()).await, announced);
    }
    consumer.stop().await;
    relay.stop().await;
}
