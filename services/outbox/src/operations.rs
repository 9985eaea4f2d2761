//! What operators do to the events of a service, over gRPC.

use std::sync::Arc;

use futures::future::BoxFuture;
use kit::page::Page;
use kit::{Caller, Check, Failure, Kind, Violation};
use proto::operations::v1 as pb;
use proto::operations::v1::operations_service_server::{
    OperationsService, OperationsServiceServer,
};
use sqlx::{PgConnection, PgPool};
use tonic::{Request, Response, Status};

use crate::dead_letters::{self, Entry, Key};
use crate::retention::lowest_id;
use crate::{Event, Handler, Outcome, Retry, handler};

/// Lists and redrives a service's dead letters, and replays what it announced.
#[derive(Clone)]
pub struct Operations {
    pool: PgPool,
    handlers: Vec<Arc<dyn Redrive>>,
}

/// A handler whose type is not known.
trait Redrive: Send + Sync {
    fn name(&self) -> &'static str;

    fn redrive<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Outcome, Retry>>;
}

impl<H: Handler> Redrive for H {
    fn name(&self) -> &'static str {
        H::NAME
    }

    fn redrive<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Outcome, Retry>> {
        Box::pin(handler::within(tx, self, event))
    }
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Invalid(#[from] kit::Invalid),
    #[error("there is no such dead letter")]
    NoSuchDeadLetter,
    #[error("the event could not be handled this time either; its reason is in the list")]
    StillFailing,
    #[error("the database failed")]
    Db(#[from] sqlx::Error),
}

impl Failure for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchDeadLetter => Kind::NotFound,
            Self::StillFailing => Kind::Refused,
            Self::Db(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::NoSuchDeadLetter => "NO_SUCH_DEAD_LETTER",
            Self::StillFailing => "STILL_FAILING",
            Self::Db(_) => "DB",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Invalid(invalid) => invalid.violations(),
            Self::NoSuchDeadLetter | Self::StillFailing | Self::Db(_) => Vec::new(),
        }
    }
}

impl Operations {
    /// The operations on a service's database.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            handlers: Vec::new(),
        }
    }

    /// Lets this handler's dead letters be redriven.
    #[must_use]
    pub fn handler(mut self, handler: impl Handler) -> Self {
        self.handlers.push(Arc::new(handler));
        self
    }

    /// The gRPC service, to be added to the service's server.
    #[must_use]
    pub fn service(self) -> OperationsServiceServer<Self> {
        OperationsServiceServer::new(self)
    }

    async fn list(&self, page: &Page<Key>) -> Result<Vec<Entry>, Error> {
        Ok(dead_letters::list(&self.pool, page.after.as_ref(), page.fetch()).await?)
    }

    /// Handles the stored event itself rather than publishing it again: the operator learns at once what came of it, no
    /// other consumer is disturbed, and the inbox guards it as it guards every delivery.
    async fn redrive(&self, consumer: &str, event_id: uuid::Uuid) -> Result<(), Error> {
        let mut tx = self.pool.begin().await?;
        let event = dead_letters::take(&mut tx, consumer, event_id)
            .await?
            .ok_or(Error::NoSuchDeadLetter)?;
        let handled = match self.handlers.iter().find(|it| it.name() == consumer) {
            Some(handler) => handler.redrive(&mut tx, &event).await,
            None => {
                Err(anyhow::anyhow!("nothing here handles events for {consumer} any more").into())
            }
        };
        if let Err(retry) = handled {
            tx.rollback().await?;
            dead_letters::note_failure(&self.pool, consumer, event_id, &retry.to_string()).await?;
            return Err(Error::StillFailing);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Queues everything announced since an instant under new transport ids: under the old ones the broker would take an
    /// event for one that it has. Consumers know it by its own id, which stays.
    async fn replay(&self, since: chrono::DateTime<chrono::Utc>) -> Result<u64, Error> {
        // Ids grow with time, and so serve as the index. They are made by the service's clock and `created_at` by the
        // database's, and an hour covers any difference between the two.
        let first = lowest_id((since - chrono::TimeDelta::hours(1)).timestamp_millis());
        let queued = sqlx::query(
            "update outbox set transport_id = gen_random_uuid(), queued_at = now(), published_at = null
             where id >= $1 and created_at >= $2 and published_at is not null",
        )
        .bind(first)
        .bind(since)
        .execute(&self.pool)
        .await?;
        Ok(queued.rows_affected())
    }
}

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn list_dead_letters(
        &self,
        request: Request<pb::ListDeadLettersRequest>,
    ) -> Result<Response<pb::ListDeadLettersResponse>, Status> {
        let pb::ListDeadLettersRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::<Key>::read(page_size, &page_token, &()).map_err(kit::status)?;
        let mut entries = self.list(&page).await.map_err(kit::status)?;
        let next_page_token = page.next(&mut entries, |it| {
            (it.failed_at, it.event_id, it.consumer.clone())
        });
        let dead_letters = entries.into_iter().map(pb::DeadLetter::from).collect();
        Ok(Response::new(pb::ListDeadLettersResponse {
            dead_letters,
            next_page_token,
        }))
    }

    async fn redrive_dead_letter(
        &self,
        request: Request<pb::RedriveDeadLetterRequest>,
    ) -> Result<Response<pb::RedriveDeadLetterResponse>, Status> {
        let actor = Caller::of(&request).actor();
        let pb::RedriveDeadLetterRequest { consumer, event_id } = request.into_inner();
        let mut check = Check::new();
        let event_id = check.uuid("event_id", &event_id);
        check.done().map_err(kit::status)?;
        self.redrive(&consumer, event_id)
            .await
            .map_err(kit::status)?;
        tracing::info!(actor, consumer, %event_id, "a dead letter was redriven");
        Ok(Response::new(pb::RedriveDeadLetterResponse {}))
    }

    async fn replay(
        &self,
        request: Request<pb::ReplayRequest>,
    ) -> Result<Response<pb::ReplayResponse>, Status> {
        let actor = Caller::of(&request).actor();
        let since = kit::time::instant(request.get_ref().since.as_ref())
            .ok_or_else(|| {
                kit::Invalid::field("since", "Enter the instant to replay from", "REQUIRED")
            })
            .map_err(kit::status)?;
        let events = self.replay(since).await.map_err(kit::status)?;
        tracing::info!(actor, %since, events, "events are replayed");
        Ok(Response::new(pb::ReplayResponse {
            events: events.try_into().unwrap_or(i64::MAX),
        }))
    }
}

impl From<Entry> for pb::DeadLetter {
    fn from(entry: Entry) -> Self {
        let Entry {
            consumer,
            event_id,
            subject,
            reason,
            tries,
            failed_at,
        } = entry;
        Self {
            event_id: event_id.to_string(),
            consumer,
            event_type: subject,
            reason,
            tries,
            failed_at: Some(kit::time::timestamp(failed_at)),
        }
    }
}
