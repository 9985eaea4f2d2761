//! A NATS server of the portal's own: on loopback, for the portal's processes alone, and with every event on the disk before it is
//! acknowledged.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kit::config::TlsConfig;
use tokio::process::Command;

use crate::certificates;
use crate::daemon::Daemon;
use crate::folder::{Folder, write_private};
use crate::ports::{Ports, loopback};

/// The name in its certificate.
pub const PROCESS: &str = "nats";

/// The process.
#[must_use]
pub fn daemon(folder: &Folder, program: PathBuf) -> Daemon {
    let arguments = vec!["-c".into(), configuration_file(folder).into_os_string()];
    Daemon::new(
        "NATS",
        program,
        arguments,
        folder.run().join("nats.pid"),
        folder.logs().join("nats.log"),
    )
}

/// The server: the one that the tools put into the folder or into the checkout, else the machine's own.
pub async fn program(folder: &Folder) -> anyhow::Result<PathBuf> {
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.local/bin/nats-server");
    for program in [
        folder.root().join("bin/nats-server"),
        checkout.into(),
        "nats-server".into(),
    ] {
        let version = Command::new(&program).arg("--version").output().await;
        if version.is_ok_and(|output| output.status.success()) {
            return Ok(program);
        }
    }
    anyhow::bail!("there is no nats-server here; deploy/local/tools.sh installs it")
}

fn configuration_file(folder: &Folder) -> PathBuf {
    folder.nats().join("nats.json")
}

/// Writes the configuration.
pub fn configure(folder: &Folder, ports: Ports) -> anyhow::Result<()> {
    let tls = certificates::of(&folder.tls(), PROCESS);
    let configuration = configuration(&folder.nats().join("jetstream"), ports, &tls);
    write_private(&configuration_file(folder), &configuration).context("could not configure NATS")
}

/// NATS reads JSON as a kind of its own format, and JSON quotes whatever stands in a path.
fn configuration(store: &Path, ports: Ports, tls: &TlsConfig) -> Vec<u8> {
    let configuration = serde_json::json!({
        "server_name": "casework-local",
        "listen": loopback(ports.nats()).to_string(),
        "http": loopback(ports.nats_monitor()).to_string(),
        "jetstream": {"store_dir": store, "sync_interval": "always"},
        // Whoever connects proves to be one of the portal's processes.
        "tls": {"ca_file": tls.ca, "cert_file": tls.certificate, "key_file": tls.key, "verify": true},
    });
    serde_json::to_vec_pretty(&configuration).expect("a path that was absolute text stays text")
}

/// Where services connect.
#[must_use]
pub fn url(ports: Ports) -> String {
    format!("tls://{}", loopback(ports.nats()))
}

/// Where it tells whether it is healthy.
#[must_use]
pub fn health_url(ports: Ports) -> String {
    format!("http://{}/healthz", loopback(ports.nats_monitor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_syncs_always_listens_on_loopback_alone_and_asks_for_certificates() {
        let ports = Ports::from_gateway(8080).unwrap();
        let tls = certificates::of(Path::new("/tls"), PROCESS);

        let bytes = configuration(Path::new("/a \"b\"/jetstream"), ports, &tls);

        let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read["jetstream"]["sync_interval"], "always");
        assert_eq!(read["jetstream"]["store_dir"], "/a \"b\"/jetstream");
        assert_eq!(
            (&read["listen"], &read["http"]),
            (&"127.0.0.1:8084".into(), &"127.0.0.1:8085".into())
        );
        assert_eq!(
            (&read["tls"]["ca_file"], &read["tls"]["verify"]),
            (&"/tls/ca.pem".into(), &true.into())
        );
    }
}
