//! The whole service as its binary runs it.

use kit::Clock;
use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings as _};
use messaging::config::Config;
use proto::case::v1::{CaseFacts, CaseOpened};
use sqlx::PgPool;
use testkit::{Nats, eventually, tls};

fn config(db: &PgPool, nats: &Nats) -> Config {
    let options = db.connect_options();
    let database = options.get_database().unwrap();
    Config {
        server: ServerConfig {
            tls: tls("messaging"),
            ..ServerConfig::default()
        },
        database: DbConfig {
            url: format!(
                "postgres://{}@{}:{}/{database}",
                options.get_username(),
                options.get_host(),
                options.get_port()
            )
            .into(),
            ..DbConfig::default()
        },
        nats: NatsConfig {
            url: nats.url(),
            ..NatsConfig::default()
        },
        identity: PeerConfig {
            url: "https://localhost:1".into(),
        },
        document: PeerConfig {
            url: "https://localhost:1".into(),
        },
        ..Config::default()
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn the_running_service_hears_of_cases(db: PgPool) {
    let nats = Nats::start().await;
    let running = messaging::serve(config(&db, &nats), Clock::system())
        .await
        .unwrap();
    let case = kit::id();

    // The event goes out by the service's own relay, as another service's would by its own, and comes back by the broker.
    let mut tx = db.begin().await.unwrap();
    let facts = CaseFacts {
        case_id: case.to_string(),
        landlord_id: kit::id().to_string(),
        opened_on: "2025-01-02".to_owned(),
        version: 1,
        ..CaseFacts::default()
    };
    outbox::publish(&mut tx, &CaseOpened { facts: Some(facts) })
        .await
        .unwrap();
    tx.commit().await.unwrap();

    eventually("the case to be known", || async {
        casefile::find(&db, case).await.unwrap()
    })
    .await;
    running.stop().await.unwrap();
}

#[test]
fn a_missing_peer_is_named() {
    let config = Config {
        identity: PeerConfig {
            url: "https://identity:8443".into(),
        },
        ..Config::default()
    };

    assert_eq!(
        config.check(),
        Err("document.url must start with https://".to_owned())
    );
}
