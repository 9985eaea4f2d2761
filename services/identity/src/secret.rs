//! Random secrets, and what is stored in their place.

use kit::secret::random;
pub use kit::secret::{Token, hash};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::domain::code;

/// Whether a secret is the one that a hash was stored of. The comparison takes the same time
/// wherever they differ.
#[must_use]
pub fn is_of(token: &str, stored: &[u8]) -> bool {
    let mut difference = u8::from(stored.len() != 32);
    for (a, b) in hash(token).iter().zip(stored) {
        difference |= a ^ b;
    }
    std::hint::black_box(difference) == 0
}

/// Makes a code of six digits.
#[must_use]
pub fn random_code() -> String {
    loop {
        if let Some(code) = code::from_random(u32::from_be_bytes(random())) {
            return code;
        }
    }
}

/// Hashes what is too short to be hashed without a key: codes, and what somebody typed.
#[derive(Clone)]
pub struct CodeKey(hmac::Key);

impl CodeKey {
    /// Takes the key from the settings.
    #[must_use]
    pub fn new(key: &SecretString) -> Self {
        Self(hmac::Key::new(
            hmac::HMAC_SHA256,
            key.expose_secret().as_bytes(),
        ))
    }

    /// What is stored of the code of a log-in. The log-in is part of it, so a code is worth nothing
    /// in another.
    #[must_use]
    pub fn code(&self, login_id: Uuid, code: &str) -> Vec<u8> {
        hmac::sign(&self.0, &of_code(login_id, code))
            .as_ref()
            .to_vec()
    }

    /// Whether a code is the one that was stored for a log-in, in the same time wherever they
    /// differ.
    #[must_use]
    pub fn is_code(&self, login_id: Uuid, code: &str, stored: &[u8]) -> bool {
        hmac::verify(&self.0, &of_code(login_id, code), stored).is_ok()
    }

    /// What a counter is kept under: parts that nobody can read back.
    #[must_use]
    pub fn subject(&self, parts: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            // The length keeps `ab` + `c` apart from `a` + `bc`.
            context.update(&part.len().to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }
}

fn of_code(login_id: Uuid, code: &str) -> Vec<u8> {
    [login_id.as_bytes(), code.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: &str) -> CodeKey {
        CodeKey::new(&letter.repeat(32).into())
    }

    #[test]
    fn id_5_a_code_is_bound_to_its_log_in_and_to_the_key() {
        let (one, other) = (kit::id(), kit::id());
        let stored = key("k").code(one, "123456");

        assert!(key("k").is_code(one, "123456", &stored));
        assert!(!key("k").is_code(other, "123456", &stored));
        assert!(!key("k").is_code(one, "123457", &stored));
        assert!(!key("x").is_code(one, "123456", &stored));
    }

    #[test]
    fn a_token_is_known_by_its_hash_alone() {
        let token = Token::random();
        let stored = token.hash();
        let secret = token.reveal();

        assert_eq!(secret.len(), 43);
        assert!(is_of(&secret, &stored));
        assert!(!is_of(&Token::random().reveal(), &stored));
        assert!(!is_of(&secret, &[]));
    }

    #[test]
    fn subjects_of_different_parts_differ() {
        assert_ne!(
            key("k").subject(&["ab", "c"]),
            key("k").subject(&["a", "bc"])
        );
    }
}
