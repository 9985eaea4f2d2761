//! Files of a case (DO-1 to DO-6).
//!
//! A file is taken in piece by piece, told by its structure whether the portal takes it, stored, and only then made known
//! as a document of its case. Where a scanner is configured it is available once that found nothing. Names of files stay
//! in this service: they are in no log, no trace and no event.

pub mod app;
pub mod clamd;
pub mod complaints;
pub mod config;
pub mod consumers;
pub mod domain;
pub mod error;
mod events;
pub mod grpc;
pub mod inspect;
pub mod objects;
pub mod spool;
mod store;
mod wire;

use std::sync::Arc;

use kit::config::Settings as _;
use kit::{Clock, Running, Server};
use proto::document::v1::complaint_file_service_server::ComplaintFileServiceServer;
use proto::document::v1::document_service_server::DocumentServiceServer;
use proto::document::v1::linked_file_service_server::LinkedFileServiceServer;
use tokio::sync::Notify;

use crate::app::scan::Scanner;
use crate::app::{App, Scanning};
use crate::clamd::Clamd;
use crate::complaints::Complaints;
use crate::config::Config;
use crate::consumers::CaseFiles;
use crate::grpc::ComplaintFiles;
use crate::objects::Objects;
use crate::spool::Spool;

/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Runs the service; returns once it listens.
pub async fn serve(config: Config, clock: Clock) -> anyhow::Result<Running> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let db = kit::db::connect(&config.database).await?;
    let broker = outbox::connect(&config.nats).await?;
    let objects = Objects::open(&config.store)?;
    let spool = Spool::new(config.spool.directory.clone());
    let clamd = config
        .clamav
        .addr
        .clone()
        .map(|addr| Clamd::new(addr, config.clamav.timeout()));
    let added = Arc::new(Notify::new());
    let scanning = match clamd {
        Some(_) => Scanning::On(added.clone()),
        None => Scanning::Off,
    };
    let app = App::new(db.clone(), clock.clone(), objects, spool, scanning);
    let relay = outbox::Relay::new(db.clone(), broker.clone());
    let consumer = outbox::Consumer::new(db.clone(), broker, CaseFiles);
    let orphans = app.clone();
    let complaints = Complaints::new(kit::client::channel(
        &config.service_complaint,
        &config.server.tls,
    )?);
    let complaint_files = ComplaintFiles::new(app.clone(), complaints);

    let mut server = Server::new("document", &config.server, &config.identity, clock)
        .add_service(DocumentServiceServer::new(app.clone()))
        .add_service(ComplaintFileServiceServer::new(complaint_files))
        .add_service(LinkedFileServiceServer::new(app.clone()))
        .add_service(outbox::Operations::new(db).handler(CaseFiles).service())
        .background("relay", |cancel| relay.run(cancel))
        .background("consumer", |cancel| consumer.run(cancel))
        .background("orphans", |cancel| orphans.sweep_orphans(cancel));
    if let Some(clamd) = clamd {
        let scanner = Scanner::new(app, clamd, added);
        let workers = config.clamav.parallel;
        server = server.background("scanner", move |cancel| scanner.run(workers, cancel));
    }
    server.start().await
}
