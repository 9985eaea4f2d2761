//! The whole portal in one process, for tests of the system: every service with a database of its own, the gateway, a real NATS and a mail
//! server.

mod browser;
pub mod colleague;

use std::collections::{BTreeSet, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use kit::client::Channel;
use kit::config::{DbConfig, NatsConfig, PeerConfig, ServerConfig};
use kit::token::{Claims, Signer};
use kit::{Clock, Running};
use mailbox::Mailbox;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::login_service_client::LoginServiceClient;
use proto::identity::v1::{GetSigningKeysRequest, Landlord, RegisterLandlordRequest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::Ed25519KeyPair;
use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool};
use tempfile::TempDir;
use testkit::Nats;

pub use browser::Browser;

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
    /// What carries events between its services.
    pub nats: Nats,
    addresses: HashMap<&'static str, SocketAddr>,
    databases: HashMap<&'static str, String>,
    running: Vec<Running>,
    server: String,
    // It ends with the portal.
    _folder: TempDir,
}

impl Portal {
    /// Starts a portal with empty databases on the server that `DATABASE_URL` names.
    pub async fn start() -> anyhow::Result<Self> {
        kit::tls::install_provider();
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
        // The gateway's port must be known before emails can name it, so the address is taken first and given back.
        let gateway_address = free_address()?;
        let ground = Ground {
            clock: Clock::system(),
            databases: &databases,
            nats: nats.config(),
            folder: folder.path(),
            smtp: mailbox.url(),
            gateway_address,
            document_address: free_address()?,
            url: format!("http://localhost:{}", gateway_address.port()),
        };
        let mut parts = Parts {
            addresses: HashMap::new(),
            running: Vec::new(),
        };
        parts.add("identity", ground.identity(signing_key).await?);
        parts.add("service-complaint", ground.service_complaint(&parts).await?);
        parts.add("document", ground.document(&parts).await?);
        parts.add("case", ground.case(&parts).await?);
        parts.add("task", ground.task(&parts).await?);
        parts.add("messaging", ground.messaging(&parts).await?);
        parts.add("notification", ground.notification(&parts).await?);
        parts.add("gateway", ground.gateway(&parts).await?);
        let url = ground.url;

        let signer = signer(&parts, pkcs8.as_ref()).await?;
        let Parts { addresses, running } = parts;
        Ok(Self {
            url,
            mailbox,
            signer,
            nats,
            addresses,
            databases,
            running,
            server,
            _folder: folder,
        })
    }

    /// The address of a service, for programs that call it by themselves.
    pub fn address(&self, service: &str) -> String {
        peer(self.addresses[service]).url
    }

    /// A connection to a service, from a process that proves itself with its certificate.
    pub fn channel(&self, service: &str, process: &str) -> anyhow::Result<Channel> {
        kit::client::channel(&peer(self.addresses[service]), &testkit::tls(process))
    }

    /// The database of a service, as its superuser sees it.
    pub async fn database(&self, service: &str) -> anyhow::Result<PgPool> {
        Ok(PgPool::connect(&self.databases[service]).await?)
    }

    /// Registers a landlord and its administrator's address, as an operator does. There is no password yet (ID-2).
    pub async fn register_landlord(
        &self,
        name: &str,
        administrator: &str,
        username: &str,
    ) -> anyhow::Result<Landlord> {
        let operators = kit::Client {
            client_id: kit::id(),
            name: "Operators".to_owned(),
            scopes: vec!["accounts".to_owned()],
        };
        let claims = Claims::client(&operators, "identity", Clock::system().now());
        let request = RegisterLandlordRequest {
            request_id: kit::id().to_string(),
            name: name.to_owned(),
            administrator_name: administrator.to_owned(),
            administrator_username: username.to_owned(),
        };
        let request = kit::client::bearer(request, &self.signer.sign(&claims)?);
        let channel = self.channel("identity", "casework")?;
        let registered = AdministrationServiceClient::new(channel)
            .register_landlord(request)
            .await?;
        Ok(registered.into_inner())
    }

    /// Stops every part and drops the databases.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // The edge first, so that nothing is asked of what has stopped.
        while let Some(part) = self.running.pop() {
            part.stop().await?;
        }
        let mut server = PgConnection::connect(&self.server).await?;
        for url in self.databases.values() {
            let options: PgConnectOptions = url.parse()?;
            let name = options
                .get_database()
                .context("the address names its database")?;
            sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
                .execute(&mut server)
                .await?;
        }
        Ok(())
    }
}

/// What every part stands on.
struct Ground<'a> {
    clock: Clock,
    databases: &'a HashMap<&'static str, String>,
    nats: NatsConfig,
    folder: &'a Path,
    smtp: String,
    gateway_address: SocketAddr,
    /// Known before it starts: service-complaint and it ask each other.
    document_address: SocketAddr,
    url: String,
}

impl Ground<'_> {
    fn database(&self, name: &str) -> DbConfig {
        DbConfig {
            url: SecretString::from(self.databases[name].clone()),
            max_connections: 4,
            ..DbConfig::default()
        }
    }

    async fn identity(&self, signing_key: PathBuf) -> anyhow::Result<Running> {
        let config = identity::Config {
            server: listening("identity"),
            database: self.database("identity"),
            nats: self.nats.clone(),
            signing_key,
            code_key: SecretString::from(random_key()?),
            ..identity::Config::default()
        };
        identity::serve(config, self.clock.clone()).await
    }

    async fn document(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = document::config::Config {
            server: ServerConfig {
                listen: self.document_address,
                ..listening("document")
            },
            database: self.database("document"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            service_complaint: parts.peer("service-complaint"),
            store: document::config::StoreConfig {
                url: format!("file://{}", self.folder.display()),
                ..Default::default()
            },
            ..document::config::Config::default()
        };
        document::serve(config, self.clock.clone()).await
    }

    async fn case(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = case::Config {
            server: listening("case"),
            database: self.database("case"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            ..case::Config::default()
        };
        case::serve(config, self.clock.clone()).await
    }

    async fn task(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = task::Config {
            server: listening("task"),
            database: self.database("task"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            document: parts.peer("document"),
            ..task::Config::default()
        };
        task::serve(config, self.clock.clone()).await
    }

    async fn messaging(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = messaging::config::Config {
            server: listening("messaging"),
            database: self.database("messaging"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            document: parts.peer("document"),
            ..messaging::config::Config::default()
        };
        messaging::serve(config, self.clock.clone()).await
    }

    async fn notification(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = notification::config::Config {
            server: listening("notification"),
            database: self.database("notification"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            service_complaint: parts.peer("service-complaint"),
            case: parts.peer("case"),
            smtp: notification::config::SmtpConfig {
                url: SecretString::from(self.smtp.clone()),
                ..Default::default()
            },
            from: "Housing Ombudsman Service <no-reply@housing-ombudsman.example>".to_owned(),
            support_address: "portal@housing-ombudsman.example".to_owned(),
            complaints_address: "complaints@housing-ombudsman.example".to_owned(),
            portal_url: self.url.clone(),
            gather_seconds: 0,
            quiet_hours: String::new(),
            ..notification::config::Config::default()
        };
        notification::serve(config, self.clock.clone()).await
    }

    async fn service_complaint(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = service_complaint::Config {
            server: listening("service-complaint"),
            database: self.database("service-complaint"),
            nats: self.nats.clone(),
            identity: parts.peer("identity"),
            document: peer(self.document_address),
            link_key: SecretString::from(random_key()?),
            letters: service_complaint::Manner {
                contact: service_complaint::Contact(
                    "You can write to complaints@housing-ombudsman.example, or ask us to call you."
                        .to_owned(),
                ),
                portal_url: self.url.clone(),
                ..service_complaint::Manner::default()
            },
            ..service_complaint::Config::default()
        };
        service_complaint::serve(config, self.clock.clone()).await
    }

    async fn gateway(&self, parts: &Parts) -> anyhow::Result<Running> {
        let config = gateway::Config {
            server: ServerConfig {
                listen: self.gateway_address,
                ..listening("gateway")
            },
            public_url: self.url.clone(),
            files_url: format!("http://{}", self.gateway_address),
            static_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../gateway/static")),
            services: gateway::config::Services {
                identity: parts.peer("identity"),
                case: parts.peer("case"),
                task: parts.peer("task"),
                messaging: parts.peer("messaging"),
                document: parts.peer("document"),
                service_complaint: parts.peer("service-complaint"),
                notification: parts.peer("notification"),
            },
            ..gateway::Config::default()
        };
        gateway::serve(config, self.clock.clone()).await
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
    let url = server
        .parse::<PgConnectOptions>()?
        .database(&name)
        .to_url_lossy();
    migrator
        .run(&mut PgConnection::connect(url.as_str()).await?)
        .await?;
    Ok(url.into())
}

/// An address that nobody listens on, and that no other portal of this process is given. Its port is below those that systems hand out by themselves,
/// or one of the many connections that a starting portal opens could take it before the gateway does.
fn free_address() -> anyhow::Result<SocketAddr> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    const LOWEST: u16 = 20_000;
    const PORTS: u16 = 12_000;
    for _ in 0..100 {
        let mut drawn = [0; 2];
        SystemRandom::new()
            .fill(&mut drawn)
            .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
        let port = LOWEST + u16::from_ne_bytes(drawn) % PORTS;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let is_free = std::net::TcpListener::bind(address).is_ok();
        let mut given = GIVEN.lock().expect("nobody panics while they hold it");
        if is_free && given.insert(port) {
            return Ok(address);
        }
    }
    anyhow::bail!("no port from {LOWEST} on is free");
}

fn random_key() -> anyhow::Result<String> {
    let mut key = [0; 32];
    SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
    Ok(hex::encode(key))
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
