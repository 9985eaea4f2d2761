//! Secrets that are given out once, and what is stored in their place.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

/// A secret that was just made: given out once, and never stored.
pub struct Token(String);

impl Token {
    /// Makes one of 256 random bits.
    #[must_use]
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::<32>()))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }

    /// The secret itself, for the one who is to keep it.
    #[must_use]
    pub fn reveal(self) -> String {
        self.0
    }
}

/// What is stored of a secret of 256 random bits. A plain hash is enough, for nobody can try so many.
#[must_use]
pub fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// So many random bytes.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random numbers; nothing here may go on without");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_the_hash_of_one_finds_it() {
        let (one, other) = (Token::random(), Token::random());

        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.hash(), hash(&one.reveal()));
    }
}
