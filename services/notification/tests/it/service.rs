//! The whole service as its binary runs it.

use kit::Clock;
use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig};
use notification::config::Config;
use proto::identity::v1::LoginCodeRequested;
use sqlx::PgPool;
use testkit::{Nats, tls};

use crate::given::{World, a_world, settings};

fn config(world: &World, nats: &Nats) -> Config {
    let options = world.db.connect_options();
    let (user, host, port) = (
        options.get_username(),
        options.get_host(),
        options.get_port(),
    );
    let database = options.get_database().unwrap();
    Config {
        server: ServerConfig {
            tls: tls("notification"),
            ..ServerConfig::default()
        },
        database: DbConfig {
            url: format!("postgres://{user}@{host}:{port}/{database}").into(),
            ..DbConfig::default()
        },
        nats: NatsConfig {
            url: nats.url(),
            ..NatsConfig::default()
        },
        identity: PeerConfig {
            url: world.identity.url(),
        },
        service_complaint: PeerConfig {
            url: world.identity.url(),
        },
        case: PeerConfig {
            url: world.identity.url(),
        },
        ..settings(&world.mailbox.url())
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_4_the_running_service_turns_a_request_into_an_email(db: PgPool) {
    let world = a_world(&db).await;
    let nats = Nats::start().await;
    // The stand-in for identity checks tokens and deadlines by a clock that stands still; the service's own runs.
    let running = notification::serve(config(&world, &nats), world.clock.clone())
        .await
        .unwrap();
    let login_id = world.people.begin("sol@landlord.example").to_string();
    let expires_at = Some(kit::time::timestamp(
        world.clock.now() + chrono::TimeDelta::minutes(10),
    ));

    // The event goes out by the service's own relay, as identity's would by its own, and comes back by the broker.
    let mut tx = db.begin().await.unwrap();
    outbox::publish(
        &mut tx,
        &LoginCodeRequested {
            login_id,
            expires_at,
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let mail = world.mail_to("sol@landlord.example").await;
    assert!(mail.text.contains(&world.people.minted()[0]));
    running.stop().await.unwrap();
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_wrong_mail_server_address_stops_the_service_and_is_named(db: PgPool) {
    let world = a_world(&db).await;
    let nats = Nats::start().await;
    let wrong = Config {
        smtp: notification::config::SmtpConfig {
            url: "smtp://".into(),
            ..Default::default()
        },
        ..config(&world, &nats)
    };

    let Err(error) = notification::serve(wrong, Clock::system()).await else {
        panic!("it must not start")
    };

    assert!(error.to_string().contains("smtp.url"), "{error}");
}
