//! Sessions: what the edge asks on each request, and what a holder sees of them.

use chrono::{DateTime, Utc};
use kit::page::Page;
use kit::token::Claims;
use kit::{Caller, Person, Seat};
use uuid::Uuid;

use super::{App, IDENTITY, holder};
use crate::domain::audit::Kind;
use crate::domain::session::Left;
use crate::domain::{Account, Restriction};
use crate::error::Error;
use crate::secret;
use crate::store;
use crate::store::audit::Entry;
use crate::store::sessions::{Alive, Session};

/// The services that tokens are made for.
pub const AUDIENCES: [&str; 7] = [
    "identity",
    "case",
    "task",
    "messaging",
    "document",
    "service-complaint",
    "notification",
];

/// A session that is alive.
pub struct Checked {
    /// Its id.
    pub id: Uuid,
    /// Who it is.
    pub account: Account,
    /// A token for each service asked for; none for somebody who is restricted.
    pub tokens: Vec<(String, String)>,
    /// How long it lasts.
    pub left: Left,
    /// The restriction that the person is under.
    pub restriction: Option<Restriction>,
}

/// A page of a holder's sessions.
pub struct OwnSessions {
    /// The sessions, the most recently active first.
    pub sessions: Vec<Session>,
    /// The one that asks, if a session does.
    pub current: Option<Uuid>,
    /// Where the next page starts.
    pub next_page_token: String,
}

impl App {
    /// Tells whose a session is and makes the tokens of a request. Only what a person did extends
    /// it (ID-10).
    pub async fn check_session(
        &self,
        token: &str,
        active: bool,
        audiences: &[String],
    ) -> Result<Checked, Error> {
        let now = self.clock.now();
        let extend = active.then_some(now);
        let found =
            store::sessions::check(&self.db, &secret::hash(token), self.alive(now), extend).await?;
        let found = found.ok_or(Error::SessionEnded)?;
        let last_active_at = extend.unwrap_or(found.last_active_at);
        let left = self
            .sessions
            .limits()
            .left(found.started_at, last_active_at, now)
            .ok_or(Error::SessionEnded)?;

        let restriction = found.account.restriction();
        let mut tokens = Vec::new();
        if restriction.is_none() {
            let person = person(&found.account, Some(found.id), None);
            for audience in audiences {
                let token = self
                    .signer
                    .sign(&Claims::person(&person, audience, now))
                    .map_err(Error::Crypto)?;
                tokens.push((audience.clone(), token));
            }
        }
        Ok(Checked {
            id: found.id,
            account: found.account,
            tokens,
            left,
            restriction,
        })
    }

    pub(super) fn alive(&self, now: DateTime<Utc>) -> Alive {
        let limits = self.sessions.limits();
        Alive {
            started_since: limits.oldest_start(now),
            active_since: limits.oldest_activity(now),
        }
    }

    /// Logs out. A session that is over already is no error.
    pub async fn end_session(&self, token: &str) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        if let Some((id, account_id)) =
            store::sessions::end_by_token(&mut tx, &secret::hash(token)).await?
            && let Some(account) = store::accounts::find(&mut *tx, account_id).await?
        {
            let actor = format!("account:{account_id}");
            let detail = format!("session {id}: logged out");
            let subject = Some((account_id, account.username.as_str()));
            let entry = Entry {
                kind: Kind::SessionEnded,
                account: subject,
                actor: &actor,
                client_address: "",
                detail: &detail,
            };
            self.note(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The caller's own sessions, the most recently active first, and the one that asks.
    pub async fn list_sessions(
        &self,
        caller: &Caller,
        page: Page<(DateTime<Utc>, Uuid)>,
    ) -> Result<OwnSessions, Error> {
        let person = caller.person().ok_or(Error::HolderOnly)?;
        let alive = self.alive(self.clock.now());
        let (id, limit) = (person.account_id, page.fetch());
        let mut sessions =
            store::sessions::of_account(&self.db, id, alive, page.after, limit).await?;
        let next_page_token = page.next(&mut sessions, |it| (it.last_active_at, it.id));
        Ok(OwnSessions {
            sessions,
            current: person.session_id,
            next_page_token,
        })
    }

    /// Ends one of the caller's own sessions.
    pub async fn revoke_session(&self, caller: &Caller, session_id: Uuid) -> Result<(), Error> {
        let (person, _) = holder(caller)?;
        let mut tx = self.db.begin().await?;
        if !store::sessions::end(&mut tx, person.account_id, session_id).await? {
            return Err(Error::NoSuchSession);
        }
        let account = store::accounts::find(&mut *tx, person.account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        let detail = format!("session {session_id}: ended by its holder");
        self.note_about(&mut tx, Kind::SessionEnded, caller, &account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all sessions of an account and tells how many there were.
    pub async fn end_sessions(&self, caller: &Caller, account_id: Uuid) -> Result<u64, Error> {
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        store::logins::end_all(&mut tx, account_id, self.clock.now()).await?;
        let ended = store::sessions::end_all(&mut tx, account_id, None).await?;
        self.note_about(
            &mut tx,
            Kind::SessionEnded,
            caller,
            &account,
            &format!("all {ended} sessions"),
        )
        .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Takes away what is over, and tells how many rows that were.
    pub async fn sweep(&self, tx: &mut sqlx::PgConnection) -> Result<u64, Error> {
        let now = self.clock.now();
        let horizon = store::sweep::Horizon {
            now,
            sessions: now - self.sessions.limits().absolute,
            devices: now - self.sessions.device(),
            logins: now - Self::login_memory(),
            resets: now - chrono::Duration::days(7),
        };
        let rows = store::sweep::sweep(tx, horizon).await?;
        tracing::debug!(rows, actor = IDENTITY, "took away what is over");
        Ok(rows)
    }

    /// Notes what a caller did to an account.
    pub(super) async fn note_about(
        &self,
        tx: &mut sqlx::PgConnection,
        kind: Kind,
        caller: &Caller,
        account: &Account,
        detail: &str,
    ) -> Result<(), Error> {
        let subject = Some((account.id, account.username.as_str()));
        self.note(
            tx,
            Entry {
                kind,
                account: subject,
                actor: &caller.actor(),
                client_address: "",
                detail,
            },
        )
        .await
    }
}

/// The person of an account, for the internal token.
pub(super) fn person(
    account: &Account,
    session_id: Option<Uuid>,
    through: Option<String>,
) -> Person {
    Person {
        account_id: account.id,
        name: account.name.clone(),
        role: account.role.into(),
        landlord: account.landlord_id.map(|landlord_id| Seat {
            landlord_id,
            landlord_name: account.landlord_name.clone().unwrap_or_default(),
            activated_on: account.landlord_activated_on,
        }),
        team: account.team.clone(),
        session_id,
        through,
    }
}
