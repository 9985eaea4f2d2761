//! What can be done with notices and emails.

mod telling;

use std::sync::Arc;

use casefile::Visibility;
use chrono::{DateTime, Duration, Utc};
use kit::page::Page;
use kit::{Caller, Clock};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use telling::{AccountNews, CaseNews, UnknownCase};

use crate::domain::Audience;
use crate::error::Error;
use crate::store;
use crate::store::emails::Listed as Email;
use crate::store::notices::Listed as Notice;

/// How far unread notices are counted.
const MOST_UNREAD: i64 = 100;

/// Where a page starts: an instant and, for rows of the same instant, an id.
pub type Position = (DateTime<Utc>, Uuid);

/// The use cases of notices and emails.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) db: PgPool,
    pub(crate) clock: Clock,
    gather: Duration,
    /// Wakes the sender of this process. Emails of other replicas, and those whose time has come, it finds by itself.
    pub(crate) wake: Arc<Notify>,
}

/// Whose bell it is.
struct Reader {
    account_id: Uuid,
    audiences: Vec<String>,
    seen: Visibility,
}

impl App {
    /// The use cases over a database. The email about one of a burst of changes waits for `gather`.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, gather: Duration) -> Self {
        Self {
            db,
            clock,
            gather,
            wake: Arc::new(Notify::new()),
        }
    }

    /// A page of the caller's notices, newest first (NO-2), and where the next one starts.
    pub async fn notices(
        &self,
        caller: &Caller,
        page: &Page<Position>,
    ) -> Result<(Vec<Notice>, String), Error> {
        let Some(Reader {
            account_id,
            audiences,
            seen,
        }) = self.reader(caller)
        else {
            return Ok((Vec::new(), String::new()));
        };
        let mut notices = store::notices::list(
            &self.db,
            account_id,
            &audiences,
            &seen,
            page.after,
            page.fetch(),
        )
        .await?;
        let next = page.next(&mut notices, |notice| (notice.raised_at, notice.id));
        Ok((notices, next))
    }

    /// How many of the caller's notices are unread, 100 at the most.
    pub async fn count_unread(&self, caller: &Caller) -> Result<i64, Error> {
        let Some(Reader {
            account_id,
            audiences,
            seen,
        }) = self.reader(caller)
        else {
            return Ok(0);
        };
        Ok(
            store::notices::count_unread(&self.db, account_id, &audiences, &seen, MOST_UNREAD)
                .await?,
        )
    }

    /// Marks the caller's notices as read, up to one of them, or that one alone.
    pub async fn mark_read(
        &self,
        caller: &Caller,
        notice_id: Uuid,
        only_this: bool,
    ) -> Result<(), Error> {
        let Reader {
            account_id,
            audiences,
            seen,
        } = self.reader(caller).ok_or(Error::NoSuchNotice)?;

        let mut tx = self.db.begin().await?;
        let read_to = store::notices::raised_at(&mut *tx, notice_id, &audiences, &seen)
            .await?
            .ok_or(Error::NoSuchNotice)?;
        if only_this {
            store::notices::mark_one_read(&mut tx, account_id, notice_id).await?;
        } else {
            store::notices::mark_read(&mut tx, account_id, &audiences, read_to).await?;
            store::notices::forget_single_reads(&mut tx, account_id, read_to).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A page of the emails that are not delivered, oldest first (NO-4), and where the next one starts.
    pub async fn undelivered(&self, page: &Page<Position>) -> Result<(Vec<Email>, String), Error> {
        let mut emails = store::emails::undelivered(&self.db, page.after, page.fetch()).await?;
        let next = page.next(&mut emails, |email| (email.queued_at, email.id));
        Ok((emails, next))
    }

    /// Puts a refused email on its way once more (NO-4).
    pub async fn send_again(&self, caller: &Caller, email_id: Uuid) -> Result<Email, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let Some(email) = store::emails::queue_again(&mut tx, email_id, now).await? else {
            let known = store::emails::exists(&mut *tx, email_id).await?;
            return Err(if known {
                Error::NotRefused
            } else {
                Error::NoSuchEmail
            });
        };
        store::record_sent_again(&mut tx, kit::id(), now, &caller.actor(), email_id).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(email)
    }

    fn reader(&self, caller: &Caller) -> Option<Reader> {
        let account_id = caller.person()?.account_id;
        Some(Reader {
            account_id,
            audiences: Audience::of(caller)
                .iter()
                .map(Audience::to_string)
                .collect(),
            seen: Visibility::of(caller, self.clock.today()),
        })
    }
}
