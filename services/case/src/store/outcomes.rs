//! What was decided on cases.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Finding, Outcome};

/// Saves a decision.
pub async fn add_outcome(
    tx: &mut PgConnection,
    case_id: Uuid,
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let told_at = outcome.told.then_some(at);
    sqlx::query!(
        "insert into outcomes (id, case_id, finding, summary, decided_on, recorded_at, told_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        kit::id(),
        case_id,
        outcome.finding as Finding,
        outcome.summary,
        outcome.decided_on,
        at,
        told_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Lets the landlord see what it has not seen of a case's decisions.
pub async fn tell_outcomes(
    tx: &mut PgConnection,
    case_id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update outcomes set told_at = $2 where case_id = $1 and told_at is null",
        case_id,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}
