//! The service as it runs: with its relay, its consumer and a real NATS.

use chrono::DateTime;
use kit::Clock;
use kit::config::{DbConfig, PeerConfig, ServerConfig};
use sqlx::{ConnectOptions as _, PgPool};
use testkit::{Nats, eventually};

use outbox::testing::events;
use proto::task::v1::TaskOverdue;

use crate::given::{a_portal, day};

fn config(db: &PgPool, nats: &Nats, document: String) -> task::Config {
    task::Config {
        server: ServerConfig {
            tls: testkit::tls("task"),
            ..ServerConfig::default()
        },
        database: DbConfig {
            url: db.connect_options().to_url_lossy().to_string().into(),
            ..DbConfig::default()
        },
        nats: nats.config(),
        // Nobody calls, so that nobody's token has to be checked.
        identity: PeerConfig {
            url: "https://localhost:1".into(),
        },
        document: PeerConfig { url: document },
        ..task::Config::default()
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_what_became_due_while_nothing_ran_is_swept_and_published_at_the_start(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-03").await;
    let nats = Nats::start().await;
    let config = config(&db, &nats, portal.document_url());

    let clock = Clock::fixed(DateTime::from_naive_utc_and_offset(
        day("2025-06-04").into(),
        chrono::Utc,
    ));
    let running = task::serve(config, clock).await.unwrap();

    eventually("everything to be published", || async {
        let unpublished: i64 =
            sqlx::query_scalar("select count(*) from outbox where published_at is null")
                .fetch_one(&db)
                .await
                .unwrap();
        (unpublished == 0 && events::<TaskOverdue>(&db).await.len() == 1).then_some(())
    })
    .await;
    running.stop().await.unwrap();
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_minute_of_the_running_service_raises_what_has_become_due(db: PgPool) {
    let portal = a_portal(&db).await;
    let nats = Nats::start().await;
    let config = config(&db, &nats, portal.document_url());
    let running = task::serve(config, portal.clock.clone()).await.unwrap();
    portal.a_task("2025-06-20").await;

    portal.clock.set("2025-06-21T06:00:00Z".parse().unwrap());

    eventually("the notice", || async {
        (events::<TaskOverdue>(&db).await.len() == 1).then_some(())
    })
    .await;
    running.stop().await.unwrap();
}
