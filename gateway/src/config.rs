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
    /// The address that files come from, written alike and on another host: `https://files.portal.example`. Both lead here; nobody is logged in there,
    /// so that a file which a browser runs after all reaches nothing of the portal.
    pub files_url: String,
    /// How many proxies of ours stand in front, each of which adds the address it saw to `X-Forwarded-For`. Default: 0, and that header is
    /// not read at all.
    pub trusted_proxies: usize,
    /// The folder with the built stylesheet and scripts. Default: `gateway/static`.
    pub static_dir: PathBuf,
    /// Where people write when something does not work.
    pub support_email: String,
    /// What emails come from, as notification has it, such as `Casework Portal <no-reply@portal.example>`: people are told to have it among their safe
    /// senders.
    pub email_from: String,
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

impl Config {
    /// The address that emails come from, without a name.
    #[must_use]
    pub fn sender(&self) -> &str {
        let address = self.email_from.rsplit('<').next().unwrap_or_default();
        address.trim_end_matches('>').trim()
    }

    /// The host that files come from, with its port if it has one.
    #[must_use]
    pub fn files_host(&self) -> &str {
        let url = &self.files_url;
        url.split_once("://").map_or(url, |(_, host)| host)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: ServerConfig::default(),
            telemetry: TelemetryConfig::default(),
            public_url: "http://localhost:8080".to_owned(),
            files_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: 0,
            static_dir: PathBuf::from("gateway/static"),
            support_email: "portal@housing-ombudsman.example".to_owned(),
            email_from: "no-reply@housing-ombudsman.example".to_owned(),
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
        origin("public_url", &self.public_url, "http://localhost:")?;
        origin("files_url", &self.files_url, "http://127.0.0.1:")?;
        if self.public_url.starts_with("https://") && !self.files_url.starts_with("https://") {
            return Err("files_url must start with https://, as public_url does".to_owned());
        }
        let name = |url: &str| url.split_once("://").map(|(_, it)| name_of(it).to_owned());
        if name(&self.files_url) == name(&self.public_url) {
            return Err("files_url must have another host than public_url".to_owned());
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

/// Whether an address is an origin as browsers write it: without a path and in lower case, for it is compared as it stands.
fn origin(name: &str, url: &str, on_this_machine: &str) -> Result<(), String> {
    if !url.starts_with(on_this_machine) && !url.starts_with("https://") {
        return Err(format!(
            "{name} must start with https://, or be {on_this_machine} with a port"
        ));
    }
    let host = url.split_once("://").map_or("", |(_, it)| it);
    if host.is_empty() || host.contains(['/', '?', '#', '@']) || host.to_lowercase() != host {
        return Err(format!(
            "{name} must end with its host or port, in lower case and without a slash"
        ));
    }
    if url.starts_with("https://") && host.ends_with(":443") {
        return Err(format!(
            "{name} must leave out the port 443, as browsers do"
        ));
    }
    Ok(())
}

/// A host without its port: cookies are sent to all ports of a host.
fn name_of(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public_url: &str, files_url: &str) -> Result<(), String> {
        let peer = || PeerConfig {
            url: "https://localhost:1".to_owned(),
        };
        Config {
            public_url: public_url.to_owned(),
            files_url: files_url.to_owned(),
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
    fn id_4_the_address_that_emails_come_from_is_said_without_its_name() {
        for from in [
            "Casework Portal <no-reply@portal.example>",
            "no-reply@portal.example",
        ] {
            let config = Config {
                email_from: from.to_owned(),
                ..Config::default()
            };
            assert_eq!(config.sender(), "no-reply@portal.example");
        }
    }

    #[test]
    fn the_addresses_are_origins_as_browsers_write_them() {
        let (portal, files) = ("https://portal.example", "https://files.example");
        assert_eq!(check(portal, files), Ok(()));
        assert_eq!(
            check("http://localhost:8080", "http://127.0.0.1:8080"),
            Ok(())
        );
        for wrong in [
            "http://portal.example",
            "https://",
            "https://portal.example/",
            "https://portal.example/portal",
            "https://Portal.example",
            "https://portal.example:443",
        ] {
            let refused = check(wrong, files).unwrap_err();
            assert!(refused.starts_with("public_url"), "{wrong}: {refused}");
            let refused = check(portal, wrong).unwrap_err();
            assert!(refused.starts_with("files_url"), "{wrong}: {refused}");
        }
    }

    #[test]
    fn do_5_a_portal_that_others_use_does_not_lead_them_to_their_own_machine() {
        let refused = check("https://portal.example", "http://127.0.0.1:8080").unwrap_err();
        assert_eq!(
            refused,
            "files_url must start with https://, as public_url does"
        );
    }

    #[test]
    fn do_5_files_come_from_a_host_that_gets_no_cookie_of_the_portal() {
        for same in ["https://portal.example", "https://portal.example:8443"] {
            let refused = check("https://portal.example", same).unwrap_err();
            assert_eq!(refused, "files_url must have another host than public_url");
        }
    }
}
