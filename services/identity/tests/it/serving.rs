//! The whole service, with what goes on beside its calls.

use identity::MIGRATOR;
use kit::Clock;
use kit::config::{DbConfig, NatsConfig, PeerConfig};
use proto::identity::v1 as pb;
use proto::identity::v1::login_service_client::LoginServiceClient;
use sqlx::{ConnectOptions as _, PgPool};

use crate::given;

#[sqlx::test(migrator = "MIGRATOR")]
async fn what_is_announced_reaches_the_stream_and_the_service_ends_when_told(db: PgPool) {
    let nats = testkit::Nats::start().await;
    let mut config = given::settings();
    config.database = DbConfig {
        url: db.connect_options().to_url_lossy().to_string().into(),
        ..DbConfig::default()
    };
    config.nats = NatsConfig {
        url: nats.url(),
        ..NatsConfig::default()
    };
    let running = identity::serve(config, Clock::system()).await.unwrap();

    let url = format!("https://localhost:{}", running.addr.port());
    let channel = kit::client::channel(&PeerConfig { url }, &testkit::tls("gateway")).unwrap();
    let request = pb::RequestPasswordResetRequest {
        username: "ada@landlord.example".to_owned(),
        client: Some(given::client("203.0.113.7")),
    };
    LoginServiceClient::new(channel)
        .request_password_reset(request)
        .await
        .unwrap();

    testkit::eventually("the event to be published", || async {
        let published = "select count(*) from outbox where published_at is not null";
        let count: i64 = sqlx::query_scalar(published).fetch_one(&db).await.unwrap();
        (count == 1).then_some(())
    })
    .await;
    running.stop().await.unwrap();
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_signing_key_that_is_none_is_named_at_the_start(db: PgPool) {
    let mut config = given::settings();
    config.signing_key = "/nowhere/signing.pem".into();
    let missing = identity::App::new(db.clone(), &config, Clock::system())
        .err()
        .unwrap();
    assert!(
        format!("{missing:#}").contains("/nowhere/signing.pem (signing_key)"),
        "{missing:#}"
    );

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "not a key").unwrap();
    config.signing_key = file.path().to_owned();
    assert!(identity::App::new(db, &config, Clock::system()).is_err());
}
