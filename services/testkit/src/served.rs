//! A service behind a real socket, with mutual TLS and the gate in front.

use std::net::SocketAddr;

use kit::config::{PeerConfig, ServerConfig};
use kit::{Clock, Running, Server};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Status};

use crate::{Caller, tls, verifier};

/// A connection for any generated client, which signs every call for its caller.
pub type Channel = InterceptedService<kit::client::Channel, Signed>;

/// A service that runs until it is dropped.
pub struct Served {
    /// Where it listens.
    pub addr: SocketAddr,
    /// The running service.
    pub running: Running,
    name: &'static str,
    clock: Clock,
}

/// Runs a service to which the test adds its gRPC services and its background work.
pub async fn serve(name: &'static str, build: impl FnOnce(Server) -> Server) -> Served {
    serve_at(name, Clock::system(), build).await
}

/// The same at another time: tokens are signed and checked by this clock.
pub async fn serve_at(
    name: &'static str,
    clock: Clock,
    build: impl FnOnce(Server) -> Server,
) -> Served {
    let config = ServerConfig {
        tls: tls(name),
        ..ServerConfig::default()
    };
    let server = Server::new(name, &config, &PeerConfig::default(), clock.clone())
        .verifier(verifier(name, clock.clone()));
    let running = build(server)
        .start()
        .await
        .expect("a free port of this machine can be listened on");
    Served {
        addr: running.addr,
        running,
        name,
        clock,
    }
}

impl Served {
    /// The service's address for `PeerConfig`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.addr.port())
    }

    /// A connection from a process, such as `gateway`, for a caller or for nobody.
    #[must_use]
    pub fn client(&self, process: &str, caller: impl Into<Option<Caller>>) -> Channel {
        let peer = PeerConfig { url: self.url() };
        let channel = kit::client::channel(&peer, &tls(process))
            .expect("the address and the certificates are ours");
        let signed = Signed {
            caller: caller.into(),
            audience: self.name,
            clock: self.clock.clone(),
        };
        InterceptedService::new(channel, signed)
    }
}

/// Signs a token for each call, as it lasts only a minute.
#[derive(Clone)]
pub struct Signed {
    caller: Option<Caller>,
    audience: &'static str,
    clock: Clock,
}

impl Interceptor for Signed {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(caller) = &self.caller {
            let token = caller.token_at(self.audience, self.clock.now());
            let signed = kit::client::bearer((), &token);
            let header = signed
                .metadata()
                .get("authorization")
                .expect("a bearer has it")
                .clone();
            request.metadata_mut().insert("authorization", header);
        }
        Ok(request)
    }
}
