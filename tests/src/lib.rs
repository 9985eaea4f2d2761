//! The whole portal in one process, for tests of the system: every service with a database of its own, the gateway, a real NATS and a mail
//! server.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context as _;
use kit::client::Channel;
use kit::config::{DbConfig, PeerConfig, ServerConfig};
use kit::token::Signer;
use kit::{Clock, Running};
use mailbox::Mailbox;
use proto::identity::v1::GetSigningKeysRequest;
use proto::identity::v1::login_service_client::LoginServiceClient;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool};
use tempfile::TempDir;
use testkit::Nats;

/// The services, in the order in which one may need the next.
pub const SERVICES: [&str; 7] = [
    "identity",
    "document",
    "case",
    "task",
    "messaging",
    "notification",
    "service-complaint",
];

/// A whole portal.
pub struct Portal {
    /// The address that browsers are given.
    pub url: String,
    /// Where its emails arrive.
    pub mailbox: Mailbox,
    /// Signs internal tokens as identity does, for callers of any kind.
    pub signer: Signer,
    addresses: HashMap<&'static str, SocketAddr>,
    databases: HashMap<&'static str, String>,
    running: Vec<Running>,
    server: String,
    // They end with the portal.
    _nats: Nats,
    _folder: TempDir,
}

impl Portal {
    /// Starts a portal with empty databases on the server that `DATABASE_URL` names.
    pub async fn start() -> anyhow::Result<Self> {
        kit::tls::install_provider();
        let clock = Clock::system();
        let server = database_server()?;
        let folder = TempDir::new()?;
        let nats = Nats::start().await;
        let mailbox = Mailbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;

        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
        let signing_key = folder.path().join("signing-key.der");
        std::fs::write(&signing_key, pkcs8.as_ref())?;

        let mut databases = HashMap::new();
        for (name, migrator) in migrators() {
            databases.insert(name, make_database(&server, name, migrator).await?);
        }
        let mut parts = Parts {
            addresses: HashMap::new(),
            running: Vec::new(),
        };
        let database = |name: &str| DbConfig {
            url: SecretString::from(databases[name].clone()),
            max_connections: 4,
            ..DbConfig::default()
        };

        // The gateway's port must be known before emails can name it, so the address is taken first and given back.
        let gateway_address = free_address()?;
        let url = format!("http://localhost:{}", gateway_address.port());

        let identity = identity::serve(
            identity::Config {
                server: listening("identity"),
                database: database("identity"),
                nats: nats.config(),
                signing_key,
                code_key: SecretString::from(random_key()?),
                ..identity::Config::default()
            },
            clock.clone(),
        );
        parts.add("identity", identity.await?);
        let document = document::serve(
            document::config::Config {
                server: listening("document"),
                database: database("document"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                store: document::config::StoreConfig {
                    url: format!("file://{}", folder.path().display()),
                    ..Default::default()
                },
                ..document::config::Config::default()
            },
            clock.clone(),
        );
        parts.add("document", document.await?);
        let case = case::serve(
            case::Config {
                server: listening("case"),
                database: database("case"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                ..case::Config::default()
            },
            clock.clone(),
        );
        parts.add("case", case.await?);
        let task = task::serve(
            task::Config {
                server: listening("task"),
                database: database("task"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                ..task::Config::default()
            },
            clock.clone(),
        );
        parts.add("task", task.await?);
        let messaging = messaging::serve(
            messaging::config::Config {
                server: listening("messaging"),
                database: database("messaging"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                document: parts.peer("document"),
                ..messaging::config::Config::default()
            },
            clock.clone(),
        );
        parts.add("messaging", messaging.await?);
        let notification = notification::serve(
            notification::config::Config {
                server: listening("notification"),
                database: database("notification"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                smtp: notification::config::SmtpConfig {
                    url: SecretString::from(mailbox.url()),
                    ..Default::default()
                },
                from: "Housing Ombudsman Service <no-reply@housing-ombudsman.example>".to_owned(),
                support_address: "portal@housing-ombudsman.example".to_owned(),
                portal_url: url.clone(),
                gather_seconds: 0,
                ..notification::config::Config::default()
            },
            clock.clone(),
        );
        parts.add("notification", notification.await?);
        let service_complaint = service_complaint::serve(
            service_complaint::Config {
                server: listening("service-complaint"),
                database: database("service-complaint"),
                nats: nats.config(),
                identity: parts.peer("identity"),
                ..service_complaint::Config::default()
            },
            clock.clone(),
        );
        parts.add("service-complaint", service_complaint.await?);
        let gateway = gateway::serve(
            gateway::Config {
                server: ServerConfig {
                    listen: gateway_address,
                    ..listening("gateway")
                },
                public_url: url.clone(),
                static_dir: PathBuf::from(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../gateway/static"
                )),
                services: gateway::config::Services {
                    identity: parts.peer("identity"),
                    case: parts.peer("case"),
                    task: parts.peer("task"),
                    messaging: parts.peer("messaging"),
                    document: parts.peer("document"),
                    notification: parts.peer("notification"),
                },
                ..gateway::Config::default()
            },
            clock,
        );
        parts.add("gateway", gateway.await?);

        let signer = signer(&parts, pkcs8.as_ref()).await?;
        let Parts { addresses, running } = parts;
        Ok(Self {
            url,
            mailbox,
            signer,
            addresses,
            databases,
            running,
            server,
            _nats: nats,
            _folder: folder,
        })
    }

    /// A connection to a service, from a process that proves itself with its certificate.
    pub fn channel(&self, service: &str, process: &str) -> anyhow::Result<Channel> {
        kit::client::channel(&peer(self.addresses[service]), &testkit::tls(process))
    }

    /// The database of a service, as its superuser sees it.
    pub async fn database(&self, service: &str) -> anyhow::Result<PgPool> {
        Ok(PgPool::connect(&self.databases[service]).await?)
    }

    /// Stops every part and drops the databases.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // The edge first, so that nothing is asked of what has stopped.
        while let Some(part) = self.running.pop() {
            part.stop().await?;
        }
        let mut server = PgConnection::connect(&self.server).await?;
        for url in self.databases.values() {
            let name = url
                .rsplit('/')
                .next()
                .context("a database's address ends with its name")?;
            sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
                .execute(&mut server)
                .await?;
        }
        Ok(())
    }
}

/// What runs so far.
struct Parts {
    addresses: HashMap<&'static str, SocketAddr>,
    running: Vec<Running>,
}

impl Parts {
    fn add(&mut self, name: &'static str, running: Running) {
        self.addresses.insert(name, running.addr);
        self.running.push(running);
    }

    fn peer(&self, name: &str) -> PeerConfig {
        peer(self.addresses[name])
    }
}

fn peer(address: SocketAddr) -> PeerConfig {
    PeerConfig {
        url: format!("https://localhost:{}", address.port()),
    }
}

fn listening(process: &str) -> ServerConfig {
    ServerConfig {
        tls: testkit::tls(process),
        ..ServerConfig::default()
    }
}

fn migrators() -> [(&'static str, &'static Migrator); 7] {
    [
        ("identity", &identity::MIGRATOR),
        ("document", &document::MIGRATOR),
        ("case", &case::MIGRATOR),
        ("task", &task::MIGRATOR),
        ("messaging", &messaging::MIGRATOR),
        ("notification", &notification::MIGRATOR),
        ("service-complaint", &service_complaint::MIGRATOR),
    ]
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' database server, named as sqlx's own tests name it"
)]
fn database_server() -> anyhow::Result<String> {
    std::env::var("DATABASE_URL")
        .context("DATABASE_URL names the tests' PostgreSQL: `make services` starts one")
}

async fn make_database(server: &str, service: &str, migrator: &Migrator) -> anyhow::Result<String> {
    let name = format!(
        "system_{}_{}",
        service.replace('-', "_"),
        kit::id().simple()
    );
    let mut connection = PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await?;
    let mut url = connection.to_url_lossy();
    url.set_path(&name);
    migrator
        .run(&mut PgConnection::connect(url.as_str()).await?)
        .await?;
    Ok(url.into())
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn random_key() -> anyhow::Result<String> {
    let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
    Ok(pair
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Signs with identity's own key, under the id that identity publishes it by.
async fn signer(parts: &Parts, pkcs8: &[u8]) -> anyhow::Result<Signer> {
    let channel = kit::client::channel(&parts.peer("identity"), &testkit::tls("gateway"))?;
    let keys = LoginServiceClient::new(channel)
        .get_signing_keys(GetSigningKeysRequest {})
        .await?
        .into_inner()
        .keys;
    let id = keys
        .first()
        .context("identity publishes its key")?
        .key_id
        .clone();
    Signer::new(id, pkcs8)
}
