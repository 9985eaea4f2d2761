//! The settings of the service.

use std::path::PathBuf;

use calendar::Calendar;
use kit::config::{
    self, DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig,
};
use serde::Deserialize;

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
    /// The document service, which knows what may be attached.
    pub document: PeerConfig,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// A file of bank holidays in the format of GOV.UK's `bank-holidays.json`. Default: those that are shipped.
    pub bank_holidays: Option<PathBuf>,
}

impl Config {
    /// The calendar that the dates of answers are counted by.
    pub fn calendar(&self) -> Result<Calendar, String> {
        config::data(
            "bank_holidays",
            self.bank_holidays.as_deref(),
            Calendar::england_and_wales,
            Calendar::from_json,
        )
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
        for (name, peer) in [
            ("identity.url", &self.identity),
            ("document.url", &self.document),
        ] {
            if !peer.url.starts_with("https://") {
                return Err(format!("{name} must start with https://"));
            }
        }
        self.calendar().map(drop)
    }
}
