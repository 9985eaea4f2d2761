//! Cases: a resident's complaint about a landlord, from its opening through the procedure to its closing.
//!
//! The service owns the case with its status, team and owner, and the timeline of what has happened. Tasks, messages and
//! documents hang on a case and belong to other services; of tasks this one keeps what a case's heading and lists show.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod events;
mod grpc;
mod store;
mod wire;

use kit::{Clock, Running, Server};
use outbox::{Consumer, Operations, Relay, ticks};
use proto::case::v1::allocation_service_server::AllocationServiceServer;
use proto::case::v1::case_service_server::CaseServiceServer;
use proto::case::v1::contact_service_server::ContactServiceServer;
use proto::case::v1::risk_service_server::RiskServiceServer;
use proto::case::v1::timeframe_service_server::TimeframeServiceServer;

pub use app::{App, Swept};
pub use config::Config;
pub use domain::{ContactTerms, Words};

/// The service's tables.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Starts the service; it listens when this returns.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let calendar = config.calendar().map_err(anyhow::Error::msg)?;
    let words = config.words().map_err(anyhow::Error::msg)?;
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;

    let app = App::new(db.clone(), clock.clone(), calendar, words, config.contacts);
    let operations = Operations::new(db.clone()).handler(app.clone()).service();
    let relay = Relay::new(db.clone(), broker.clone());
    let consumer = Consumer::new(db, broker.clone(), app.clone());
    let sweep = app.clone();
    let ticking = clock.clone();
    Server::new("case", &config.server, &config.identity, clock)
        .add_service(RiskServiceServer::new(app.clone()))
        .add_service(AllocationServiceServer::new(app.clone()))
        .add_service(TimeframeServiceServer::new(app.clone()))
        .add_service(ContactServiceServer::new(app.clone()))
        .add_service(CaseServiceServer::new(app))
        .add_service(operations)
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("ticks", |cancel| ticks::run(broker, ticking, cancel))
        .background("sweep", |cancel| sweep.sweep_until(cancel))
        .start()
        .await
}
