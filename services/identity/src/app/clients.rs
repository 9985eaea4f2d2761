//! Service clients: other internal systems that call over gRPC (ID-13).

use chrono::{DateTime, Utc};
use kit::token::Claims;
use kit::{Caller, Client};
use secrecy::{ExposeSecret as _, SecretString};

use super::{App, folded, session};
use crate::domain::audit::Kind;
use crate::domain::{Account, Role};
use crate::error::Error;
use crate::secret::{self, Token};
use crate::store;
use crate::store::audit::Entry;
use crate::store::clients::ServiceClient;

/// The scope of a client that may act for members of staff.
pub const ON_BEHALF: &str = "on-behalf";
/// The scope of a client that may make accounts of staff.
const STAFF: &str = "staff";

/// A client that was just made, and its secret, which is told this once.
pub struct NewClient {
    /// The client.
    pub client: ServiceClient,
    /// Its secret.
    pub secret: SecretString,
}

/// A token for a client.
pub struct Issued {
    /// The token.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Every scope that there is: those that open a method, and the one to act for a person.
#[must_use]
pub fn known_scopes() -> Vec<&'static str> {
    let mut scopes: Vec<&str> = kit::access::TABLE
        .values()
        .flat_map(|row| &row.scopes)
        .map(String::as_str)
        .collect();
    scopes.push(ON_BEHALF);
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

impl App {
    /// Registers a client. Its scopes must be known ones, and those of a client that asks its own.
    pub async fn register_client(
        &self,
        caller: &Caller,
        name: String,
        scopes: Vec<String>,
    ) -> Result<NewClient, Error> {
        if let Some(missing) = scopes.iter().find(|scope| !may_grant(caller, scope)) {
            let detail = format!("wanted to give the scope {missing}");
            self.note_client(Kind::AuthzFail, None, &caller.actor(), &detail)
                .await?;
            return Err(Error::ScopeRefused);
        }
        let mut tx = self.db.begin().await?;
        let made = make_client(&mut tx, &caller.actor(), name, scopes, self.clock.now()).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Makes a token for some of a client's scopes, or for the person that it acts for.
    pub async fn issue_client_token(
        &self,
        client_id: &str,
        client_secret: &str,
        audience: &str,
        scopes: Vec<String>,
        on_behalf_of: &str,
    ) -> Result<Issued, Error> {
        let client = match client_id.parse() {
            Ok(id) => store::clients::find(&self.db, id).await?,
            Err(_) => None,
        };
        let actor = client
            .as_ref()
            .map_or_else(|| "anonymous".to_owned(), |it| format!("client:{}", it.id));
        let Some(client) =
            client.filter(|it| it.active && secret::is_of(client_secret, &it.secret_hash))
        else {
            self.note_client(
                Kind::LoginFail,
                None,
                &actor,
                "unknown client or wrong secret",
            )
            .await?;
            return Err(Error::ClientRefused);
        };
        let scopes = if scopes.is_empty() {
            client.scopes.clone()
        } else {
            scopes
        };
        let acts = !on_behalf_of.is_empty();
        let wanted = scopes
            .iter()
            .map(String::as_str)
            .chain(acts.then_some(ON_BEHALF));
        if let Some(missing) = wanted
            .into_iter()
            .find(|scope| !client.scopes.iter().any(|it| it == scope))
        {
            self.note_client(
                Kind::AuthzFail,
                None,
                &actor,
                &format!("asked for the scope {missing}"),
            )
            .await?;
            return Err(Error::ScopeRefused);
        }

        let now = self.clock.now();
        let (claims, account, detail) = if acts {
            let account =
                store::accounts::find_by_username(&self.db, &folded(on_behalf_of)).await?;
            let Some(account) = account.filter(may_be_acted_for) else {
                self.note_client(
                    Kind::AuthzFail,
                    None,
                    &actor,
                    "wanted to act for somebody for whom nobody acts",
                )
                .await?;
                return Err(Error::NoSuchAccount);
            };
            let person = session::person(&account, None, Some(client.name.clone()));
            (
                Claims::person(&person, audience, now),
                Some(account),
                format!("for {audience} on the person's behalf"),
            )
        } else {
            let detail = format!("for {audience}: {}", scopes.join(" "));
            let client = Client {
                client_id: client.id,
                name: client.name.clone(),
                scopes,
            };
            (Claims::client(&client, audience, now), None, detail)
        };
        let token = self.signer.sign(&claims).map_err(Error::Crypto)?;
        self.note_client(Kind::TokenCreated, account.as_ref(), &actor, &detail)
            .await?;
        let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or(now);
        Ok(Issued { token, expires_at })
    }

    async fn note_client(
        &self,
        kind: Kind,
        account: Option<&Account>,
        actor: &str,
        detail: &str,
    ) -> Result<(), Error> {
        let account = account.map(|it| (it.id, it.username.as_str()));
        let entry = Entry {
            kind,
            account,
            actor,
            client_address: "",
            detail,
        };
        Ok(store::audit::insert(&self.db, &entry, self.clock.now()).await?)
    }
}

/// A landlord's people act for themselves alone, and so do system administrators: they may make
/// accounts and clients, so the scope to act for them would be every scope there is.
fn may_be_acted_for(account: &Account) -> bool {
    account.active
        && account.role.is_staff()
        && account.role != Role::SystemAdministrator
        && account.restriction().is_none()
}

/// Whether a caller may give a scope to a client: a client no more than it holds, or it could make
/// itself another that may do anything.
fn may_grant(caller: &Caller, scope: &str) -> bool {
    holds(caller, scope) || matches!(caller, Caller::Person(person) if person.through.is_none())
}

/// Whether a client's token is for a scope.
fn holds(caller: &Caller, scope: &str) -> bool {
    matches!(caller, Caller::Client(client) if client.scopes.iter().any(|it| it == scope))
}

/// Refuses a client that would make a member of staff's account its own.
pub(super) fn may_change_staff(caller: &Caller) -> Result<(), Error> {
    match caller {
        Caller::Client(_) if !holds(caller, STAFF) => Err(Error::ScopeRefused),
        _ => Ok(()),
    }
}

/// Makes a client in a transaction that the caller commits.
pub(crate) async fn make_client(
    tx: &mut sqlx::PgConnection,
    actor: &str,
    name: String,
    scopes: Vec<String>,
    now: DateTime<Utc>,
) -> Result<NewClient, Error> {
    let secret = Token::random();
    let client = ServiceClient {
        id: kit::id(),
        name,
        secret_hash: secret.hash(),
        scopes,
        active: true,
    };
    store::clients::insert(tx, &client, now)
        .await
        .map_err(|error| {
            if store::breaks(&error, "service_clients_name") {
                Error::NameTaken
            } else {
                error.into()
            }
        })?;
    let detail = format!(
        "service client {} {:?} with {}",
        client.id,
        client.name,
        client.scopes.join(" ")
    );
    let entry = Entry {
        kind: Kind::UserCreated,
        account: None,
        actor,
        client_address: "",
        detail: &detail,
    };
    store::audit::insert(tx, &entry, now).await?;
    Ok(NewClient {
        client,
        secret: secret.reveal().into(),
    })
}

/// Whether a scope is one that there is.
#[must_use]
pub fn is_known(scope: &str) -> bool {
    known_scopes().contains(&scope)
}

impl NewClient {
    /// The secret, for the one who is to keep it.
    #[must_use]
    pub fn reveal(self) -> (ServiceClient, String) {
        (self.client, self.secret.expose_secret().to_owned())
    }
}
