//! The settings of the service.

use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig};
use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::{QuietHours, Team};

/// The settings of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where and how it listens.
    pub server: ServerConfig,
    /// Its database.
    pub database: DbConfig,
    /// Where events come from and go to.
    pub nats: NatsConfig,
    /// The identity service: callers' keys, and addresses and secrets at the moment of delivery.
    pub identity: PeerConfig,
    /// The service of complaints about the ombudsman: private links and the words of letters, at the moment of delivery.
    pub service_complaint: PeerConfig,
    /// The case service: the addresses and words of progress updates, at the moment of delivery.
    pub case: PeerConfig,
    /// Where telemetry goes.
    pub telemetry: TelemetryConfig,
    /// The mail server.
    pub smtp: SmtpConfig,
    /// What emails come from, such as `Casework Portal <no-reply@portal.example>`. Required.
    pub from: String,
    /// Where people get help, shown in every email. Required.
    pub support_address: String,
    /// The mailbox that Customer Insight reads: where an answer to a letter about a service complaint goes. Required.
    pub complaints_address: String,
    /// The portal's address as people see it, such as `https://portal.example`, without a slash at the end. Required.
    pub portal_url: String,
    /// How long a burst of news about one case is gathered into one email, in seconds; 0 gathers nothing. Default: 300.
    pub gather_seconds: u32,
    /// The hours, by London time, in which nothing goes out that can wait; empty for none. Codes, links and security emails always go.
    /// Default: `21:00-07:00`.
    pub quiet_hours: String,
    /// Where teams hear of cases and service complaints that nobody sees to, and of what is escalated.
    pub team_addresses: TeamAddresses,
}

/// The addresses that teams share. A team without one finds its news in the portal alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TeamAddresses {
    /// Of the Dispute Support team.
    pub dispute_support: String,
    /// Of the Triage team.
    pub triage: String,
    /// Of the Dispute Resolution team.
    pub dispute_resolution: String,
    /// Of the Review team.
    pub review: String,
    /// Of the Customer Insight team.
    pub customer_insight: String,
}

impl TeamAddresses {
    /// A team's address, if it has one.
    #[must_use]
    pub fn of(&self, team: Team) -> Option<&str> {
        let address = match team {
            Team::DisputeSupport => &self.dispute_support,
            Team::Triage => &self.triage,
            Team::DisputeResolution => &self.dispute_resolution,
            Team::Review => &self.review,
            Team::CustomerInsight => &self.customer_insight,
        };
        Some(address.as_str()).filter(|address| !address.is_empty())
    }
}

/// The mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpConfig {
    /// `smtps://user:password@host:465`, `smtp://user:password@host:587?tls=required`, or `smtp://127.0.0.1:1025` on one machine. Required.
    pub url: SecretString,
    /// How many emails are handed over at once. Default: 8.
    pub connections: u32,
    /// How long handing one email over may take, in seconds; at most 40, so that an email's lease outlasts it. Default: 30.
    pub timeout_seconds: u32,
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            url: SecretString::default(),
            connections: 8,
            timeout_seconds: 30,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: ServerConfig::default(),
            database: DbConfig::default(),
            nats: NatsConfig::default(),
            identity: PeerConfig::default(),
            service_complaint: PeerConfig::default(),
            case: PeerConfig::default(),
            telemetry: TelemetryConfig::default(),
            smtp: SmtpConfig::default(),
            from: String::new(),
            support_address: String::new(),
            complaints_address: String::new(),
            portal_url: String::new(),
            gather_seconds: 300,
            quiet_hours: "21:00-07:00".to_owned(),
            team_addresses: TeamAddresses::default(),
        }
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
        let wrong = |text: &str| Err(text.to_owned());
        let smtp = self.smtp.url.expose_secret();
        if !self.identity.url.starts_with("https://") {
            return wrong("identity.url must start with https://");
        }
        if !self.service_complaint.url.starts_with("https://") {
            return wrong("service_complaint.url must start with https://");
        }
        if !self.case.url.starts_with("https://") {
            return wrong("case.url must start with https://");
        }
        if !smtp.starts_with("smtp://") && !smtp.starts_with("smtps://") {
            return wrong("smtp.url must start with smtp:// or smtps://");
        }
        if self.smtp.connections == 0 {
            return wrong("smtp.connections must be 1 or more");
        }
        if !(1..=40).contains(&self.smtp.timeout_seconds) {
            return wrong("smtp.timeout_seconds must be 1 to 40");
        }
        if self.from.parse::<Mailbox>().is_err() {
            return wrong("from must be an email address, with a name or without");
        }
        if self.support_address.parse::<lettre::Address>().is_err() {
            return wrong("support_address must be an email address");
        }
        if self.complaints_address.parse::<lettre::Address>().is_err() {
            return wrong("complaints_address must be an email address");
        }
        if self.quiet_hours.parse::<QuietHours>().is_err() {
            return wrong("quiet_hours must be such as 21:00-07:00, or empty for none");
        }
        for team in Team::ALL {
            let address = self.team_addresses.of(team);
            if address.is_some_and(|it| it.parse::<lettre::Address>().is_err()) {
                return wrong("team_addresses must be email addresses");
            }
        }
        let portal = &self.portal_url;
        if !(portal.starts_with("https://") || portal.starts_with("http://"))
            || portal.ends_with('/')
        {
            return wrong(
                "portal_url must start with https:// or http:// and have no slash at the end",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Config {
        Config {
            identity: PeerConfig {
                url: "https://identity:8443".into(),
            },
            service_complaint: PeerConfig {
                url: "https://service-complaint:8443".into(),
            },
            case: PeerConfig {
                url: "https://case:8443".into(),
            },
            smtp: SmtpConfig {
                url: "smtp://127.0.0.1:1025".into(),
                ..SmtpConfig::default()
            },
            from: "Casework Portal <no-reply@portal.example>".into(),
            support_address: "help@portal.example".into(),
            complaints_address: "complaints@portal.example".into(),
            portal_url: "https://portal.example".into(),
            ..Config::default()
        }
    }

    #[test]
    fn good_settings_pass() {
        assert_eq!(good().check(), Ok(()));
    }

    #[test]
    fn each_wrong_setting_is_named() {
        let wrong = [
            (
                "identity.url",
                Config {
                    identity: PeerConfig::default(),
                    ..good()
                },
            ),
            (
                "service_complaint.url",
                Config {
                    service_complaint: PeerConfig::default(),
                    ..good()
                },
            ),
            (
                "case.url",
                Config {
                    case: PeerConfig::default(),
                    ..good()
                },
            ),
            (
                "smtp.url",
                Config {
                    smtp: SmtpConfig::default(),
                    ..good()
                },
            ),
            (
                "from",
                Config {
                    from: "the portal".into(),
                    ..good()
                },
            ),
            (
                "support_address",
                Config {
                    support_address: String::new(),
                    ..good()
                },
            ),
            (
                "complaints_address",
                Config {
                    complaints_address: "the complaints team".into(),
                    ..good()
                },
            ),
            (
                "quiet_hours",
                Config {
                    quiet_hours: "at night".into(),
                    ..good()
                },
            ),
            (
                "team_addresses",
                Config {
                    team_addresses: TeamAddresses {
                        triage: "the triage team".into(),
                        ..TeamAddresses::default()
                    },
                    ..good()
                },
            ),
            (
                "portal_url",
                Config {
                    portal_url: "https://portal.example/".into(),
                    ..good()
                },
            ),
        ];

        for (setting, config) in wrong {
            let error = config.check().unwrap_err();
            assert!(error.starts_with(&format!("{setting} must")), "{error}");
        }
    }
}
