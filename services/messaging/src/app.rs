//! What can be done with conversations: look, decide, write and announce, in one transaction.

pub mod import;

use casefile::{CaseFile, Visibility};
use chrono::{DateTime, Utc};
use kit::page::Page;
use kit::{Caller, Clock};
use sqlx::PgPool;
use uuid::Uuid;

use crate::documents::Documents;
use crate::domain::{self, Message, PostError, Side};
use crate::error::Error;
use crate::events;
use crate::store::{self, NewMessage, ReadMarks, Unread};

/// Where a page of a thread starts.
pub type Position = (DateTime<Utc>, Uuid);

/// The use cases of conversations.
#[derive(Debug, Clone)]
pub struct App {
    db: PgPool,
    clock: Clock,
    documents: Documents,
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
}

/// A page of a thread.
#[derive(Debug)]
pub struct Thread {
    /// The messages, newest first.
    pub messages: Vec<Message>,
    /// Where the next page starts; empty on the last.
    pub next_page_token: String,
    /// The side that asked, whose read mark counts.
    pub side: Side,
    /// Up to where that side has read.
    pub read_to: Option<DateTime<Utc>>,
    /// Whether that side may write.
    pub can_post: bool,
}

/// What a side has not read.
#[derive(Debug, PartialEq, Eq)]
pub struct UnreadCounts {
    /// On all cases that the caller may see.
    pub total: i32,
    /// On each of the cases named, where there is any.
    pub by_case: Vec<Unread>,
}

impl App {
    /// The use cases over a database.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, documents: Documents) -> Self {
        Self {
            db,
            clock,
            documents,
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
        message.sent_at = store::post(&mut tx, &new)
            .await?
            .ok_or(PostError::NoConversation)?;
        outbox::publish(&mut tx, &events::posted(&message)).await?;
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
            && sent.document_ids == draft.document_ids;
        if same {
            Ok(Some(sent))
        } else {
            Err(Error::RequestIdReused)
        }
    }

    /// A page of a case's thread, newest first (ME-4).
    pub async fn thread(
        &self,
        caller: &Caller,
        case_id: Uuid,
        page: &Page<Position>,
    ) -> Result<Thread, Error> {
        let case = self.case(caller, case_id).await?;
        let side = Side::of(caller);
        let marks = store::read_marks(&self.db, case_id).await?;
        let mut messages = match marks {
            Some(_) => store::thread(&self.db, case_id, page.after, page.fetch()).await?,
            None => Vec::new(),
        };
        let next_page_token = page.next(&mut messages, |message| (message.sent_at, message.id));
        Ok(Thread {
            messages,
            next_page_token,
            side,
            read_to: marks.and_then(|marks| marks.of(side)),
            can_post: domain::may_post(side, &case, marks.is_some()).is_ok(),
        })
    }

    /// Moves the read mark of the caller's side up to a message; a mark never moves back (ME-4).
    pub async fn mark_read(
        &self,
        caller: &Caller,
        case_id: Uuid,
        message_id: Uuid,
    ) -> Result<(), Error> {
        self.case(caller, case_id).await?;
        let side = Side::of(caller);

        let mut tx = self.db.begin().await?;
        let marks: ReadMarks = store::lock(&mut tx, case_id)
            .await?
            .ok_or(Error::NoSuchMessage)?;
        let read_to = store::sent_at(&mut *tx, case_id, message_id)
            .await?
            .ok_or(Error::NoSuchMessage)?;
        if marks.of(side).is_some_and(|mark| mark >= read_to) {
            return Ok(());
        }
        match side {
            Side::Landlord => store::mark_read_by_landlord(&mut tx, case_id, read_to).await?,
            Side::Ombudsman => store::mark_read_by_ombudsman(&mut tx, case_id, read_to).await?,
        }
        store::record_read(
            &mut tx,
            kit::id(),
            self.clock.now(),
            &caller.actor(),
            case_id,
            message_id,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many messages the caller's side has not read, in all and on some cases (ME-4). Cases that the caller may not see count nothing.
    pub async fn count_unread(
        &self,
        caller: &Caller,
        case_ids: &[Uuid],
    ) -> Result<UnreadCounts, Error> {
        let seen = Visibility::of(caller, self.clock.today());
        let counts = match seen.landlord_id {
            Some(landlord_id) => UnreadCounts {
                total: store::unread_by_landlord(&self.db, landlord_id, &seen).await?,
                by_case: match case_ids {
                    [] => Vec::new(),
                    _ => {
                        store::unread_by_landlord_on(&self.db, landlord_id, &seen, case_ids).await?
                    }
                },
            },
            None => UnreadCounts {
                total: store::unread_by_ombudsman(&self.db).await?,
                by_case: match case_ids {
                    [] => Vec::new(),
                    _ => store::unread_by_ombudsman_on(&self.db, case_ids).await?,
                },
            },
        };
        Ok(counts)
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
            | Self::RequestIdReused
            | Self::DocumentsUnavailable(_) => false,
        }
    }
}
