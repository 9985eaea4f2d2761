//! Passwords and keys: made once at random, each in a file that only its owner can read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::Ed25519KeyPair;
use secrecy::{ExposeSecret as _, SecretString};

use crate::folder::write_private;

/// The secrets of one portal.
#[derive(Debug, Clone)]
pub struct Secrets {
    folder: PathBuf,
}

impl Secrets {
    /// The secrets in a folder.
    #[must_use]
    pub fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A secret that is 32 random bytes in base64; it is made when it is first asked for.
    pub fn random(&self, name: &str) -> anyhow::Result<SecretString> {
        if let Some(secret) = self.kept(name)? {
            return Ok(secret);
        }
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
        let secret = SecretString::from(URL_SAFE_NO_PAD.encode(bytes));
        self.keep(name, &secret)?;
        Ok(secret)
    }

    /// The file of an Ed25519 key in PKCS#8; it is made when it is first asked for.
    pub fn signing_key(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        if !path.exists() {
            let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
            write_private(&path, key.as_ref())?;
        }
        Ok(path)
    }

    /// A secret, if it is there.
    pub fn kept(&self, name: &str) -> anyhow::Result<Option<SecretString>> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
        }
    }

    /// Keeps a secret that came from elsewhere.
    pub fn keep(&self, name: &str, secret: &SecretString) -> anyhow::Result<()> {
        write_private(&self.path(name), secret.expose_secret().as_bytes())
    }

    /// Where a secret is.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(Path::new(name))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_secret_is_made_once_and_read_ever_after() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path().to_owned());

        let first = secrets.random("a").unwrap();
        let again = secrets.random("a").unwrap();
        let other = secrets.random("b").unwrap();

        assert_eq!(first.expose_secret(), again.expose_secret());
        assert_ne!(first.expose_secret(), other.expose_secret());
        assert_eq!(
            URL_SAFE_NO_PAD.decode(first.expose_secret()).unwrap().len(),
            32
        );
        assert!(secrets.kept("c").unwrap().is_none());
    }

    #[test]
    fn only_the_owner_can_read_a_secret_and_it_does_not_print() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path().to_owned());

        let secret = secrets.random("a").unwrap();
        let key = secrets.signing_key("key").unwrap();

        assert_eq!(mode(&secrets.path("a")), 0o600);
        assert_eq!(mode(&key), 0o600);
        assert!(!format!("{secret:?}").contains(secret.expose_secret()));
    }

    #[test]
    fn the_signing_key_is_one_that_identity_takes_and_stays_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path().to_owned());

        let key = fs::read(secrets.signing_key("key").unwrap()).unwrap();

        assert!(kit::token::Signer::new("local", &key).is_ok());
        assert_eq!(key, fs::read(secrets.signing_key("key").unwrap()).unwrap());
    }
}
