//! What the tests start from: a running identity, and people who went through its own doors to be there.

mod logins;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use identity::{App, Config};
use kit::client::Channel;
use kit::config::{DbConfig, PeerConfig, ServerConfig};
use kit::{Clock, Running};
use prost::{Message, Name};
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use proto::identity::v1::account_service_client::AccountServiceClient;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::delivery_service_client::DeliveryServiceClient;
use proto::identity::v1::login_service_client::LoginServiceClient;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use tonic::{Request, Status};

/// What everybody's password is until a test sets another.
pub const PASSWORD: &str = "walnut ladder teacup";
/// A password that is nobody's.
pub const WRONG: &str = "marble orchid kettle";

/// The signing key is made for each run: no key is kept with the code.
static SIGNING_KEY: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), a_key()).unwrap();
    file
});

/// An Ed25519 key in PKCS#8.
pub fn a_key() -> Vec<u8> {
    use ring::signature::Ed25519KeyPair;

    let random = ring::rand::SystemRandom::new();
    Ed25519KeyPair::generate_pkcs8(&random)
        .unwrap()
        .as_ref()
        .to_vec()
}

/// A network address that no other call comes from, in a network of its own.
pub fn an_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("10.{}.{}.1", next / 250, next % 250)
}

/// A running identity.
pub struct Identity {
    pub app: App,
    pub clock: Clock,
    pub db: PgPool,
    pub config: Config,
    running: Running,
    operator: (String, String),
}

/// Somebody who has logged in.
pub struct Session {
    pub account: pb::Account,
    pub token: String,
    pub device: String,
}

/// Starts identity over an empty database, on a Monday morning.
pub async fn identity(db: &PgPool) -> Identity {
    identity_with(db, |_| {}).await
}

/// The same with other settings.
pub async fn identity_with(db: &PgPool, change: impl FnOnce(&mut Config)) -> Identity {
    let mut config = settings();
    change(&mut config);
    let scopes = [
        "accounts",
        "audit",
        "cases",
        "clients",
        "on-behalf",
        "staff",
    ];
    let (id, secret) =
        identity::bootstrap::service_client(db, &format!("casework {}", kit::id()), &scopes)
            .await
            .unwrap();
    let clock = Clock::fixed("2026-03-02T09:00:00Z".parse().unwrap());
    start(
        db,
        config,
        clock,
        (id.to_string(), secret.expose_secret().to_owned()),
    )
    .await
}

/// Settings with the keys that a test needs.
pub fn settings() -> Config {
    let mut config = Config {
        server: ServerConfig {
            tls: testkit::tls("identity"),
            ..ServerConfig::default()
        },
        database: DbConfig::default(),
        signing_key: SIGNING_KEY.path().to_owned(),
        code_key: "the code key of a test, never used elsewhere".into(),
        ..Config::default()
    };
    // Many log in at once in these tests, on a machine of few cores.
    config.passwords.queue = 1_000;
    config
}

async fn start(db: &PgPool, config: Config, clock: Clock, operator: (String, String)) -> Identity {
    let app = App::new(db.clone(), &config, clock.clone()).unwrap();
    let running = identity::server(&config, &app, clock.clone())
        .start()
        .await
        .unwrap();
    Identity {
        app,
        clock,
        db: db.clone(),
        config,
        running,
        operator,
    }
}

impl Identity {
    /// Another replica over the same database.
    pub async fn replica(&self) -> Identity {
        start(
            &self.db,
            self.config.clone(),
            self.clock.clone(),
            self.operator.clone(),
        )
        .await
    }

    pub fn channel_of(&self, process: &str) -> Channel {
        let url = format!("https://localhost:{}", self.running.addr.port());
        kit::client::channel(&PeerConfig { url }, &testkit::tls(process)).unwrap()
    }

    /// What the gateway calls before there is a caller.
    pub fn login(&self) -> LoginServiceClient<Channel> {
        LoginServiceClient::new(self.channel_of("gateway"))
    }

    /// What notification calls.
    pub fn delivery(&self) -> DeliveryServiceClient<Channel> {
        DeliveryServiceClient::new(self.channel_of("notification"))
    }

    pub fn accounts(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel_of("gateway"))
    }

    pub fn administration(&self) -> AdministrationServiceClient<Channel> {
        AdministrationServiceClient::new(self.channel_of("gateway"))
    }

    /// A call of the operators' service client.
    pub async fn operator<T>(&self, message: T) -> Request<T> {
        let (client_id, client_secret) = self.operator.clone();
        let request = pb::IssueClientTokenRequest {
            client_id,
            client_secret,
            audience: "identity".to_owned(),
            ..pb::IssueClientTokenRequest::default()
        };
        let issued = self
            .login()
            .issue_client_token(request)
            .await
            .unwrap()
            .into_inner();
        kit::client::bearer(message, &issued.token)
    }

    /// The operators' service client and its secret.
    pub fn operator_credentials(&self) -> (String, String) {
        self.operator.clone()
    }

    /// A call of somebody who is logged in.
    pub async fn signed<T>(&self, session: &Session, message: T) -> Request<T> {
        let checked = self.check(&session.token, false).await.unwrap();
        kit::client::bearer(message, &checked.tokens["identity"])
    }

    /// Whose a session is.
    pub async fn check(
        &self,
        token: &str,
        active: bool,
    ) -> Result<pb::CheckSessionResponse, Status> {
        let request = pb::CheckSessionRequest {
            session_token: token.to_owned(),
            active,
            audiences: vec!["identity".to_owned(), "case".to_owned()],
        };
        Ok(self.login().check_session(request).await?.into_inner())
    }

    /// The reason for which a session is over; empty when it is not.
    pub async fn ended(&self, token: &str) -> String {
        self.check(token, false)
            .await
            .map_or_else(|status| testkit::reason(&status), |_| String::new())
    }

    /// What was announced of a type, in order.
    pub async fn events<E: Message + Name + Default>(&self) -> Vec<E> {
        outbox::testing::events(&self.db).await
    }

    /// What holders were told, in order.
    pub async fn notices(&self) -> Vec<pb::SecurityNotice> {
        self.events::<pb::SecurityNoticeRaised>()
            .await
            .iter()
            .map(pb::SecurityNoticeRaised::notice)
            .collect()
    }

    /// Registers a landlord, whose administrator has no password yet.
    pub async fn a_landlord(&self, username: &str) -> pb::Landlord {
        let request = pb::RegisterLandlordRequest {
            request_id: kit::id().to_string(),
            name: format!("Landlord of {username}"),
            administrator_name: "Ada Finch".to_owned(),
            administrator_username: username.to_owned(),
        };
        let request = self.operator(request).await;
        self.administration()
            .register_landlord(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// A landlord's administrator who can log in.
    pub async fn an_administrator(&self, username: &str) -> pb::Landlord {
        let landlord = self.a_landlord(username).await;
        self.set_password(username, PASSWORD).await;
        landlord
    }

    /// A member of staff who can log in.
    pub async fn staff(&self, username: &str, role: Role) -> pb::Account {
        let request = pb::AddStaffRequest {
            request_id: kit::id().to_string(),
            name: "Stella Okoye".to_owned(),
            username: username.to_owned(),
            role: role.into(),
            team: if role == Role::Caseworker {
                "TEAM_TRIAGE".to_owned()
            } else {
                String::new()
            },
        };
        let request = self.operator(request).await;
        let account = self
            .administration()
            .add_staff(request)
            .await
            .unwrap()
            .into_inner();
        self.set_password(username, PASSWORD).await;
        account
    }

    /// A member of staff who is logged in.
    pub async fn staff_session(&self, username: &str, role: Role) -> Session {
        self.staff(username, role).await;
        self.log_in(username).await
    }

    /// A sub-account that can log in, of the landlord of somebody who is logged in.
    pub async fn a_sub_account(&self, administrator: &Session, username: &str) -> pb::Account {
        let account = self
            .create_sub_account(administrator, username)
            .await
            .unwrap();
        self.set_password(username, PASSWORD).await;
        account
    }

    pub async fn create_sub_account(
        &self,
        administrator: &Session,
        username: &str,
    ) -> Result<pb::Account, Status> {
        let request = pb::CreateSubAccountRequest {
            request_id: kit::id().to_string(),
            name: "Sam Lark".to_owned(),
            username: username.to_owned(),
        };
        let request = self.signed(administrator, request).await;
        Ok(self
            .accounts()
            .create_sub_account(request)
            .await?
            .into_inner())
    }

    /// The kinds in the audit of an account, or of everything, the oldest first.
    pub async fn audit(&self, account_id: &str) -> Vec<pb::SecurityEvent> {
        let request = pb::SearchAuditRequest {
            page_size: 100,
            account_id: account_id.to_owned(),
            ..pb::SearchAuditRequest::default()
        };
        let request = self.operator(request).await;
        let mut events = self
            .administration()
            .search_audit(request)
            .await
            .unwrap()
            .into_inner()
            .events;
        events.reverse();
        events
    }

    /// The newest hundred rows of the audit that are of a kind.
    pub async fn audit_of_kind(&self, kind: &str) -> Vec<pb::SecurityEvent> {
        self.audit("")
            .await
            .into_iter()
            .filter(|it| it.kind == kind)
            .collect()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

pub fn client(address: &str) -> pb::ClientInfo {
    pb::ClientInfo {
        address: address.to_owned(),
        user_agent: "Lynx/2.9".to_owned(),
    }
}

/// Six digits that are not the code.
pub fn not(code: &str) -> String {
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}
