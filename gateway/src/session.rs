//! A cookie in, a person out: the only place that sees a browser's credential.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;
use kit::client::Channel;
use proto::access::v1::Role;
use proto::identity::v1::login_service_client::LoginServiceClient;
use proto::identity::v1::{Account, CheckSessionRequest, EndSessionRequest, Restriction};
use tokio::time::Instant;
use tonic::{Code, Request, Status};

use crate::problem::Problem;
use crate::{Edge, clients, cookies};

/// How long an answer of identity is believed, so that a page with its parts asks once. What ends a session takes effect within it.
const BELIEVED: Duration = Duration::from_secs(1);
/// The most answers kept; beyond it the old ones are forgotten.
const KEPT: usize = 10_000;

/// A person who is logged in, and the tokens to call the services for them. It can't be printed, because its secret must not be.
pub(crate) struct Session {
    pub(crate) secret: String,
    pub(crate) account: Account,
    pub(crate) idle_seconds_left: i32,
    pub(crate) absolute_seconds_left: i32,
    pub(crate) restriction: Option<Restriction>,
    tokens: HashMap<String, String>,
}

impl Session {
    /// A request to a service, on behalf of the person.
    pub(crate) fn to<T>(&self, service: &str, message: T) -> Request<T> {
        // Identity gives no tokens to a restricted person, and the service then refuses the empty one.
        kit::client::bearer(message, self.tokens.get(service).map_or("", String::as_str))
    }

    /// Whether the person works for a landlord, and not for the ombudsman.
    pub(crate) fn is_landlord(&self) -> bool {
        !self.account.landlord_id.is_empty()
    }

    /// Whether the person manages the landlord's users (ID-9).
    pub(crate) fn is_administrator(&self) -> bool {
        self.account.role() == Role::LandlordAdministrator
    }
}

/// What identity said of each cookie, by its digest, and when.
type Answers = HashMap<[u8; 32], (Instant, Arc<Session>)>;

/// Asks identity who a cookie belongs to.
pub(crate) struct Sessions {
    identity: LoginServiceClient<Channel>,
    answers: Mutex<Answers>,
}

impl Sessions {
    pub(crate) fn new(identity: LoginServiceClient<Channel>) -> Self {
        Self {
            identity,
            answers: Mutex::default(),
        }
    }

    /// Whom a request is from; asking is a piece of activity (ID-10).
    pub(crate) async fn of_request(&self, secret: &str) -> Result<Arc<Session>, Status> {
        let key = digest(secret);
        if let Some(session) = self.believed(&key) {
            return Ok(session);
        }
        let session = Arc::new(self.ask(secret, true).await?);
        let mut answers = self.answers.lock().expect("no holder panics");
        if answers.len() >= KEPT {
            answers.retain(|_, (at, _)| at.elapsed() < BELIEVED);
        }
        answers.insert(key, (Instant::now(), session.clone()));
        Ok(session)
    }

    /// Whose a cookie is, when that is no activity: for a page that says what went wrong.
    pub(crate) async fn look(&self, secret: &str) -> Result<Arc<Session>, Status> {
        match self.believed(&digest(secret)) {
            Some(session) => Ok(session),
            None => self.ask(secret, false).await.map(Arc::new),
        }
    }

    fn believed(&self, key: &[u8; 32]) -> Option<Arc<Session>> {
        let answers = self.answers.lock().expect("no holder panics");
        let (at, session) = answers.get(key)?;
        (at.elapsed() < BELIEVED).then(|| session.clone())
    }

    /// Asks identity now, and says whether the person did something.
    pub(crate) async fn ask(&self, secret: &str, active: bool) -> Result<Session, Status> {
        let request = CheckSessionRequest {
            session_token: secret.to_owned(),
            active,
            audiences: clients::AUDIENCES.map(str::to_owned).to_vec(),
        };
        let response = self
            .identity
            .clone()
            .check_session(request)
            .await?
            .into_inner();
        let account = response
            .account
            .ok_or_else(|| Status::internal("a session without an account"))?;
        Ok(Session {
            secret: secret.to_owned(),
            account,
            idle_seconds_left: response.idle_seconds_left,
            absolute_seconds_left: response.absolute_seconds_left,
            restriction: response.restriction,
            tokens: response.tokens,
        })
    }

    /// Ends a session that a new one takes the cookie of: it would live on where nobody can log out of it.
    pub(crate) async fn end(&self, secret: &str) {
        self.forget(secret);
        let request = EndSessionRequest {
            session_token: secret.to_owned(),
        };
        if let Err(status) = self.identity.clone().end_session(request).await {
            // It ends by itself when it is quiet for long enough.
            tracing::warn!(code = ?status.code(), "a former session could not be ended");
        }
    }

    /// Forgets what is believed of a cookie, when it has changed or ended.
    pub(crate) fn forget(&self, secret: &str) {
        self.answers
            .lock()
            .expect("no holder panics")
            .remove(&digest(secret));
    }
}

fn digest(secret: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The person behind a request; without one the request is sent to log in, and a restricted person to the page that says so.
pub(crate) struct LoggedIn(pub(crate) Arc<Session>);

impl std::ops::Deref for LoggedIn {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl FromRequestParts<Edge> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let session = find(parts, edge)
            .await?
            .ok_or_else(|| Problem::logged_out(parts))?;
        if session.restriction.is_some() {
            return Err(Problem::Restricted);
        }
        Ok(Self(session))
    }
}

impl OptionalFromRequestParts<Edge> for LoggedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Option<Self>, Problem> {
        Ok(find(parts, edge).await?.map(Self))
    }
}

async fn find(parts: &Parts, edge: &Edge) -> Result<Option<Arc<Session>>, Problem> {
    let jar = CookieJar::from_headers(&parts.headers);
    let Some(cookie) = jar.get(cookies::SESSION) else {
        return Ok(None);
    };
    match edge.sessions.of_request(cookie.value()).await {
        Ok(session) => Ok(Some(session)),
        Err(status) if status.code() == Code::Unauthenticated => Ok(None),
        Err(status) => Err(status.into()),
    }
}

#[cfg(test)]
mod tests {
    use kit::config::PeerConfig;

    use super::*;

    /// ASVS 7.4.1: what ends a session is felt by every replica of the gateway within a second, since none believes an answer for longer.
    #[tokio::test(start_paused = true)]
    async fn id_10_identity_is_asked_again_after_a_second() {
        let nobody = PeerConfig {
            url: "https://localhost:1".to_owned(),
        };
        let channel = kit::client::channel(&nobody, &testkit::tls("gateway")).unwrap();
        let sessions = Sessions::new(LoginServiceClient::new(channel));
        let session = Arc::new(Session {
            secret: "secret".to_owned(),
            account: Account::default(),
            idle_seconds_left: 1_800,
            absolute_seconds_left: 43_200,
            restriction: None,
            tokens: HashMap::new(),
        });
        let answer = (Instant::now(), session);
        sessions
            .answers
            .lock()
            .unwrap()
            .insert(digest("secret"), answer);

        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(sessions.of_request("secret").await.is_ok());
        tokio::time::advance(Duration::from_millis(1)).await;

        let asked = sessions.of_request("secret").await.err().unwrap();
        assert_eq!(asked.code(), Code::Unavailable);
    }
}
