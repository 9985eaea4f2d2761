//! The pool of a service's own database.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::config::DbConfig;

/// How long a request waits for a connection before it is refused.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the pool. The first connection is made at once, so that a wrong address shows at the start and not at the first request.
pub async fn connect(config: &DbConfig) -> anyhow::Result<PgPool> {
    crate::tls::install_provider();
    let options = PgConnectOptions::from_str(config.url.expose_secret())
        .map_err(|_| anyhow::anyhow!("database.url is not a PostgreSQL address"))?
        .options([
            ("statement_timeout", config.statement_timeout_ms.to_string()),
            ("lock_timeout", config.lock_timeout_ms.to_string()),
            ("idle_in_transaction_session_timeout", "30000".to_owned()),
        ]);
    PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .context("could not connect to the database")
}
