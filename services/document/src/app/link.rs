//! Links to the content of single files, for a host that nobody is logged in at: what a file does in a browser, it does not do to the portal (DO-5).

use chrono::{DateTime, TimeDelta, Utc};
use kit::Caller;
use kit::secret::{self, Token};
use uuid::Uuid;

use super::{App, Content};
use crate::domain::{Document, State};
use crate::error::Error;
use crate::store::{complaints, links};

/// How long a link works: no longer than a right that was taken away may still be used elsewhere. Whoever comes later is led to the portal, which
/// looks at their right and makes a new one.
const WORKS_FOR: TimeDelta = TimeDelta::seconds(60);

/// A link that was made.
#[derive(Debug)]
pub struct Link {
    /// Its secret.
    pub token: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

impl App {
    /// Makes a link to a document of a case that the caller may see.
    pub async fn link(&self, caller: &Caller, document_id: Uuid) -> Result<Link, Error> {
        let document = self.visible(caller, document_id).await?;
        self.link_to(caller, &document).await
    }

    /// Makes a link to a file of a complaint.
    pub async fn link_complaint_file(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        document_id: Uuid,
    ) -> Result<Link, Error> {
        self.may_read(caller, complaint_id).await?;
        let document = complaints::get(&self.db, complaint_id, document_id)
            .await?
            .ok_or(Error::NoSuchDocument)?;
        self.link_to(caller, &document).await
    }

    async fn link_to(&self, caller: &Caller, document: &Document) -> Result<Link, Error> {
        if document.state != State::Available {
            return Err(Error::NotAvailable);
        }
        let token = Token::random();
        let expires_at = self.clock.now() + WORKS_FOR;
        let actor = caller.actor();
        links::insert(&self.db, &token.hash(), document.id, &actor, expires_at).await?;
        Ok(Link {
            token: token.reveal(),
            expires_at,
        })
    }

    /// The file that a link is of, while that works and the file can be downloaded.
    pub async fn linked(&self, token: &str) -> Result<Document, Error> {
        let (_, document) = self.open_link(token).await?;
        Ok(document)
    }

    /// The bytes of the file that a link is of, or a range of them, read by whoever asked for the link.
    pub async fn download_linked(
        &self,
        token: &str,
        offset: u64,
        length: u64,
    ) -> Result<Content, Error> {
        let (issued_to, document) = self.open_link(token).await?;
        self.content(&issued_to, &document, offset, length).await
    }

    async fn open_link(&self, token: &str) -> Result<(String, Document), Error> {
        let (issued_to, document) = links::find(&self.db, &secret::hash(token), self.clock.now())
            .await?
            .ok_or(Error::NoSuchLink)?;
        if document.state == State::Available {
            Ok((issued_to, document))
        } else {
            Err(Error::NotAvailable)
        }
    }
}
