//! The table `landlords`.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{CodeDelivery, Landlord, Restriction};

/// One list of columns for every query that loads landlords.
macro_rules! landlords {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Landlord,
            r#"select l.id, l.name, l.activated_on, l.code_delivery as "code_delivery: CodeDelivery",
                      l.restricted_at, l.restriction_reason,
                      l.restriction_review_on, l.version, a.id as administrator_account_id
               from landlords l
               join accounts a on a.landlord_id = l.id and a.role = 'landlord_administrator' "# + $rest,
            $($argument),*
        )
    };
}

/// The landlord with an id.
pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Landlord>> {
    landlords!("where l.id = $1", id).fetch_optional(db).await
}

/// The landlord that a request registered.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
) -> sqlx::Result<Option<Landlord>> {
    landlords!("where l.request_id = $1", request_id)
        .fetch_optional(db)
        .await
}

/// The landlord with an id, which nobody else changes, and which gets no other sub-account, until
/// the transaction ends.
pub async fn lock(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Landlord>> {
    landlords!("where l.id = $1 for no key update of l", id)
        .fetch_optional(tx)
        .await
}

/// A page of landlords with a part of a name, by name.
pub async fn page(
    db: impl PgExecutor<'_>,
    part: &str,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Landlord>> {
    let (name, id) = after.unzip();
    landlords!(
        "where strpos(lower(l.name), lower($1)) > 0
         and ($2::text is null or (l.name, l.id) > ($2, $3)) order by l.name, l.id limit $4",
        part,
        name,
        id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Registers a landlord. Its administrator's account must follow in the same transaction.
pub async fn insert(
    tx: &mut PgConnection,
    id: Uuid,
    request_id: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into landlords (id, request_id, name, created_at) values ($1, $2, $3, $4)",
        id,
        request_id,
        name,
        now
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Activates the portal of a landlord; `false` when it is active already.
pub async fn activate(tx: &mut PgConnection, id: Uuid, on: NaiveDate) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update landlords set activated_on = $2 where id = $1 and activated_on is null",
        id,
        on
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Chooses where codes go; `false` when somebody else changed the landlord first.
pub async fn set_code_delivery(
    tx: &mut PgConnection,
    id: Uuid,
    version: i64,
    code_delivery: CodeDelivery,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update landlords set code_delivery = $3, version = version + 1 where id = $1 and version = $2",
        id,
        version,
        code_delivery as CodeDelivery,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets or lifts the restriction of a landlord.
pub async fn set_restriction(
    tx: &mut PgConnection,
    id: Uuid,
    restriction: Option<&Restriction>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update landlords set restricted_at = $2, restriction_reason = $3,
         restriction_review_on = $4, version = version + 1 where id = $1",
        id,
        restriction.map(|it| it.restricted_at),
        restriction.map(|it| it.reason.as_str()),
        restriction.map(|it| it.review_on),
    )
    .execute(tx)
    .await?;
    Ok(())
}
