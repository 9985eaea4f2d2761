//! What is put right after a complaint came in.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::complaint::{Complaint, Format, ServiceUser, UserKind};

/// Saves who complains, and the case that it is about, under the lock of the complaint's own row.
pub async fn save_person(tx: &mut PgConnection, complaint: &Complaint) -> sqlx::Result<()> {
    let ServiceUser {
        name,
        kind,
        email,
        telephone,
        postal_address,
        format,
    } = &complaint.user;
    sqlx::query!(
        "update complaints
         set service_user = $2, user_kind = $3, email = $4, telephone = $5, postal_address = $6, format = $7, case_reference = $8
         where id = $1",
        complaint.id,
        name,
        *kind as UserKind,
        email,
        telephone,
        postal_address,
        *format as Format,
        complaint.case_reference
    )
    .execute(tx)
    .await
    .map(drop)
}

/// The complaints whose clocks may run, by id after one of them.
pub async fn running_after(
    db: impl PgExecutor<'_>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id from complaints
         where standing in ('received', 'investigated', 'requested', 'reviewed') and id > $1
         order by id
         limit $2",
        after,
        limit
    )
    .fetch_all(db)
    .await
}

/// Locks a complaint, so that nobody changes it while it is counted again.
pub async fn lock(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query_scalar!("select id from complaints where id = $1 for update", id)
        .fetch_optional(tx)
        .await
        .map(drop)
}

/// The complaint of an action, if this account is accountable for it.
pub async fn complaint_of_own_action(
    db: impl PgExecutor<'_>,
    owner: Uuid,
    action_id: Uuid,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select complaint_id from actions where id = $1 and owner = $2",
        action_id,
        owner
    )
    .fetch_optional(db)
    .await
}
