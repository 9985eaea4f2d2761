//! What can be done with notices and emails.

mod insight;
mod instead;
mod own_actions;
mod telling;
mod templates;

use std::sync::Arc;

use casefile::Visibility;
use chrono::{DateTime, Duration, Utc};
use kit::page::Page;
use kit::{Caller, Clock};
use proto::access::v1::Role;
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use insight::InsightNews;
pub(crate) use instead::account_of;
pub use telling::{AccountNews, CaseNews, UnknownCase};
pub use templates::Wording;

use crate::config::{Config, TeamAddresses};
use crate::domain::{Audience, Matter, NoQuietHours, QuietHours, Urgency};
use crate::error::Error;
use crate::store;
use crate::store::emails::Listed as Email;
use crate::store::notices::Listed as Notice;

/// How far unread notices are counted.
const MOST_UNREAD: i64 = 100;

/// How an email that is not delivered fares, to choose emails by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Faring {
    /// Waiting to be sent.
    Queued,
    /// Waiting for the morning.
    Held,
    /// Perhaps delivered.
    Unknown,
    /// Refused for good.
    Refused,
}

/// Where a page starts: an instant and, for rows of the same instant, an id.
pub type Position = (DateTime<Utc>, Uuid);

/// The use cases of notices and emails.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) db: PgPool,
    pub(crate) clock: Clock,
    pub(crate) manners: Arc<Manners>,
    /// Wakes the sender of this process. Emails of other replicas, and those whose time has come, it finds by itself.
    pub(crate) wake: Arc<Notify>,
}

/// How people are told of things.
#[derive(Debug, Clone)]
pub struct Manners {
    /// For how long news of one case is gathered.
    pub gather: Duration,
    /// When nothing goes out that can wait.
    pub quiet: QuietHours,
    /// Where teams hear of what concerns them.
    pub teams: TeamAddresses,
    /// Where the portal is, without a slash at the end.
    pub portal_url: String,
    /// Where people get help.
    pub support_address: String,
}

impl Manners {
    /// As the settings say.
    pub fn of(config: &Config) -> Result<Self, NoQuietHours> {
        Ok(Self {
            gather: Duration::seconds(config.gather_seconds.into()),
            quiet: config.quiet_hours.parse()?,
            teams: config.team_addresses.clone(),
            portal_url: config.portal_url.clone(),
            support_address: config.support_address.clone(),
        })
    }
}

/// Whose bell it is.
struct Reader {
    account_id: Uuid,
    audiences: Vec<String>,
    seen: Visibility,
}

impl App {
    /// The use cases over a database.
    #[must_use]
    pub fn new(db: PgPool, clock: Clock, manners: Manners) -> Self {
        Self {
            db,
            clock,
            manners: Arc::new(manners),
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

    /// A page of the emails that are not delivered, or of those of them that fare in one way, oldest first (NO-4), and where the next one starts.
    pub async fn undelivered(
        &self,
        caller: &Caller,
        faring: Option<Faring>,
        page: &Page<Position>,
    ) -> Result<(Vec<Email>, String), Error> {
        let mut emails = store::emails::undelivered(
            &self.db,
            faring,
            is_operator(caller),
            self.clock.now(),
            page.after,
            page.fetch(),
        )
        .await?;
        let next = page.next(&mut emails, |email| (email.queued_at, email.id));
        Ok((emails, next))
    }

    /// Puts a refused email on its way once more (NO-4), worded anew: the address may have been given to somebody else.
    pub async fn send_again(&self, caller: &Caller, email_id: Uuid) -> Result<Email, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let email = store::emails::lock(&mut tx, email_id)
            .await?
            .filter(|it| is_operator(caller) || it.case_id.is_some())
            .ok_or(Error::NoSuchEmail)?;
        if !email.refused {
            return Err(Error::NotRefused);
        }
        if email.expires_at.is_some_and(|ends| ends <= now) {
            return Err(Error::SecretSpent);
        }
        if email.matter == Matter::ProgressUpdate {
            return Err(Error::GivenAnew);
        }
        let send_at = self.send_at(email.matter, now);
        let email = store::emails::queue_again(&mut tx, email_id, send_at, now).await?;
        store::record_sent_again(&mut tx, kit::id(), now, &caller.actor(), email_id).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(email)
    }

    /// An instant, or the morning after the quiet hours that it lies in, for what can wait (NO-4).
    pub(crate) fn send_at(&self, matter: Matter, at: DateTime<Utc>) -> DateTime<Utc> {
        match matter.urgency() {
            Urgency::AnyHour => at,
            Urgency::AtOnce | Urgency::Gathered => self.manners.quiet.hold(at),
        }
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

/// Whether a caller sees the emails of accounts, too. Casework sees those about cases.
fn is_operator(caller: &Caller) -> bool {
    match caller.person() {
        Some(person) => person.role == Role::SystemAdministrator,
        None => true,
    }
}
