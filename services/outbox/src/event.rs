//! An event as a consumer gets it, and as it looks on the wire (`CloudEvents`' NATS binding, binary mode).

use std::collections::HashMap;

use async_nats::HeaderMap;
use async_nats::header::{HeaderName, HeaderValue};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use prost::{Message, Name};
use uuid::Uuid;

use crate::Retry;

pub(crate) const CE_ID: &str = "ce-id";
pub(crate) const CE_TIME: &str = "ce-time";

/// Something that happened in a service.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event's id, the same at every delivery and replay.
    pub id: Uuid,
    /// Its type, such as `casework.case.v1.CaseOpened`, which is also its subject.
    pub subject: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The protobuf message.
    pub(crate) payload: Bytes,
    /// The trace that it belongs to.
    pub(crate) headers: HashMap<String, String>,
}

impl Event {
    /// The message, if it is one of this type. One that can't be read is not tried again: it would read the same.
    pub fn get<E: Message + Name + Default>(&self) -> Result<Option<E>, Retry> {
        if self.subject != E::full_name() {
            return Ok(None);
        }
        match E::decode(self.payload.clone()) {
            Ok(message) => Ok(Some(message)),
            Err(error) => Err(Retry::never(error)),
        }
    }

    /// Reads what was delivered, and says what is wrong with it if something is.
    pub(crate) fn read(
        message: &async_nats::Message,
        received: &Received,
    ) -> (Self, Result<(), Malformed>) {
        let headers = plain(message.headers.as_ref());
        let id = headers.get(CE_ID).and_then(|it| it.parse().ok());
        let occurred_at = headers.get(CE_TIME).and_then(|it| time(it));
        let verdict = match (id, occurred_at) {
            (None, _) => Err(Malformed(CE_ID)),
            (_, None) => Err(Malformed(CE_TIME)),
            (Some(_), Some(_)) => Ok(()),
        };
        let event = Self {
            id: id.unwrap_or_else(|| received.id()),
            subject: message.subject.to_string(),
            occurred_at: occurred_at.unwrap_or(received.at),
            payload: message.payload.clone(),
            headers,
        };
        (event, verdict)
    }

    /// An event as it was put aside.
    pub(crate) fn stored(
        id: Uuid,
        subject: String,
        payload: Vec<u8>,
        headers: HashMap<String, String>,
        otherwise: DateTime<Utc>,
    ) -> Self {
        let occurred_at = headers
            .get(CE_TIME)
            .and_then(|it| time(it))
            .unwrap_or(otherwise);
        Self {
            id,
            subject,
            occurred_at,
            payload: payload.into(),
            headers,
        }
    }

    /// The headers that it travels with.
    pub(crate) fn to_headers(&self) -> HeaderMap {
        let id = self.id.to_string();
        let occurred_at = self
            .occurred_at
            .to_rfc3339_opts(SecondsFormat::Micros, true);
        let attributes = [
            ("ce-specversion", "1.0"),
            (CE_ID, &id),
            ("ce-type", &self.subject),
            ("ce-source", &source(&self.subject)),
            (CE_TIME, &occurred_at),
            ("content-type", "application/protobuf"),
        ];
        let trace = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let mut headers = HeaderMap::new();
        for (name, value) in attributes.into_iter().chain(trace) {
            // A trace header came from outside: one that can't travel is left behind, and the event goes on.
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
            {
                headers.insert(name, value);
            }
        }
        headers
    }
}

/// How the broker knows a delivered message.
pub(crate) struct Received {
    pub(crate) sequence: u64,
    pub(crate) at: DateTime<Utc>,
}

impl Received {
    /// An id for a message that brings none. It is the same at every delivery, so that the message is put aside once.
    fn id(&self) -> Uuid {
        let millis = u64::try_from(self.at.timestamp_millis()).unwrap_or_default();
        let mut rest = [0; 10];
        rest[2..].copy_from_slice(&self.sequence.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
    }
}

/// A message that is not one of our events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header {0} is missing or wrong")]
pub(crate) struct Malformed(&'static str);

/// Where an event comes from: the service that its type belongs to.
fn source(subject: &str) -> String {
    let service = subject.split('.').nth(1).unwrap_or_default();
    format!("/casework/{service}")
}

fn plain(headers: Option<&HeaderMap>) -> HashMap<String, String> {
    headers
        .into_iter()
        .flat_map(HeaderMap::iter)
        .filter_map(|(name, values)| Some((name.to_string(), values.first()?.to_string())))
        .collect()
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|it| it.to_utc())
}
