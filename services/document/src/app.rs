//! What can be done with documents: look, decide, write and announce, in one transaction.

mod complaint;
mod link;
pub mod orphans;
pub mod scan;
mod upload;

use std::sync::Arc;

use bytes::Bytes;
use casefile::CaseFile;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use kit::page::Page;
use kit::{Caller, Clock};
use sqlx::PgPool;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

use crate::domain::{self, Document, Filter, State};
use crate::error::Error;
use crate::events;
use crate::objects::Objects;
use crate::spool::Spool;
use crate::store::{self, Change};

pub use link::Link;
pub use upload::{About, NewFile};

/// Where a page of a list starts.
pub type Position = (DateTime<Utc>, Uuid);

/// How many files are looked into at once. It is work for the processor, and each look may take some memory.
const INSPECTIONS: usize = 4;

/// The use cases of documents.
#[derive(Debug, Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    objects: Objects,
    spool: Spool,
    inspections: Arc<Semaphore>,
    scanning: Scanning,
}

/// What happens to a document that was added.
#[derive(Debug, Clone)]
pub enum Scanning {
    /// It is available at once: there is no scanner.
    Off,
    /// It waits for a scanner, who is told of it.
    On(Arc<Notify>),
}

/// Bytes of a document, on their way.
pub type Content = BoxStream<'static, Result<Bytes, object_store::Error>>;

impl App {
    /// The use cases over a database and a store.
    #[must_use]
    pub fn new(
        db: PgPool,
        clock: Clock,
        objects: Objects,
        spool: Spool,
        scanning: Scanning,
    ) -> Self {
        Self {
            db,
            clock,
            objects,
            spool,
            inspections: Arc::new(Semaphore::new(INSPECTIONS)),
            scanning,
        }
    }

    /// A document of a case that the caller may see.
    pub async fn get(&self, caller: &Caller, document_id: Uuid) -> Result<Document, Error> {
        let document = self.visible(caller, document_id).await?;
        Ok(as_seen_by(caller, document))
    }

    /// A page of those of a case's documents that are wanted, newest first.
    pub async fn list(
        &self,
        caller: &Caller,
        case_id: Uuid,
        filter: &Filter,
        page: &Page<Position>,
    ) -> Result<(Vec<Document>, String), Error> {
        self.case(caller, case_id).await?;
        let mut documents =
            store::list(&self.db, case_id, filter, page.after, page.fetch()).await?;
        let next_page_token = page.next(&mut documents, |it| (it.added_at, it.id));
        let documents = documents
            .into_iter()
            .map(|it| as_seen_by(caller, it))
            .collect();
        Ok((documents, next_page_token))
    }

    /// The bytes of a document, or a range of them (DO-5).
    pub async fn download(
        &self,
        caller: &Caller,
        document_id: Uuid,
        offset: u64,
        length: u64,
    ) -> Result<Content, Error> {
        let document = self.visible(caller, document_id).await?;
        self.content(&caller.actor(), &document, offset, length)
            .await
    }

    /// The bytes of a document that was found, or a range of them. That they were asked for is written down first (WH-1).
    async fn content(
        &self,
        actor: &str,
        document: &Document,
        offset: u64,
        length: u64,
    ) -> Result<Content, Error> {
        if document.state != State::Available {
            return Err(Error::NotAvailable);
        }
        let range =
            domain::range(document.size.unsigned_abs(), offset, length).ok_or(Error::PastTheEnd)?;
        let first_byte = range.start.cast_signed();
        let bytes = (range.end - range.start).cast_signed();
        let now = self.clock.now();

        let mut connection = self.db.acquire().await?;
        store::record_read(&mut connection, now, actor, document, first_byte, bytes).await?;
        drop(connection);
        Ok(self.objects.get(document.id, range).await?)
    }

    /// Withdraws a document with a reason (DO-6).
    pub async fn withdraw(
        &self,
        caller: &Caller,
        document_id: Uuid,
        version: i64,
        reason: String,
    ) -> Result<Document, Error> {
        let mut tx = self.db.begin().await?;
        let document = store::get(&mut *tx, document_id)
            .await?
            .ok_or(Error::NoSuchDocument)?;
        self.case(caller, document.case_id)
            .await
            .map_err(as_no_document)?;
        domain::may_withdraw(document.state)?;
        let withdrawn = Document {
            version,
            state: State::Withdrawn,
            withdrawal_reason: Some(reason),
            ..document
        };
        let withdrawn = store::save_state(&mut tx, &withdrawn)
            .await?
            .ok_or(Error::Stale)?;
        store::scans::cancel(&mut tx, withdrawn.id).await?;
        let actor = caller.actor();
        let change = Change {
            at: self.clock.now(),
            actor: &actor,
            action: "withdrawn",
            document: &withdrawn,
            detail: withdrawn.withdrawal_reason.as_deref(),
        };
        store::record_change(&mut tx, &change).await?;
        outbox::publish(&mut tx, &events::withdrawn(&withdrawn, &actor)).await?;
        tx.commit().await?;
        Ok(withdrawn)
    }

    /// Those of some documents that belong to a case and may be named, in the order asked for. A process of the portal asks
    /// for whoever it works for, and has checked that person itself.
    pub async fn resolve(
        &self,
        caller: &Caller,
        case_id: Uuid,
        document_ids: &[Uuid],
    ) -> Result<Vec<Document>, Error> {
        if !matches!(caller, Caller::Process(_)) {
            self.case(caller, case_id).await?;
        }
        Ok(store::resolve(&self.db, case_id, document_ids).await?)
    }

    /// A case that the caller may see; any other one does not exist (CA-4).
    async fn case(&self, caller: &Caller, case_id: Uuid) -> Result<CaseFile, Error> {
        casefile::find(&self.db, case_id)
            .await?
            .filter(|case| case.visible_to(caller, self.clock.today()))
            .ok_or(Error::NoSuchCase)
    }

    /// A document of such a case, whole.
    async fn visible(&self, caller: &Caller, document_id: Uuid) -> Result<Document, Error> {
        let document = store::get(&self.db, document_id)
            .await?
            .ok_or(Error::NoSuchDocument)?;
        self.case(caller, document.case_id)
            .await
            .map_err(as_no_document)?;
        Ok(document)
    }
}

/// Who may not see a case is not told whether a document of it exists.
fn as_no_document(error: Error) -> Error {
    match error {
        Error::NoSuchCase => Error::NoSuchDocument,
        other => other,
    }
}

fn as_seen_by(caller: &Caller, document: Document) -> Document {
    if caller.is_staff() {
        document
    } else {
        document.for_landlord()
    }
}
