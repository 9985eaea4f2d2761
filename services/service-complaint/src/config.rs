//! The service's settings.

use std::path::PathBuf;

use calendar::Calendar;
use kit::config::{
    self, DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::app::Manner;

/// A shorter key could be guessed.
const SHORTEST_KEY: usize = 32;

/// Settings of the service-complaint service.
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
    /// The document service, which keeps the files that come with complaints.
    pub document: PeerConfig,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// What the secrets of forms and private links are hashed with, and the network addresses that are counted: 32 bytes or more. It is not in
    /// the database, so that whoever reads that can't tell who asked. Required.
    pub link_key: SecretString,
    /// A file of bank holidays in the format of GOV.UK's `bank-holidays.json`. Default: those that are shipped.
    pub bank_holidays: Option<PathBuf>,
    /// How letters are written: how people reach the team, and what is plain English.
    pub letters: Manner,
}

impl Config {
    /// The calendar that deadlines are counted by.
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
        if self.link_key.expose_secret().len() < SHORTEST_KEY {
            return Err(format!("link_key must be {SHORTEST_KEY} bytes or more"));
        }
        if !self.document.url.starts_with("https://") {
            return Err("document.url must start with https://".to_owned());
        }
        if self.letters.contact.0.trim().is_empty() {
            return Err("letters.contact must say how people reach the team".to_owned());
        }
        let portal = &self.letters.portal_url;
        if !(portal.starts_with("https://") || portal.starts_with("http://"))
            || portal.ends_with('/')
        {
            return Err(
                "letters.portal_url must start with https:// or http:// and have no slash at the end"
                    .to_owned(),
            );
        }
        self.calendar().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Contact;

    fn good() -> Config {
        Config {
            link_key: "k".repeat(32).into(),
            document: PeerConfig {
                url: "https://document:8443".to_owned(),
            },
            letters: Manner {
                contact: Contact("You can write to complaints@portal.example.".to_owned()),
                portal_url: "https://portal.example".to_owned(),
                ..Manner::default()
            },
            ..Config::default()
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_its_setting() {
        let config = Config {
            bank_holidays: Some("/nowhere".into()),
            ..good()
        };

        let refused = config.check().unwrap_err();

        assert!(
            refused.starts_with("bank_holidays: could not read /nowhere"),
            "{refused}"
        );
    }

    #[test]
    fn the_address_of_document_is_required() {
        let config = Config {
            document: PeerConfig::default(),
            ..good()
        };

        let refused = config.check().unwrap_err();
        assert!(refused.starts_with("document.url"), "{refused}");
    }

    #[test]
    fn what_is_shipped_is_good() {
        assert_eq!(good().check(), Ok(()));
    }

    /// What is false in a letter by email must not be what a deployment says by saying nothing.
    #[test]
    fn sc_12_how_people_reach_the_team_and_the_portal_are_said_by_the_deployment() {
        let mut silent = good();
        silent.letters.contact = Contact(" ".to_owned());
        let mut nowhere = good();
        nowhere.letters.portal_url = String::new();

        let refused = silent.check().unwrap_err();
        assert!(refused.starts_with("letters.contact"), "{refused}");
        let refused = nowhere.check().unwrap_err();
        assert!(refused.starts_with("letters.portal_url"), "{refused}");
    }

    #[test]
    fn a_key_that_could_be_guessed_is_refused() {
        let refused = Config::default().check().unwrap_err();

        assert!(refused.starts_with("link_key"), "{refused}");
    }
}
