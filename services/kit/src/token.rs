//! The internal token: who calls, signed by identity, for one service, for a minute.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use anyhow::Context as _;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use proto::access::v1::Role;
use proto::identity::v1::GetSigningKeysRequest;
use proto::identity::v1::login_service_client::LoginServiceClient;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::caller::{Caller, Client, Person, Seat};
use crate::client::Channel;
use crate::clock::Clock;

const ISSUER: &str = "casework-identity";
/// How long a token lasts.
const LIFETIME: Duration = Duration::seconds(60);
/// How far clocks of two machines may be apart.
const LEEWAY: Duration = Duration::seconds(5);
/// How often an unknown key id may make us ask identity for its keys.
const PATIENCE: Duration = Duration::seconds(1);

/// What an internal token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed it.
    pub iss: String,
    /// The one service it is for.
    pub aud: String,
    /// The account or the service client.
    pub sub: Uuid,
    /// Its name.
    pub name: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The token's own id.
    pub jti: Uuid,
    /// Whether it is a person or a client, and what only one of them has.
    #[serde(flatten)]
    pub subject: Subject,
}

/// Whether a token is a person's or a service client's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A person who is logged in, or for whom a client acts.
    Person {
        /// The name of the role in the proto.
        role: String,
        /// The landlord the person works for.
        landlord_id: Option<Uuid>,
        /// The landlord's name.
        landlord_name: Option<String>,
        /// The date its portal was activated.
        activated_on: Option<NaiveDate>,
        /// A caseworker's team.
        team: Option<String>,
        /// The session.
        sid: Option<Uuid>,
        /// The service client that acts for the person (RFC 8693's `act`).
        act: Option<String>,
    },
    /// Another internal system.
    Client {
        /// What the token is for.
        scopes: Vec<String>,
    },
}

impl Claims {
    /// What a person's token says.
    #[must_use]
    pub fn person(person: &Person, audience: &str, now: DateTime<Utc>) -> Self {
        let seat = person.landlord.as_ref();
        let subject = Subject::Person {
            role: person.role.as_str_name().to_owned(),
            landlord_id: seat.map(|it| it.landlord_id),
            landlord_name: seat.map(|it| it.landlord_name.clone()),
            activated_on: seat.and_then(|it| it.activated_on),
            team: person.team.clone(),
            sid: person.session_id,
            act: person.through.clone(),
        };
        Self::new(person.account_id, &person.name, subject, audience, now)
    }

    /// What a service client's token says.
    #[must_use]
    pub fn client(client: &Client, audience: &str, now: DateTime<Utc>) -> Self {
        Self::new(
            client.client_id,
            &client.name,
            Subject::Client {
                scopes: client.scopes.clone(),
            },
            audience,
            now,
        )
    }

    fn new(sub: Uuid, name: &str, subject: Subject, audience: &str, now: DateTime<Utc>) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: audience.to_owned(),
            sub,
            name: name.to_owned(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            jti: crate::id(),
            subject,
        }
    }

    fn caller(self) -> Option<Caller> {
        match self.subject {
            Subject::Person {
                role,
                landlord_id,
                landlord_name,
                activated_on,
                team,
                sid,
                act,
            } => {
                let role = Role::from_str_name(&role).filter(|role| *role != Role::Unspecified)?;
                let landlord = landlord_id.map(|landlord_id| Seat {
                    landlord_id,
                    landlord_name: landlord_name.unwrap_or_default(),
                    activated_on,
                });
                let works_for_landlord =
                    matches!(role, Role::LandlordAdministrator | Role::LandlordSubAccount);
                (works_for_landlord == landlord.is_some()).then_some(Caller::Person(Person {
                    account_id: self.sub,
                    name: self.name,
                    role,
                    landlord,
                    team,
                    session_id: sid,
                    through: act,
                }))
            }
            Subject::Client { scopes } => Some(Caller::Client(Client {
                client_id: self.sub,
                name: self.name,
                scopes,
            })),
        }
    }
}

/// Signs internal tokens. Only identity has one.
#[derive(Clone)]
pub struct Signer {
    key_id: String,
    key: EncodingKey,
    public_key: [u8; 32],
}

impl Signer {
    /// Takes an Ed25519 private key as PKCS#8 in DER; its id is chosen by whoever made it.
    pub fn new(key_id: impl Into<String>, pkcs8: &[u8]) -> anyhow::Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|error| {
            anyhow::anyhow!("the signing key is not an Ed25519 key in PKCS#8: {error}")
        })?;
        let public_key = pair
            .public_key()
            .as_ref()
            .try_into()
            .context("an Ed25519 public key has 32 bytes")?;
        Ok(Self {
            key_id: key_id.into(),
            key: EncodingKey::from_ed_der(pkcs8),
            public_key,
        })
    }

    /// The key's id.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The key that checks its signatures.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.public_key
    }

    /// Signs a token.
    pub fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        let header = Header {
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &self.key).context("could not sign a token")
    }
}

/// Why a token is refused. The caller is told none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a token, or not signed as ours are.
    #[error("it is not an EdDSA token with a key id")]
    Malformed,
    /// Signed by a key that identity does not publish.
    #[error("its key is unknown")]
    UnknownKey,
    /// Signed by a key that we don't know, and identity can't be asked now.
    #[error("identity did not tell its keys")]
    NoKeys,
    /// Changed after it was signed, or for another service.
    #[error("its signature, issuer or audience is wrong")]
    Forged,
    /// Over, or not begun.
    #[error("it has ended or not begun")]
    Ended,
    /// It says something that can't be, such as a landlord's role without a landlord.
    #[error("what it says makes no sense")]
    Senseless,
}

/// When identity was asked for its keys, and whether it told them.
#[derive(Clone, Copy)]
struct Asked {
    at: DateTime<Utc>,
    told: bool,
}

/// Checks internal tokens for one service, by the keys that identity publishes.
#[derive(Clone)]
pub struct Verifier {
    audience: String,
    clock: Clock,
    keys: Arc<RwLock<HashMap<String, DecodingKey>>>,
    identity: Option<LoginServiceClient<Channel>>,
    asked: Arc<Mutex<Option<Asked>>>,
}

impl Verifier {
    /// Asks identity for the keys when it meets one that it does not know.
    #[must_use]
    pub fn new(audience: impl Into<String>, identity: Channel, clock: Clock) -> Self {
        let identity = Some(LoginServiceClient::new(identity));
        Self {
            audience: audience.into(),
            clock,
            keys: Arc::default(),
            identity,
            asked: Arc::default(),
        }
    }

    /// Knows the keys from the start, as identity does its own.
    #[must_use]
    pub fn with_keys(
        audience: impl Into<String>,
        keys: &[(String, [u8; 32])],
        clock: Clock,
    ) -> Self {
        let keys = keys
            .iter()
            .map(|(id, key)| (id.clone(), DecodingKey::from_ed_der(key)))
            .collect();
        let keys = Arc::new(RwLock::new(keys));
        Self {
            audience: audience.into(),
            clock,
            keys,
            identity: None,
            asked: Arc::default(),
        }
    }

    /// Who a token is of.
    pub async fn verify(&self, token: &str) -> Result<Caller, Refusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Malformed)?;
        let key_id = header
            .kid
            .filter(|_| header.alg == Algorithm::EdDSA)
            .ok_or(Refusal::Malformed)?;
        let key = match self.key(&key_id) {
            Some(key) => key,
            None => self.ask_for_key(&key_id).await?,
        };

        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[&self.audience]);
        // The clock is ours to ask, so that a test can hold it still.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .map_err(|_| Refusal::Forged)?
            .claims;

        let now = self.clock.now();
        let begun = claims.iat <= (now + LEEWAY).timestamp();
        let over = claims.exp <= (now - LEEWAY).timestamp();
        let too_long = claims.exp - claims.iat > LIFETIME.num_seconds();
        if !begun || over || too_long {
            return Err(Refusal::Ended);
        }
        claims.caller().ok_or(Refusal::Senseless)
    }

    fn key(&self, key_id: &str) -> Option<DecodingKey> {
        self.keys
            .read()
            .expect("no holder of the lock panics")
            .get(key_id)
            .cloned()
    }

    /// Fetches the keys, once for all who wait, and not more often than `PATIENCE` allows.
    async fn ask_for_key(&self, key_id: &str) -> Result<DecodingKey, Refusal> {
        let Some(identity) = &self.identity else {
            return Err(Refusal::UnknownKey);
        };
        let mut asked = self.asked.lock().await;
        let now = self.clock.now();
        let told = match *asked {
            Some(Asked { at, told }) if now - at < PATIENCE => told,
            _ => {
                let told = self.fetch_keys(identity.clone()).await;
                *asked = Some(Asked { at: now, told });
                told
            }
        };
        // Not knowing is no reason to tell a person to log in again.
        let unknown = if told {
            Refusal::UnknownKey
        } else {
            Refusal::NoKeys
        };
        self.key(key_id).ok_or(unknown)
    }

    async fn fetch_keys(&self, mut identity: LoginServiceClient<Channel>) -> bool {
        match identity.get_signing_keys(GetSigningKeysRequest {}).await {
            Ok(response) => {
                let keys = response.into_inner().keys.into_iter();
                let keys = keys
                    .map(|key| (key.key_id, DecodingKey::from_ed_der(&key.public_key)))
                    .collect();
                *self.keys.write().expect("no holder of the lock panics") = keys;
                true
            }
            Err(status) => {
                tracing::warn!(code = ?status.code(), "identity did not tell its keys");
                false
            }
        }
    }
}
