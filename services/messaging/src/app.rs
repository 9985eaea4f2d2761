//! What can be done with conversations: look, decide, write and announce, in one transaction.

pub mod import;
pub mod reading;
pub mod replies;
pub mod sweep;

use std::sync::Arc;

use calendar::Calendar;
use casefile::CaseFile;
use chrono::{DateTime, Utc};
use kit::{Caller, Clock};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::documents::Documents;
use crate::domain::{self, Message, PostError, Side};
use crate::error::Error;
use crate::events;
use crate::store::{self, NewMessage};

/// Where a page of a thread starts.
pub type Position = (DateTime<Utc>, Uuid);

/// The use cases of conversations.
#[derive(Debug, Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    documents: Documents,
    /// The working days that answers are due in.
    calendar: Arc<Calendar>,
    /// Wakes the sweep of this process.
    due: Arc<Notify>,
}

/// What somebody wants to send.
#[derive(Debug)]
pub struct Draft {
    /// The sender's id for this request.
    pub request_id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The text, as [`domain::body`] gave it.
    pub body: String,
    /// The documents that go with it, each once.
    pub document_ids: Vec<Uuid>,
    /// Whether it reports a technical issue.
    pub technical_issue: bool,
}

impl App {
    /// The use cases over a database.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, documents: Documents, calendar: Calendar) -> Self {
        Self {
            db,
            clock,
            documents,
            calendar: Arc::new(calendar),
            due: Arc::default(),
        }
    }

    /// Sends a message, once for each request id (ME-1 to ME-3).
    pub async fn post(&self, caller: &Caller, draft: Draft) -> Result<Message, Error> {
        let case = self.case(caller, draft.case_id).await?;
        match self.send(caller, &case, &draft).await {
            // A repeated request finds the message that it sent, even if by now the rules would refuse it.
            Err(refused) if refused.may_be_a_repeat() => {
                self.sent_before(caller, &draft).await?.ok_or(refused)
            }
            done => done,
        }
    }

    async fn send(
        &self,
        caller: &Caller,
        case: &CaseFile,
        draft: &Draft,
    ) -> Result<Message, Error> {
        let side = Side::of(caller);
        domain::may_report(side, draft.technical_issue)?;
        // Whether a landlord has a message to reply to is seen under the conversation's lock, in `store::post`.
        domain::may_post(side, case, true)?;
        let attachments = self
            .documents
            .resolve(case.case_id, &draft.document_ids)
            .await?;
        let (document_ids, document_names) = attachments
            .into_iter()
            .map(|it| (it.document_id, it.name))
            .unzip();
        let mut message = Message {
            id: kit::id(),
            case_id: case.case_id,
            side,
            author_name: caller.name().to_owned(),
            body: draft.body.clone(),
            document_ids,
            document_names,
            sent_at: self.clock.now(),
            imported: false,
            technical_issue: draft.technical_issue,
        };
        let actor = caller.actor();

        let mut tx = self.db.begin().await?;
        let new = NewMessage {
            message: &message,
            landlord_id: case.landlord_id,
            actor: &actor,
            request_id: draft.request_id,
            change_id: kit::id(),
        };
        let sent = store::post(&mut tx, &new)
            .await?
            .ok_or(PostError::NoConversation)?;
        message.sent_at = sent.sent_at;
        let reply_due_on = match side {
            Side::Ombudsman => {
                self.answer(&mut tx, &message, &actor).await?;
                None
            }
            Side::Landlord if sent.starts_waiting => {
                self.await_answer(&mut tx, &message, &actor).await?
            }
            // A technical issue has a clock of its own.
            Side::Landlord if message.technical_issue && sent.reply_due_on.is_none() => {
                self.await_answer(&mut tx, &message, &actor).await?
            }
            Side::Landlord => sent.reply_due_on,
        };
        outbox::publish(&mut tx, &events::posted(&message, reply_due_on)).await?;
        tx.commit().await?;
        Ok(message)
    }

    async fn sent_before(&self, caller: &Caller, draft: &Draft) -> Result<Option<Message>, Error> {
        let Some(sent) =
            store::sent_by_request(&self.db, &caller.actor(), draft.request_id).await?
        else {
            return Ok(None);
        };
        let same = sent.case_id == draft.case_id
            && sent.body == draft.body
            && sent.document_ids == draft.document_ids
            && sent.technical_issue == draft.technical_issue;
        if same {
            Ok(Some(sent))
        } else {
            Err(Error::RequestIdReused)
        }
    }

    /// A case that the caller may see; any other one does not exist (CA-4).
    async fn case(&self, caller: &Caller, case_id: Uuid) -> Result<CaseFile, Error> {
        casefile::find(&self.db, case_id)
            .await?
            .filter(|case| case.visible_to(caller, self.clock.today()))
            .ok_or(Error::NoSuchCase)
    }
}

impl Error {
    /// Whether the refusal may only mean that the same request was carried out before.
    fn may_be_a_repeat(&self) -> bool {
        match self {
            Self::Post(_) | Self::NoSuchDocument => true,
            Self::Db(error) => error
                .as_database_error()
                .is_some_and(|it| it.constraint() == Some("messages_request_once")),
            Self::Invalid(_)
            | Self::NoSuchCase
            | Self::NoSuchMessage
            | Self::NoSuchReply
            | Self::ReplySettled
            | Self::Stale
            | Self::DateNotCovered(_)
            | Self::Ledger(_)
            | Self::RequestIdReused
            | Self::DocumentsUnavailable(_) => false,
        }
    }
}
