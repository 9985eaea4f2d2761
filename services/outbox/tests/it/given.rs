//! What the tests start from.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::Info;
use outbox::{Broker, Consumer, Event, Handler, Policy, Relay, Retry};
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened};
use sqlx::{PgConnection, PgPool};
use testkit::eventually;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A database with an outbox, and a table of effects that would show one that happened twice.
pub async fn a_database(db: &PgPool) {
    sqlx::raw_sql(include_str!("../../schema.sql"))
        .execute(db)
        .await
        .unwrap();
    sqlx::raw_sql("create table effects (event_id uuid not null)")
        .execute(db)
        .await
        .unwrap();
}

pub fn opened(reference: &str) -> CaseOpened {
    let facts = CaseFacts {
        reference: reference.to_owned(),
        version: 1,
        ..CaseFacts::default()
    };
    CaseOpened { facts: Some(facts) }
}

/// Commits an event and gives its id.
pub async fn announced(db: &PgPool, reference: &str) -> Uuid {
    let mut tx = db.begin().await.unwrap();
    let id = outbox::publish(&mut tx, &opened(reference)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn effects(db: &PgPool) -> Vec<Uuid> {
    sqlx::query_scalar("select event_id from effects order by event_id")
        .fetch_all(db)
        .await
        .unwrap()
}

pub async fn until_effects(db: &PgPool, count: usize) -> Vec<Uuid> {
    eventually(&format!("{count} effects"), || async {
        Some(effects(db).await).filter(|it| it.len() >= count)
    })
    .await
}

pub async fn unpublished(db: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from outbox where published_at is null")
        .fetch_one(db)
        .await
        .unwrap()
}

pub async fn dead_letters(db: &PgPool) -> Vec<(Uuid, i32, String)> {
    sqlx::query_as("select event_id, tries, reason from dead_letters order by event_id")
        .fetch_all(db)
        .await
        .unwrap()
}

pub async fn until_dead_letters(db: &PgPool, count: usize) -> Vec<(Uuid, i32, String)> {
    eventually(&format!("{count} dead letters"), || async {
        Some(dead_letters(db).await).filter(|it| it.len() >= count)
    })
    .await
}

/// How many messages the stream holds.
pub async fn stored(broker: &Broker) -> u64 {
    let mut stream = broker.jetstream().get_stream("CASEWORK").await.unwrap();
    stream.info().await.unwrap().state.messages
}

/// How the broker sees a consumer.
pub async fn info(broker: &Broker, consumer: &str) -> Option<Info> {
    let stream = broker.jetstream().get_stream("CASEWORK").await.ok()?;
    stream.consumer_info(consumer).await.ok()
}

/// Waits until a consumer has answered for everything that it was given.
pub async fn until_answered(broker: &Broker, consumer: &str, stream_sequence: u64) -> Info {
    eventually("the consumer to answer for everything", || async {
        info(broker, consumer)
            .await
            .filter(|it| it.num_ack_pending == 0 && it.ack_floor.stream_sequence >= stream_sequence)
    })
    .await
}

/// A handler that notes each event's effect, fails while an event is poison, and counts how often it is asked.
#[derive(Clone, Default)]
pub struct Noting {
    pub asked: Arc<AtomicU32>,
    pub mended: Arc<AtomicBool>,
    pub told: Arc<AtomicU32>,
}

impl Handler for Noting {
    const NAME: &'static str = "noting";

    fn subjects() -> Vec<String> {
        vec![
            outbox::subject::<CaseOpened>(),
            outbox::subject::<CaseMoved>(),
        ]
    }

    async fn handle(&self, tx: &mut PgConnection, event: &Event) -> Result<(), Retry> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        sqlx::query("insert into effects (event_id) values ($1)")
            .bind(event.id)
            .execute(tx)
            .await?;
        let facts = event
            .get::<CaseOpened>()?
            .and_then(|it| it.facts)
            .unwrap_or_default();
        match facts.reference.as_str() {
            "poison" if !self.mended.load(Ordering::SeqCst) => {
                Err(std::io::Error::other("the handler does not like it").into())
            }
            "panic" => panic!("the handler lost its head"),
            _ => Ok(()),
        }
    }

    fn committed(&self) {
        self.told.fetch_add(1, Ordering::SeqCst);
    }
}

/// Eight tries without the waits between them.
pub fn impatient() -> Policy {
    Policy {
        waits: vec![Duration::ZERO; 7],
        ..Policy::default()
    }
}

/// Work beside a test, ended by `stop`.
pub struct Work {
    cancel: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Work {
    fn start<F>(work: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let cancel = CancellationToken::new();
        Self {
            task: tokio::spawn(work(cancel.clone())),
            cancel,
        }
    }

    pub async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap().unwrap();
    }
}

pub fn relaying(db: &PgPool, broker: &Broker) -> Work {
    let relay = Relay::new(db.clone(), broker.clone());
    Work::start(|cancel| relay.run(cancel))
}

pub fn consuming<H: Handler>(db: &PgPool, broker: &Broker, handler: H, policy: Policy) -> Work {
    let consumer = Consumer::new(db.clone(), broker.clone(), handler).with_policy(policy);
    Work::start(|cancel| consumer.run(cancel))
}
