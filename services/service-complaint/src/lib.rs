//! Complaints about the ombudsman itself, as the published policy handles them. The numbers in brackets are its paragraphs.
//!
//! A complaint is recorded by whatever channel it came, which starts the clock of its acknowledgement; the acknowledgement sets out
//! the definition, element by element, and starts the clock of the response. Every clock is a ledger of `calendar`.

pub mod app;
mod config;
pub mod domain;
pub mod error;
mod events;
mod grpc;
mod store;

use kit::{Clock, Running, Server};
use proto::service_complaint::v1::complaint_service_server::ComplaintServiceServer;

pub use crate::app::App;
pub use crate::config::Config;

/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Runs the service; returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let calendar = config.calendar().map_err(anyhow::Error::msg)?;
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let app = App::new(db.clone(), clock.clone(), calendar);
    let relay = outbox::Relay::new(db.clone(), broker);

    Server::new("service-complaint", &config.server, &config.identity, clock)
        .add_service(ComplaintServiceServer::new(app))
        .add_service(outbox::Operations::new(db).service())
        .background("relay", |cancel| relay.run(cancel))
        .start()
        .await
}
