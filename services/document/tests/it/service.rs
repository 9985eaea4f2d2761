//! The whole service as its binary runs it.

use document::config::{ClamAvConfig, Config, StoreConfig};
use kit::Clock;
use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig};
use proto::case::v1::CaseOpened;
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::{Nats, eventually, tls};

use crate::clamd::{Answer, FakeClamd};
use crate::given::{NOTE, a_note, facts};

fn config(db: &PgPool, nats: &Nats, folder: &TempDir) -> Config {
    let options = db.connect_options();
    Config {
        server: ServerConfig {
            tls: tls("document"),
            ..ServerConfig::default()
        },
        database: DbConfig {
            url: format!(
                "postgres://{}@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap()
            )
            .into(),
            ..DbConfig::default()
        },
        nats: NatsConfig {
            url: nats.url(),
            ..NatsConfig::default()
        },
        identity: PeerConfig {
            url: "https://localhost:1".to_owned(),
        },
        service_complaint: PeerConfig {
            url: "https://localhost:1".to_owned(),
        },
        store: StoreConfig {
            url: format!("file://{}", folder.path().join("new/documents").display()),
            ..StoreConfig::default()
        },
        ..Config::default()
    }
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn the_running_service_hears_of_cases_and_makes_its_folder(db: PgPool) {
    let nats = Nats::start().await;
    let folder = TempDir::new().unwrap();
    let running = document::serve(config(&db, &nats, &folder), Clock::system())
        .await
        .unwrap();
    let facts = facts(kit::id());
    let case_id = facts.case_id.parse().unwrap();

    // The event goes out by the service's own relay, as another service's would by its own, and comes back by the broker.
    let mut tx = db.begin().await.unwrap();
    outbox::publish(&mut tx, &CaseOpened { facts: Some(facts) })
        .await
        .unwrap();
    tx.commit().await.unwrap();

    eventually("the case to be known", || async {
        casefile::find(&db, case_id).await.unwrap()
    })
    .await;
    assert!(folder.path().join("new/documents").is_dir());
    running.stop().await.unwrap();
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_the_running_service_scans_what_waits(db: PgPool) {
    let nats = Nats::start().await;
    let folder = TempDir::new().unwrap();
    let clamd = FakeClamd::start(Answer::Ok).await;
    let world = crate::given::a_world_that_scans(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let document = world
        .upload(&landlord, a_note(case_id), NOTE)
        .await
        .unwrap();
    let config = Config {
        store: StoreConfig {
            url: format!("file://{}", world.folder().display()),
            ..StoreConfig::default()
        },
        clamav: ClamAvConfig {
            addr: Some(clamd.addr().to_owned()),
            ..ClamAvConfig::default()
        },
        ..config(&db, &nats, &folder)
    };

    let running = document::serve(config, world.clock.clone()).await.unwrap();

    eventually("the document to be available", || async {
        let current = world.get(&landlord, &document.id).await.unwrap();
        (current.state_label == "Available").then_some(())
    })
    .await;
    running.stop().await.unwrap();
}
