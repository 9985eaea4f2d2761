//! Takes committed events from the outbox to the broker.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::message::PublishMessage;
use chrono::{DateTime, Utc};
use futures::future::join_all;
use opentelemetry::KeyValue;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::metrics::{self, METRICS};
use crate::{Broker, BrokerError, Event, Retention, publish, purge};

/// How many rows one pass takes.
const BATCH: u16 = 500;

/// How long an event waits at the most when nothing tells the relay of it.
const POLL: Duration = Duration::from_secs(1);

/// When to look after a row was announced, which is before its transaction is committed: soon, and then ever later, in
/// case the transaction takes its time.
const LOOKS: [Duration; 8] = [
    Duration::from_millis(3),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(20),
    Duration::from_millis(40),
    Duration::from_millis(80),
    Duration::from_millis(160),
    Duration::from_millis(320),
];

const MEASURE_EVERY: Duration = Duration::from_secs(10);
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// Why a pass failed. What was published before stays published; the rest is tried again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The database.
    #[error("the outbox can't be read or marked")]
    Database(#[from] sqlx::Error),
    /// The broker, before anything was published.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The broker did not confirm.
    #[error("{unconfirmed} of {of} events were not confirmed")]
    Publish {
        /// How many it did not confirm.
        unconfirmed: usize,
        /// Out of how many.
        of: usize,
        /// What it said of the first of them.
        source: PublishError,
    },
}

/// Publishes what is in the outbox, any number of relays at once. It claims unpublished rows and never remembers a place
/// in them: a row with a low id may be committed after a row with a higher one.
#[derive(Clone, Debug)]
pub struct Relay {
    pool: PgPool,
    broker: Broker,
    retention: Retention,
    database: KeyValue,
}

impl Relay {
    /// A relay from a service's database to the broker.
    #[must_use]
    pub fn new(pool: PgPool, broker: Broker) -> Self {
        let database = metrics::database(&pool);
        Self {
            pool,
            broker,
            retention: Retention::default(),
            database,
        }
    }

    /// Keeps published rows and the inbox for other times than usual.
    #[must_use]
    pub fn with_retention(self, retention: Retention) -> Self {
        Self { retention, ..self }
    }

    /// Publishes until it is cancelled, measures what waits, and removes what is old. A pass that has begun is finished.
    /// Nothing makes it fail; the result is what `kit::Server::background` wants.
    ///
    /// Retention hangs on the relay and not on the minute's event, because every service has a relay, and removing rows
    /// is the same however many replicas do it.
    pub async fn run(self, cancel: CancellationToken) -> anyhow::Result<()> {
        tokio::join!(self.publish_until(&cancel), self.look_after_until(&cancel));
        Ok(())
    }

    async fn publish_until(&self, cancel: &CancellationToken) {
        let mut announcements = publish::announcements();
        let mut look = LOOKS.len();
        let mut failing = false;
        while !cancel.is_cancelled() {
            let pass = match if failing {
                self.broker.prepare().await
            } else {
                Ok(())
            } {
                Ok(()) => self.once().await,
                Err(error) => Err(error.into()),
            };
            match pass {
                Ok(rows) => {
                    if failing {
                        tracing::info!("events are published again");
                        failing = false;
                    }
                    if rows >= usize::from(BATCH) {
                        // There may be more.
                        continue;
                    }
                }
                Err(error) => {
                    // Said once and not every second; how long it lasts is in the metric.
                    if !failing {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "events can't be published"
                        );
                    }
                    failing = true;
                    look = LOOKS.len();
                }
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(LOOKS.get(look).copied().unwrap_or(POLL)) => look = (look + 1).min(LOOKS.len()),
                _ = announcements.changed(), if !failing => {
                    tokio::time::sleep(LOOKS[0]).await;
                    look = 1;
                }
            }
        }
    }

    async fn look_after_until(&self, cancel: &CancellationToken) {
        let mut measure = tokio::time::interval(MEASURE_EVERY);
        let mut clean = tokio::time::interval(PURGE_EVERY);
        loop {
            let done = tokio::select! {
                () = cancel.cancelled() => return,
                _ = measure.tick() => METRICS.measure(&self.pool, &self.database).await,
                _ = clean.tick() => purge(&self.pool, self.retention).await.map(drop),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "the outbox can't be measured or cleaned");
            }
        }
    }

    /// Publishes one batch and tells how many events it held.
    pub async fn once(&self) -> Result<usize, RelayError> {
        if !self.broker.is_connected() {
            // The client would hold the messages and send them on its own later.
            return Err(BrokerError::Away.into());
        }
        // The one place where something is published between begin and commit: the claim must last until the mark.
        let mut tx = self.pool.begin().await?;
        let rows = claim(&mut tx).await?;
        let of = rows.len();
        let (confirmed, failure) = self.send(rows).await;
        if !confirmed.is_empty() {
            mark(&mut tx, &confirmed).await?;
            tx.commit().await?;
            METRICS.published(confirmed.len(), &self.database);
        }
        match failure {
            None => Ok(of),
            Some(source) => Err(RelayError::Publish {
                unconfirmed: of - confirmed.len(),
                of,
                source,
            }),
        }
    }

    /// Sends all, then waits for all confirmations. A duplicate is confirmed: the broker has it.
    async fn send(&self, rows: Vec<Row>) -> (Vec<Uuid>, Option<PublishError>) {
        let mut failure = None;
        let mut sent = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id;
            let transport_id = row.transport_id.to_string();
            let event = row.into_event();
            let message = PublishMessage::build()
                .headers(event.to_headers())
                .payload(event.payload.clone())
                .message_id(transport_id);
            match self
                .broker
                .jetstream()
                .send_publish(event.subject, message)
                .await
            {
                Ok(confirmation) => sent.push(async move { (id, confirmation.await) }),
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        let mut confirmed = Vec::with_capacity(sent.len());
        for (id, confirmation) in join_all(sent).await {
            match confirmation {
                Ok(_) => confirmed.push(id),
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        (confirmed, failure)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    transport_id: Uuid,
    subject: String,
    payload: Vec<u8>,
    headers: Json<HashMap<String, String>>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn into_event(self) -> Event {
        Event {
            id: self.id,
            subject: self.subject,
            occurred_at: self.created_at,
            payload: self.payload.into(),
            headers: self.headers.0,
        }
    }
}

async fn claim(tx: &mut PgConnection) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "select id, transport_id, subject, payload, headers, created_at
         from outbox
         where published_at is null
         order by id
         limit $1
         for update skip locked",
    )
    .bind(i64::from(BATCH))
    .fetch_all(tx)
    .await
}

async fn mark(tx: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query("update outbox set published_at = now() where id = any($1)")
        .bind(ids)
        .execute(tx)
        .await?;
    Ok(())
}
