//! Takes away what is over. Nothing depends on it but the size of the tables: every query compares
//! the times itself.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What is older than these instants is over.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// The present.
    pub now: DateTime<Utc>,
    /// Sessions last active before.
    pub sessions: DateTime<Utc>,
    /// Devices last seen before.
    pub devices: DateTime<Utc>,
    /// Log-ins that expired before, far enough back that none of them is counted any more.
    pub logins: DateTime<Utc>,
    /// Requests for a link from before.
    pub resets: DateTime<Utc>,
}

/// Deletes what is over and tells how many rows that were.
pub async fn sweep(tx: &mut PgConnection, horizon: Horizon) -> sqlx::Result<u64> {
    let mut rows = 0;
    rows += sqlx::query!(
        "delete from sessions where last_active_at < $1",
        horizon.sessions
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    rows += sqlx::query!(
        "delete from devices where last_seen_at < $1",
        horizon.devices
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    rows += sqlx::query!("delete from logins where expires_at < $1", horizon.logins)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    rows += sqlx::query!("delete from resets where requested_at < $1", horizon.resets)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    rows += sqlx::query!("delete from throttles where ends_at < $1", horizon.now)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    rows += sqlx::query!("delete from tried_pairs where ends_at < $1", horizon.now)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(rows)
}
