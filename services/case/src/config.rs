//! The service's settings.

use std::path::PathBuf;

use calendar::Calendar;
use kit::config::{
    self, DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig,
};
use serde::Deserialize;

use crate::domain::{ContactTerms, Words};

/// Settings of the case service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where and how it listens.
    pub server: ServerConfig,
    /// Its database.
    pub database: DbConfig,
    /// Where events go and come from.
    pub nats: NatsConfig,
    /// The identity service, whose keys tell who calls.
    pub identity: PeerConfig,
    /// When complainants are owed something, and when that is reminded of.
    pub contacts: ContactTerms,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// A file of bank holidays in the format of GOV.UK's `bank-holidays.json`. Default: those that are shipped.
    pub bank_holidays: Option<PathBuf>,
    /// A file with the words of statuses, teams and kinds of case, in the form of `data/workflow.json`. Default: those
    /// that are shipped.
    pub words: Option<PathBuf>,
}

impl Config {
    /// The calendar that due dates are counted by.
    pub fn calendar(&self) -> Result<Calendar, String> {
        config::data(
            "bank_holidays",
            self.bank_holidays.as_deref(),
            Calendar::england_and_wales,
            Calendar::from_json,
        )
    }

    /// The words of the workflow.
    pub fn words(&self) -> Result<Words, String> {
        config::data(
            "words",
            self.words.as_deref(),
            Words::shipped,
            Words::from_json,
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
        self.calendar()?;
        self.words()?;
        self.contacts.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_setting() {
        let config = Config {
            bank_holidays: Some("/nowhere".into()),
            ..Config::default()
        };

        let refused = config.check().unwrap_err();

        assert!(
            refused.starts_with("bank_holidays: could not read /nowhere"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_shipped_is_good() {
        assert_eq!(Config::default().check(), Ok(()));
    }
}
