//! The service's settings.

use std::path::PathBuf;

use calendar::Calendar;
use kit::config::{
    self, DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig,
};
use serde::Deserialize;

use crate::domain::Reminders;

/// Settings of the task service.
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
    /// The document service, which knows what letter a task can be about.
    pub document: PeerConfig,
    /// When an open task is reminded of after its due date.
    pub reminders: Reminders,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// A file of bank holidays in the format of GOV.UK's `bank-holidays.json`. Default: those that are shipped.
    pub bank_holidays: Option<PathBuf>,
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
        if !self.document.url.starts_with("https://") {
            return Err("document.url must start with https://".to_owned());
        }
        self.reminders.check()?;
        self.calendar().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Config {
        Config {
            document: PeerConfig {
                url: "https://document:8443".to_owned(),
            },
            ..Config::default()
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_setting() {
        let config = Config {
            bank_holidays: Some("/nowhere".into()),
            ..complete()
        };

        let refused = config.check().unwrap_err();

        assert!(
            refused.starts_with("bank_holidays: could not read /nowhere"),
            "{refused}"
        );
    }

    #[test]
    fn the_other_settings_are_good_as_shipped_and_the_document_service_must_be_named() {
        assert_eq!(complete().check(), Ok(()));

        let refused = Config::default().check().unwrap_err();
        assert_eq!(refused, "document.url must start with https://");
    }
}
