//! Minutes as events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use kit::Clock;
use outbox::{Event, Handler, Retry, ticks};
use proto::case::v1::CaseOpened;
use proto::clock::v1::Minute;
use sqlx::{PgConnection, PgPool};
use testkit::{Nats, eventually};
use tokio_util::sync::CancellationToken;

use crate::given;

/// A service that sweeps.
#[derive(Clone, Default)]
struct Sweeping {
    asked: Arc<AtomicU32>,
    broken: Arc<AtomicBool>,
}

impl Handler for Sweeping {
    const NAME: &'static str = "sweeping";

    fn subjects() -> Vec<String> {
        vec![outbox::subject::<Minute>(), outbox::subject::<CaseOpened>()]
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(std::io::Error::other("the sweep fails").into());
        }
        sqlx::query("insert into effects (event_id) values ($1)")
            .bind(event.id)
            .execute(tx)
            .await?;
        Ok(())
    }
}

fn half_past_ten() -> DateTime<Utc> {
    "2025-06-09T10:30:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_minute_that_every_replica_announces_is_announced_once() {
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let clock = Clock::fixed(half_past_ten());
    let cancel = CancellationToken::new();
    let replicas: Vec<_> = (0..3)
        .map(|_| tokio::spawn(ticks::run(broker.clone(), clock.clone(), cancel.clone())))
        .collect();

    eventually("the first minute", || async {
        (given::stored(&broker).await == 1).then_some(())
    })
    .await;
    clock.advance(TimeDelta::seconds(59));
    ticks::announce(&broker, clock.now()).await.unwrap();
    assert_eq!(given::stored(&broker).await, 1);
    clock.advance(TimeDelta::seconds(1));
    eventually("the second minute", || async {
        (given::stored(&broker).await == 2).then_some(())
    })
    .await;

    cancel.cancel();
    for replica in replicas {
        replica.await.unwrap().unwrap();
    }
    assert_eq!(given::stored(&broker).await, 2);
}

#[sqlx::test(migrations = false)]
async fn after_an_absence_one_sweep_makes_up_for_all_minutes(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let handler = Sweeping::default();
    ticks::announce(&broker, half_past_ten()).await.unwrap();
    let consumer = given::consuming(&db, &broker, handler.clone(), given::impatient());
    given::until_effects(&db, 1).await;
    given::until_answered(&broker, "sweeping-minutes", 1).await;
    consumer.stop().await;

    for minute in 1..=60 {
        ticks::announce(&broker, half_past_ten() + TimeDelta::minutes(minute))
            .await
            .unwrap();
    }
    let consumer = given::consuming(&db, &broker, handler.clone(), given::impatient());
    given::until_answered(&broker, "sweeping-minutes", 61).await;
    consumer.stop().await;

    let last = ticks::minute(half_past_ten() + TimeDelta::minutes(60)).id;
    assert_eq!(
        given::effects(&db).await,
        [ticks::minute(half_past_ten()).id, last]
    );
    assert_eq!(handler.asked.load(Ordering::SeqCst), 2);
}

#[sqlx::test(migrations = false)]
async fn a_sweep_that_fails_shows_as_a_dead_letter_until_one_succeeds(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let handler = Sweeping::default();
    handler.broken.store(true, Ordering::SeqCst);
    let consumer = given::consuming(&db, &broker, handler.clone(), given::impatient());

    ticks::announce(&broker, half_past_ten()).await.unwrap();
    let letters = given::until_dead_letters(&db, 1).await;
    assert_eq!(
        letters,
        [(
            ticks::minute(half_past_ten()).id,
            4,
            "the sweep fails".to_owned()
        )]
    );

    handler.broken.store(false, Ordering::SeqCst);
    ticks::announce(&broker, half_past_ten() + TimeDelta::minutes(1))
        .await
        .unwrap();
    given::until_effects(&db, 1).await;
    assert!(given::dead_letters(&db).await.is_empty());
    consumer.stop().await;
}
