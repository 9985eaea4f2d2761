//! The settings of the service.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig};
use secrecy::SecretString;
use serde::Deserialize;

use crate::objects::Objects;

/// The settings of the service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where and how it listens.
    pub server: ServerConfig,
    /// Its database.
    pub database: DbConfig,
    /// Where events come from and go to.
    pub nats: NatsConfig,
    /// The identity service, whose keys prove callers.
    pub identity: PeerConfig,
    /// The service of complaints about the ombudsman, which knows whose files a secret opens.
    pub service_complaint: PeerConfig,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// Where files are kept.
    pub store: StoreConfig,
    /// Where files wait while they come in.
    pub spool: SpoolConfig,
    /// What looks for malware.
    pub clamav: ClamAvConfig,
}

/// Where files are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// `file:///folder`, or `s3://bucket/prefix`. Default: `file:///var/lib/casework/documents`.
    pub url: String,
    /// The store's own settings by their names, such as `aws_region`, `aws_endpoint` or `aws_access_key_id`.
    pub options: BTreeMap<String, String>,
    /// The key that goes with `aws_access_key_id`. Default: none, and the machine's or the workload's own identity is used.
    pub secret_access_key: Option<SecretString>,
    /// How many files are written to the store at once; S3 wants 5 MiB of each in memory. Default: 4.
    pub transfers: usize,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: "file:///var/lib/casework/documents".to_owned(),
            options: BTreeMap::new(),
            secret_access_key: None,
            transfers: 4,
        }
    }
}

/// Where files wait while they come in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpoolConfig {
    /// A folder with room for all uploads that run at once. Its files have no names and go with the process. Default: the
    /// system's folder for temporary files.
    pub directory: Option<PathBuf>,
}

/// What looks for malware.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClamAvConfig {
    /// `host:port` of clamd. Its `StreamMaxLength` must be 20M or more. Default: none, and files are available unscanned.
    pub addr: Option<String>,
    /// How long one scan may take, in seconds. Default: 60.
    pub timeout_seconds: u64,
    /// How many files are scanned at once by one replica. Default: 2.
    pub parallel: usize,
}

impl Default for ClamAvConfig {
    fn default() -> Self {
        Self {
            addr: None,
            timeout_seconds: 60,
            parallel: 2,
        }
    }
}

impl ClamAvConfig {
    /// How long one scan may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl Settings for Config {
    fn server(&self) -> &ServerConfig {
        &self.server
    }

    fn database(&self) -> Option<&DbConfig> {
        Some(&self.database)
    }

    fn telemetry(&self) -> &TelemetryConfig {
        &self.telemetry
    }

    fn check(&self) -> Result<(), String> {
        if !self.identity.url.starts_with("https://") {
            return Err("identity.url must start with https://".to_owned());
        }
        if !self.service_complaint.url.starts_with("https://") {
            return Err("service_complaint.url must start with https://".to_owned());
        }
        if self.store.transfers == 0 {
            return Err("store.transfers must be 1 or more".to_owned());
        }
        Objects::check(&self.store).map_err(|error| format!("store: {error:#}"))?;
        if let Some(addr) = &self.clamav.addr {
            let port = addr.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
            if !matches!(port, Some(Ok(1..))) {
                return Err("clamav.addr must be host:port".to_owned());
            }
        }
        // Beyond an hour it is no limit, and a claim lasts longer than a scan.
        if !(1..=3600).contains(&self.clamav.timeout_seconds) {
            return Err("clamav.timeout_seconds must be 1 to 3600".to_owned());
        }
        if !(1..=64).contains(&self.clamav.parallel) {
            return Err("clamav.parallel must be 1 to 64".to_owned());
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        match self.clamav.addr {
            Some(_) => Vec::new(),
            None => vec!["clamav.addr is not set: documents are NOT scanned for malware and can be downloaded at once".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Config {
        Config {
            identity: PeerConfig {
                url: "https://identity:8443".to_owned(),
            },
            service_complaint: PeerConfig {
                url: "https://service-complaint:8443".to_owned(),
            },
            ..Config::default()
        }
    }

    #[test]
    fn do_4_a_missing_scanner_is_said_and_a_present_one_is_not() {
        let mut config = good();
        assert_eq!(config.check(), Ok(()));
        assert!(config.warnings()[0].contains("NOT scanned"));

        config.clamav.addr = Some("clamav:3310".to_owned());
        assert_eq!(config.check(), Ok(()));
        assert!(config.warnings().is_empty());
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let wrong = |change: fn(&mut Config)| {
            let mut config = good();
            change(&mut config);
            config.check().unwrap_err()
        };

        assert!(wrong(|it| it.clamav.addr = Some("clamav".to_owned())).starts_with("clamav.addr"));
        assert!(wrong(|it| it.clamav.timeout_seconds = 0).starts_with("clamav.timeout_seconds"));
        assert!(wrong(|it| it.clamav.parallel = 0).starts_with("clamav.parallel"));
        assert!(wrong(|it| it.store.url = "ftp://files".to_owned()).starts_with("store"));
        assert!(wrong(|it| it.store.transfers = 0).starts_with("store.transfers"));
        assert!(wrong(|it| it.identity.url = String::new()).starts_with("identity.url"));
        let no_peer = wrong(|it| it.service_complaint = PeerConfig::default());
        assert!(no_peer.starts_with("service_complaint.url"));
    }
}
