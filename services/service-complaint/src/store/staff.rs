//! Members of staff, as identity announces them.

use chrono::{DateTime, Utc};
use proto::access::v1::Role;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::staff::Member;

/// Keeps what identity says of a member of staff, unless something later is known already.
pub async fn save_staff(
    tx: &mut PgConnection,
    member: &Member,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into staff (account_id, name, role, active, changed_at) values ($1, $2, $3, $4, $5)
         on conflict on constraint staff_pkey do update
         set name = excluded.name, role = excluded.role, active = excluded.active, changed_at = excluded.changed_at
         where staff.changed_at < excluded.changed_at",
        member.account_id,
        member.name,
        member.role.as_str_name(),
        member.active,
        at
    )
    .execute(tx)
    .await
    .map(drop)
}

/// A member of staff, if identity has announced one of that account.
pub async fn find_staff(db: impl PgExecutor<'_>, account_id: Uuid) -> sqlx::Result<Option<Member>> {
    let row = sqlx::query!(
        "select name, role, active from staff where account_id = $1",
        account_id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Member {
        account_id,
        name: row.name,
        role: Role::from_str_name(&row.role).unwrap_or_default(),
        active: row.active,
    }))
}
