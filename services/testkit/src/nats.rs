//! A NATS server of a test's own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use kit::config::NatsConfig;
use outbox::Broker;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::eventually;

/// A NATS server with JetStream, gone with the test.
pub struct Nats {
    store: TempDir,
    port: u16,
    /// `None` while it is stopped.
    child: Option<Child>,
}

impl Nats {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let store = TempDir::new().expect("the temporary folder can be written to");
        let ports = store.path().join("ports");
        std::fs::create_dir(&ports).expect("the folder is ours");
        let child = spawn(store.path(), None);
        let port = eventually("the port of nats-server", || async { port(&ports) }).await;
        let nats = Self {
            store,
            port,
            child: Some(child),
        };
        nats.until_ready().await;
        nats
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The settings of a service that uses it.
    #[must_use]
    pub fn config(&self) -> NatsConfig {
        NatsConfig {
            url: self.url(),
            ..NatsConfig::default()
        }
    }

    /// A connection of its own, as a service makes it.
    pub async fn jetstream(&self) -> Broker {
        outbox::connect(&self.config())
            .await
            .expect("the server is ready")
    }

    /// Kills it, with whatever it is doing.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("the server is ours to kill");
        }
    }

    /// Starts it again with what it has stored, killing it first if it runs.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.child = Some(spawn(self.store.path(), Some(self.port)));
        self.until_ready().await;
    }

    async fn until_ready(&self) {
        eventually("nats-server to be ready", || async {
            let client = async_nats::connect(self.url()).await.ok()?;
            async_nats::jetstream::new(client)
                .query_account()
                .await
                .ok()
        })
        .await;
    }
}

fn spawn(folder: &Path, port: Option<u16>) -> Child {
    Command::new(binary())
        .args(["--jetstream", "--addr", "127.0.0.1", "--port"])
        .arg(port.map_or_else(|| "-1".to_owned(), |it| it.to_string()))
        .arg("--store_dir")
        .arg(folder.join("store"))
        .arg("--ports_file_dir")
        .arg(folder.join("ports"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("nats-server does not start (`make services` installs it): {error}")
        })
}

/// The one that `make services` installs, or else the machine's own.
fn binary() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/bin/nats-server");
    if ours.exists() {
        ours
    } else {
        PathBuf::from("nats-server")
    }
}

/// The port that the server chose, once it has written it down.
fn port(folder: &Path) -> Option<u16> {
    let file = std::fs::read_dir(folder).ok()?.flatten().next()?;
    let ports: serde_json::Value =
        serde_json::from_slice(&std::fs::read(file.path()).ok()?).ok()?;
    ports["nats"][0].as_str()?.rsplit(':').next()?.parse().ok()
}
