//! Setting a task (TA-1).

use casefile::CaseFile;
use kit::{Caller, Invalid};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Seen};
use crate::domain::{Change, Deed, NewTask};
use crate::error::Error;
use crate::{events, store};

impl App {
    /// Sets a task on an open case, once for each request id: the same request again gives the task that it set.
    pub async fn set(
        &self,
        caller: &Caller,
        request_id: Uuid,
        request: &[u8],
        task: &NewTask,
    ) -> Result<Seen, Error> {
        if store::set_by_request(&self.db, request_id, request)
            .await?
            .is_none()
        {
            self.letter_is_there(task).await?;
        }
        // A second turn finds the task that another replica has set for the same request meanwhile.
        loop {
            let mut tx = self.db.begin().await?;
            if let Some(set) = store::set_by_request(&mut *tx, request_id, request).await? {
                if !set.same {
                    return Err(Error::RequestIdReused);
                }
                return self.found(caller, &mut tx, set.id).await;
            }
            if self
                .set_new(caller, &mut tx, request_id, request, task)
                .await?
            {
                let seen = self.found(caller, &mut tx, task.id).await?;
                outbox::publish(&mut tx, &events::set(&seen.task)).await?;
                tx.commit().await?;
                return Ok(seen);
            }
        }
    }

    /// A letter must be a document of the case that can still be read. The document service is asked before anything is locked,
    /// and not about a task that was set before: its letter may have been withdrawn since.
    async fn letter_is_there(&self, task: &NewTask) -> Result<(), Error> {
        let Some(document_id) = task.document_id else {
            return Ok(());
        };
        if self.documents.has(task.case_id, document_id).await? {
            return Ok(());
        }
        let text = "The letter must be a document of this case, and not withdrawn";
        Err(Invalid::field("document_id", text, "NO_SUCH_DOCUMENT").into())
    }

    async fn found(&self, caller: &Caller, tx: &mut PgConnection, id: Uuid) -> Result<Seen, Error> {
        let task = store::find(tx, id, &self.visibility(caller)).await?;
        self.seen(task.ok_or(Error::NoSuchTask)?)
    }

    async fn set_new(
        &self,
        caller: &Caller,
        tx: &mut PgConnection,
        request_id: Uuid,
        request: &[u8],
        task: &NewTask,
    ) -> Result<bool, Error> {
        let case = self.open_case(caller, tx, task.case_id).await?;
        let actor = Actor::of(caller);
        if !store::insert(
            tx,
            task,
            case.landlord_id,
            &actor.shown,
            request_id,
            request,
        )
        .await?
        {
            return Ok(false);
        }
        let change = Change {
            task_id: task.id,
            deed: Deed::Set(self.terms(task)),
        };
        store::add_changes(tx, &actor, self.clock.now(), &[change]).await?;
        Ok(true)
    }

    /// The case, which stays open until the transaction ends.
    async fn open_case(
        &self,
        caller: &Caller,
        tx: &mut PgConnection,
        case_id: Uuid,
    ) -> Result<CaseFile, Error> {
        let case = store::known_case(tx, case_id)
            .await?
            .filter(|case| case.visible_to(caller, self.today()))
            .ok_or(Error::NoSuchCase)?;
        if case.closed_on.is_some() {
            Err(Error::CaseClosed)
        } else {
            Ok(case)
        }
    }
}
