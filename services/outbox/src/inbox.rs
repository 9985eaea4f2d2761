//! Remembers which events have had their effect.

use sqlx::PgConnection;
use uuid::Uuid;

/// Enters an event; `false` when it has had its effect already.
///
/// A second worker that enters the same event waits for the first to commit or to fail. The key is therefore the fence, too:
/// a first one that was suspended loses its session to `idle_in_transaction_session_timeout` (`kit::db`), the second goes on,
/// and the first finds its transaction gone when it wakes.
pub(crate) async fn enter(
    tx: &mut PgConnection,
    consumer: &str,
    event_id: Uuid,
) -> sqlx::Result<bool> {
    let entered = sqlx::query(
        "insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing",
    )
    .bind(consumer)
    .bind(event_id)
    .execute(tx)
    .await?;
    Ok(entered.rows_affected() == 1)
}
