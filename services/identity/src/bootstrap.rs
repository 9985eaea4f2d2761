//! The first service client, without which there is nobody to make another.

use anyhow::ensure;
use kit::Clock;
use secrecy::SecretString;
use sqlx::PgPool;
use uuid::Uuid;

use crate::app::clients;

/// Makes a service client straight in the database, for whoever may open that. With the scope
/// `staff` it can add the first system administrator by `AdministrationService.AddStaff`. Gives
/// the client's id and its secret, which is not kept.
pub async fn service_client(
    db: &PgPool,
    name: &str,
    scopes: &[&str],
) -> anyhow::Result<(Uuid, SecretString)> {
    for scope in scopes {
        ensure!(
            clients::is_known(scope),
            "{scope} is none of the scopes: {}",
            clients::known_scopes().join(", ")
        );
    }
    let scopes = scopes.iter().map(|it| (*it).to_owned()).collect();
    let mut tx = db.begin().await?;
    let made = clients::make_client(
        &mut tx,
        "bootstrap",
        name.to_owned(),
        scopes,
        Clock::system().now(),
    )
    .await?;
    tx.commit().await?;
    Ok((made.client.id, made.secret))
}
