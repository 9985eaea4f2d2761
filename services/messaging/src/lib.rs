//! The conversation of a case (ME-1 to ME-5).
//!
//! A case has one thread of messages between the landlord and the ombudsman. Staff start it, both sides write on, and everybody has read
//! it up to a mark of their own. Messages are never changed: what was sent stays as it was sent. Files are the document service's; a
//! message names them. What a landlord writes starts a clock, and what staff write stops it.

pub mod app;
pub mod config;
pub mod consumers;
pub mod documents;
pub mod domain;
pub mod error;
mod events;
mod grpc;
mod store;

use kit::{Clock, Running, Server};
use outbox::{Consumer, Operations, Relay, ticks};
use proto::messaging::v1::messaging_service_server::MessagingServiceServer;

use crate::app::App;
use crate::config::Config;
use crate::documents::Documents;

/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Runs the service; returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let calendar = config.calendar().map_err(anyhow::Error::msg)?;
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let documents = Documents::new(kit::client::channel(&config.document, &config.server.tls)?);

    let app = App::new(db.clone(), clock.clone(), documents, calendar);
    let operations = Operations::new(db.clone()).handler(app.clone()).service();
    let relay = Relay::new(db.clone(), broker.clone());
    let consumer = Consumer::new(db, broker.clone(), app.clone());
    let sweep = app.clone();
    let ticking = clock.clone();
    Server::new("messaging", &config.server, &config.identity, clock)
        .add_service(MessagingServiceServer::new(app))
        .add_service(operations)
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("ticks", |cancel| ticks::run(broker, ticking, cancel))
        .background("sweep", |cancel| sweep.sweep_until(cancel))
        .start()
        .await
}
