//! Removes what nobody needs any more.

use serde::Deserialize;
use sqlx::PgPool;

/// How many rows one statement removes: small enough to hold up nobody.
const BATCH: u16 = 5_000;

/// How long rows are kept.
///
/// An event can come again for as long as its row is in the outbox (replay) or the broker has it (14 days), so the inbox
/// must remember for longer than both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Published events, in days. Default: 30.
    pub published_days: u16,
    /// Which events were handled, in days. Default: 60.
    pub inbox_days: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            published_days: 30,
            inbox_days: 60,
        }
    }
}

impl Retention {
    /// Refuses an inbox that forgets an event that can still come again; the error names the setting.
    pub fn check(&self) -> Result<(), String> {
        let least = self.published_days.max(STREAM_DAYS);
        if self.inbox_days <= least {
            return Err(format!(
                "retention.inbox_days is {}: it must be more than {least}",
                self.inbox_days
            ));
        }
        Ok(())
    }
}

const STREAM_DAYS: u16 = 14;

/// How many rows were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Published events.
    pub outbox: u64,
    /// Handled events.
    pub inbox: u64,
}

/// Removes old rows, batch by batch.
///
/// Ids are version 7 and grow with time, so an id stands for an instant and both tables are cut off at one end of their
/// primary key; no index on a time is needed. An event that was never published is never removed.
pub async fn purge(pool: &PgPool, retention: Retention) -> sqlx::Result<Purged> {
    let mut purged = Purged::default();
    loop {
        let removed = outbox(pool, retention.published_days).await?;
        purged.outbox += removed;
        if removed < u64::from(BATCH) {
            break;
        }
    }
    loop {
        let removed = inbox(pool, retention.inbox_days).await?;
        purged.inbox += removed;
        if removed < u64::from(BATCH) {
            return Ok(purged);
        }
    }
}

async fn outbox(pool: &PgPool, days: u16) -> sqlx::Result<u64> {
    let removed = sqlx::query(
        "delete from outbox where id in (
           select id from outbox
           where id < $2 and published_at < now() - make_interval(days => $1)
           order by id limit $3 for update skip locked)",
    )
    .bind(i32::from(days))
    .bind(first_id_after(pool, days).await?)
    .bind(i64::from(BATCH))
    .execute(pool)
    .await?;
    Ok(removed.rows_affected())
}

async fn inbox(pool: &PgPool, days: u16) -> sqlx::Result<u64> {
    let removed = sqlx::query(
        "delete from inbox where (event_id, consumer) in (
           select event_id, consumer from inbox
           where event_id < $1
           order by event_id, consumer limit $2)",
    )
    .bind(first_id_after(pool, days).await?)
    .bind(i64::from(BATCH))
    .execute(pool)
    .await?;
    Ok(removed.rows_affected())
}

/// The lowest id that a row of so many days ago can have, by the database's clock.
async fn first_id_after(pool: &PgPool, days: u16) -> sqlx::Result<uuid::Uuid> {
    let millis: i64 = sqlx::query_scalar(
        "select (extract(epoch from now() - make_interval(days => $1)) * 1000)::bigint",
    )
    .bind(i32::from(days))
    .fetch_one(pool)
    .await?;
    Ok(lowest_id(millis))
}

/// The lowest version 7 id of a millisecond.
pub(crate) fn lowest_id(millis: i64) -> uuid::Uuid {
    uuid::Builder::from_unix_timestamp_millis(millis.try_into().unwrap_or_default(), &[0; 10])
        .into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbox_that_forgets_too_early_is_refused() {
        assert_eq!(Retention::default().check(), Ok(()));
        let refused = Retention {
            published_days: 30,
            inbox_days: 30,
        }
        .check()
        .unwrap_err();
        assert!(refused.contains("retention.inbox_days"), "{refused}");
        assert!(
            Retention {
                published_days: 1,
                inbox_days: 14
            }
            .check()
            .is_err()
        );
    }
}
