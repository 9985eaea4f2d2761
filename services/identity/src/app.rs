//! The use cases, by area. Each loads, decides, saves and announces in one transaction; what is
//! slow on purpose, the hashing, stays outside of it.

mod accounts;
mod audit;
pub mod clients;
mod code;
mod delivery;
mod landlords;
mod login;
mod password;
mod reset;
mod restriction;
pub mod session;
mod sub_accounts;

use std::sync::Arc;

use anyhow::Context as _;
use kit::token::Signer;
use kit::{Caller, Clock, Person};
use ring::digest::{SHA256, digest};
use sqlx::{PgConnection, PgPool};

pub use accounts::NewStaff;
pub use audit::Search;
pub use clients::{Issued, NewClient};
pub use code::LoggedIn;
pub use delivery::Minted;
pub use landlords::Registration;
pub use login::Started;
pub use restriction::Target;
pub use session::{Checked, OwnSessions};
pub use sub_accounts::{NewSubAccount, SubAccounts};

use crate::config::{Config, Limits, Sessions};
use crate::domain::Account;
use crate::domain::audit::Kind;
use crate::error::Error;
use crate::hasher::Hasher;
use crate::secret::CodeKey;
use crate::store;
use crate::store::audit::Entry;

/// How identity itself is named in the audit.
const IDENTITY: &str = "identity";

/// Everything that identity does. Clones share it.
#[derive(Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    codes: CodeKey,
    hasher: Hasher,
    signer: Arc<Signer>,
    public_keys: Arc<Vec<(String, [u8; 32])>>,
    sessions: Sessions,
    limits: Arc<Limits>,
}

/// Where a person comes from, as the edge saw it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The network address.
    pub address: String,
    /// The browser, as it named itself.
    pub user_agent: String,
}

impl App {
    /// Reads the keys and starts with an open database.
    pub fn new(db: PgPool, config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let signer = read_signer(config)?;
        let mut public_keys = vec![(signer.key_id().to_owned(), signer.public_key())];
        for key in config.public_keys().map_err(anyhow::Error::msg)? {
            public_keys.push((key_id(&key), key));
        }
        Ok(Self {
            db,
            clock,
            codes: CodeKey::new(&config.code_key),
            hasher: Hasher::new(&config.passwords)?,
            signer: Arc::new(signer),
            public_keys: Arc::new(public_keys),
            sessions: config.sessions.clone(),
            limits: Arc::new(config.limits.clone()),
        })
    }

    /// The keys that check internal tokens, by id.
    #[must_use]
    pub fn public_keys(&self) -> &[(String, [u8; 32])] {
        &self.public_keys
    }

    /// What hashes passwords.
    #[must_use]
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    async fn note(&self, tx: &mut PgConnection, entry: Entry<'_>) -> Result<(), Error> {
        Ok(store::audit::insert(tx, &entry, self.clock.now()).await?)
    }

    /// Notes, in a commit of its own, that somebody reached for what is another's: whatever else
    /// was done is not.
    async fn note_reach(
        &self,
        caller: &Caller,
        account: Option<&Account>,
        detail: &str,
    ) -> Result<(), Error> {
        let entry = Entry {
            kind: Kind::AuthzFail,
            account: account.map(|it| (it.id, it.username.as_str())),
            actor: &caller.actor(),
            client_address: "",
            detail,
        };
        Ok(store::audit::insert(&self.db, &entry, self.clock.now()).await?)
    }
}

/// The person in a session of their own. What only a holder may do is not for a service client on
/// somebody's behalf.
fn holder(caller: &Caller) -> Result<(&Person, uuid::Uuid), Error> {
    let person = caller
        .person()
        .filter(|person| person.through.is_none())
        .ok_or(Error::HolderOnly)?;
    Ok((person, person.session_id.ok_or(Error::HolderOnly)?))
}

/// An address as usernames are kept: however it is typed, it is one mailbox.
fn folded(username: &str) -> String {
    username.trim().to_lowercase()
}

fn read_signer(config: &Config) -> anyhow::Result<Signer> {
    let path = config.signing_key.display();
    let file = std::fs::read(&config.signing_key)
        .with_context(|| format!("could not read {path} (signing_key)"))?;
    let pkcs8 =
        der(&file).with_context(|| format!("{path} is not a key in PEM or DER (signing_key)"))?;
    let key = Signer::new("", &pkcs8)?.public_key();
    Signer::new(key_id(&key), &pkcs8)
}

/// The bytes of a key that may be wrapped in PEM.
fn der(file: &[u8]) -> anyhow::Result<Vec<u8>> {
    use base64::Engine as _;

    const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
    const END: &str = "-----END PRIVATE KEY-----";
    let Some(pem) = std::str::from_utf8(file)
        .ok()
        .and_then(|text| text.split_once(BEGIN))
    else {
        return Ok(file.to_vec());
    };
    let (body, _) = pem.1.split_once(END).context("the PEM has no end")?;
    let body: String = body.split_whitespace().collect();
    Ok(base64::engine::general_purpose::STANDARD.decode(body)?)
}

/// The id of a key follows from the key, so that every replica gives it the same.
fn key_id(public_key: &[u8; 32]) -> String {
    hex::encode(&digest(&SHA256, public_key).as_ref()[..8])
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_key_is_read_from_pem_and_from_der() {
        let key: Vec<u8> = (0..83).collect();
        let body = STANDARD.encode(&key);
        let (first, second) = body.split_at(64);
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{first}\n{second}\n-----END PRIVATE KEY-----\n");

        assert_eq!(der(pem.as_bytes()).unwrap(), key);
        assert_eq!(der(&key).unwrap(), key);
    }

    #[test]
    fn half_a_pem_is_refused() {
        assert!(der(b"-----BEGIN PRIVATE KEY-----\nAAAA").is_err());
        assert!(der(b"-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----").is_err());
    }
}
