//! From the broker to a handler.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_nats::jetstream::message::PublishMessage;
use outbox::testing::relay_once;
use outbox::{Consumer, Outcome, Policy};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgConnection, PgPool};
use testkit::{Nats, eventually};

use crate::given::{self, Noting};

#[sqlx::test(migrations = false)]
async fn an_event_that_comes_twice_has_one_effect(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let consumer = Consumer::new(db.clone(), nats.jetstream().await, Noting::default());
    let event = outbox::testing::event(&given::opened("202312345"));

    assert_eq!(consumer.deliver(&event).await.unwrap(), Outcome::Handled);
    assert_eq!(consumer.deliver(&event).await.unwrap(), Outcome::Duplicate);

    assert_eq!(given::effects(&db).await, [event.id]);
}

#[sqlx::test(migrations = false)]
async fn an_event_that_comes_twice_at_once_has_one_effect(db: PgPool) {
    given::a_database(&db).await;
    let event = outbox::testing::event(&given::opened("202312345"));
    let handler = Noting::default();

    let (one, other) = tokio::join!(
        outbox::deliver(&db, &handler, &event),
        outbox::deliver(&db, &handler, &event)
    );

    let mut outcomes = [one.unwrap(), other.unwrap()];
    outcomes.sort_by_key(|it| *it == Outcome::Duplicate);
    assert_eq!(outcomes, [Outcome::Handled, Outcome::Duplicate]);
    assert_eq!(given::effects(&db).await, [event.id]);
}

#[sqlx::test(migrations = false)]
async fn a_handler_that_fails_leaves_nothing_behind(db: PgPool) {
    given::a_database(&db).await;
    let event = outbox::testing::event(&given::opened("poison"));

    let failed = outbox::deliver(&db, &Noting::default(), &event)
        .await
        .unwrap_err();

    assert_eq!(failed.to_string(), "the handler does not like it");
    assert!(given::effects(&db).await.is_empty());
    let entered: i64 = sqlx::query_scalar("select count(*) from inbox")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(entered, 0);
}

#[sqlx::test(migrations = false)]
async fn a_handler_is_told_of_every_commit_and_of_no_failure(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    given::announced(&db, "poison").await;
    given::announced(&db, "202312345").await;
    relay_once(&db, &broker).await;
    let handler = Noting::default();

    let consumer = given::consuming(&db, &broker, handler.clone(), given::impatient());
    given::until_answered(&broker, "noting", 2).await;
    consumer.stop().await;

    assert_eq!(handler.told.load(Ordering::SeqCst), 1);
}

#[sqlx::test(migrations = false)]
async fn a_storm_of_duplicates_changes_nothing(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    for reference in 0..20 {
        given::announced(&db, &reference.to_string()).await;
    }
    for _ in 0..10 {
        relay_once(&db, &broker).await;
        sqlx::query("update outbox set transport_id = gen_random_uuid(), published_at = null")
            .execute(&db)
            .await
            .unwrap();
    }
    assert_eq!(given::stored(&broker).await, 200);

    let consumer = given::consuming(&db, &broker, Noting::default(), Policy::default());
    given::until_answered(&broker, "noting", 200).await;
    consumer.stop().await;

    assert_eq!(given::effects(&db).await.len(), 20);
}

#[sqlx::test(migrations = false)]
async fn poison_is_put_aside_after_eight_tries_and_its_neighbours_do_not_wait(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let poison = given::announced(&db, "poison").await;
    let mut good = Vec::new();
    for reference in 0..20 {
        good.push(given::announced(&db, &reference.to_string()).await);
    }
    relay_once(&db, &broker).await;
    let handler = Noting::default();

    let consumer = given::consuming(&db, &broker, handler.clone(), given::impatient());
    let letters = given::until_dead_letters(&db, 1).await;
    given::until_answered(&broker, "noting", 21).await;
    consumer.stop().await;

    assert_eq!(
        letters,
        [(poison, 8, "the handler does not like it".to_owned())]
    );
    assert_eq!(given::effects(&db).await, good);
    assert_eq!(handler.asked.load(Ordering::SeqCst), 8 + 20);
}

#[sqlx::test(migrations = false)]
async fn a_long_wait_before_the_next_try_holds_up_nobody(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    given::announced(&db, "poison").await;
    let good = given::announced(&db, "good").await;
    relay_once(&db, &broker).await;
    let policy = Policy {
        waits: vec![Duration::from_hours(1)],
        at_once: 1,
        ..Policy::default()
    };

    let consumer = given::consuming(&db, &broker, Noting::default(), policy);

    assert_eq!(given::until_effects(&db, 1).await, [good]);
    assert!(given::dead_letters(&db).await.is_empty());
    consumer.stop().await;
}

#[sqlx::test(migrations = false)]
async fn a_handler_that_panics_ends_neither_the_consumer_nor_the_event(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let fatal = given::announced(&db, "panic").await;
    let good = given::announced(&db, "good").await;
    relay_once(&db, &broker).await;

    let consumer = given::consuming(&db, &broker, Noting::default(), given::impatient());
    let letters = given::until_dead_letters(&db, 1).await;
    assert_eq!(given::until_effects(&db, 1).await, [good]);
    consumer.stop().await;

    assert_eq!(letters, [(fatal, 8, "the handler panicked".to_owned())]);
}

#[sqlx::test(migrations = false)]
async fn what_cannot_be_decoded_is_put_aside_at_once(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;
    sqlx::query("update outbox set payload = '\\xff'")
        .execute(&db)
        .await
        .unwrap();
    relay_once(&db, &broker).await;

    let consumer = given::consuming(&db, &broker, Noting::default(), given::impatient());
    let letters = given::until_dead_letters(&db, 1).await;
    consumer.stop().await;

    assert_eq!((letters[0].0, letters[0].1), (id, 1));
    assert!(letters[0].2.contains("decode"), "{}", letters[0].2);
}

#[sqlx::test(migrations = false)]
async fn a_message_that_is_no_event_of_ours_is_put_aside_once(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let message = PublishMessage::build().payload("hello".into());
    let subject = "casework.case.v1.CaseOpened";
    broker
        .jetstream()
        .send_publish(subject, message)
        .await
        .unwrap()
        .await
        .unwrap();

    let consumer = given::consuming(&db, &broker, Noting::default(), given::impatient());
    let first = given::until_dead_letters(&db, 1).await;
    given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;
    // Delivered again, it is known by the same id.
    broker
        .jetstream()
        .get_stream("CASEWORK")
        .await
        .unwrap()
        .delete_consumer("noting")
        .await
        .unwrap();
    let consumer = given::consuming(&db, &broker, Noting::default(), given::impatient());
    given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;

    assert_eq!(first[0].2, "the header ce-id is missing or wrong");
    let letters = given::dead_letters(&db).await;
    assert_eq!(
        letters.iter().map(|it| it.0).collect::<Vec<_>>(),
        [first[0].0]
    );
}

#[sqlx::test(migrations = false)]
async fn a_database_that_is_away_uses_up_no_tries(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let mut announced = Vec::new();
    for reference in 0..20 {
        announced.push(given::announced(&db, &reference.to_string()).await);
    }
    relay_once(&db, &broker).await;
    let options = db.connect_options().as_ref().clone();
    let name = options.get_database().unwrap().to_owned();
    let own = PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(200))
        .connect_lazy_with(options.clone());
    let mut outside = PgConnection::connect_with(&options.database("postgres"))
        .await
        .unwrap();
    allow_connections(&mut outside, &name, false).await;

    // One try only: an event that used it up, or was fetched and left lying past `ack_wait`, would be put aside.
    let policy = Policy {
        waits: Vec::new(),
        ack_wait: Duration::from_millis(300),
        ..Policy::default()
    };
    let (patience, held) = (policy.ack_wait * 4, policy.at_once);
    let consumer = given::consuming(&own, &broker, Noting::default(), policy);
    eventually("events to be held", || async {
        given::info(&broker, "noting")
            .await
            .filter(|it| it.num_ack_pending >= held)
    })
    .await;
    let since = Instant::now();
    eventually("the broker's patience to run out", || async {
        (since.elapsed() > patience).then_some(())
    })
    .await;
    allow_connections(&mut outside, &name, true).await;

    given::until_answered(&broker, "noting", 20).await;
    assert_eq!(given::effects(&db).await, announced);
    assert!(given::dead_letters(&db).await.is_empty());
    consumer.stop().await;
}

async fn allow_connections(outside: &mut PgConnection, database: &str, allowed: bool) {
    // Its name is made by sqlx of letters, digits and underscores.
    let statement = format!("alter database \"{database}\" with allow_connections {allowed}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(outside)
        .await
        .unwrap();
}
