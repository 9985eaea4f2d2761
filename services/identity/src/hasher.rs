//! Hashing of passwords, which is slow on purpose: only as much of it at once as there are cores,
//! and no endless queue.

mod memory;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{
    CustomizedPasswordHasher as _, PasswordVerifier as _, try_generate_salt,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use self::memory::Memory;
use crate::config::Passwords;
use crate::domain::password::Cost;
use crate::error::Error;

/// Hashes passwords and compares them with hashes.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    cost: Cost,
    /// Compared with when there is no hash, so that it takes as long.
    dummy: String,
    /// Those that work and those that wait.
    admitted: Arc<Semaphore>,
    working: Arc<Semaphore>,
    /// What those that work give back: as many as work at once.
    spare: Mutex<Vec<Memory>>,
    done: AtomicU64,
}

/// What a comparison told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the password was the one.
    pub right: bool,
    /// A hash at the cost of today, if the one compared with was cheaper.
    pub rehashed: Option<String>,
}

impl Hasher {
    /// Takes the cost and the bounds from the settings.
    pub fn new(settings: &Passwords) -> anyhow::Result<Self> {
        let cost = settings.cost();
        Ok(Self(Arc::new(Inner {
            cost,
            dummy: hash(&Memory::default(), "a password that nobody has", cost)?,
            admitted: Arc::new(Semaphore::new(settings.workers + settings.queue)),
            working: Arc::new(Semaphore::new(settings.workers)),
            spare: Mutex::default(),
            done: AtomicU64::new(0),
        })))
    }

    /// Hashes a password that is to be set.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        let cost = self.0.cost;
        self.work(move |_, memory| hash(memory, password.expose_secret(), cost))
            .await
    }

    /// Compares a password with a hash. Without one the answer is no, after the same work.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<&str>,
    ) -> Result<Verdict, Error> {
        let stored = hash.map(ToOwned::to_owned);
        self.work(move |inner, memory| {
            let known = stored.is_some();
            let parsed = PasswordHash::new(stored.as_deref().unwrap_or(&inner.dummy))
                .map_err(|error| anyhow!("a stored hash: {error}"))?;
            let right = memory
                .verify_password(password.expose_secret().as_bytes(), &parsed)
                .is_ok()
                && known;
            let raised = cost_of(&parsed)?.raised_to(inner.cost);
            let rehashed = raised
                .filter(|_| right)
                .map(|cost| self::hash(memory, password.expose_secret(), cost))
                .transpose()?;
            Ok(Verdict { right, rehashed })
        })
        .await
    }

    /// How much work has been done, in hashes.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Inner, &Memory) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.0);
        let admitted = Arc::clone(&inner.admitted)
            .try_acquire_owned()
            .map_err(|_| Error::Busy)?;
        let working = Arc::clone(&inner.working)
            .acquire_owned()
            .await
            .map_err(|closed| Error::Crypto(closed.into()))?;
        let result = tokio::task::spawn_blocking(move || {
            // A caller who goes away doesn't end the work, so the permits stay with it and not with
            // the call.
            let _held = (admitted, working);
            let memory = inner.spare().pop().unwrap_or_default();
            let result = job(&inner, &memory);
            inner.spare().push(memory);
            inner.done.fetch_add(1, Ordering::Relaxed);
            result
        });
        result
            .await
            .map_err(|panicked| Error::Crypto(panicked.into()))?
            .map_err(Error::Crypto)
    }
}

impl Inner {
    fn spare(&self) -> MutexGuard<'_, Vec<Memory>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(memory: &Memory, password: &str, cost: Cost) -> anyhow::Result<String> {
    let params = Params::new(cost.memory, cost.iterations, cost.lanes, None)
        .map_err(|error| anyhow!("the cost of a hash: {error}"))?;
    let salt = try_generate_salt()?;
    // Without a name and a version it is today's: Argon2id, 1.3.
    Ok(memory
        .hash_password_customized(password.as_bytes(), &salt, None, None, params)
        .map_err(|error| anyhow!("could not hash: {error}"))?
        .to_string())
}

fn cost_of(hash: &PasswordHash) -> anyhow::Result<Cost> {
    let params =
        Params::try_from(hash).map_err(|error| anyhow!("a stored hash's cost: {error}"))?;
    Ok(Cost {
        memory: params.m_cost(),
        iterations: params.t_cost(),
        lanes: params.p_cost(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn id_7_a_hash_is_argon2id_at_the_cost_of_the_settings() {
        let hasher = Hasher::new(&Passwords::default()).unwrap();

        let hash = hasher.hash("walnut ladder teacup".into()).await.unwrap();

        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            hasher
                .verify("walnut ladder teacup".into(), Some(&hash))
                .await
                .unwrap()
                .right
        );
        assert!(
            !hasher
                .verify("walnut ladder teacuq".into(), Some(&hash))
                .await
                .unwrap()
                .right
        );
    }

    #[tokio::test]
    async fn id_7_a_cheap_hash_is_made_anew_when_the_password_is_right_and_only_then() {
        let hasher = Hasher::new(&Passwords::default()).unwrap();
        let cheap = hash(
            &Memory::default(),
            "walnut ladder teacup",
            Cost {
                memory: 4_096,
                iterations: 3,
                lanes: 1,
            },
        )
        .unwrap();

        let right = hasher
            .verify("walnut ladder teacup".into(), Some(&cheap))
            .await
            .unwrap();
        let wrong = hasher
            .verify("something else".into(), Some(&cheap))
            .await
            .unwrap();

        assert!(
            right
                .rehashed
                .unwrap()
                .starts_with("$argon2id$v=19$m=19456,t=3,p=1$")
        );
        assert_eq!(
            wrong,
            Verdict {
                right: false,
                rehashed: None
            }
        );
    }

    #[tokio::test]
    async fn id_6_without_a_hash_the_same_work_is_done_and_nothing_is_right() {
        let hasher = Hasher::new(&Passwords::default()).unwrap();

        let verdict = hasher
            .verify("a password that nobody has".into(), None)
            .await
            .unwrap();

        assert_eq!(
            verdict,
            Verdict {
                right: false,
                rehashed: None
            }
        );
        assert_eq!(hasher.done(), 1);
    }

    #[tokio::test]
    async fn what_can_be_neither_hashed_nor_queued_is_refused_at_once() {
        let hasher = Hasher::new(&Passwords {
            workers: 1,
            queue: 2,
            ..Passwords::default()
        })
        .unwrap();

        let all = futures::future::join_all((0..10).map(|_| hasher.verify("x".into(), None))).await;

        assert_eq!(
            all.iter()
                .filter(|it| matches!(it, Err(Error::Busy)))
                .count(),
            7
        );
        assert_eq!(hasher.done(), 3);
    }
}
