//! Calls to other services: with a certificate, the trace and what is left of the deadline.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use opentelemetry::propagation::Injector;
use tonic::metadata::{MetadataKey, MetadataMap, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Endpoint;
use tonic::{Request, Status};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::config::{PeerConfig, TlsConfig};

/// A connection to another service, for any generated client. Clones share it.
pub type Channel = InterceptedService<tonic::transport::Channel, Propagate>;

/// What a call may take when nobody upstream has set a deadline.
pub const USUAL_DEADLINE: Duration = Duration::from_secs(10);

tokio::task_local! {
    /// When the call that is being worked on must have been answered. It is passed on to every call made on its behalf.
    pub static DEADLINE: Instant;
}

/// Opens a connection when it is first needed, and again when it is lost.
pub fn channel(peer: &PeerConfig, tls: &TlsConfig) -> anyhow::Result<Channel> {
    let endpoint = Endpoint::from_shared(peer.url.clone())
        .with_context(|| format!("{:?} is not the address of a service", peer.url))?
        .connect_timeout(Duration::from_secs(2))
        .tcp_nodelay(true)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true)
        .tls_config(crate::tls::client(tls)?)
        .context("could not set up TLS")?;
    Ok(InterceptedService::new(endpoint.connect_lazy(), Propagate))
}

/// A request that carries an internal token.
pub fn bearer<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    let value =
        MetadataValue::try_from(format!("Bearer {token}")).expect("a token is base64 and dots");
    request.metadata_mut().insert("authorization", value);
    request
}

/// Adds the trace and the remaining deadline to a call.
#[derive(Clone, Copy, Debug)]
pub struct Propagate;

impl Interceptor for Propagate {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let context = tracing::Span::current().context();
        opentelemetry::global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&context, &mut Metadata(request.metadata_mut()));
        });
        if request.metadata().get("grpc-timeout").is_none() {
            let left = DEADLINE
                .try_with(|at| at.saturating_duration_since(Instant::now()))
                .unwrap_or(USUAL_DEADLINE);
            if left.is_zero() {
                return Err(Status::deadline_exceeded("no time is left for this call"));
            }
            request.set_timeout(left);
        }
        Ok(request)
    }
}

struct Metadata<'a>(&'a mut MetadataMap);

impl Injector for Metadata<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(key), Ok(value)) = (
            MetadataKey::from_bytes(key.as_bytes()),
            MetadataValue::try_from(value),
        ) {
            self.0.insert(key, value);
        }
    }
}
