//! The edge's settings.

use std::path::PathBuf;

use kit::config::{DbConfig, PeerConfig, ServerConfig, Settings, TelemetryConfig};
use serde::Deserialize;

/// The edge's settings: variables start with `CASEWORK_GATEWAY__`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens for browsers, behind whatever ends TLS for them; its certificate proves it to the services.
    pub server: ServerConfig,
    /// Where its telemetry goes.
    pub telemetry: TelemetryConfig,
    /// The address that people type, without a slash at the end: `https://portal.example`. Only forms from there are taken.
    pub public_url: String,
    /// How many proxies of ours stand in front, each of which adds the address it saw to `X-Forwarded-For`. Default: 0, and that header is
    /// not read at all.
    pub trusted_proxies: usize,
    /// The folder with the built stylesheet and scripts. Default: `gateway/static`.
    pub static_dir: PathBuf,
    /// Where people write when something does not work.
    pub support_email: String,
    /// How many requests are worked on at once; more are answered with 503. Default: 512.
    pub max_in_flight: usize,
    /// The services behind it.
    pub services: Services,
}

/// The services behind the edge.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Services {
    /// Log-in, sessions and accounts.
    pub identity: PeerConfig,
    /// Cases.
    pub case: PeerConfig,
    /// Tasks.
    pub task: PeerConfig,
    /// Messages.
    pub messaging: PeerConfig,
    /// Documents.
    pub document: PeerConfig,
    /// Complaints about the ombudsman itself.
    pub service_complaint: PeerConfig,
    /// Notices.
    pub notification: PeerConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: ServerConfig::default(),
            telemetry: TelemetryConfig::default(),
            public_url: "http://localhost:8080".to_owned(),
            trusted_proxies: 0,
            static_dir: PathBuf::from("gateway/static"),
            support_email: "portal@housing-ombudsman.example".to_owned(),
            max_in_flight: 512,
            services: Services::default(),
        }
    }
}

impl Settings for Config {
    fn server(&self) -> &ServerConfig {
        &self.server
    }

    fn database(&self) -> Option<&DbConfig> {
        None
    }

    fn telemetry(&self) -> &TelemetryConfig {
        &self.telemetry
    }

    fn check(&self) -> Result<(), String> {
        let on_this_machine = self.public_url.starts_with("http://localhost:");
        if !on_this_machine && !self.public_url.starts_with("https://") {
            return Err(
                "public_url must start with https://, or be http://localhost with a port"
                    .to_owned(),
            );
        }
        // Browsers name where a form comes from without a path and in lower case, and it is compared as it stands.
        let host = self.public_url.split_once("://").map_or("", |(_, it)| it);
        if host.is_empty() || host.contains(['/', '?', '#', '@']) || host.to_lowercase() != host {
            return Err(
                "public_url must end with its host or port, in lower case and without a slash"
                    .to_owned(),
            );
        }
        if self.max_in_flight == 0 {
            return Err("max_in_flight must be 1 or more".to_owned());
        }
        let services = &self.services;
        for (name, peer) in [
            ("identity", &services.identity),
            ("case", &services.case),
            ("task", &services.task),
            ("messaging", &services.messaging),
            ("document", &services.document),
            ("service_complaint", &services.service_complaint),
            ("notification", &services.notification),
        ] {
            if !peer.url.starts_with("https://") {
                return Err(format!("services.{name}.url must start with https://"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public_url: &str) -> Result<(), String> {
        let peer = || PeerConfig {
            url: "https://localhost:1".to_owned(),
        };
        Config {
            public_url: public_url.to_owned(),
            services: Services {
                identity: peer(),
                case: peer(),
                task: peer(),
                messaging: peer(),
                document: peer(),
                service_complaint: peer(),
                notification: peer(),
            },
            ..Config::default()
        }
        .check()
    }

    #[test]
    fn the_public_address_is_an_origin_as_browsers_write_it() {
        assert_eq!(check("https://portal.example"), Ok(()));
        assert_eq!(check("http://localhost:8080"), Ok(()));
        for wrong in [
            "http://portal.example",
            "https://",
            "https://portal.example/",
            "https://portal.example/portal",
            "https://Portal.example",
        ] {
            let refused = check(wrong).unwrap_err();
            assert!(refused.starts_with("public_url"), "{wrong}: {refused}");
        }
    }
}
