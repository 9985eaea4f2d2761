//! Tasks: what a landlord is asked to do on a case, by a date.
//!
//! A task is open until the landlord completes it or it is withdrawn. How it stands meanwhile follows from its due date
//! and the working days that are left. When that date comes near, when it has passed, and twice thereafter, a notice is raised,
//! once each.

mod app;
mod config;
mod consumers;
mod documents;
mod domain;
mod error;
mod events;
mod grpc;
mod store;
mod wire;

use kit::{Clock, Running, Server};
use outbox::{Consumer, Operations, Relay, ticks};
use proto::task::v1::task_service_server::TaskServiceServer;

pub use app::{App, Swept};
pub use config::Config;
pub use documents::Documents;
pub use domain::{Filter, Key, Kind, Position, Reminders, State, Window};
pub use store::{Listing, push_list};

/// The service's tables.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Starts the service; it listens when this returns.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let calendar = config.calendar().map_err(anyhow::Error::msg)?;
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;

    let documents = Documents::new(kit::client::channel(&config.document, &config.server.tls)?);
    let app = App::new(
        db.clone(),
        clock.clone(),
        calendar,
        config.reminders,
        documents,
    );
    let operations = Operations::new(db.clone()).handler(app.clone()).service();
    let relay = Relay::new(db.clone(), broker.clone());
    let consumer = Consumer::new(db, broker.clone(), app.clone());
    let sweep = app.clone();
    let ticking = clock.clone();
    Server::new("task", &config.server, &config.identity, clock)
        .add_service(TaskServiceServer::new(app))
        .add_service(operations)
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("ticks", |cancel| ticks::run(broker, ticking, cancel))
        .background("sweep", |cancel| sweep.sweep_until(cancel))
        .start()
        .await
}
