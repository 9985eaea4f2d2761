//! The settings of identity.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::config::{DbConfig, NatsConfig, ServerConfig, Settings, TelemetryConfig};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::password::Cost;
use crate::domain::session;
use crate::domain::throttle::Limit;

/// The settings of identity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens.
    pub server: ServerConfig,
    /// Its database.
    pub database: DbConfig,
    /// Where its events go.
    pub nats: NatsConfig,
    /// Where its telemetry goes.
    pub telemetry: TelemetryConfig,
    /// The file of the Ed25519 key that signs internal tokens: PKCS#8, PEM or DER. It is not in the
    /// database, so that whoever reads the database can't make tokens.
    pub signing_key: PathBuf,
    /// Public keys that are published beside the signing key's own, 32 bytes each in base64. A
    /// change of the key goes in three steps: publish the next one here everywhere, sign with it
    /// while the former one stands here, and remove that a minute later.
    pub other_public_keys: Vec<String>,
    /// The key that codes and the subjects of counters are hashed with: 32 bytes or more. It is not
    /// in the database either: a million codes are soon tried.
    pub code_key: SecretString,
    /// What hashing a password costs.
    pub passwords: Passwords,
    /// How long sessions and devices last.
    pub sessions: Sessions,
    /// How often somebody may try.
    pub limits: Limits,
}

/// What hashing a password costs. Each hash at a lower cost is made anew when its holder logs in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passwords {
    /// Memory in KiB. Default and least: 19,456.
    pub memory_kib: u32,
    /// Passes. Default and least: 2.
    pub iterations: u32,
    /// Lanes. Default and least: 1.
    pub lanes: u32,
    /// How many are hashed at once. Default: the number of cores.
    pub workers: usize,
    /// How many may wait for that; more are refused at once. Default: 64, which at 40 ms a hash and
    /// two workers is a wait of 1.3 s.
    pub queue: usize,
}

impl Default for Passwords {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            memory_kib: LEAST_COST.memory,
            iterations: LEAST_COST.iterations,
            lanes: LEAST_COST.lanes,
            workers,
            queue: 64,
        }
    }
}

/// OWASP's least for Argon2id.
const LEAST_COST: Cost = Cost {
    memory: 19_456,
    iterations: 2,
    lanes: 1,
};

impl Passwords {
    /// The cost of a new hash.
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost {
            memory: self.memory_kib,
            iterations: self.iterations,
            lanes: self.lanes,
        }
    }
}

/// How long sessions and devices last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sessions {
    /// Minutes without activity after which a session ends. Default: 30.
    pub idle_minutes: u32,
    /// Hours after which a session ends whatever happens. Default: 12.
    pub absolute_hours: u32,
    /// Minutes that a log-in has to be completed. Default: 30.
    pub login_minutes: u32,
    /// Days after its last log-in for which a device is known. Default: 180.
    pub device_days: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            absolute_hours: 12,
            login_minutes: 30,
            device_days: 180,
        }
    }
}

impl Sessions {
    /// The limits of a session.
    #[must_use]
    pub fn limits(&self) -> session::Limits {
        session::Limits {
            idle: chrono::Duration::minutes(self.idle_minutes.into()),
            absolute: chrono::Duration::hours(self.absolute_hours.into()),
        }
    }

    /// How long a log-in has.
    #[must_use]
    pub fn login(&self) -> chrono::Duration {
        chrono::Duration::minutes(self.login_minutes.into())
    }

    /// How long a device is known.
    #[must_use]
    pub fn device(&self) -> chrono::Duration {
        chrono::Duration::days(self.device_days.into())
    }
}

/// How often somebody may try. Log-ins that turn out right are not counted, so that an office
/// behind one address is not kept out by its own people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Log-ins of one network address. Default: 300 in 15 minutes.
    pub login_address: Limit,
    /// Log-ins of one network address with one username. Default: 20 in 15 minutes.
    pub login_pair: Limit,
    /// Log-ins of one known device. Default: 20 in 15 minutes.
    pub login_device: Limit,
    /// Different wrong pairs of username and password from one network address. Default: 15 in 60
    /// minutes.
    pub stuffing_address: Limit,
    /// The same from one /24 or /64. Default: 60 in 60 minutes.
    pub stuffing_network: Limit,
    /// Codes for one email address. Default: 20 in 60 minutes.
    pub code_address: Limit,
    /// Reset links asked for from one network address. Default: 30 in 60 minutes.
    pub reset_address: Limit,
    /// Reset links asked for from one network address with one username. Default: 5 in 60 minutes.
    pub reset_pair: Limit,
    /// Tries of the current password by one account that is logged in. Default: 10 in 15 minutes.
    pub password_change: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            login_address: Limit::new(300, 15),
            login_pair: Limit::new(20, 15),
            login_device: Limit::new(20, 15),
            stuffing_address: Limit::new(15, 60),
            stuffing_network: Limit::new(60, 60),
            code_address: Limit::new(20, 60),
            reset_address: Limit::new(30, 60),
            reset_pair: Limit::new(5, 60),
            password_change: Limit::new(10, 15),
        }
    }
}

impl Limits {
    fn named(&self) -> [(&'static str, Limit); 9] {
        [
            ("login_address", self.login_address),
            ("login_pair", self.login_pair),
            ("login_device", self.login_device),
            ("stuffing_address", self.stuffing_address),
            ("stuffing_network", self.stuffing_network),
            ("code_address", self.code_address),
            ("reset_address", self.reset_address),
            ("reset_pair", self.reset_pair),
            ("password_change", self.password_change),
        ]
    }
}

impl Config {
    /// The public keys beside the signing key's own.
    pub fn public_keys(&self) -> Result<Vec<[u8; 32]>, String> {
        let read = |key: &String| {
            STANDARD
                .decode(key)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
        };
        self.other_public_keys
            .iter()
            .map(|key| {
                read(key)
                    .ok_or_else(|| "other_public_keys must be 32 bytes each in base64".to_owned())
            })
            .collect()
    }
}

impl Settings for Config {
    fn server(&self) -> &ServerConfig {
        &self.server
    }

    fn database(&self) -> Option<&DbConfig> {
        Some(&self.database)
    }

    fn telemetry(&self) -> &TelemetryConfig {
        &self.telemetry
    }

    fn check(&self) -> Result<(), String> {
        let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
        must(
            !self.signing_key.as_os_str().is_empty(),
            "signing_key must name a file",
        )?;
        self.public_keys()?;
        must(
            self.code_key.expose_secret().len() >= 32,
            "code_key must be 32 bytes or more",
        )?;

        let Passwords {
            memory_kib,
            iterations,
            lanes,
            workers,
            queue,
        } = self.passwords;
        must(
            (LEAST_COST.memory..=1_048_576).contains(&memory_kib),
            "passwords.memory_kib must be 19,456 to 1,048,576",
        )?;
        must(
            (LEAST_COST.iterations..=64).contains(&iterations),
            "passwords.iterations must be 2 to 64",
        )?;
        must(
            (LEAST_COST.lanes..=16).contains(&lanes),
            "passwords.lanes must be 1 to 16",
        )?;
        must(
            (1..=256).contains(&workers),
            "passwords.workers must be 1 to 256",
        )?;
        must(queue <= 10_000, "passwords.queue must be 10,000 or less")?;

        let Sessions {
            idle_minutes,
            absolute_hours,
            login_minutes,
            device_days,
        } = self.sessions;
        must(
            (1..=30).contains(&idle_minutes),
            "sessions.idle_minutes must be 1 to 30",
        )?;
        must(
            (1..=12).contains(&absolute_hours),
            "sessions.absolute_hours must be 1 to 12",
        )?;
        must(
            (10..=60).contains(&login_minutes),
            "sessions.login_minutes must be 10 to 60",
        )?;
        must(
            (1..=400).contains(&device_days),
            "sessions.device_days must be 1 to 400",
        )?;

        for (name, limit) in self.limits.named() {
            must(
                limit.makes_sense(),
                &format!("limits.{name} must be 1 to 100,000 attempts in 1 to 1,440 minutes"),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Config {
        Config {
            signing_key: "signing.pem".into(),
            code_key: "k".repeat(32).into(),
            ..Config::default()
        }
    }

    #[test]
    fn the_defaults_with_two_keys_are_good() {
        assert_eq!(good().check(), Ok(()));
    }

    #[test]
    fn a_short_key_a_cheap_hash_and_a_limit_that_is_none_are_refused_by_name() {
        let short = Config {
            code_key: "k".repeat(31).into(),
            ..good()
        };
        let cheap = Config {
            passwords: Passwords {
                memory_kib: 4_096,
                ..Passwords::default()
            },
            ..good()
        };
        let endless = Config {
            limits: Limits {
                login_pair: Limit::new(i32::MAX, 15),
                ..Limits::default()
            },
            ..good()
        };
        let long = Config {
            sessions: Sessions {
                idle_minutes: 31,
                ..Sessions::default()
            },
            ..good()
        };
        let odd = Config {
            other_public_keys: vec!["AAAA".to_owned()],
            ..good()
        };

        for (config, name) in [
            (short, "code_key"),
            (cheap, "passwords.memory_kib"),
            (endless, "limits.login_pair"),
            (long, "sessions.idle_minutes"),
            (odd, "other_public_keys"),
        ] {
            assert!(config.check().unwrap_err().starts_with(name), "{name}");
        }
    }

    #[test]
    fn the_key_does_not_print() {
        assert!(!format!("{:?}", good()).contains("kkkk"));
    }
}
