//! Secrets of forms and private links: made at random, given out once, and stored as keyed hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};

/// Makes a secret of 256 random bits.
#[must_use]
pub fn random() -> String {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random numbers; nothing here may go on without");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What secrets and network addresses are hashed with. It is not in the database: whoever reads that can neither open a link nor tell who asked.
#[derive(Clone)]
pub struct LinkKey(hmac::Key);

/// What a hash is of, so that a secret of one kind is worth nothing as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The secret of a form.
    Draft,
    /// The secret of a private link.
    Link,
    /// A network address that is counted.
    Source,
}

impl LinkKey {
    /// Takes the key from the settings.
    #[must_use]
    pub fn new(key: &SecretString) -> Self {
        let bytes = key.expose_secret().as_bytes();
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// What is stored of a secret.
    #[must_use]
    pub fn hash(&self, kind: Kind, secret: &str) -> Vec<u8> {
        let kind: &[u8] = match kind {
            Kind::Draft => b"draft:",
            Kind::Link => b"link:",
            Kind::Source => b"source:",
        };
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind);
        context.update(secret.as_bytes());
        context.sign().as_ref().to_vec()
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_bound_to_its_kind_and_to_the_key() {
        let (one, other) = (
            LinkKey::new(&"k".repeat(32).into()),
            LinkKey::new(&"x".repeat(32).into()),
        );

        assert_eq!(one.hash(Kind::Link, "a"), one.hash(Kind::Link, "a"));
        assert_ne!(one.hash(Kind::Link, "a"), one.hash(Kind::Draft, "a"));
        assert_ne!(one.hash(Kind::Link, "a"), other.hash(Kind::Link, "a"));
        assert_ne!(random(), random());
    }
}
