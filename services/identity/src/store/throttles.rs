//! The tables `throttles` and `tried_pairs`: counters of attempts that every replica shares.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::throttle::{Limit, Rule};

/// A counter, and by how much it is raised.
#[derive(Clone, Debug)]
pub struct Counter {
    /// What it counts.
    pub rule: Rule,
    /// Of whom.
    pub subject: Vec<u8>,
    /// How far it may go.
    pub limit: Limit,
    /// By how much it is raised: 0 only asks.
    pub cost: i32,
}

/// How far a counter went.
#[derive(Debug)]
pub struct Count {
    /// What it counts.
    pub rule: String,
    /// How far it went.
    pub count: i32,
    /// When it starts anew.
    pub ends_at: DateTime<Utc>,
}

/// Raises counters, each in the same order everywhere, so that two calls can't wait for each other.
pub async fn take(
    tx: &mut PgConnection,
    counters: &[Counter],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Count>> {
    let mut sorted: Vec<&Counter> = counters.iter().collect();
    sorted.sort_by_key(|it| (it.rule.as_str(), it.subject.clone()));
    let rules: Vec<String> = sorted
        .iter()
        .map(|it| it.rule.as_str().to_owned())
        .collect();
    let subjects: Vec<Vec<u8>> = sorted.iter().map(|it| it.subject.clone()).collect();
    let costs: Vec<i32> = sorted.iter().map(|it| it.cost).collect();
    let ends: Vec<DateTime<Utc>> = sorted.iter().map(|it| now + it.limit.window()).collect();
    sqlx::query_as!(
        Count,
        "insert into throttles (rule, subject, count, ends_at)
         select * from unnest($1::text[], $2::bytea[], $3::int[], $4::timestamptz[])
         on conflict (rule, subject) do update set
             count = case when throttles.ends_at > $5 then throttles.count + excluded.count else excluded.count end,
             ends_at = case when throttles.ends_at > $5 then throttles.ends_at else excluded.ends_at end
         returning rule, count, ends_at",
        &rules,
        &subjects,
        &costs,
        &ends,
        now,
    )
    .fetch_all(tx)
    .await
}

/// Lowers counters again by what they were raised.
pub async fn give_back(tx: &mut PgConnection, counters: &[Counter]) -> sqlx::Result<()> {
    let mut sorted: Vec<&Counter> = counters.iter().collect();
    sorted.sort_by_key(|it| (it.rule.as_str(), it.subject.clone()));
    for counter in sorted {
        sqlx::query!(
            "update throttles set count = greatest(count - $3, 0) where rule = $1 and subject = $2",
            counter.rule.as_str(),
            counter.subject,
            counter.cost,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Remembers a pair that is being tried; `true` when it is a new guess.
pub async fn try_pair(
    tx: &mut PgConnection,
    subject: &[u8],
    pair: &[u8],
    now: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into tried_pairs (subject, pair, ends_at) values ($1, $2, $4)
         on conflict (subject, pair) do update set ends_at = $4 where tried_pairs.ends_at <= $3",
        subject,
        pair,
        now,
        ends_at,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets a pair that turned out to be right, or was not looked at.
pub async fn forget_pair(tx: &mut PgConnection, subject: &[u8], pair: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from tried_pairs where subject = $1 and pair = $2",
        subject,
        pair
    )
    .execute(tx)
    .await?;
    Ok(())
}
