//! Who people are here: landlords and their accounts, staff, other systems. An account is one
//! person with one mailbox, which is the username; a log-in is a password and then a code by email,
//! and ends in a session; what other services see of a session is a signed token of a minute.
//!
//! Secrets are made here, handed to the one who is to keep or deliver them, and kept as hashes
//! alone.

pub mod app;
pub mod bootstrap;
mod config;
mod consumers;
pub mod domain;
mod error;
pub mod events;
mod grpc;
mod hasher;
mod secret;
pub mod store;

use kit::config::PeerConfig;
use kit::token::Verifier;
use kit::{Clock, Running, Server};
use proto::identity::v1::account_service_server::AccountServiceServer;
use proto::identity::v1::administration_service_server::AdministrationServiceServer;
use proto::identity::v1::delivery_service_server::DeliveryServiceServer;
use proto::identity::v1::login_service_server::LoginServiceServer;

pub use app::App;
pub use config::{Config, Limits, Passwords, Sessions};
pub use domain::throttle::Limit;
pub use error::Error;
pub use hasher::Hasher;

/// The tables of identity.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Serves, and returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let app = App::new(db.clone(), &config, clock.clone())?;

    let relay = outbox::Relay::new(db.clone(), broker.clone());
    let consumer = outbox::Consumer::new(db.clone(), broker.clone(), app.clone());
    let operations = outbox::Operations::new(db).handler(app.clone());
    server(&config, &app, clock.clone())
        .add_service(operations.service())
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("ticks", |cancel| outbox::ticks::run(broker, clock, cancel))
        .start()
        .await
}

/// The calls of identity, without what goes on beside them. It checks tokens by its own keys.
#[must_use]
pub fn server(config: &Config, app: &App, clock: Clock) -> Server {
    let verifier = Verifier::with_keys("identity", app.public_keys(), clock.clone());
    Server::new("identity", &config.server, &PeerConfig::default(), clock)
        .verifier(verifier)
        .add_service(LoginServiceServer::new(app.clone()))
        .add_service(DeliveryServiceServer::new(app.clone()))
        .add_service(AccountServiceServer::new(app.clone()))
        .add_service(AdministrationServiceServer::new(app.clone()))
}
