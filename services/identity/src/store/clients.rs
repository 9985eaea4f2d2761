//! The table `service_clients`.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// Another internal system (ID-13).
pub struct ServiceClient {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub name: String,
    /// What is stored of its secret.
    pub secret_hash: Vec<u8>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Whether it can ask for tokens.
    pub active: bool,
}

/// The client with an id.
pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<ServiceClient>> {
    sqlx::query_as!(
        ServiceClient,
        "select id, name, secret_hash, scopes, active from service_clients where id = $1",
        id
    )
    .fetch_optional(db)
    .await
}

/// Makes a client.
pub async fn insert(
    tx: &mut PgConnection,
    client: &ServiceClient,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into service_clients (id, name, secret_hash, scopes, active, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        client.id,
        client.name,
        client.secret_hash,
        &client.scopes,
        client.active,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}
