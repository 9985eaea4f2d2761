//! Brings events from the broker to a handler.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use async_nats::jetstream::consumer::{DeliverPolicy, PullConsumer};
use async_nats::jetstream::{AckKind, Message};
use chrono::{DateTime, Utc};
use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use proto::clock::v1::Minute;
use sqlx::{PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::event::Received;
use crate::metrics::METRICS;
use crate::stream::Durable;
use crate::{
    Broker, BrokerError, Event, Handler, Outcome, Retry, dead_letters, handler, subject, trace,
};

/// How long to wait before the broker, or the database, is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the broker keeps a request for an event. One that is lost with the broker's memory is made again after that.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many tries a minute gets: the next one does the same work.
const TRIES_OF_A_MINUTE: usize = 4;

/// How patient a consumer is.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long a replica may be silent about an event before another gets it. Default: 30 s.
    pub ack_wait: Duration,
    /// How long to wait after each failure; after as many waits the next failure is the last.
    /// Default: 1 s, 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, which makes eight tries.
    pub waits: Vec<Duration>,
    /// How many events are handled at the same time. Default: 4, half of a service's usual connections.
    pub at_once: usize,
}

impl Default for Policy {
    fn default() -> Self {
        let waits = [1, 5, 30, 120, 600, 1_800, 3_600]
            .map(Duration::from_secs)
            .to_vec();
        Self {
            ack_wait: Duration::from_secs(30),
            waits,
            at_once: 4,
        }
    }
}

/// Follows the broker for a handler: any number of replicas at once, each event to one of them.
#[derive(Clone, Debug)]
pub struct Consumer<H> {
    pool: PgPool,
    broker: Broker,
    handler: Arc<H>,
    policy: Policy,
}

/// One durable consumer of the broker.
struct Lane {
    durable: Durable,
    waits: Vec<Duration>,
    at_once: usize,
    /// Whether an event makes up for all of its kind before it.
    latest_only: bool,
}

/// What is told to the broker of a delivery.
enum Answer {
    Done(&'static str),
    Later(Duration),
    /// The event was put aside.
    Dead,
    /// The process ends before it could do anything: another replica may have it.
    GiveBack,
}

impl<H: Handler> Consumer<H> {
    /// A consumer that does what the handler says in the service's database.
    #[must_use]
    pub fn new(pool: PgPool, broker: Broker, handler: H) -> Self {
        Self {
            pool,
            broker,
            handler: Arc::new(handler),
            policy: Policy::default(),
        }
    }

    /// The same with other patience.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Gives the handler an event by hand: tests deliver one twice this way.
    pub async fn deliver(&self, event: &Event) -> Result<Outcome, Retry> {
        handler::deliver(&self.pool, self.handler.as_ref(), event).await
    }

    /// Handles events until it is cancelled, through every absence of the broker and of the database. What has begun is
    /// finished. Nothing makes it fail; the result is what `kit::Server::background` wants.
    pub async fn run(self, cancel: CancellationToken) -> anyhow::Result<()> {
        let minute = subject::<Minute>();
        let (minutes, subjects): (Vec<_>, Vec<_>) =
            H::subjects().into_iter().partition(|it| *it == minute);
        // A sweep can take long, and must not hold up the events.
        tokio::join!(
            Box::pin(self.follow(self.lane_of_events(subjects), &cancel)),
            Box::pin(self.follow(self.lane_of_minutes(minutes), &cancel)),
        );
        Ok(())
    }

    fn lane_of_events(&self, subjects: Vec<String>) -> Lane {
        Lane {
            durable: Durable {
                name: H::NAME.to_owned(),
                subjects,
                ack_wait: self.policy.ack_wait,
                from: DeliverPolicy::All,
            },
            waits: self.policy.waits.clone(),
            at_once: self.policy.at_once.max(1),
            latest_only: false,
        }
    }

    fn lane_of_minutes(&self, subjects: Vec<String>) -> Lane {
        Lane {
            durable: Durable {
                name: format!("{}-minutes", H::NAME),
                subjects,
                ack_wait: self.policy.ack_wait,
                // A sweep does what is due now; the minutes of two weeks would do it twenty thousand times.
                from: DeliverPolicy::LastPerSubject,
            },
            waits: self
                .policy
                .waits
                .iter()
                .copied()
                .take(TRIES_OF_A_MINUTE - 1)
                .collect(),
            at_once: 1,
            latest_only: true,
        }
    }

    async fn follow(&self, lane: Lane, cancel: &CancellationToken) {
        if lane.durable.subjects.is_empty() {
            return;
        }
        let mut failing = false;
        while !cancel.is_cancelled() {
            if let Err(error) = self.listen(&lane, &mut failing, cancel).await {
                if !failing {
                    tracing::error!(
                        consumer = lane.durable.name,
                        error = format!("{error:#}"),
                        "no events come in"
                    );
                }
                failing = true;
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Handles what comes until the broker fails or the process ends.
    async fn listen(
        &self,
        lane: &Lane,
        failing: &mut bool,
        cancel: &CancellationToken,
    ) -> anyhow::Result<()> {
        self.broker.prepare().await?;
        let consumer = lane
            .durable
            .correct(self.broker.jetstream())
            .await
            .map_err(|it| anyhow!(it))?;
        if *failing {
            tracing::info!(consumer = lane.durable.name, "events come in again");
            *failing = false;
        }
        // When one of them fails, the others finish what they have begun, and all start anew.
        let stop = cancel.child_token();
        let ends = join_all((0..lane.at_once).map(|_| async {
            let end = self.one_by_one(lane, &consumer, &stop, cancel).await;
            stop.cancel();
            end
        }));
        ends.await.into_iter().collect()
    }

    /// Handles one event after the other. None is fetched ahead: it would lie here while the database is away, be
    /// delivered again and again, and at last be taken for one that was tried too often.
    async fn one_by_one(
        &self,
        lane: &Lane,
        consumer: &PullConsumer,
        stop: &CancellationToken,
        cancel: &CancellationToken,
    ) -> anyhow::Result<()> {
        while !stop.is_cancelled() {
            anyhow::ensure!(self.broker.is_connected(), BrokerError::Away);
            let mut fetched = consumer
                .batch()
                .max_messages(1)
                .expires(PATIENCE)
                .messages()
                .await?;
            let message = tokio::select! {
                message = fetched.next() => message,
                // What has just come is handled all the same, or it would wait for `ack_wait`.
                () = stop.cancelled() => fetched.next().now_or_never().flatten(),
            };
            if let Some(message) = message {
                let message =
                    message.map_err(|it| anyhow!(it).context("the broker stopped delivering"))?;
                self.one(lane, message, cancel).await;
            }
        }
        Ok(())
    }

    /// Handles one delivery and answers it.
    async fn one(&self, lane: &Lane, message: Message, cancel: &CancellationToken) {
        let Ok(info) = message.info() else {
            tracing::error!(subject = %message.subject, "a delivery says nothing about itself");
            return;
        };
        let received = Received {
            sequence: info.stream_sequence,
            at: i64::try_from(info.published.unix_timestamp_nanos())
                .map(DateTime::<Utc>::from_timestamp_nanos)
                .unwrap_or_default(),
        };
        let (delivered, pending) = (info.delivered, info.pending);
        if lane.latest_only && pending > 0 {
            METRICS.handled(H::NAME, &message.subject, "skipped");
            answer(&message, AckKind::Ack).await;
            return;
        }

        let (event, verdict) = Event::read(&message, &received);
        let span = tracing::info_span!(
            "consume",
            otel.name = %format_args!("process {}", event.subject),
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.destination.name = %event.subject,
            messaging.consumer.group.name = H::NAME,
            messaging.message.id = %event.id,
        );
        trace::follow(&span, &event.headers);
        async {
            let tries = usize::try_from(delivered).unwrap_or(1).max(1);
            let given = match verdict {
                Ok(()) => tokio::select! {
                    given = self.attempt(lane, &event, tries, cancel) => given,
                    never = keep(&message, self.policy.ack_wait / 3) => match never {},
                },
                Err(malformed) => {
                    self.bury(&event, &malformed.to_string(), tries, cancel)
                        .await
                }
            };
            let (kind, outcome) = match given {
                Answer::Done(outcome) => (AckKind::Ack, outcome),
                Answer::Later(wait) => (AckKind::Nak(Some(wait)), "retried"),
                Answer::Dead => (AckKind::Term, "dead"),
                Answer::GiveBack => (AckKind::Nak(None), "given_back"),
            };
            METRICS.handled(H::NAME, &event.subject, outcome);
            answer(&message, kind).await;
        }
        .instrument(span)
        .await;
    }

    /// Tries to handle an event that has been delivered for the `tries`th time.
    async fn attempt(
        &self,
        lane: &Lane,
        event: &Event,
        tries: usize,
        cancel: &CancellationToken,
    ) -> Answer {
        if tries > lane.waits.len() + 1 {
            // The process dies of it, or nobody was left to say how the last try went.
            return self
                .bury(event, "the last try ended without an answer", tries, cancel)
                .await;
        }
        // A database that is away is not the event's fault: it waits, with the broker told so, and uses up no tries.
        let Some(tx) = until_done(cancel, || self.pool.begin()).await else {
            return Answer::GiveBack;
        };
        let handled = AssertUnwindSafe(self.handle(lane, tx, event))
            .catch_unwind()
            .await;
        match handled.unwrap_or_else(|_| Err(anyhow!("the handler panicked").into())) {
            Ok(Outcome::Handled) => Answer::Done("handled"),
            Ok(Outcome::Duplicate) => Answer::Done("duplicate"),
            Err(retry) => match lane.waits.get(tries - 1) {
                Some(wait) if !retry.is_hopeless() => {
                    tracing::warn!(error = %retry, tries, ?wait, "an event was not handled and will be tried again");
                    Answer::Later(*wait)
                }
                _ => self.bury(event, &retry.to_string(), tries, cancel).await,
            },
        }
    }

    async fn handle(
        &self,
        lane: &Lane,
        mut tx: Transaction<'static, Postgres>,
        event: &Event,
    ) -> Result<Outcome, Retry> {
        let outcome = handler::within(&mut tx, self.handler.as_ref(), event).await?;
        if lane.latest_only {
            dead_letters::forget(&mut tx, H::NAME, &event.subject).await?;
        }
        tx.commit().await?;
        self.handler.committed();
        Ok(outcome)
    }

    /// Puts an event aside; only then is the broker told to forget it.
    async fn bury(
        &self,
        event: &Event,
        reason: &str,
        tries: usize,
        cancel: &CancellationToken,
    ) -> Answer {
        let count = i32::try_from(tries).unwrap_or(i32::MAX).max(1);
        tracing::error!(
            error = reason,
            tries,
            "an event could not be handled and is put aside"
        );
        match until_done(cancel, || {
            dead_letters::bury(&self.pool, H::NAME, event, reason, count)
        })
        .await
        {
            Some(()) => Answer::Dead,
            None => Answer::GiveBack,
        }
    }
}

/// Does something with the database, again and again until it is there; `None` when the process ends before.
async fn until_done<T, F>(cancel: &CancellationToken, mut work: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = sqlx::Result<T>>,
{
    loop {
        match work().await {
            Ok(done) => return Some(done),
            Err(error) => tracing::warn!(%error, "the database does not answer; the event waits"),
        }
        tokio::select! {
            () = cancel.cancelled() => return None,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Tells the broker, for as long as the event is being handled, that it is.
async fn keep(message: &Message, every: Duration) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(every).await;
        answer(message, AckKind::Progress).await;
    }
}

/// Answers the broker. An answer that is lost means another delivery, which the inbox knows.
async fn answer(message: &Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        tracing::warn!(%error, "the broker could not be answered");
    }
}
