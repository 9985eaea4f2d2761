//! Processes to be killed: this test binary, started once more to run one of these.

use std::process::Stdio;
use std::time::Duration;

use kit::config::NatsConfig;
use outbox::{Consumer, Policy, Relay};
use sqlx::{ConnectOptions as _, PgPool};
use testkit::Nats;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::given::Noting;

const DATABASE: &str = "CHILD_DATABASE_URL";
const BROKER: &str = "CHILD_NATS_URL";

/// Starts `relay` or `consumer` as a process of its own.
pub fn start(what: &str, db: &PgPool, nats: &Nats) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("child::{what}"), "--ignored"])
        .env(DATABASE, db.connect_options().to_url_lossy().as_str())
        .env(BROKER, nats.url())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// How patient the consumer is that takes over: not the usual half minute.
pub fn policy() -> Policy {
    Policy {
        ack_wait: Duration::from_secs(1),
        ..Policy::default()
    }
}

#[tokio::test]
#[ignore = "is the process that the tests of `killed` start and kill"]
async fn relay() {
    let (db, broker) = surroundings().await;
    Relay::new(db, broker)
        .run(CancellationToken::new())
        .await
        .unwrap();
}

#[tokio::test]
#[ignore = "is the process that the tests of `killed` start and kill"]
async fn consumer() {
    let (db, broker) = surroundings().await;
    let consumer = Consumer::new(db, broker, Noting::default()).with_policy(policy());
    consumer.run(CancellationToken::new()).await.unwrap();
}

async fn surroundings() -> (PgPool, outbox::Broker) {
    let db = PgPool::connect(&given(DATABASE)).await.unwrap();
    let config = NatsConfig {
        url: given(BROKER),
        ..NatsConfig::default()
    };
    (db, outbox::connect(&config).await.unwrap())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how the parent tells its child where to work; no setting of the product"
)]
fn given(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is set by the test that starts this process"))
}
