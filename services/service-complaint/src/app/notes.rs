//! What is written down about a complaint besides its steps.

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::note::NoteKind;
use crate::domain::procedure::ProcedureError;
use crate::error::Error;
use crate::store::{self, NewNote, NoteRow};

/// A note to write down.
#[derive(Debug, Clone)]
pub struct Noting {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// The complaint.
    pub complaint_id: Uuid,
    /// What it is.
    pub kind: NoteKind,
    /// The date of what it tells of.
    pub on: NaiveDate,
    /// What.
    pub text: String,
}

impl App {
    /// Writes a note down, once for each request id. It takes no part in the complaint's version: two colleagues can write at one time.
    pub async fn note(&self, caller: &Caller, noting: Noting) -> Result<NoteRow, Error> {
        let today = self.today();
        if noting.on > today {
            return Err(ProcedureError::InTheFuture(noting.on).into());
        }
        let actor = Actor::of(caller);
        actor.colleague()?;
        let mut tx = self.db.begin().await?;
        let complaint = store::load(&mut tx, &[noting.complaint_id])
            .await?
            .pop()
            .ok_or(Error::NoSuchComplaint)?;
        complaint.is_open_to(actor.account_id)?;
        let now = self.clock.now();
        let new = NewNote {
            id: kit::id(),
            complaint_id: complaint.id,
            kind: noting.kind,
            on: noting.on,
            text: &noting.text,
            request_id: noting.request_id,
        };
        if !store::insert_note(&mut tx, &new, &actor, now).await? {
            let (complaint_id, written) = store::find_note(&mut *tx, &actor.id, noting.request_id)
                .await?
                .ok_or(Error::RequestIdReused)?;
            let same = complaint_id == noting.complaint_id
                && written.kind == Some(noting.kind)
                && written.on == noting.on
                && written.text == noting.text;
            return if same {
                Ok(written)
            } else {
                Err(Error::RequestIdReused)
            };
        }
        // Whoever writes down what a finding rests on has a part in the stage (4.15).
        let text = match noting.kind {
            NoteKind::Note => "Wrote a note",
            NoteKind::Evidence => "Wrote down evidence",
            NoteKind::Contact => "Wrote down a contact with the person",
        };
        let what = (complaint.id, complaint.stage());
        store::record_change(&mut tx, now, &actor, what, "noted", text).await?;
        tx.commit().await?;
        Ok(NoteRow {
            id: new.id,
            kind: Some(noting.kind),
            on: noting.on,
            text: noting.text,
            by: actor.name,
            at: Some(now),
            acknowledged: false,
        })
    }

    /// A page of what was written down about a complaint, the newest first.
    pub async fn notes(
        &self,
        caller: &Caller,
        complaint_id: Uuid,
        page: &Page<Uuid>,
    ) -> Result<(Vec<NoteRow>, String), Error> {
        self.may_read(caller, complaint_id).await?;
        let mut rows = store::notes_page(&self.db, complaint_id, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| row.id);
        Ok((rows, next))
    }
}
