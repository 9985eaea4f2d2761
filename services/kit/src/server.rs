//! A service on the mesh: mutual TLS, the gate, health, reflection, background work and a graceful end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tower::Service;

use crate::clock::Clock;
use crate::config::{PeerConfig, ServerConfig};
use crate::gate::GateLayer;
use crate::health::{self, Readiness};
use crate::token::Verifier;

/// Work beside the calls, such as a relay or a consumer. It ends when the token is cancelled; ending sooner ends the service.
type Background =
    Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, anyhow::Result<()>> + Send>;

/// Builds a service. [`Server::start`] makes it listen.
pub struct Server {
    name: &'static str,
    config: ServerConfig,
    identity: PeerConfig,
    clock: Clock,
    verifier: Option<Verifier>,
    routes: Routes,
    background: Vec<(&'static str, Background)>,
}

impl Server {
    /// A service without methods yet. `identity` is where it learns the keys that check internal tokens.
    #[must_use]
    pub fn new(
        name: &'static str,
        config: &ServerConfig,
        identity: &PeerConfig,
        clock: Clock,
    ) -> Self {
        Self {
            name,
            config: config.clone(),
            identity: identity.clone(),
            clock,
            verifier: None,
            routes: Routes::default(),
            background: Vec::new(),
        }
    }

    /// Checks internal tokens with a verifier that has its keys already.
    #[must_use]
    pub fn verifier(mut self, verifier: Verifier) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// Adds a gRPC service.
    #[must_use]
    pub fn add_service<S>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        self.routes = self.routes.add_service(service);
        self
    }

    /// Adds work beside the calls.
    #[must_use]
    pub fn background<F, Fut>(mut self, name: &'static str, work: F) -> Self
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.background
            .push((name, Box::new(move |cancel| Box::pin(work(cancel)))));
        self
    }

    /// Listens, and returns once it does.
    pub async fn start(self) -> anyhow::Result<Running> {
        let tls = crate::tls::server(&self.config.tls)?;
        let verifier = if let Some(verifier) = self.verifier {
            verifier
        } else {
            let identity = crate::client::channel(&self.identity, &self.config.tls)?;
            Verifier::new(self.name, identity, self.clock)
        };
        let incoming = TcpIncoming::bind(self.config.listen)
            .with_context(|| format!("could not listen on {} (server.listen)", self.config.listen))?
            .with_nodelay(Some(true));
        let addr = incoming.local_addr()?;

        let mut running = Running::new(addr, self.config.drain());
        let (reporter, health) = tonic_health::server::health_reporter();
        let mut router = tonic::transport::Server::builder()
            .tls_config(tls)?
            .max_connection_age(Duration::from_secs(self.config.max_connection_age_seconds))
            .http2_keepalive_interval(Some(Duration::from_secs(10)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .http2_max_pending_accept_reset_streams(Some(64))
            .max_concurrent_streams(Some(1024))
            .http2_max_header_list_size(16 * 1024)
            .layer(GateLayer::new(
                self.name,
                verifier,
                self.config.max_in_flight,
            ))
            .add_routes(self.routes)
            .add_service(health);
        if self.config.reflection {
            router = router
                .add_service(reflection().build_v1()?)
                .add_service(reflection().build_v1alpha()?);
        }
        let stopped = running.cancel.clone();
        running.work.spawn(async move {
            router
                .serve_with_incoming_shutdown(incoming, stopped.cancelled_owned())
                .await
                .context("the server failed")
        });
        running.serve_health(&self.config).await?;
        for (name, background) in self.background {
            let stopped = running.cancel.clone();
            let work = background(stopped.clone());
            running.work.spawn(async move {
                work.await.with_context(|| format!("{name} failed"))?;
                anyhow::ensure!(stopped.is_cancelled(), "{name} ended by itself");
                Ok(())
            });
        }

        reporter
            .set_service_status("", ServingStatus::Serving)
            .await;
        running.reporter = Some(reporter);
        running.readiness.set(true);
        tracing::info!(service = self.name, %addr, "listening");
        Ok(running)
    }
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
}

/// Listens for HTTP in front of the mesh: what browsers talk to, and health beside it. Handlers find the address of the other end as
/// `axum::extract::ConnectInfo<SocketAddr>`.
pub async fn serve_http(
    name: &'static str,
    config: &ServerConfig,
    router: axum::Router,
) -> anyhow::Result<Running> {
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("could not listen on {} (server.listen)", config.listen))?;
    let addr = listener.local_addr()?;
    let mut running = Running::new(addr, config.drain());
    running.serve_health(config).await?;
    let server = crate::http::serve(listener, router, config.clone(), running.cancel.clone());
    running.work.spawn(async move {
        server.await;
        Ok(())
    });
    running.readiness.set(true);
    tracing::info!(service = name, %addr, "listening");
    Ok(running)
}

/// A service that listens.
#[must_use = "a service that is dropped stops at once"]
pub struct Running {
    /// Where it listens for gRPC.
    pub addr: SocketAddr,
    /// Where it answers a kubelet.
    pub health_addr: Option<SocketAddr>,
    cancel: CancellationToken,
    readiness: Readiness,
    reporter: Option<tonic_health::server::HealthReporter>,
    work: JoinSet<anyhow::Result<()>>,
    drain: Duration,
}

impl Running {
    fn new(addr: SocketAddr, drain: Duration) -> Self {
        Self {
            addr,
            health_addr: None,
            cancel: CancellationToken::new(),
            readiness: Readiness::default(),
            reporter: None,
            work: JoinSet::new(),
            drain,
        }
    }

    async fn serve_health(&mut self, config: &ServerConfig) -> anyhow::Result<()> {
        let Some(address) = config.health_listen else {
            return Ok(());
        };
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .with_context(|| format!("could not listen on {address} (server.health_listen)"))?;
        self.health_addr = Some(listener.local_addr()?);
        let router = health::router(self.readiness.clone());
        let server = crate::http::serve(listener, router, config.clone(), self.cancel.clone());
        self.work.spawn(async move {
            server.await;
            Ok(())
        });
        Ok(())
    }

    /// Takes no more calls, lets those that run end, and stops.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.wind_down().await
    }

    /// Runs until `stop` is cancelled or a part of the service fails, then winds down.
    pub async fn until(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let ended = tokio::select! {
            () = stop.cancelled() => Ok(()),
            Some(part) = self.work.join_next() => part.context("a part of the service panicked").flatten(),
        };
        let wound_down = self.wind_down().await;
        ended.and(wound_down)
    }

    async fn wind_down(&mut self) -> anyhow::Result<()> {
        self.readiness.set(false);
        if let Some(reporter) = &self.reporter {
            reporter
                .set_service_status("", ServingStatus::NotServing)
                .await;
        }
        self.cancel.cancel();
        // All of them, whatever one of them says: a part that fails must not cut the calls of another short.
        let all = async {
            let mut first = Ok(());
            while let Some(part) = self.work.join_next().await {
                first = first.and(part.context("a part of the service panicked").flatten());
            }
            first
        };
        if let Ok(ended) = tokio::time::timeout(self.drain, all).await {
            ended
        } else {
            tracing::warn!("calls were still running when the time to drain was over");
            self.work.shutdown().await;
            Ok(())
        }
    }
}
