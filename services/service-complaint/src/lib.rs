//! Complaints about the ombudsman itself, as the published policy handles them. The numbers in brackets are its paragraphs.
//!
//! A complaint is recorded by whatever channel it came, acknowledged with its definition, investigated element by element, answered, and
//! reviewed at stage 2 when the person asks for it. What it can be given is a matter of types (`domain::procedure`), every clock is a ledger
//! of `calendar`, and what was promised is followed until it is done.

pub mod app;
mod archive;
mod config;
mod consumers;
pub mod domain;
pub mod error;
mod events;
pub mod files;
mod grpc;
mod render;
pub mod secret;
mod store;
mod wire;

use kit::{Clock, Running, Server};
use outbox::{Consumer, Operations, Relay, ticks};
use proto::service_complaint::v1::amendment_service_server::AmendmentServiceServer;
use proto::service_complaint::v1::colleague_service_server::ColleagueServiceServer;
use proto::service_complaint::v1::complaint_service_server::ComplaintServiceServer;
use proto::service_complaint::v1::file_access_service_server::FileAccessServiceServer;
use proto::service_complaint::v1::letter_service_server::LetterServiceServer;
use proto::service_complaint::v1::link_delivery_service_server::LinkDeliveryServiceServer;
use proto::service_complaint::v1::oversight_service_server::OversightServiceServer;
use proto::service_complaint::v1::public_complaint_service_server::PublicComplaintServiceServer;
use proto::service_complaint::v1::service_request_service_server::ServiceRequestServiceServer;

pub use crate::app::{App, Contact, Manner, Public, Swept};
pub use crate::config::Config;
use crate::files::Files;
use crate::secret::LinkKey;

/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Runs the service; returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let calendar = config.calendar().map_err(anyhow::Error::msg)?;
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let files = Files::new(kit::client::channel(&config.document, &config.server.tls)?);
    let app =
        App::new(db.clone(), clock.clone(), calendar, files).with_manner(config.letters.clone());
    let public = Public::new(app.clone(), LinkKey::new(&config.link_key));
    let forms = public.clone();
    let operations = Operations::new(db.clone()).handler(app.clone()).service();
    let relay = Relay::new(db.clone(), broker.clone());
    let consumer = Consumer::new(db, broker.clone(), app.clone());
    let sweep = app.clone();
    let ticking = clock.clone();

    Server::new("service-complaint", &config.server, &config.identity, clock)
        .add_service(ComplaintServiceServer::new(app.clone()))
        .add_service(AmendmentServiceServer::new(app.clone()))
        .add_service(ColleagueServiceServer::new(app.clone()))
        .add_service(LetterServiceServer::new(app.clone()))
        .add_service(OversightServiceServer::new(app))
        .add_service(PublicComplaintServiceServer::new(public.clone()))
        .add_service(ServiceRequestServiceServer::new(public.clone()))
        .add_service(LinkDeliveryServiceServer::new(public.clone()))
        .add_service(FileAccessServiceServer::new(public))
        .add_service(operations)
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("ticks", |cancel| ticks::run(broker, ticking, cancel))
        .background("sweep", |cancel| sweep.sweep_until(cancel))
        .background("forms", |cancel| forms.sweep(cancel))
        .start()
        .await
}
