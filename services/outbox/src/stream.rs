//! What the stream and its consumers must look like, and how they are brought back to that.

use std::time::Duration;

use async_nats::jetstream::consumer::{
    self, AckPolicy, DeliverPolicy, PullConsumer, ReplayPolicy, pull,
};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode};

/// The one stream.
pub(crate) const STREAM: &str = "CASEWORK";

/// How long the broker keeps an event, for a consumer that is away. The inbox remembers for longer (`Retention`).
pub(crate) const MAX_AGE: Duration = Duration::from_hours(14 * 24);

/// A consumer whose events fail waits for them one by one; this many may wait before it gets no new ones.
const MAX_WAITING: i64 = 10_000;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What matters of the stream, laid over what the server has: what it adds by itself is left alone.
fn wanted(found: Config, replicas: usize) -> Config {
    Config {
        name: STREAM.to_owned(),
        subjects: vec!["casework.>".to_owned()],
        description: Some("what the services announce".to_owned()),
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        // Full means that publishing fails, which shows and is tried again. The other way, old events would be gone silently.
        discard: DiscardPolicy::New,
        discard_new_per_subject: false,
        max_age: MAX_AGE,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        num_replicas: replicas,
        no_ack: false,
        // It spares consumers work after a relay's death. That nothing happens twice is the inbox's doing.
        duplicate_window: Duration::from_mins(2),
        ..found
    }
}

/// Makes the stream, or brings it back to its definition. A difference that the server can't mend is an error.
pub(crate) async fn correct(context: &Context, replicas: usize) -> Result<(), Fault> {
    let found = match context.get_stream(STREAM).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(cause)
                if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                // Several services may get here at once: making the same stream twice is not an error.
                context
                    .create_stream(wanted(Config::default(), replicas))
                    .await?;
                tracing::info!(stream = STREAM, "made the stream");
                return Ok(());
            }
            _ => return Err(error.into()),
        },
    };
    let wanted = wanted(found.clone(), replicas);
    if wanted != found {
        tracing::warn!(
            stream = STREAM,
            ?found,
            "the stream differs from its definition and is corrected"
        );
        context.update_stream(wanted).await?;
    }
    Ok(())
}

/// What a durable consumer is like.
pub(crate) struct Durable {
    pub(crate) name: String,
    pub(crate) subjects: Vec<String>,
    pub(crate) ack_wait: Duration,
    /// Where one that is made anew starts.
    pub(crate) from: DeliverPolicy,
}

impl Durable {
    fn wanted(&self, found: pull::Config) -> pull::Config {
        pull::Config {
            durable_name: Some(self.name.clone()),
            name: Some(self.name.clone()),
            deliver_policy: self.from,
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.ack_wait,
            // Without a limit: the consumer itself counts the tries, because at a limit the server would forget an event
            // whether or not it had been put aside.
            max_deliver: -1,
            backoff: Vec::new(),
            filter_subject: String::new(),
            filter_subjects: self.subjects.clone(),
            replay_policy: ReplayPolicy::Instant,
            rate_limit: 0,
            max_ack_pending: MAX_WAITING,
            headers_only: false,
            inactive_threshold: Duration::ZERO,
            ..found
        }
    }

    /// Makes the consumer, or brings it back to its definition.
    pub(crate) async fn correct(&self, context: &Context) -> Result<PullConsumer, Fault> {
        let stream = context.get_stream_no_info(STREAM).await?;
        let found = match stream.consumer_info(&self.name).await {
            Ok(info) => info.config,
            Err(error) if error.kind() == consumer_not_found() => {
                tracing::info!(consumer = self.name, "makes the consumer");
                return Ok(stream
                    .create_consumer(self.wanted(pull::Config::default()))
                    .await?);
            }
            Err(error) => return Err(error.into()),
        };
        if let Ok(pull) =
            <pull::Config as consumer::FromConsumer>::try_from_consumer_config(found.clone())
        {
            let wanted = self.wanted(pull.clone());
            if same(&wanted, &pull) {
                return stream.get_consumer(&self.name).await;
            }
            tracing::warn!(
                consumer = self.name,
                ?found,
                "the consumer differs from its definition and is corrected"
            );
            match stream.update_consumer(wanted).await {
                Ok(consumer) => return Ok(consumer),
                Err(error) => {
                    tracing::warn!(consumer = self.name, %error, "the consumer can't be corrected");
                }
            }
        }
        // It loses its place and hears again of everything in the stream; the inbox knows what it has done.
        tracing::warn!(consumer = self.name, "the consumer is made anew");
        stream.delete_consumer(&self.name).await?;
        Ok(stream
            .create_consumer(self.wanted(pull::Config::default()))
            .await?)
    }
}

fn consumer_not_found() -> async_nats::jetstream::context::ConsumerInfoErrorKind {
    async_nats::jetstream::context::ConsumerInfoErrorKind::NotFound
}

/// Whether two definitions are the same, whatever the order of the subjects and the spelling of a single one: for one
/// subject the server may keep `filter_subject`.
fn same(wanted: &pull::Config, found: &pull::Config) -> bool {
    let subjects = |config: &pull::Config| {
        let mut all = config.filter_subjects.clone();
        if !config.filter_subject.is_empty() {
            all.push(config.filter_subject.clone());
        }
        all.sort();
        all
    };
    let rest = |config: &pull::Config| pull::Config {
        filter_subject: String::new(),
        filter_subjects: Vec::new(),
        ..config.clone()
    };
    subjects(wanted) == subjects(found) && rest(wanted) == rest(found)
}
