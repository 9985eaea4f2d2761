//! The connection to NATS.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::connection::State;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::{self};
use async_nats::{Client, ConnectErrorKind, ConnectOptions};
use kit::config::NatsConfig;

use crate::{UnsupportedServer, stream, version};

/// How long the broker may take for an answer. The relay holds its rows for as long.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to the broker, which mends itself. Clones share it.
#[derive(Clone, Debug)]
pub struct Broker {
    context: jetstream::Context,
    replicas: usize,
}

/// Why the broker can't be used at the moment.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// There is no connection.
    #[error("there is no connection to nats")]
    Away,
    /// It is too old.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedServer),
    /// The stream is missing or wrong, and could not be mended.
    #[error("the stream could not be made or corrected")]
    Stream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Broker {
    /// JetStream, for what is not about events of services.
    #[must_use]
    pub fn jetstream(&self) -> &jetstream::Context {
        &self.context
    }

    /// Whether there is a connection now.
    pub(crate) fn is_connected(&self) -> bool {
        self.context.client().connection_state() == State::Connected
    }

    /// Makes sure that the broker will do and that the stream is as it should be.
    pub(crate) async fn prepare(&self) -> Result<(), BrokerError> {
        if !self.is_connected() {
            return Err(BrokerError::Away);
        }
        version::check(&self.context.client().server_info().version)?;
        stream::correct(&self.context, self.replicas)
            .await
            .map_err(BrokerError::Stream)
    }
}

/// Connects to the broker, refuses one that is too old, and makes or corrects the stream.
///
/// A broker that can't be reached is no error: a service answers its callers without one, its events wait in the outbox,
/// and the relay and the consumers begin once it is there. A wrong address, credential or certificate is an error.
pub async fn connect(config: &NatsConfig) -> anyhow::Result<Broker> {
    kit::tls::install_provider();
    let client = match options(config).await?.connect(&config.url).await {
        Ok(client) => client,
        Err(error)
            if matches!(
                error.kind(),
                ConnectErrorKind::Io | ConnectErrorKind::TimedOut | ConnectErrorKind::Dns
            ) =>
        {
            tracing::warn!(%error, "nats can't be reached; events wait in the outbox until it can");
            let client = options(config)
                .await?
                .retry_on_initial_connect()
                .connect(&config.url)
                .await;
            return Ok(broker(client.context("nats.url is wrong")?, config));
        }
        Err(error) => return Err(error).context("nats refuses the connection"),
    };
    let broker = broker(client, config);
    broker.prepare().await?;
    Ok(broker)
}

fn broker(client: Client, config: &NatsConfig) -> Broker {
    let context = ContextBuilder::new()
        .timeout(PATIENCE)
        .ack_timeout(PATIENCE)
        .build(client);
    Broker {
        context,
        replicas: config.replicas,
    }
}

async fn options(config: &NatsConfig) -> anyhow::Result<ConnectOptions> {
    let mut options = match &config.credentials {
        Some(file) => ConnectOptions::with_credentials_file(file)
            .await
            .context("nats.credentials can't be read")?,
        None => ConnectOptions::new(),
    };
    if let Some(tls) = &config.tls {
        options = options
            .require_tls(true)
            .add_root_certificates(tls.ca.clone())
            .add_client_certificate(tls.certificate.clone(), tls.key.clone());
    }
    Ok(options.max_reconnects(None).reconnect_delay_callback(pause))
}

/// Quick at first, then every two seconds: consumers go on within seconds of the broker's return.
fn pause(attempts: usize) -> Duration {
    let doublings = u32::try_from(attempts.min(8)).unwrap_or(8);
    Duration::from_millis(20 * 2_u64.pow(doublings)).min(Duration::from_secs(2))
}
