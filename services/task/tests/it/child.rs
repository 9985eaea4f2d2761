//! Processes to be killed: this test binary, started once more to run one of these.

use std::process::Stdio;

use chrono::{DateTime, Utc};
use kit::Clock;
use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig};
use sqlx::{ConnectOptions as _, PgPool};
use testkit::Nats;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::given::app;

const DATABASE: &str = "CHILD_DATABASE_URL";
const BROKER: &str = "CHILD_NATS_URL";
const NOW: &str = "CHILD_NOW";

/// An address at which nobody answers: what runs here is called by nobody and asks nobody.
const NOBODY: &str = "https://localhost:1";

/// Starts a whole replica of the service as a process of its own, which lives at an instant.
pub fn replica(db: &PgPool, nats: &Nats, at: DateTime<Utc>) -> Child {
    start("child::runs_a_replica", db, &nats.url(), at)
}

/// Starts a process that sweeps once.
pub fn sweeper(db: &PgPool, at: DateTime<Utc>) -> Child {
    start("child::sweeps", db, "", at)
}

fn start(what: &str, db: &PgPool, nats: &str, at: DateTime<Utc>) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", what, "--ignored"])
        .env(DATABASE, db.connect_options().to_url_lossy().as_str())
        .env(BROKER, nats)
        .env(NOW, at.to_rfc3339())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "is the process that the tests of `killed` start and kill"]
async fn runs_a_replica() {
    let peer = || PeerConfig {
        url: NOBODY.to_owned(),
    };
    let config = task::Config {
        server: ServerConfig {
            tls: testkit::tls("task"),
            ..ServerConfig::default()
        },
        database: DbConfig {
            url: given(DATABASE).into(),
            ..DbConfig::default()
        },
        nats: NatsConfig {
            url: given(BROKER),
            ..NatsConfig::default()
        },
        identity: peer(),
        document: peer(),
        ..task::Config::default()
    };
    let _running = task::serve(config, clock()).await.unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
#[ignore = "is the process that the tests of `killed` start and kill"]
async fn sweeps() {
    let db = PgPool::connect(&given(DATABASE)).await.unwrap();
    let app = app(&db, &clock(), NOBODY.to_owned());
    app.sweep(&CancellationToken::new()).await.unwrap();
}

fn clock() -> Clock {
    Clock::fixed(given(NOW).parse().unwrap())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how the parent tells its child where to work; no setting of the product"
)]
fn given(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is set by the test that starts this process"))
}
