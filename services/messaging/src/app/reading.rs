//! Reading conversations: everybody for themselves (ME-4).

use std::collections::HashMap;

use casefile::Visibility;
use chrono::{DateTime, NaiveDate, Utc};
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{App, Position};
use crate::domain::{self, Message, Side};
use crate::error::Error;
use crate::store;
use crate::store::Lost;
use crate::store::reading::{self, Change, Conversation, Listing, Standing, Unread};

/// A page of a thread.
#[derive(Debug)]
pub struct Thread {
    /// The messages, newest first.
    pub messages: Vec<Message>,
    /// What became of their attachments that are no longer there.
    pub lost: HashMap<Uuid, Lost>,
    /// Where the next page starts; empty on the last.
    pub next_page_token: String,
    /// The side that the caller is on.
    pub side: Side,
    /// Up to where the caller has read.
    pub read_to: Option<DateTime<Utc>>,
    /// How many messages the caller has not read.
    pub unread: i32,
    /// How many of them are older than this page.
    pub unread_older: i32,
    /// Whether the caller's side may write.
    pub can_post: bool,
    /// The date by which the ombudsman is to answer the landlord.
    pub reply_due_on: Option<NaiveDate>,
}

/// What somebody has not read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnreadCounts {
    /// On all cases that the caller may see; for staff, on the open cases that they own.
    pub total: i32,
    /// On each of the cases named, where there is any.
    pub by_case: Vec<Unread>,
}

/// A page of conversations.
#[derive(Debug, Default)]
pub struct Conversations {
    /// The conversations, the one with the newest message first.
    pub conversations: Vec<Conversation>,
    /// Where the next page starts; empty on the last.
    pub next_page_token: String,
}

impl App {
    /// A page of a case's thread, newest first.
    pub async fn thread(
        &self,
        caller: &Caller,
        case_id: Uuid,
        page: &Page<Position>,
    ) -> Result<Thread, Error> {
        let case = self.case(caller, case_id).await?;
        let side = Side::of(caller);
        let standing = reading::standing(&self.db, case_id, account(caller), side.other()).await?;
        let can_post = domain::may_post(side, &case, standing.is_some()).is_ok();
        let Some(Standing {
            read_to,
            unread,
            reply_due_on,
        }) = standing
        else {
            return Ok(Thread {
                messages: Vec::new(),
                lost: HashMap::new(),
                next_page_token: String::new(),
                side,
                read_to: None,
                unread: 0,
                unread_older: 0,
                can_post,
                reply_due_on: None,
            });
        };
        let mut messages = store::thread(&self.db, case_id, page.after, page.fetch()).await?;
        let next_page_token = page.next(&mut messages, |message| (message.sent_at, message.id));
        let unread_older = match messages.last() {
            Some(oldest) if unread > 0 && !next_page_token.is_empty() => {
                let before = oldest.sent_at;
                reading::unread_before(&self.db, case_id, side.other(), read_to, before).await?
            }
            _ => 0,
        };
        Ok(Thread {
            lost: self.lost(&messages).await?,
            messages,
            next_page_token,
            side,
            read_to,
            unread,
            unread_older,
            can_post,
            reply_due_on,
        })
    }

    async fn lost(&self, messages: &[Message]) -> Result<HashMap<Uuid, Lost>, Error> {
        let attached: Vec<Uuid> = messages
            .iter()
            .flat_map(|message| message.document_ids.iter().copied())
            .collect();
        if attached.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(store::lost(&self.db, &attached)
            .await?
            .into_iter()
            .collect())
    }

    /// Moves the caller's read mark up to a message; a mark never moves back.
    pub async fn mark_read(
        &self,
        caller: &Caller,
        case_id: Uuid,
        message_id: Uuid,
    ) -> Result<(), Error> {
        self.case(caller, case_id).await?;
        let Some(account_id) = account(caller) else {
            return Ok(());
        };
        let actor = caller.actor();
        let change = Change {
            id: kit::id(),
            at: self.clock.now(),
            actor: &actor,
        };

        let mut tx = self.db.begin().await?;
        if !reading::mark_read(&mut tx, case_id, message_id, account_id, change).await? {
            return Err(Error::NoSuchMessage);
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many messages the caller has not read, in all and on some cases. Cases that the caller may not see count nothing (CA-4).
    pub async fn count_unread(
        &self,
        caller: &Caller,
        case_ids: &[Uuid],
    ) -> Result<UnreadCounts, Error> {
        let Some(account_id) = account(caller) else {
            return Ok(UnreadCounts::default());
        };
        let seen = Visibility::of(caller, self.clock.today());
        let total = match seen.landlord_id {
            Some(landlord_id) => {
                reading::unread_by_landlord(&self.db, account_id, landlord_id, &seen).await?
            }
            None => reading::unread_by_owner(&self.db, account_id).await?,
        };
        let by_case = if case_ids.is_empty() {
            Vec::new()
        } else {
            let side = Side::of(caller).other();
            reading::unread_on(&self.db, account_id, side, &seen, case_ids).await?
        };
        Ok(UnreadCounts { total, by_case })
    }

    /// A page of the conversations that the caller may see, the one with the newest message first. Staff get those of the open cases that they
    /// own.
    pub async fn conversations(
        &self,
        caller: &Caller,
        unread_only: bool,
        page: &Page<Position>,
    ) -> Result<Conversations, Error> {
        let Some(account_id) = account(caller) else {
            return Ok(Conversations::default());
        };
        let listing = Listing {
            account_id,
            unread_only,
            after: page.after,
            limit: page.fetch(),
        };
        let seen = Visibility::of(caller, self.clock.today());
        let mut conversations = match seen.landlord_id {
            Some(landlord_id) => {
                reading::of_landlord(&self.db, listing, landlord_id, &seen).await?
            }
            None => reading::of_owner(&self.db, listing).await?,
        };
        let next_page_token = page.next(&mut conversations, |it| (it.last_sent_at, it.case_id));
        Ok(Conversations {
            conversations,
            next_page_token,
        })
    }
}

/// Whose marks count: an account's. Another internal system reads nothing.
fn account(caller: &Caller) -> Option<Uuid> {
    caller.person().map(|person| person.account_id)
}
