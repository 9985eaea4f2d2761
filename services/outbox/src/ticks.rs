//! Time as an event: deadlines are swept when a minute is announced.

use std::time::Duration;

use async_nats::jetstream::message::PublishMessage;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use kit::Clock;
use prost::Message as _;
use proto::clock::v1::Minute;
use tokio_util::sync::CancellationToken;

use crate::event::Event;
use crate::{Broker, BrokerError, retention, subject};

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Announces every minute until it is cancelled. Every replica of every service does, under the minute's own id, so that
/// one announcement remains and no leader is needed. Nothing makes it fail; the result is what `kit::Server::background`
/// wants.
pub async fn run(broker: Broker, clock: Clock, cancel: CancellationToken) -> anyhow::Result<()> {
    let mut announced = None;
    let mut failing = false;
    while !cancel.is_cancelled() {
        let minute = start_of_minute(clock.now());
        if announced != Some(minute) {
            match announce(&broker, minute).await {
                Ok(()) => {
                    announced = Some(minute);
                    failing = false;
                }
                Err(error) => {
                    if !failing {
                        tracing::warn!(
                            error = format!("{error:#}"),
                            "the minute can't be announced"
                        );
                    }
                    failing = true;
                }
            }
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    Ok(())
}

/// Announces the minute of an instant; nothing happens when it has been announced within the last two.
pub async fn announce(broker: &Broker, at: DateTime<Utc>) -> anyhow::Result<()> {
    if !broker.is_connected() {
        // The client would hold it back and send it late.
        return Err(BrokerError::Away.into());
    }
    let event = minute(at);
    let message = PublishMessage::build()
        .headers(event.to_headers())
        .payload(event.payload.clone())
        .message_id(event.id.to_string());
    broker
        .jetstream()
        .send_publish(event.subject, message)
        .await?
        .await?;
    Ok(())
}

/// The event of an instant's minute. Its id is the same wherever it is made.
#[must_use]
pub fn minute(at: DateTime<Utc>) -> Event {
    let at = start_of_minute(at);
    Event {
        id: retention::lowest_id(at.timestamp_millis()),
        subject: subject::<Minute>(),
        occurred_at: at,
        payload: Minute {
            starts_at: Some(kit::time::timestamp(at)),
        }
        .encode_to_vec()
        .into(),
        headers: std::collections::HashMap::new(),
    }
}

fn start_of_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1))
        .expect("a minute divides every instant that a clock can tell")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_one_id_wherever_it_is_announced() {
        let at: DateTime<Utc> = "2025-06-09T10:30:00Z".parse().unwrap();

        let (start, end) = (minute(at), minute(at + TimeDelta::seconds(59)));
        let next = minute(at + TimeDelta::seconds(60));

        assert_eq!(start.id, end.id);
        assert_ne!(start.id, next.id);
        assert_eq!(
            end.get::<Minute>().unwrap().unwrap().starts_at,
            Some(kit::time::timestamp(at))
        );
    }
}
