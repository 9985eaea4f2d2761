//! An S3-compatible store of a test's own, in a process of its own.

use std::path::Path;
use std::process::Stdio;

use document::config::StoreConfig;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const BUCKET: &str = "documents";

/// A server, gone with the test.
pub struct S3 {
    address: String,
    server: Child,
}

impl S3 {
    /// Starts one on a free port, with an empty bucket.
    pub async fn start() -> Self {
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/venv/bin/moto_server");
        let mut server = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start (`make services` installs it): {error}",
                    program.display()
                )
            });
        let said = server.stderr.take().expect("it is piped");
        let address = address(said).await;
        let s3 = Self { address, server };
        let made = reqwest::Client::new()
            .put(s3.bucket())
            .send()
            .await
            .unwrap();
        assert!(made.status().is_success(), "{made:?}");
        s3
    }

    /// The settings of a service that keeps its files there.
    pub fn config(&self) -> StoreConfig {
        let options = [
            ("aws_endpoint", self.address.as_str()),
            ("aws_allow_http", "true"),
            ("aws_region", "eu-west-2"),
            ("aws_access_key_id", "portal"),
        ];
        StoreConfig {
            url: format!("s3://{BUCKET}/portal"),
            options: options
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            secret_access_key: Some("of no use elsewhere".into()),
            ..StoreConfig::default()
        }
    }

    /// How many objects and how many unfinished ones there are.
    pub async fn kept(&self) -> (usize, usize) {
        let objects = self.list("list-type=2").await.matches("<Contents>").count();
        let unfinished = self.list("uploads").await.matches("<UploadId>").count();
        (objects, unfinished)
    }

    /// Stops it, with everything that it keeps.
    pub async fn stop(&mut self) {
        self.server.kill().await.unwrap();
    }

    fn bucket(&self) -> String {
        format!("{}/{BUCKET}", self.address)
    }

    async fn list(&self, of: &str) -> String {
        let listed = reqwest::get(format!("{}?{of}", self.bucket()))
            .await
            .unwrap();
        listed.error_for_status().unwrap().text().await.unwrap()
    }
}

/// Where it says that it listens. What it says after that is read on, or it would stop when nobody takes it.
async fn address(said: tokio::process::ChildStderr) -> String {
    let mut lines = BufReader::new(said).lines();
    let mut seen = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, address)) = line.split_once("Running on ") {
            let address = address.trim().to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return address;
        }
        seen.push(line);
    }
    panic!("the S3-compatible server ended: {seen:?}");
}
