//! Secrets of forms and private links: made at random, given out once, and stored as keyed hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};

/// Makes a secret of 256 random bits.
#[must_use]
pub fn random() -> String {
    kit::secret::Token::random().reveal()
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
    /// A form for a service request: when it was begun, signed.
    RequestForm,
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
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.prefix());
        context.update(secret.as_bytes());
        context.sign().as_ref().to_vec()
    }

    /// Signs a text that goes out and comes back, so that nothing has to be stored of it.
    #[must_use]
    pub fn sign(&self, kind: Kind, text: &str) -> String {
        let signature = URL_SAFE_NO_PAD.encode(self.hash(kind, text));
        format!("{text}.{signature}")
    }

    /// The text of what was signed here; `None` when it was not. Compared in constant time.
    #[must_use]
    pub fn signed<'a>(&self, kind: Kind, token: &'a str) -> Option<&'a str> {
        let (text, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let message = [kind.prefix(), text.as_bytes()].concat();
        hmac::verify(&self.0, &message, &signature).ok()?;
        Some(text)
    }
}

impl Kind {
    fn prefix(self) -> &'static [u8] {
        match self {
            Self::Draft => b"draft:",
            Self::Link => b"link:",
            Self::Source => b"source:",
            Self::RequestForm => b"request-form:",
        }
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

    #[test]
    fn what_was_signed_comes_back_and_nothing_else_does() {
        let key = LinkKey::new(&"k".repeat(32).into());
        let other = LinkKey::new(&"x".repeat(32).into());
        let token = key.sign(Kind::RequestForm, "form.1");

        assert_eq!(key.signed(Kind::RequestForm, &token), Some("form.1"));
        assert_eq!(key.signed(Kind::Draft, &token), None);
        assert_eq!(other.signed(Kind::RequestForm, &token), None);
        let forged = token.replace("form.1", "form.2");
        assert_eq!(key.signed(Kind::RequestForm, &forged), None);
        for made_up in ["", ".", "form.1", "form.1."] {
            assert_eq!(key.signed(Kind::RequestForm, made_up), None, "{made_up}");
        }
    }
}
