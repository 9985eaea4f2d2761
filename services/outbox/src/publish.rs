//! Announces what happened, in the transaction of what happened.

use std::sync::LazyLock;

use prost::{Message, Name};
use sqlx::PgConnection;
use sqlx::types::Json;
use tokio::sync::watch;
use uuid::Uuid;

use crate::trace;

/// Events hold ids and facts. The broker refuses a message of 1 MiB, and a refused row would wait for ever.
const LARGEST: usize = 512 * 1024;

/// Tells the relays of this process that rows are about to be committed.
///
/// Not `NOTIFY`: it takes a lock of the whole database cluster at commit, which makes every commit of every service wait
/// for the one before it. A signal within the process costs nothing, and what it misses (another replica's rows, a process
/// that died) is found by the relay's poll within a second.
static ANNOUNCED: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::Sender::new(()));

/// Hears of rows that are about to be committed.
pub(crate) fn announcements() -> watch::Receiver<()> {
    ANNOUNCED.subscribe()
}

/// The subject that events of a type are published under: the name of the type.
#[must_use]
pub fn subject<E: Name>() -> String {
    E::full_name()
}

/// Writes an event into the outbox. It is published after the transaction is committed, or never.
///
/// Returns the event's id. The present span's trace goes with the event.
pub async fn publish<E: Message + Name>(tx: &mut PgConnection, event: &E) -> sqlx::Result<Uuid> {
    let payload = encode(event)?;
    let id = kit::id();
    sqlx::query("insert into outbox (id, transport_id, subject, payload, headers) values ($1, $1, $2, $3, $4)")
        .bind(id)
        .bind(subject::<E>())
        .bind(payload)
        .bind(Json(trace::capture()))
        .execute(tx)
        .await?;
    ANNOUNCED.send_replace(());
    Ok(id)
}

/// Writes events of one type into the outbox in one statement: for a sweep or an import, where a round trip for each
/// would cost more than the events.
pub async fn publish_all<E: Message + Name>(
    tx: &mut PgConnection,
    events: &[E],
) -> sqlx::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let payloads = events
        .iter()
        .map(encode)
        .collect::<sqlx::Result<Vec<_>>>()?;
    let ids: Vec<Uuid> = events.iter().map(|_| kit::id()).collect();
    sqlx::query(
        "insert into outbox (id, transport_id, subject, payload, headers)
         select id, id, $3, payload, $4 from unnest($1::uuid[], $2::bytea[]) as event (id, payload)",
    )
    .bind(ids)
    .bind(payloads)
    .bind(subject::<E>())
    .bind(Json(trace::capture()))
    .execute(tx)
    .await?;
    ANNOUNCED.send_replace(());
    Ok(())
}

fn encode(event: &impl Message) -> sqlx::Result<Vec<u8>> {
    let payload = event.encode_to_vec();
    if payload.len() > LARGEST {
        let message = format!(
            "an event of {} bytes is too large for the broker",
            payload.len()
        );
        return Err(sqlx::Error::Encode(message.into()));
    }
    Ok(payload)
}
