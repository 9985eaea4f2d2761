//! Emails and the notices of the bell (NO-1 to NO-5).
//!
//! Everything that people are told starts as an event of another service. Its handling writes a notice for the portal and an email on
//! its way, in one transaction with the memory of the event, so that an event is told once. A sender then takes the emails to the
//! mail server. Addresses, codes and links are asked of identity at that moment, those of people without an account and what is written to them of
//! service-complaint and case, and stay in no table of this service.

pub mod app;
pub mod cases;
pub mod complaints;
pub mod config;
mod consumers;
pub mod domain;
pub mod error;
mod grpc;
pub mod identity;
mod letter;
mod metrics;
mod post;
pub mod sender;
mod store;

use kit::{Clock, Running, Server};
use proto::notification::v1::notification_service_server::NotificationServiceServer;
use proto::notification::v1::template_service_server::TemplateServiceServer;

use crate::app::{App, Manners};
use crate::cases::Cases;
use crate::complaints::Complaints;
use crate::config::Config;
use crate::identity::Identity;
use crate::sender::Sender;

/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Runs the service; returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let identity = Identity::new(kit::client::channel(&config.identity, &config.server.tls)?);
    let complaints = Complaints::new(kit::client::channel(
        &config.service_complaint,
        &config.server.tls,
    )?);
    let cases = Cases::new(kit::client::channel(&config.case, &config.server.tls)?);
    let app = App::new(db.clone(), clock.clone(), Manners::of(&config)?);
    let sender = Sender::new(app.clone(), identity, complaints, cases, &config)?;
    let relay = outbox::Relay::new(db.clone(), broker.clone());
    let consumer = outbox::Consumer::new(db.clone(), broker, app.clone());

    Server::new("notification", &config.server, &config.identity, clock)
        .add_service(NotificationServiceServer::new(app.clone()))
        .add_service(TemplateServiceServer::new(app.clone()))
        .add_service(outbox::Operations::new(db).handler(app).service())
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("sender", |cancel| sender.run(cancel))
        .start()
        .await
}
