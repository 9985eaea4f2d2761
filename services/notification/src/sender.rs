//! Takes emails that are due to the mail server (NO-3).
//!
//! Any number of senders may run at once. Each takes emails on a lease; a sender that stops loses its leases when their time is over,
//! and others go on. Every write shows the lease's fence, so that one that wakes up late changes nothing. An email is recorded as
//! begun before it is handed over and as sent after the server has taken it: a crash between the two sends it once more, under the
//! same `Message-ID`, which is the best that SMTP allows (RFC 1047).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proto::notification::v1::EmailRefused;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::{App, account_of};
use crate::cases::Cases;
use crate::complaints::Complaints;
use crate::config::Config;
use crate::domain::words::{self, Facts};
use crate::domain::{Answer, Matter, Recipient, Topic, judge, wait_before_try};
use crate::identity::{Addressee, Delivery, DeliveryError, Identity};
use crate::letter::{self, Letter};
use crate::metrics::METRICS;
use crate::post::{Answers, Post, PostError};
use crate::store;
use crate::store::emails::{Claimed, Rendered};
use crate::store::news::Item;

/// How long a sender may work on an email: longer than identity and the mail server may take together.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How often a sender looks for emails that nobody woke it for.
const POLL: Duration = Duration::from_secs(1);

/// How often the age of the oldest email is measured.
const MEASURE: Duration = Duration::from_secs(10);

/// Sends emails. Clones share everything.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    app: App,
    identity: Identity,
    complaints: Complaints,
    cases: Cases,
    post: Post,
    at_once: usize,
}

/// What became of a try.
enum Outcome {
    /// The server has taken it.
    Sent,
    /// Again later; the text says why.
    Later(String),
    /// Again later, though it may have arrived; the text says why.
    Unsaid(String),
    /// Not in the quiet hours, which end then.
    Held(DateTime<Utc>),
    /// Never, and staff are told; the text says why.
    Refused(String),
    /// It is no longer worth sending; the text says why.
    Lapsed(&'static str),
    /// The account that it was to go to can't log in: others are told.
    Instead(Uuid),
    /// Somebody else has it now.
    LeaseLost,
}

impl Sender {
    /// A sender for an app's emails.
    pub fn new(
        app: App,
        identity: Identity,
        complaints: Complaints,
        cases: Cases,
        config: &Config,
    ) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Inner {
            app,
            identity,
            complaints,
            cases,
            post: Post::new(config)?,
            at_once: usize::try_from(config.smtp.connections)?,
        })))
    }

    /// Sends what is due until it is told to stop; what is under way is finished.
    pub async fn run(self, cancel: CancellationToken) -> anyhow::Result<()> {
        let mut under_way = JoinSet::new();
        let mut measure = tokio::time::interval(MEASURE);
        loop {
            let room = self.0.at_once - under_way.len();
            let mut full = true;
            if room > 0 {
                let emails = self.claim(room).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "emails can't be taken on");
                    Vec::new()
                });
                full = emails.len() == room;
                for email in emails {
                    let sender = self.clone();
                    under_way.spawn(async move { sender.deliver(email).await });
                }
            }
            tokio::select! {
                () = cancel.cancelled() => break,
                // With room to spare, everything that is due has been taken: only more work is a reason to look again.
                Some(_) = under_way.join_next(), if full => {}
                () = self.0.app.wake.notified(), if !full => {}
                () = tokio::time::sleep(POLL), if !full => {}
                _ = measure.tick() => self.measure().await,
            }
        }
        while under_way.join_next().await.is_some() {}
        Ok(())
    }

    /// Tries everything that is due now, once, and tells how many emails that was.
    pub async fn once(&self) -> anyhow::Result<usize> {
        let mut tried = 0;
        loop {
            let emails = self.claim(self.0.at_once).await?;
            if emails.is_empty() {
                return Ok(tried);
            }
            tried += emails.len();
            futures::future::join_all(emails.into_iter().map(|email| self.deliver(email))).await;
        }
    }

    /// Takes emails on a lease, codes and links first.
    async fn claim(&self, room: usize) -> sqlx::Result<Vec<Claimed>> {
        let App { db, clock, .. } = &self.0.app;
        let now = clock.now();
        let limit = |taken: usize| i64::try_from(room - taken).unwrap_or(i64::MAX);
        let mut emails = store::emails::claim(db, true, now, now + LEASE, limit(0)).await?;
        if emails.len() < room {
            emails.extend(
                store::emails::claim(db, false, now, now + LEASE, limit(emails.len())).await?,
            );
        }
        Ok(emails)
    }

    /// Works on one email and writes down what became of it.
    async fn deliver(&self, email: Claimed) {
        let span = tracing::info_span!("send email", id = %email.id, matter = ?email.matter, outcome = tracing::field::Empty);
        outbox::trace::follow(&span, &email.trace);
        let work = async {
            let done = match self.attempt(&email).await {
                Ok(outcome) => self.settle(&email, outcome).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                // The lease brings it back.
                tracing::error!(%error, "an email could not be worked on");
            }
        };
        work.instrument(span).await;
    }

    async fn attempt(&self, email: &Claimed) -> sqlx::Result<Outcome> {
        let Inner { app, .. } = &*self.0;
        let now = app.clock.now();
        if email.expires_at.is_some_and(|ends| ends <= now) {
            return Ok(Outcome::Lapsed("it has expired"));
        }
        let send_at = app.send_at(email.matter, now);
        if send_at > now {
            return Ok(Outcome::Held(send_at));
        }
        if let Recipient::Letter(id) = email.recipient {
            return self.letter_of_a_complaint(email, id, now).await;
        }
        let case = match email.case_id {
            Some(case_id) => casefile::find(&app.db, case_id).await?,
            None => None,
        };
        let closed = case.as_ref().is_some_and(|case| case.closed_on.is_some());
        let news = store::news::of_email(&app.db, email.id).await?;
        let news = worth_telling(&news, closed);
        if news.is_empty() {
            return Ok(Outcome::Lapsed("what it reminds of has ended"));
        }
        let mut delivery = match self.delivery(email).await {
            Ok(delivery) => delivery,
            Err(error @ DeliveryError::NothingToSend) => {
                tracing::info!(%error);
                return Ok(match account_of(email) {
                    Some(account) => Outcome::Instead(account),
                    None => Outcome::Lapsed("there is nothing to send any more"),
                });
            }
            Err(DeliveryError::Unavailable(status)) => {
                let recipient = email.recipient.kind();
                tracing::warn!(code = ?status.code(), recipient, "nobody said whom an email goes to");
                return Ok(Outcome::Later("nobody said whom it goes to".to_owned()));
            }
        };
        if let (Recipient::Update(_), Some(case_id)) = (email.recipient, email.case_id) {
            // Who has no account answers by email.
            delivery.team = app.casework_address(case_id).await?;
        }
        if email.topic() != Topic::Account && !delivery.to.active {
            return Ok(match account_of(email) {
                Some(account) => Outcome::Instead(account),
                None => Outcome::Lapsed("the account can't log in"),
            });
        }
        let reference = case.map(|case| case.reference);
        let letter = match self
            .letter(email, &news, reference.as_deref(), &delivery, now)
            .await
        {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(%error, "an email has no words");
                return Ok(Outcome::Later("it could not be put into words".to_owned()));
            }
        };

        let kept = if email.matter.is_kept_elsewhere() {
            Rendered::default()
        } else {
            Rendered::from(&letter)
        };
        let answers = delivery
            .team
            .as_deref()
            .map_or(Answers::Nobody, Answers::At);
        self.hand_over(email, (&delivery.to, answers), &letter, &kept, now)
            .await
    }

    /// A letter about a service complaint: its service has the address and the words, and this one keeps neither.
    async fn letter_of_a_complaint(
        &self,
        email: &Claimed,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Outcome> {
        match self.0.complaints.letter(id).await {
            Ok((to, letter)) => {
                let kept = Rendered::default();
                self.hand_over(email, (&to, Answers::Complaints), &letter, &kept, now)
                    .await
            }
            Err(DeliveryError::NothingToSend) => Ok(Outcome::Lapsed("there is no such letter")),
            Err(DeliveryError::Unavailable(status)) => {
                tracing::warn!(code = ?status.code(), "a letter waits for its words");
                let waits = "the service-complaint service did not answer";
                Ok(Outcome::Later(waits.to_owned()))
            }
        }
    }

    /// Hands an email to the mail server, what is kept of it being written before.
    async fn hand_over(
        &self,
        email: &Claimed,
        (to, answers): (&Addressee, Answers<'_>),
        letter: &Letter,
        kept: &Rendered<'_>,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Outcome> {
        let Inner { app, post, .. } = &*self.0;
        let message_id = post.message_id(email.id);
        let begun = store::emails::begin(
            &app.db,
            email.id,
            email.fence,
            to.account_id,
            &message_id,
            kept,
        )
        .await?;
        if !begun {
            return Ok(Outcome::LeaseLost);
        }
        Ok(
            match post.send(&message_id, to, letter, answers, now).await {
                Ok(()) => Outcome::Sent,
                Err(
                    error @ (PostError::Address(_) | PostError::NotAscii | PostError::Message(_)),
                ) => Outcome::Refused(error.to_string()),
                Err(error @ PostError::NoReply) => Outcome::Later(error.to_string()),
                Err(error @ PostError::Unsaid) => Outcome::Unsaid(error.to_string()),
                Err(error @ PostError::Reply(code)) => match judge(code) {
                    Answer::Later => Outcome::Later(error.to_string()),
                    Answer::Refused => Outcome::Refused(error.to_string()),
                },
            },
        )
    }

    /// Whom an email goes to: identity says, but for the addresses that teams share, and for those of people without an account.
    async fn delivery(&self, email: &Claimed) -> Result<Delivery, DeliveryError> {
        let team = match email.recipient {
            Recipient::Team(team) => team,
            Recipient::ComplaintLink(request) => return self.0.complaints.prepare(request).await,
            Recipient::Update(id) => return self.0.cases.prepare(id).await,
            recipient => return self.0.identity.prepare(recipient).await,
        };
        let address = self.0.app.manners.teams.of(team);
        let address = address.ok_or(DeliveryError::NothingToSend)?.to_owned();
        let to = Addressee::without_account(team.label().to_owned(), address);
        Ok(Delivery::plain(to))
    }

    /// The email as it was rendered at its first try, or as it is now.
    async fn letter(
        &self,
        email: &Claimed,
        news: &[(Matter, usize)],
        case_reference: Option<&str>,
        delivery: &Delivery,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Letter> {
        if let (Some(subject), Some(text), Some(html)) =
            (&email.subject, &email.text_body, &email.html_body)
        {
            return Ok(Letter {
                subject: subject.clone(),
                text: text.clone(),
                html: html.clone(),
            });
        }
        let (matter, news) = match news {
            [(matter, 1)] => (*matter, &[][..]),
            // An email about a list says the same of one and of several.
            [(matter, _)] if !matter.list().is_empty() => (*matter, &[][..]),
            several if email.case_id.is_none() => (Matter::ComplaintNews, several),
            several => (Matter::CaseNews, several),
        };
        let app = &self.0.app;
        let adapted = app.adapted(matter).await?;
        let words = words::email(
            &Facts {
                matter,
                portal_url: &app.manners.portal_url,
                case_reference,
                complaint_reference: Some(email.complaint_reference.as_str())
                    .filter(|it| !it.is_empty()),
                news,
                occurred_at: email.occurred_at,
                complaint: delivery.complaint.as_ref(),
                update: delivery.update.as_deref(),
                secret: delivery
                    .secret
                    .as_ref()
                    .map(|(secret, ends)| (secret, *ends)),
                now,
            },
            adapted.as_ref(),
        )?;
        Ok(letter::render(
            &words,
            &delivery.to.name,
            &app.manners.support_address,
            delivery.team.as_deref(),
        )?)
    }

    async fn settle(&self, email: &Claimed, outcome: Outcome) -> sqlx::Result<()> {
        let App { db, clock, .. } = &self.0.app;
        let now = clock.now();
        let (word, kept) = match outcome {
            Outcome::Sent => {
                METRICS.sent.add(1, &[]);
                (
                    "sent",
                    store::emails::sent(db, email.id, email.fence, now).await?,
                )
            }
            Outcome::Later(error) => ("later", self.later(email, now, false, &error).await?),
            Outcome::Unsaid(error) => ("unsaid", self.later(email, now, true, &error).await?),
            Outcome::Held(until) => (
                "held",
                store::emails::hold(db, email.id, email.fence, until).await?,
            ),
            Outcome::Refused(error) => ("refused", self.refuse(email, &error).await?),
            Outcome::Lapsed(reason) => (
                "lapsed",
                store::emails::lapsed(db, email.id, email.fence, reason).await?,
            ),
            Outcome::Instead(account) => ("others told", self.pass_on(email, account).await?),
            Outcome::LeaseLost => ("lease lost", false),
        };
        let span = tracing::Span::current();
        span.record("outcome", if kept { word } else { "lease lost" });
        Ok(())
    }

    /// Puts an email back for another try, after a while, and not in the quiet hours.
    async fn later(
        &self,
        email: &Claimed,
        now: DateTime<Utc>,
        uncertain: bool,
        error: &str,
    ) -> sqlx::Result<bool> {
        let app = &self.0.app;
        let next = now + wait_before_try(email.tries);
        let send_at = app.send_at(email.matter, next);
        let held_until = Some(send_at).filter(|send_at| *send_at > next);
        store::emails::try_later(
            &app.db,
            email.id,
            email.fence,
            send_at,
            held_until,
            uncertain,
            error,
        )
        .await
    }

    /// Gives an email up whose account can't log in, and tells others what it was to say.
    async fn pass_on(&self, email: &Claimed, account_id: Uuid) -> sqlx::Result<bool> {
        let app = &self.0.app;
        let mut tx = app.db.begin().await?;
        let reason = "the account can't log in: others are told";
        if !store::emails::lapsed(&mut *tx, email.id, email.fence, reason).await? {
            return Ok(false);
        }
        app.tell_instead(&mut tx, email, account_id).await?;
        tx.commit().await?;
        app.wake.notify_one();
        Ok(true)
    }

    /// Gives an email up that a mail server refused, and tells staff (NO-3).
    async fn refuse(&self, email: &Claimed, error: &str) -> sqlx::Result<bool> {
        let app = &self.0.app;
        let mut tx = app.db.begin().await?;
        let Some(refusal) = store::emails::refused(&mut tx, email.id, email.fence, error).await?
        else {
            return Ok(false);
        };
        let refused = EmailRefused {
            email_id: email.id.to_string(),
            account_id: refusal
                .account_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            landlord_id: match email.recipient {
                Recipient::Landlord(id) => id.to_string(),
                _ => String::new(),
            },
            letter_id: match email.recipient {
                Recipient::Letter(id) => id.to_string(),
                _ => String::new(),
            },
            update_id: match email.recipient {
                Recipient::Update(id) => id.to_string(),
                _ => String::new(),
            },
        };
        let event_id = outbox::publish(&mut tx, &refused).await?;
        // Of letters the service-complaint service tells its own colleagues (1.8).
        if refused.letter_id.is_empty() {
            app.tell_of_refusal(&mut tx, event_id, email.topic())
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// For how long the oldest email that is due has not been sent. What waits for its burst or for the morning is not due.
    pub async fn oldest_unsent(&self) -> sqlx::Result<TimeDelta> {
        let App { db, clock, .. } = &self.0.app;
        let since = store::emails::oldest_unsent(db).await?;
        let age = since.map_or(TimeDelta::zero(), |since| clock.now() - since);
        Ok(age.max(TimeDelta::zero()))
    }

    async fn measure(&self) {
        match self.oldest_unsent().await {
            Ok(age) => METRICS
                .oldest_unsent_seconds
                .record(age.as_seconds_f64(), &[]),
            Err(error) => tracing::warn!(%error, "the oldest email can't be looked up"),
        }
    }
}

/// What is still worth telling: reminders stop when the case is closed or what they remind of has ended (NO-4). Each matter once, with how often
/// it happened, in the order that it first did.
fn worth_telling(items: &[Item], case_closed: bool) -> Vec<(Matter, usize)> {
    let mut news: Vec<(Matter, usize)> = Vec::new();
    for &Item { matter, still_due } in items {
        if matter.is_over(case_closed, still_due) {
            continue;
        }
        match news.iter_mut().find(|(told, _)| *told == matter) {
            Some((_, count)) => *count += 1,
            None => news.push((matter, 1)),
        }
    }
    news
}

impl<'a> From<&'a Letter> for Rendered<'a> {
    fn from(
        Letter {
            subject,
            text,
            html,
        }: &'a Letter,
    ) -> Self {
        Self {
            subject: Some(subject),
            text_body: Some(text),
            html_body: Some(html),
        }
    }
}
