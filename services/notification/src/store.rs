//! The queries: one function for each statement.

pub mod emails;
pub mod news;
pub mod notices;
pub mod templates;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// Keeps the date from which a landlord's portal is in use.
pub async fn activate_landlord(
    tx: &mut PgConnection,
    landlord_id: Uuid,
    activated_on: NaiveDate,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into landlords (landlord_id, activated_on) values ($1, $2) on conflict (landlord_id) do nothing",
        landlord_id,
        activated_on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The date from which a landlord's portal is in use, if it is.
pub async fn activated_on(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar!(
        "select activated_on from landlords where landlord_id = $1",
        landlord_id
    )
    .fetch_optional(db)
    .await
}

/// Keeps whether a member of staff can be given work, unless something later is known already.
pub async fn keep_staff(
    tx: &mut PgConnection,
    account_id: Uuid,
    active: bool,
    changed_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into staff as s (account_id, active, changed_at) values ($1, $2, $3)
         on conflict (account_id) do update set active = excluded.active, changed_at = excluded.changed_at
         where s.changed_at < excluded.changed_at",
        account_id,
        active,
        changed_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a member of staff has left, as far as is known.
pub async fn has_left(db: impl PgExecutor<'_>, account_id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from staff where account_id = $1 and not active) as "exists!""#,
        account_id,
    )
    .fetch_one(db)
    .await
}

/// Records what somebody did to an email.
pub async fn record_sent_again(
    tx: &mut PgConnection,
    change_id: Uuid,
    at: DateTime<Utc>,
    actor: &str,
    email_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into changes (id, at, actor, action, email_id) values ($1, $2, $3, 'sent_again', $4)",
        change_id,
        at,
        actor,
        email_id,
    )
    .execute(tx)
    .await?;
    Ok(())
}
