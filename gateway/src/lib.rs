//! The edge for browsers: pages, cookies, limits. It holds no rule and no table: when it would have to decide, a service is missing a
//! method.

mod api;
pub mod assets;
pub mod clients;
pub mod config;
mod cookies;
mod csrf;
mod extract;
mod file_form;
mod file_host;
mod flash;
mod form;
mod headers;
mod page;
mod pages;
mod paging;
mod problem;
mod session;
mod tags;
mod trace;
mod upload;
mod view;
mod visitor;
mod words;

use std::sync::Arc;

pub use config::Config;

use crate::assets::Assets;
use crate::clients::Clients;
use crate::session::Sessions;

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) config: Arc<Config>,
    /// Shared, because a handler's future holds it: with a client for every service it is large.
    pub(crate) clients: Arc<Clients>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) clock: kit::Clock,
}

/// Serves the portal to browsers.
pub async fn serve(config: Config, clock: kit::Clock) -> anyhow::Result<kit::Running> {
    let assets = Assets::load(&config.static_dir)?;
    let clients = Clients::connect(&config)?;
    let edge = Edge {
        sessions: Arc::new(Sessions::new(clients.login.clone())),
        assets: Arc::new(assets),
        clients: Arc::new(clients),
        clock,
        config: Arc::new(config),
    };
    let server = edge.config.server.clone();
    kit::server::serve_http("gateway", &server, pages::router(edge)).await
}
