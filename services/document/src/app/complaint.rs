//! Files that come with a complaint about the ombudsman itself (SC-1): checked, stored and scanned as those of cases, and seen by nobody in casework.

use futures::Stream;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{App, Content, NewFile, Position};
use crate::domain::Document;
use crate::error::Error;
use crate::spool::Piece;
use crate::store::{self, Change, complaints};

/// How many files a complaint has at the most.
pub(super) const MOST_FILES: i64 = 20;

impl App {
    /// Adds a file, once for each request id.
    pub async fn upload_complaint_file(
        &self,
        caller: &Caller,
        file: NewFile,
        pieces: impl Stream<Item = Result<Piece, Error>> + Unpin,
    ) -> Result<Document, Error> {
        let is_full = complaints::count(&self.db, file.case_id).await? >= MOST_FILES;
        // The twentieth, sent twice, is the twentieth still.
        let was_sent = store::added_by_request(&self.db, &caller.actor(), file.request_id).await?;
        if is_full && was_sent.is_none() {
            return Err(Error::TooManyFiles);
        }
        self.take_in(caller, file, pieces).await
    }

    /// A page of the files of a complaint that were not taken back, the oldest first.
    pub async fn complaint_files(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        page: &Page<Position>,
    ) -> Result<(Vec<Document>, String), Error> {
        self.may_read(caller, complaint_id).await?;
        let mut files = complaints::list(&self.db, complaint_id, page.after, page.fetch()).await?;
        let next_page_token = page.next(&mut files, |it| (it.added_at, it.id));
        Ok((files, next_page_token))
    }

    /// Takes a file back before the complaint is sent. To do it twice is to do it once.
    pub async fn remove_complaint_file(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        document_id: Uuid,
    ) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let document = store::get(&mut *tx, document_id)
            .await?
            .filter(|it| it.case_id == complaint_id)
            .ok_or(Error::NoSuchDocument)?;
        let now = self.clock.now();
        let reason = "It was taken back before the complaint was sent";
        let removed =
            complaints::remove(&mut tx, complaint_id, Some(document_id), now, reason).await?;
        if !removed.is_empty() {
            let actor = caller.actor();
            let change = Change {
                at: now,
                actor: &actor,
                action: "removed",
                document: &document,
                detail: None,
            };
            store::record_change(&mut tx, &change).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The bytes of a file.
    pub async fn download_complaint_file(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        document_id: Uuid,
    ) -> Result<Content, Error> {
        self.may_read(caller, complaint_id).await?;
        let document = complaints::get(&self.db, complaint_id, document_id)
            .await?
            .ok_or(Error::NoSuchDocument)?;
        self.complaint_file_content(caller, &document).await
    }

    /// Lets only those at the files of a complaint who have no interest in it. Whoever complains, and processes, have no account here.
    pub(super) async fn may_read(&self, caller: &Caller, complaint_id: Uuid) -> Result<(), Error> {
        let Some(person) = caller.person() else {
            return Ok(());
        };
        if complaints::has_interest(&self.db, complaint_id, person.account_id).await? {
            return Err(Error::ConflictDeclared);
        }
        Ok(())
    }

    /// Everything that came with a complaint and was not taken back, the oldest first.
    pub async fn all_complaint_files(&self, complaint_id: Uuid) -> Result<Vec<Document>, Error> {
        Ok(complaints::list(&self.db, complaint_id, None, MOST_FILES).await?)
    }

    /// The bytes of a file that was found.
    pub async fn complaint_file_content(
        &self,
        caller: &Caller,
        document: &Document,
    ) -> Result<Content, Error> {
        self.content(&caller.actor(), document, 0, 0).await
    }
}
