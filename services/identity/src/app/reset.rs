//! *Forgot your password?*: a link by email, and a new password by it (ID-3).

use proto::identity::v1::SecurityNotice;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::{App, IDENTITY, Origin, folded};
use crate::domain::audit::Kind;
use crate::domain::lockout::Lockout;
use crate::domain::reset::Cause;
use crate::domain::throttle::{Rule, source};
use crate::domain::{Account, password};
use crate::error::Error;
use crate::events;
use crate::secret;
use crate::store;
use crate::store::audit::Entry;
use crate::store::throttles::Counter;

impl App {
    /// Asks for a link. An unknown username takes the same steps to the same statements: its
    /// request has no account, and nothing is sent for it.
    pub async fn request_reset(&self, username: &str, origin: &Origin) -> Result<(), Error> {
        let username = folded(username);
        let source = source(&origin.address);
        let counter = |rule, limit, parts: &[&str]| Counter {
            rule,
            limit,
            subject: self.codes.subject(parts),
            cost: 1,
        };
        let counters = [
            counter(Rule::ResetAddress, self.limits.reset_address, &[&source]),
            counter(
                Rule::ResetPair,
                self.limits.reset_pair,
                &[&source, &username],
            ),
        ];

        let mut tx = self.db.begin().await?;
        if let Err(refused) = self.take(&mut tx, &counters, &origin.address).await? {
            tx.commit().await?;
            return Err(refused);
        }
        let account = store::accounts::find_by_username(&mut *tx, &username).await?;
        let entry = Entry {
            kind: Kind::PasswordReset,
            account: account.as_ref().map(|it| (it.id, it.username.as_str())),
            actor: IDENTITY,
            client_address: &origin.address,
            detail: if account.is_some() {
                "a link was asked for"
            } else {
                "unknown username"
            },
        };
        self.note(&mut tx, entry).await?;
        self.send_link(&mut tx, account.map(|it| it.id), Cause::Forgotten)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The username of a link that works. The link is not used up: scanners of mail open links,
    /// too.
    pub async fn check_link(&self, token: &str) -> Result<String, Error> {
        Ok(self.account_of_link(token).await?.username)
    }

    async fn account_of_link(&self, token: &str) -> Result<Account, Error> {
        let id =
            store::resets::find_by_token(&self.db, &secret::hash(token), self.clock.now()).await?;
        let account = store::accounts::find(&self.db, id.unwrap_or(Uuid::nil())).await?;
        account.ok_or(Error::LinkRefused)
    }

    /// Sets a password by a link, once. Ends all sessions, forgets the devices and lifts a lock;
    /// does not log in.
    pub async fn reset_password(
        &self,
        token: &str,
        new: SecretString,
        origin: &Origin,
    ) -> Result<(), Error> {
        let account = self.account_of_link(token).await?;
        // A refused password leaves the link as it is, for another try.
        check_new(&new, &account)?;
        let hash = self.hasher.hash(new).await?;

        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, account.id)
            .await?
            .filter(|it| it.active)
            .ok_or(Error::LinkRefused)?;
        if !store::resets::consume(&mut tx, &secret::hash(token), now).await? {
            return Err(Error::LinkRefused);
        }
        store::accounts::set_password(&mut tx, account.id, &hash).await?;
        store::resets::end_all(&mut tx, Some(account.id), now).await?;
        store::logins::forget(&mut tx, account.id).await?;
        store::devices::forget(&mut tx, account.id).await?;
        let ended = store::sessions::end_all(&mut tx, account.id, None).await?;

        let actor = format!("account:{}", account.id);
        let subject = Some((account.id, account.username.as_str()));
        let client_address = origin.address.as_str();
        let lockout = store::lockouts::lock(&mut tx, account.id)
            .await?
            .unwrap_or_default();
        if lockout.is_locked(now) {
            let detail = "lifted by a new password";
            self.note(
                &mut tx,
                Entry {
                    kind: Kind::LoginUnlock,
                    account: subject,
                    actor: &actor,
                    client_address,
                    detail,
                },
            )
            .await?;
        }
        store::lockouts::save(&mut tx, account.id, Lockout::default()).await?;
        let detail = format!("by link; {ended} sessions ended");
        self.note(
            &mut tx,
            Entry {
                kind: Kind::PasswordChange,
                account: subject,
                actor: &actor,
                client_address,
                detail: &detail,
            },
        )
        .await?;
        outbox::publish(
            &mut tx,
            &events::notice(account.id, SecurityNotice::PasswordChanged, now),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Checks a password that is to be set. The first one, a changed one and one by link are under the
/// same rule.
pub(super) fn check_new(new: &SecretString, account: &Account) -> Result<(), kit::Invalid> {
    password::check(new.expose_secret(), &account.own_words()).map_err(|refusal| {
        kit::Invalid::field("new_password", refusal.description(), refusal.reason())
    })
}
