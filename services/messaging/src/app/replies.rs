//! The answers that the ombudsman owes landlords: what starts a wait, what ends it, and who is to see to it (ME-5).

use calendar::{LedgerError, Urgency};
use chrono::{DateTime, NaiveDate, Utc};
use kit::Caller;
use kit::page::Page;
use serde_json::json;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::App;
use crate::domain::Message;
use crate::domain::reply::{Outcome, Reply, Threshold};
use crate::error::Error;
use crate::events;
use crate::store;
use crate::store::reading::Change;
use crate::store::replies::{self, Filter, Owed};

/// So many conversations are locked at a time.
const BATCH: i64 = 100;

/// Who acts when a case is closed or history is taken over.
const SERVICE: &str = "process:messaging";

/// Where a page of what is owed starts.
pub type OwedPosition = (NaiveDate, Uuid);

/// An answer that is owed, as somebody sees it now.
#[derive(Debug)]
pub struct Seen {
    /// The wait.
    pub owed: Owed,
    /// How close the due date is.
    pub urgency: Urgency,
}

/// A page of the answers that are owed.
#[derive(Debug)]
pub struct OwedPage {
    /// The answers, soonest due first.
    pub replies: Vec<Seen>,
    /// Where the next page starts; empty on the last.
    pub next_page_token: String,
}

/// What was counted again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recounted {
    /// With another calendar than before.
    pub recounted: i32,
    /// To another date than before.
    pub redated: i32,
}

impl App {
    /// Starts the wait for an answer to a landlord's message, and gives the date by which it is due. A landlord's message is never refused
    /// because the bank holidays of a year are not known: the wait starts when they are.
    pub(super) async fn await_answer(
        &self,
        tx: &mut PgConnection,
        message: &Message,
        by: &str,
    ) -> Result<Option<NaiveDate>, Error> {
        let Some(reply) = self.wait(message, by)? else {
            return Ok(None);
        };
        replies::start(tx, &reply, None).await?;
        Ok(Some(reply.due_on()))
    }

    fn wait(&self, message: &Message, by: &str) -> Result<Option<Reply>, Error> {
        match Reply::start(&self.calendar, message, by, self.clock.today()) {
            Ok(reply) => Ok(Some(reply)),
            Err(LedgerError::NotCovered(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    case_id = %message.case_id,
                    "a landlord waits for an answer that can't be dated: renew the bank holidays"
                );
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends every wait on a case with what staff have just written.
    pub(super) async fn answer(
        &self,
        tx: &mut PgConnection,
        answer: &Message,
        by: &str,
    ) -> Result<(), Error> {
        for mut reply in replies::owed_on(tx, answer.case_id).await? {
            reply.answer(answer.sent_at, by, self.clock.today())?;
            self.settle(tx, &reply, answer.sent_at, &answer.author_name)
                .await?;
        }
        Ok(())
    }

    /// Ends every wait on a case that has been closed: nobody can write there.
    pub async fn case_closed(&self, tx: &mut PgConnection, case_id: Uuid) -> Result<(), Error> {
        if !replies::lock(tx, case_id).await? {
            return Ok(());
        }
        for mut reply in replies::owed_on(tx, case_id).await? {
            reply.withdraw(
                Outcome::CaseClosed,
                "the case was closed",
                SERVICE,
                self.clock.today(),
            )?;
            self.settle(tx, &reply, self.clock.now(), "").await?;
        }
        replies::no_answer_needed(tx, case_id).await?;
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut PgConnection,
        reply: &Reply,
        at: DateTime<Utc>,
        actor: &str,
    ) -> Result<(), Error> {
        replies::enter(tx, reply, at).await?;
        if let Some(outcome) = reply.outcome {
            outbox::publish(tx, &events::settled(reply, outcome, at, actor)).await?;
        }
        Ok(())
    }

    /// Makes the clocks of some cases' conversations say what their messages say, in the transaction that brings the messages.
    pub(super) async fn put_right_among(
        &self,
        tx: &mut PgConnection,
        cases: &[Uuid],
    ) -> Result<(), Error> {
        let most = i64::try_from(cases.len()).unwrap_or(i64::MAX);
        for case_id in replies::astray(&mut *tx, Some(cases), Uuid::nil(), most).await? {
            self.put_one_right(tx, case_id).await?;
        }
        Ok(())
    }

    /// Makes the clocks of all conversations say what their messages say, and tells how many it changed. Each is put right by itself: one that
    /// can't be keeps no other from it, and is tried again by the next sweep.
    pub(super) async fn put_all_right(&self, cancel: &CancellationToken) -> Result<usize, Error> {
        let (mut changed, mut after) = (0, Uuid::nil());
        loop {
            let batch = replies::astray(&self.db, None, after, BATCH).await?;
            let Some(last) = batch.last() else {
                return Ok(changed);
            };
            after = *last;
            for case_id in batch {
                if cancel.is_cancelled() {
                    return Ok(changed);
                }
                match self.put_right(case_id).await {
                    Ok(is_changed) => changed += usize::from(is_changed),
                    Err(error) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        %case_id,
                        "the waits of a conversation can't be put right"
                    ),
                }
            }
        }
    }

    async fn put_right(&self, case_id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        let changed = self.put_one_right(&mut tx, case_id).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn put_one_right(&self, tx: &mut PgConnection, case_id: Uuid) -> Result<bool, Error> {
        replies::lock(tx, case_id).await?;
        let closed = casefile::find(&mut *tx, case_id)
            .await?
            .is_some_and(|case| case.closed_on.is_some());
        if closed {
            self.case_closed(tx, case_id).await?;
            return Ok(true);
        }
        self.follow(tx, case_id).await
    }

    /// Ends and starts the waits of one open case as its messages say; tells whether that changed anything.
    async fn follow(&self, tx: &mut PgConnection, case_id: Uuid) -> Result<bool, Error> {
        let today = self.clock.today();
        let waited_for = replies::waited_for_since(tx, case_id).await?;
        let mut waits = false;
        let mut changed = false;
        for mut reply in replies::owed_on(tx, case_id).await? {
            let answered_at = replies::answered_at(tx, case_id, reply.awaited_since).await?;
            let stands = if reply.technical_issue {
                answered_at.is_none()
            } else {
                waited_for == Some(reply.message_id)
            };
            if stands {
                waits |= !reply.technical_issue;
                continue;
            }
            if let Some(at) = answered_at {
                reply.answer(at, SERVICE, today)?;
            } else {
                let reason = "another message has been waiting";
                reply.withdraw(Outcome::Replaced, reason, SERVICE, today)?;
            }
            let at = answered_at.unwrap_or_else(|| self.clock.now());
            self.settle(tx, &reply, at, "").await?;
            changed = true;
        }
        let Some(message_id) = waited_for.filter(|_| !waits) else {
            return Ok(changed);
        };
        let message = store::message(&mut *tx, message_id)
            .await?
            .ok_or(Error::NoSuchMessage)?;
        if let Some(reply) = self.wait(&message, SERVICE)? {
            replies::start(tx, &reply, self.told_elsewhere(&message, &reply)?).await?;
            changed = true;
        }
        Ok(changed)
    }

    /// What nobody needs to be told of: whoever took the message in elsewhere has been told there of what had come to pass.
    fn told_elsewhere(&self, message: &Message, reply: &Reply) -> Result<Option<Threshold>, Error> {
        if !message.imported {
            return Ok(None);
        }
        let urgency = self.calendar.urgency(reply.due_on(), self.clock.today())?;
        Ok(Threshold::crossed(urgency))
    }

    /// A page of the answers that are owed, soonest due first.
    pub async fn replies_owed(
        &self,
        filter: &Filter,
        page: &Page<OwedPosition>,
    ) -> Result<OwedPage, Error> {
        let today = self.clock.today();
        let mut owed = replies::list(&self.db, filter, today, page.after, page.fetch()).await?;
        let next_page_token = page.next(&mut owed, |it| (it.due_on, it.id));
        let replies = owed
            .into_iter()
            .map(|owed| self.seen(owed, today))
            .collect::<Result<_, _>>()?;
        Ok(OwedPage {
            replies,
            next_page_token,
        })
    }

    fn seen(&self, owed: Owed, today: NaiveDate) -> Result<Seen, Error> {
        let urgency = self.calendar.urgency(owed.due_on, today)?;
        Ok(Seen { owed, urgency })
    }

    /// Ends the wait for an answer that is not needed, unless a message has come that was not considered.
    pub async fn dismiss_reply(
        &self,
        caller: &Caller,
        id: Uuid,
        version: i64,
        reason: &str,
    ) -> Result<Seen, Error> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let actor = caller.actor();

        let mut tx = self.db.begin().await?;
        let case_id = replies::find(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchReply)?
            .case_id;
        // What was read before the lock may be over by now.
        replies::lock(&mut tx, case_id).await?;
        let mut reply = replies::find(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchReply)?;
        let owed = replies::overview(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchReply)?;
        if reply.outcome.is_some() {
            return Err(Error::ReplySettled);
        }
        if owed.version() != version {
            return Err(Error::Stale);
        }
        reply.withdraw(Outcome::NotNeeded, reason, &actor, today)?;
        self.settle(&mut tx, &reply, now, caller.name()).await?;
        if !reply.technical_issue {
            replies::no_answer_needed(&mut tx, case_id).await?;
        }
        let change = Change {
            id: kit::id(),
            at: now,
            actor: &actor,
        };
        let details = json!({"reply_id": id, "reason": reason});
        replies::record(&mut tx, change, "reply_dismissed", &reply, details).await?;
        let owed = replies::overview(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchReply)?;
        tx.commit().await?;
        self.seen(owed, today)
    }

    /// Counts every due date again that was counted with another calendar. Nothing else moves them, and whoever owns a case whose date moves
    /// is told.
    pub async fn recount_replies(&self, caller: &Caller) -> Result<Recounted, Error> {
        let mut recounted = Recounted::default();
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.db.begin().await?;
            let batch = replies::owed_after(&mut tx, after, BATCH).await?;
            let Some((last, _)) = batch.last() else {
                return Ok(recounted);
            };
            after = *last;
            for (id, case_id) in batch {
                replies::lock(&mut tx, case_id).await?;
                self.recount(&mut tx, caller, id, &mut recounted).await?;
            }
            tx.commit().await?;
        }
    }

    async fn recount(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        id: Uuid,
        recounted: &mut Recounted,
    ) -> Result<(), Error> {
        let (now, actor) = (self.clock.now(), caller.actor());
        let Some(mut reply) = replies::find(&mut *tx, id)
            .await?
            .filter(|reply| reply.outcome.is_none())
        else {
            return Ok(());
        };
        let before = reply.due_on();
        if !reply.recount(&self.calendar, &actor, self.clock.today())? {
            return Ok(());
        }
        replies::enter(tx, &reply, now).await?;
        recounted.recounted += 1;
        if reply.due_on() == before {
            return Ok(());
        }
        recounted.redated += 1;
        let change = Change {
            id: kit::id(),
            at: now,
            actor: &actor,
        };
        let details = json!({"reply_id": id, "from": before, "to": reply.due_on()});
        replies::record(tx, change, "reply_redated", &reply, details).await?;
        outbox::publish(tx, &events::redated(&reply, before, caller.name())).await?;
        Ok(())
    }
}
