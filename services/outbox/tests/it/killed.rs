//! Processes that are killed at the worst moment. A lock that the test holds makes the database wait at that moment.

use outbox::testing::relay_once;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use testkit::{Nats, eventually};

use crate::child;
use crate::given::{self, Noting};

const WAIT: &str = "create function wait() returns trigger language plpgsql
                    as $$ begin perform pg_advisory_xact_lock(1); return new; end $$;";

/// Holds the lock that `wait()` waits for.
async fn hold(db: &PgPool) -> PoolConnection<Postgres> {
    let mut holder = db.acquire().await.unwrap();
    sqlx::query("select pg_advisory_lock(1)")
        .execute(&mut *holder)
        .await
        .unwrap();
    holder
}

async fn let_go(mut holder: PoolConnection<Postgres>) {
    sqlx::query("select pg_advisory_unlock(1)")
        .execute(&mut *holder)
        .await
        .unwrap();
}

/// Waits until another session waits for the lock.
async fn until_it_waits(db: &PgPool) {
    eventually("the process to reach the lock", || async {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select from pg_locks join pg_database on pg_database.oid = database
                            where locktype = 'advisory' and not granted and datname = current_database())",
        )
        .fetch_one(db)
        .await
        .unwrap();
        waiting.then_some(())
    })
    .await;
}

#[sqlx::test(migrations = false)]
async fn a_relay_killed_between_publish_and_mark_causes_one_effect(db: PgPool) {
    given::a_database(&db).await;
    sqlx::raw_sql(WAIT).execute(&db).await.unwrap();
    sqlx::raw_sql(
        "create trigger hold before update on outbox for each row execute function wait()",
    )
    .execute(&db)
    .await
    .unwrap();
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;
    let holder = hold(&db).await;

    let mut relay = child::start("relay", &db, &nats);
    until_it_waits(&db).await;
    assert_eq!(given::stored(&broker).await, 1);
    relay.kill().await.unwrap();
    let_go(holder).await;

    eventually("the row to be claimed again", || async {
        (relay_once(&db, &broker).await == 1).then_some(())
    })
    .await;
    assert_eq!(
        given::stored(&broker).await,
        1,
        "within two minutes the broker knows the event by its id"
    );
    // After them it does not, and the inbox must.
    sqlx::query("update outbox set transport_id = gen_random_uuid(), published_at = null")
        .execute(&db)
        .await
        .unwrap();
    relay_once(&db, &broker).await;
    assert_eq!(given::stored(&broker).await, 2);
    let consumer = given::consuming(&db, &broker, Noting::default(), child::policy());
    given::until_answered(&broker, "noting", 2).await;
    consumer.stop().await;
    assert_eq!(given::effects(&db).await, [id]);
}

#[sqlx::test(migrations = false)]
async fn a_consumer_killed_between_commit_and_ack_causes_one_effect(db: PgPool) {
    given::a_database(&db).await;
    sqlx::raw_sql(WAIT).execute(&db).await.unwrap();
    // Deferred, so that the commit itself waits; the database finishes it after the process is dead.
    sqlx::raw_sql(
        "create constraint trigger hold after insert on effects deferrable initially deferred
         for each row execute function wait()",
    )
    .execute(&db)
    .await
    .unwrap();
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;
    relay_once(&db, &broker).await;
    let holder = hold(&db).await;

    let mut consumer = child::start("consumer", &db, &nats);
    until_it_waits(&db).await;
    consumer.kill().await.unwrap();
    let_go(holder).await;
    assert_eq!(given::until_effects(&db, 1).await, [id]);
    assert_eq!(
        given::info(&broker, "noting")
            .await
            .unwrap()
            .num_ack_pending,
        1
    );

    let handler = Noting::default();
    let consumer = given::consuming(&db, &broker, handler.clone(), child::policy());
    let info = given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;
    assert!(
        info.delivered.consumer_sequence >= 2,
        "it was delivered again"
    );
    assert_eq!(handler.asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!(given::effects(&db).await, [id]);
}

#[sqlx::test(migrations = false)]
async fn a_consumer_killed_before_commit_causes_one_effect(db: PgPool) {
    given::a_database(&db).await;
    sqlx::raw_sql(WAIT).execute(&db).await.unwrap();
    sqlx::raw_sql(
        "create trigger hold before insert on effects for each row execute function wait()",
    )
    .execute(&db)
    .await
    .unwrap();
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let id = given::announced(&db, "202312345").await;
    relay_once(&db, &broker).await;
    let holder = hold(&db).await;

    let mut consumer = child::start("consumer", &db, &nats);
    until_it_waits(&db).await;
    consumer.kill().await.unwrap();
    let_go(holder).await;

    let consumer = given::consuming(&db, &broker, Noting::default(), child::policy());
    given::until_answered(&broker, "noting", 1).await;
    consumer.stop().await;
    assert_eq!(given::effects(&db).await, [id]);
}
