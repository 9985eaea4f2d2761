//! Settings: defaults in the code, then a file, then the environment; a setting that nobody knows is refused.

use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What every service's settings have.
pub trait Settings: DeserializeOwned + Default + Clone + Send + 'static {
    /// Where and how it listens.
    fn server(&self) -> &ServerConfig;
    /// Its database, if it has one.
    fn database(&self) -> Option<&DbConfig>;
    /// Where its telemetry goes.
    fn telemetry(&self) -> &TelemetryConfig;
    /// Checks what a type can't; the error names the setting.
    fn check(&self) -> Result<(), String>;
    /// What is allowed but should be known, such as a protection that is off.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where and how a service listens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// The address for gRPC. Default: a free port of 127.0.0.1.
    pub listen: SocketAddr,
    /// The address for `/healthz` and `/readyz` over plain HTTP. Default: none.
    pub health_listen: Option<SocketAddr>,
    /// What it proves itself with.
    pub tls: TlsConfig,
    /// How many calls are worked on at once; more are refused as `UNAVAILABLE`. Default: 512.
    pub max_in_flight: usize,
    /// How long calls may go on after the service was told to stop, in seconds. Default: 10.
    pub drain_seconds: u64,
    /// After how long a connection is closed so that the client spreads its load anew, in seconds. Default: 300.
    pub max_connection_age_seconds: u64,
    /// Whether it tells any process of the mesh what methods it has (gRPC reflection). Default: true.
    pub reflection: bool,
    /// Over plain HTTP, how long the head of a request may take to come, and with it how long a connection may lie idle, in seconds. Behind a
    /// proxy that keeps connections, longer than the proxy keeps them idle. Default: 10.
    pub head_timeout_seconds: u64,
    /// Over plain HTTP, how long the other end may take nothing of an answer before the connection is closed, in seconds. Default: 30.
    pub write_timeout_seconds: u64,
    /// Over plain HTTP, how many connections are open at once; more wait. Default: 4,096.
    pub max_connections: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            health_listen: None,
            tls: TlsConfig::default(),
            max_in_flight: 512,
            drain_seconds: 10,
            max_connection_age_seconds: 300,
            reflection: true,
            head_timeout_seconds: 10,
            write_timeout_seconds: 30,
            max_connections: 4_096,
        }
    }
}

impl ServerConfig {
    /// How long calls may go on after the service was told to stop.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

/// The files of mutual TLS, in PEM.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// The certificate of the authority that all processes share.
    pub ca: PathBuf,
    /// The process's own certificate, with the URI `spiffe://casework/<process>`.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DbConfig {
    /// `postgres://user:password@host:port/database`.
    pub url: SecretString,
    /// The most connections held. Default: 8.
    pub max_connections: u32,
    /// How long a statement may take, in milliseconds. Default: 10,000.
    pub statement_timeout_ms: u32,
    /// How long a statement may wait for a lock, in milliseconds. Default: 3,000.
    pub lock_timeout_ms: u32,
}

impl Default for DbConfig {
    fn default() -> Self {
        Self {
            url: SecretString::from(""),
            max_connections: 8,
            statement_timeout_ms: 10_000,
            lock_timeout_ms: 3_000,
        }
    }
}

/// NATS with JetStream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsConfig {
    /// `nats://host:port`. Default: `nats://127.0.0.1:4222`.
    pub url: String,
    /// How many servers keep each event. Default: 1; production: 3.
    pub replicas: usize,
    /// The credentials file, if the server wants one.
    pub credentials: Option<PathBuf>,
    /// What it proves itself with, if the server wants mutual TLS.
    pub tls: Option<TlsConfig>,
}

impl Default for NatsConfig {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".to_owned(),
            replicas: 1,
            credentials: None,
            tls: None,
        }
    }
}

/// Another service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeerConfig {
    /// `https://host:port`.
    pub url: String,
}

/// Where telemetry goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// The OTLP collector, `http://host:4317`. Default: none, and nothing is exported.
    pub otlp_endpoint: Option<String>,
    /// What is logged, in the syntax of `RUST_LOG`. Default: `info`.
    pub log: String,
    /// How logs are written. Default: JSON.
    pub format: LogFormat,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            log: "info".to_owned(),
            format: LogFormat::Json,
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Why settings were refused. The message names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file, a variable or a value was wrong.
    #[error("wrong setting: {0}")]
    Wrong(#[from] config::ConfigError),
    /// The file that a `…_FILE` variable names can't be read.
    #[error("wrong setting: {variable}: could not read {path}: {source}")]
    File {
        /// The variable.
        variable: String,
        /// The file it names.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A value does not make sense.
    #[error("wrong setting: {0}")]
    Check(String),
}

/// Loads settings: the defaults, then the file, then variables such as `CASEWORK_CASE__DATABASE__URL`. A variable with `_FILE` behind it
/// names a file that holds the value, so that a secret need not stand in the environment.
pub fn load<T: Settings>(service: &str, file: Option<&Path>) -> Result<T, ConfigError> {
    load_from(service, file, variables()?)
}

/// Loads settings as [`load`] does, and checks no more of them than the database: a migration is given none of the
/// service's other secrets.
pub fn load_for_migration<T: Settings>(
    service: &str,
    file: Option<&Path>,
) -> Result<T, ConfigError> {
    let settings = read_from(service, file, variables()?)?;
    check_database(&settings)?;
    Ok(settings)
}

/// Reads data that a setting names the file of, or takes what is shipped when it names none. The error names the setting.
pub fn data<T, E: Display>(
    setting: &str,
    file: Option<&Path>,
    shipped: impl FnOnce() -> T,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, String> {
    let Some(file) = file else {
        return Ok(shipped());
    };
    let content = std::fs::read_to_string(file)
        .map_err(|error| format!("{setting}: could not read {}: {error}", file.display()))?;
    read(&content).map_err(|error| format!("{setting}: {error}"))
}

/// The environment's variables. Those of others need not be text; one of ours that is not is refused.
fn variables() -> Result<impl Iterator<Item = (String, String)>, ConfigError> {
    let mut ours = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else {
            continue;
        };
        if name.starts_with("CASEWORK_") {
            let value = value
                .into_string()
                .map_err(|_| ConfigError::Check(format!("{name} is not text")))?;
            ours.push((name, value));
        }
    }
    Ok(ours.into_iter())
}

fn load_from<T: Settings>(
    service: &str,
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let settings = read_from(service, file, variables)?;
    check(&settings)?;
    Ok(settings)
}

fn read_from<T: Settings>(
    service: &str,
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let prefix = format!("CASEWORK_{}__", service.replace('-', "_").to_uppercase());
    let mut values = config::Map::new();
    for (name, value) in variables.filter(|(name, _)| name.starts_with(&prefix)) {
        let Some(base) = name.strip_suffix("_FILE") else {
            set_once(&mut values, name, value)?;
            continue;
        };
        let content = std::fs::read_to_string(&value).map_err(|source| ConfigError::File {
            variable: name.clone(),
            path: value.clone(),
            source,
        })?;
        set_once(&mut values, base.to_owned(), content.trim_end().to_owned())?;
    }

    let environment = config::Environment::with_prefix(prefix.trim_end_matches('_'))
        .prefix_separator("__")
        .separator("__")
        // Values stay text until a setting's own type reads them: a password of digits is not a number.
        .source(Some(values));
    let mut builder = config::Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
    }
    Ok(builder.add_source(environment).build()?.try_deserialize()?)
}

/// Sets a value that may come from a variable or from the file that another names. From both, nobody could say which is meant.
fn set_once(
    values: &mut config::Map<String, String>,
    name: String,
    value: String,
) -> Result<(), ConfigError> {
    if values.contains_key(&name) {
        return Err(ConfigError::Check(format!(
            "{name} and {name}_FILE are both set"
        )));
    }
    values.insert(name, value);
    Ok(())
}

fn check_database(settings: &impl Settings) -> Result<(), ConfigError> {
    if let Some(database) = settings.database() {
        let url = database.url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(ConfigError::Check(
                "database.url must start with postgres://".to_owned(),
            ));
        }
        if database.max_connections == 0 {
            return Err(ConfigError::Check(
                "database.max_connections must be 1 or more".to_owned(),
            ));
        }
    }
    Ok(())
}

fn check(settings: &impl Settings) -> Result<(), ConfigError> {
    check_database(settings)?;
    let server = settings.server();
    for (name, none) in [
        ("max_in_flight", server.max_in_flight == 0),
        ("head_timeout_seconds", server.head_timeout_seconds == 0),
        ("write_timeout_seconds", server.write_timeout_seconds == 0),
        ("max_connections", server.max_connections == 0),
    ] {
        if none {
            return Err(ConfigError::Check(format!(
                "server.{name} must be 1 or more"
            )));
        }
    }
    settings.check().map_err(ConfigError::Check)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[derive(Clone, Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Config {
        server: ServerConfig,
        database: DbConfig,
        telemetry: TelemetryConfig,
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
            Ok(())
        }
    }

    fn load_with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load_from("service-complaint", None, variables)
    }

    const URL: (&str, &str) = (
        "CASEWORK_SERVICE_COMPLAINT__DATABASE__URL",
        "postgres://localhost/sc",
    );

    #[test]
    fn the_environment_overrides_a_default() {
        let config = load_with(&[
            URL,
            ("CASEWORK_SERVICE_COMPLAINT__SERVER__MAX_IN_FLIGHT", "7"),
        ])
        .unwrap();

        assert_eq!(config.server.max_in_flight, 7);
        assert_eq!(config.server.drain_seconds, 10);
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let error =
            load_with(&[URL, ("CASEWORK_SERVICE_COMPLAINT__SERVER__LISTENN", "x")]).unwrap_err();

        assert!(error.to_string().contains("listenn"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_refused_by_name() {
        let error = load_with(&[
            URL,
            ("CASEWORK_SERVICE_COMPLAINT__SERVER__LISTEN", "nowhere"),
        ])
        .unwrap_err();

        assert!(error.to_string().contains("server.listen"), "{error}");
    }

    #[test]
    fn a_missing_database_is_named() {
        assert_eq!(
            load_with(&[]).unwrap_err().to_string(),
            "wrong setting: database.url must start with postgres://"
        );
    }

    #[test]
    fn a_secret_is_read_from_a_file_and_does_not_print() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "postgres://case:hunter2@localhost/case").unwrap();
        let path = file.path().to_str().unwrap();

        let config =
            load_with(&[("CASEWORK_SERVICE_COMPLAINT__DATABASE__URL_FILE", path)]).unwrap();

        assert_eq!(
            config.database.url.expose_secret(),
            "postgres://case:hunter2@localhost/case"
        );
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_of_digits_stays_as_it_was_written() {
        let config = load_with(&[
            URL,
            ("CASEWORK_SERVICE_COMPLAINT__TELEMETRY__LOG", "0012300"),
            ("CASEWORK_SERVICE_COMPLAINT__TELEMETRY__FORMAT", "text"),
        ])
        .unwrap();

        assert_eq!(config.telemetry.log, "0012300");
        assert_eq!(config.telemetry.format, LogFormat::Text);
    }

    #[test]
    fn a_value_that_is_set_and_in_a_file_too_is_refused_by_both_names() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "postgres://localhost/other").unwrap();
        let path = file.path().to_str().unwrap();
        let named = ("CASEWORK_SERVICE_COMPLAINT__DATABASE__URL_FILE", path);

        for variables in [[URL, named], [named, URL]] {
            let error = load_with(&variables).unwrap_err();

            assert_eq!(
                error.to_string(),
                "wrong setting: CASEWORK_SERVICE_COMPLAINT__DATABASE__URL and \
                 CASEWORK_SERVICE_COMPLAINT__DATABASE__URL_FILE are both set"
            );
        }
    }

    #[test]
    fn a_server_that_could_serve_nobody_is_refused_by_name() {
        for name in [
            "MAX_IN_FLIGHT",
            "HEAD_TIMEOUT_SECONDS",
            "WRITE_TIMEOUT_SECONDS",
            "MAX_CONNECTIONS",
        ] {
            let variable = format!("CASEWORK_SERVICE_COMPLAINT__SERVER__{name}");

            let error = load_with(&[URL, (&variable, "0")]).unwrap_err();

            let expected = format!("server.{} must be 1 or more", name.to_lowercase());
            assert!(error.to_string().ends_with(&expected), "{error}");
        }
    }

    #[test]
    fn data_come_from_the_file_that_a_setting_names_and_an_error_names_the_setting() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "12").unwrap();
        let number = |file: Option<&Path>| data("tolls", file, || 7, str::parse::<u8>);

        assert_eq!(number(None), Ok(7));
        assert_eq!(number(Some(file.path())), Ok(12));
        let missing = number(Some(Path::new("/nowhere"))).unwrap_err();
        assert!(
            missing.starts_with("tolls: could not read /nowhere"),
            "{missing}"
        );
        write!(file, "x").unwrap();
        assert_eq!(
            number(Some(file.path())),
            Err("tolls: invalid digit found in string".to_owned())
        );
    }

    #[test]
    fn a_secret_file_that_is_not_there_is_named() {
        let error = load_with(&[("CASEWORK_SERVICE_COMPLAINT__DATABASE__URL_FILE", "/nowhere")])
            .unwrap_err();

        assert!(
            error
                .to_string()
                .contains("CASEWORK_SERVICE_COMPLAINT__DATABASE__URL_FILE"),
            "{error}"
        );
    }
}
