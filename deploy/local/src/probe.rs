//! Asks processes whether they are ready, and waits until they are or are gone.

use std::time::Duration;

use anyhow::Context as _;
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use crate::daemon::Daemon;

/// How often it is asked.
const PAUSE: Duration = Duration::from_millis(100);

/// A client for health pages.
pub fn client() -> anyhow::Result<reqwest::Client> {
    kit::tls::install_provider();
    reqwest::Client::builder()
        // A page of health is on this machine; a proxy of the person's is not to be asked for it.
        .no_proxy()
        .timeout(Duration::from_secs(2))
        .build()
        .context("could not make an HTTP client")
}

/// Whether an address answers that all is well.
pub async fn is_well(client: &reqwest::Client, url: &str) -> bool {
    client
        .get(url)
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
}

/// Waits until every address answers that all is well. When the process ends instead, or takes too long, the error shows the end of its log.
pub async fn until_well(
    urls: &[String],
    daemon: &Daemon,
    child: &mut Child,
    patience: Duration,
) -> anyhow::Result<()> {
    let client = client()?;
    let until = Instant::now() + patience;
    for url in urls {
        while !is_well(&client, url).await {
            if let Some(status) = child.try_wait()? {
                anyhow::bail!("it ended with {status}; {}", daemon.last_words());
            }
            anyhow::ensure!(
                Instant::now() < until,
                "{url} was not ready after {} seconds; {}",
                patience.as_secs(),
                daemon.last_words()
            );
            sleep(PAUSE).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::path::Path;

    use super::*;

    fn shell(directory: &Path, script: &str) -> Daemon {
        Daemon::new(
            "a script",
            "sh".into(),
            vec!["-c".into(), script.into()],
            directory.join("pid"),
            directory.join("log"),
        )
    }

    /// An address on which nobody answers HTTP.
    fn silent() -> (TcpListener, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/readyz", listener.local_addr().unwrap());
        (listener, vec![url])
    }

    #[tokio::test]
    async fn a_process_that_ends_instead_is_noticed_and_its_last_words_are_shown() {
        let directory = tempfile::tempdir().unwrap();
        let daemon = shell(directory.path(), "echo a wrong setting >&2; exit 78");
        let (listener, urls) = silent();
        drop(listener);
        let mut child = daemon.start().unwrap();

        let error = until_well(&urls, &daemon, &mut child, Duration::from_mins(1))
            .await
            .unwrap_err()
            .to_string();

        assert!(
            error.starts_with("it ended with exit status: 78"),
            "{error}"
        );
        assert!(error.contains("    a wrong setting"), "{error}");
    }

    #[tokio::test]
    async fn patience_has_an_end() {
        let directory = tempfile::tempdir().unwrap();
        let daemon = shell(directory.path(), "exec sleep 3604");
        let (listener, urls) = silent();
        drop(listener);
        let mut child = daemon.start().unwrap();

        let error = until_well(&urls, &daemon, &mut child, Duration::ZERO)
            .await
            .unwrap_err()
            .to_string();

        assert!(error.contains("was not ready after 0 seconds"), "{error}");
        child.kill().await.unwrap();
    }
}
