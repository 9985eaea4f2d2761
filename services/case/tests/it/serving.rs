//! The service as it runs: with its relay, its consumer and a real NATS.

use chrono::DateTime;
use kit::Clock;
use kit::config::{DbConfig, PeerConfig, ServerConfig};
use sqlx::{ConnectOptions as _, PgPool};
use testkit::{Nats, eventually};

use crate::given::landlord_registered;

fn config(db: &PgPool, nats: &Nats) -> case::Config {
    case::Config {
        server: ServerConfig {
            tls: testkit::tls("case"),
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
        ..case::Config::default()
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn an_event_comes_out_of_the_outbox_and_back_in_through_the_consumer(db: PgPool) {
    let nats = Nats::start().await;
    let config = config(&db, &nats);

    let running = case::serve(config, Clock::fixed(DateTime::UNIX_EPOCH))
        .await
        .unwrap();
    let landlord = kit::id();
    let mut tx = db.begin().await.unwrap();
    outbox::publish(
        &mut tx,
        &landlord_registered(landlord, "Announced Landlord"),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let name: String = eventually("the landlord", || async {
        let query = sqlx::query_scalar("select name from landlords where id = $1").bind(landlord);
        query.fetch_optional(&db).await.unwrap()
    })
    .await;
    assert_eq!(name, "Announced Landlord");
    running.stop().await.unwrap();
}
