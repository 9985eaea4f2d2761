//! The settings that every part gets here.

use std::path::PathBuf;

use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig, Settings as _, TlsConfig};

use crate::databases::Databases;
use crate::folder::Folder;
use crate::ports::{Ports, loopback};
use crate::secrets::Secrets;
use crate::service::Service;
use crate::{certificates, nats, operator};

/// Where people write when something does not work, where they write about a complaint, and whom emails come from.
const SUPPORT: &str = "portal@housing-ombudsman.example";
const COMPLAINTS: &str = "complaints@housing-ombudsman.example";
const FROM: &str = "Housing Ombudsman Service <no-reply@housing-ombudsman.example>";

/// What the settings follow from.
#[derive(Debug)]
pub struct Settings<'a> {
    /// Where everything lies.
    pub folder: &'a Folder,
    /// Where everything listens.
    pub ports: Ports,
    /// The secrets.
    pub secrets: &'a Secrets,
    /// The clamd that scans documents, if any does.
    pub clamav: Option<String>,
}

impl Settings<'_> {
    /// The address that people type.
    #[must_use]
    pub fn public_url(&self) -> String {
        public_url(self.ports)
    }

    fn server(&self, port: u16, health: u16, process: &str) -> ServerConfig {
        ServerConfig {
            listen: loopback(port),
            health_listen: Some(loopback(health)),
            tls: self.tls(process),
            ..ServerConfig::default()
        }
    }

    fn service(&self, service: Service) -> ServerConfig {
        self.server(
            self.ports.grpc(service),
            self.ports.health(service),
            service.name(),
        )
    }

    fn tls(&self, process: &str) -> TlsConfig {
        certificates::of(&self.folder.tls(), process)
    }

    fn peer(&self, service: Service) -> PeerConfig {
        PeerConfig {
            url: operator::url(self.ports, service),
        }
    }

    fn nats(&self, service: Service) -> NatsConfig {
        NatsConfig {
            url: nats::url(self.ports),
            tls: Some(self.tls(service.name())),
            ..NatsConfig::default()
        }
    }

    /// A service's database, as the service logs in.
    pub fn database(&self, service: Service) -> anyhow::Result<DbConfig> {
        let url = Databases::on(self.ports.postgres(), self.secrets).login_url(service)?;
        Ok(DbConfig {
            url,
            ..DbConfig::default()
        })
    }

    /// Identity.
    pub fn identity(&self) -> anyhow::Result<identity::Config> {
        Ok(identity::Config {
            server: self.service(Service::Identity),
            database: self.database(Service::Identity)?,
            nats: self.nats(Service::Identity),
            signing_key: self.secrets.signing_key("identity-signing-key")?,
            code_key: self.secrets.random("identity-code-key")?,
            ..identity::Config::default()
        })
    }

    /// Cases.
    pub fn case(&self) -> anyhow::Result<case::Config> {
        Ok(case::Config {
            server: self.service(Service::Case),
            database: self.database(Service::Case)?,
            nats: self.nats(Service::Case),
            identity: self.peer(Service::Identity),
            ..case::Config::default()
        })
    }

    /// Tasks.
    pub fn task(&self) -> anyhow::Result<task::Config> {
        Ok(task::Config {
            server: self.service(Service::Task),
            database: self.database(Service::Task)?,
            nats: self.nats(Service::Task),
            identity: self.peer(Service::Identity),
            document: self.peer(Service::Document),
            ..task::Config::default()
        })
    }

    /// Messages.
    pub fn messaging(&self) -> anyhow::Result<messaging::config::Config> {
        Ok(messaging::config::Config {
            server: self.service(Service::Messaging),
            database: self.database(Service::Messaging)?,
            nats: self.nats(Service::Messaging),
            identity: self.peer(Service::Identity),
            document: self.peer(Service::Document),
            ..messaging::config::Config::default()
        })
    }

    /// Documents, in a folder, and without a scanner unless one was named: most machines have none.
    pub fn document(&self) -> anyhow::Result<document::config::Config> {
        let folder = reqwest::Url::from_directory_path(self.folder.documents()).map_err(|()| {
            anyhow::anyhow!(
                "{} is not an absolute path",
                self.folder.documents().display()
            )
        })?;
        let config = document::config::Config {
            server: self.service(Service::Document),
            database: self.database(Service::Document)?,
            nats: self.nats(Service::Document),
            identity: self.peer(Service::Identity),
            service_complaint: self.peer(Service::ServiceComplaint),
            store: document::config::StoreConfig {
                url: folder.into(),
                ..Default::default()
            },
            // Beside the store: a machine's folder for temporary files may be in memory.
            spool: document::config::SpoolConfig {
                directory: Some(self.folder.run()),
            },
            clamav: document::config::ClamAvConfig {
                addr: self.clamav.clone(),
                ..Default::default()
            },
            ..document::config::Config::default()
        };
        // The scanner's address is the one setting that a person gave.
        config.check().map_err(anyhow::Error::msg)?;
        Ok(config)
    }

    /// Complaints about the ombudsman.
    pub fn service_complaint(&self) -> anyhow::Result<service_complaint::Config> {
        Ok(service_complaint::Config {
            server: self.service(Service::ServiceComplaint),
            database: self.database(Service::ServiceComplaint)?,
            nats: self.nats(Service::ServiceComplaint),
            identity: self.peer(Service::Identity),
            document: self.peer(Service::Document),
            link_key: self.secrets.random("service-complaint-link-key")?,
            letters: service_complaint::Manner {
                contact: service_complaint::Contact(format!(
                    "You can write to {COMPLAINTS}, or ask us to call you."
                )),
                portal_url: self.public_url(),
                ..service_complaint::Manner::default()
            },
            ..service_complaint::Config::default()
        })
    }

    /// Emails and notices, into the inbox.
    pub fn notification(&self) -> anyhow::Result<notification::config::Config> {
        Ok(notification::config::Config {
            server: self.service(Service::Notification),
            database: self.database(Service::Notification)?,
            nats: self.nats(Service::Notification),
            identity: self.peer(Service::Identity),
            service_complaint: self.peer(Service::ServiceComplaint),
            case: self.peer(Service::Case),
            smtp: notification::config::SmtpConfig {
                url: format!("smtp://{}", loopback(self.ports.smtp())).into(),
                ..Default::default()
            },
            from: FROM.to_owned(),
            support_address: SUPPORT.to_owned(),
            complaints_address: COMPLAINTS.to_owned(),
            portal_url: self.public_url(),
            // Whoever tries the portal waits for the email.
            gather_seconds: 5,
            quiet_hours: String::new(),
            ..notification::config::Config::default()
        })
    }

    /// The edge.
    #[must_use]
    pub fn gateway(&self) -> gateway::Config {
        gateway::Config {
            server: self.server(self.ports.gateway(), self.ports.gateway_health(), "gateway"),
            public_url: self.public_url(),
            files_url: format!("http://{}", loopback(self.ports.gateway())),
            static_dir: static_dir(),
            support_email: SUPPORT.to_owned(),
            email_from: FROM.to_owned(),
            services: gateway::config::Services {
                identity: self.peer(Service::Identity),
                case: self.peer(Service::Case),
                task: self.peer(Service::Task),
                messaging: self.peer(Service::Messaging),
                document: self.peer(Service::Document),
                notification: self.peer(Service::Notification),
                service_complaint: self.peer(Service::ServiceComplaint),
            },
            ..gateway::Config::default()
        }
    }
}

/// The address that people type. It says `localhost` because browsers take that for as safe as HTTPS.
#[must_use]
pub fn public_url(ports: Ports) -> String {
    format!("http://localhost:{}", ports.gateway())
}

/// Where the inbox is read.
#[must_use]
pub fn inbox_url(ports: Ports) -> String {
    format!("http://localhost:{}", ports.inbox())
}

/// Where the checkout's assets are built to.
fn static_dir() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../gateway/static"))
}

/// The addresses that tell whether the parts are ready, in the order in which they start.
#[must_use]
pub fn health_urls(ports: Ports) -> Vec<(&'static str, String)> {
    let health = |port| format!("http://{}/readyz", loopback(port));
    let services = Service::ALL
        .into_iter()
        .map(|service| (service.name(), health(ports.health(service))));
    let inbox = (
        "inbox",
        format!("http://{}/api/messages?to=nobody", loopback(ports.inbox())),
    );
    std::iter::once(inbox)
        .chain(services)
        .chain([("gateway", health(ports.gateway_health()))])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_takes_its_settings() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::at(directory.path()).unwrap();
        folder.make().unwrap();
        let secrets = Secrets::of(folder.secrets());
        let settings = Settings {
            folder: &folder,
            ports: Ports::from_gateway(9080).unwrap(),
            secrets: &secrets,
            clamav: None,
        };

        assert_eq!(settings.identity().unwrap().check(), Ok(()));
        assert_eq!(settings.case().unwrap().check(), Ok(()));
        assert_eq!(settings.task().unwrap().check(), Ok(()));
        assert_eq!(settings.messaging().unwrap().check(), Ok(()));
        assert_eq!(settings.document().unwrap().check(), Ok(()));
        let scanned = |addr: &str| Settings {
            folder: &folder,
            ports: settings.ports,
            secrets: &secrets,
            clamav: Some(addr.to_owned()),
        };
        assert!(scanned("127.0.0.1:3310").document().is_ok());
        let refused = scanned("clamd").document().unwrap_err();
        assert!(refused.to_string().starts_with("clamav.addr"), "{refused}");
        assert_eq!(settings.service_complaint().unwrap().check(), Ok(()));
        assert_eq!(settings.notification().unwrap().check(), Ok(()));
        assert_eq!(settings.gateway().check(), Ok(()));
    }

    #[test]
    fn every_part_is_asked_whether_it_is_ready() {
        let urls = health_urls(Ports::from_gateway(9080).unwrap());

        assert_eq!(urls.len(), Service::ALL.len() + 2);
        assert_eq!(
            urls[1],
            ("identity", "http://127.0.0.1:9101/readyz".to_owned())
        );
    }
}
