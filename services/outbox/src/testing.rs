//! For the tests of services: what was announced, and events to hand to a handler.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use prost::{Message, Name};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Broker, Event, Relay, subject};

/// What was announced of a type, in order.
pub async fn events<E: Message + Name + Default>(pool: &PgPool) -> Vec<E> {
    announced(pool)
        .await
        .iter()
        .filter_map(|it| it.get().expect("the outbox holds what was encoded"))
        .collect()
}

/// Everything that was announced, in order, as a consumer gets it.
pub async fn announced(pool: &PgPool) -> Vec<Event> {
    let rows: Vec<(Uuid, String, Vec<u8>, DateTime<Utc>)> =
        sqlx::query_as("select id, subject, payload, created_at from outbox order by id")
            .fetch_all(pool)
            .await
            .expect("the database has an outbox");
    rows.into_iter()
        .map(|(id, subject, payload, occurred_at)| Event {
            id,
            subject,
            occurred_at,
            payload: payload.into(),
            headers: HashMap::new(),
        })
        .collect()
}

/// An event of another service, as a consumer gets it.
pub fn event<E: Message + Name>(message: &E) -> Event {
    event_at(message, DateTime::UNIX_EPOCH)
}

/// The same, of an instant.
pub fn event_at<E: Message + Name>(message: &E, occurred_at: DateTime<Utc>) -> Event {
    Event {
        id: kit::id(),
        subject: subject::<E>(),
        occurred_at,
        payload: message.encode_to_vec().into(),
        headers: HashMap::new(),
    }
}

/// Publishes what waits and tells how many events it was.
pub async fn relay_once(pool: &PgPool, broker: &Broker) -> usize {
    Relay::new(pool.clone(), broker.clone())
        .once()
        .await
        .expect("the broker of a test confirms")
}
