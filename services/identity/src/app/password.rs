//! *Edit password* (ID-8).

use kit::{Caller, Check};
use proto::identity::v1::SecurityNotice;
use secrecy::SecretString;

use super::reset::check_new;
use super::{App, holder};
use crate::domain::audit::Kind;
use crate::domain::throttle::Rule;
use crate::error::Error;
use crate::events;
use crate::secret::Token;
use crate::store;
use crate::store::throttles::Counter;

impl App {
    /// Changes the caller's password. Ends all other sessions, and with them log-ins and links that
    /// are under way, and gives the caller's own a new secret: whoever else had come by the former
    /// one is out, too.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: SecretString,
        new: SecretString,
    ) -> Result<Token, Error> {
        let (person, session_id) = holder(caller)?;
        let account = store::accounts::find(&self.db, person.account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        // Whoever sits down at somebody else's open session must not be able to try passwords at
        // will.
        let counter = Counter {
            rule: Rule::PasswordChange,
            subject: self.codes.subject(&[&account.id.to_string()]),
            limit: self.limits.password_change,
            cost: 1,
        };
        let mut tx = self.db.begin().await?;
        let within = self.take(&mut tx, &[counter], "").await?;
        tx.commit().await?;
        within?;

        let verdict = self.hasher.verify(current, account.usable_hash()).await?;
        let mut check = Check::new();
        if !verdict.right {
            check.refuse(
                "current_password",
                "Current password is wrong",
                "WRONG_PASSWORD",
            );
            let mut tx = self.db.begin().await?;
            self.note_about(
                &mut tx,
                Kind::PasswordChangeFail,
                caller,
                &account,
                "wrong current password",
            )
            .await?;
            tx.commit().await?;
        }
        if let Err(refused) = check_new(&new, &account) {
            for violation in refused.0 {
                check.refuse(&violation.field, violation.description, violation.reason);
            }
        }
        check.done()?;
        let hash = self.hasher.hash(new).await?;

        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let locked = store::accounts::lock(&mut tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if locked.usable_hash().is_none() || (locked.password_hash != account.password_hash) {
            return Err(Error::Stale);
        }
        store::accounts::set_password(&mut tx, account.id, &hash).await?;
        store::resets::end_all(&mut tx, Some(account.id), now).await?;
        store::logins::end_all(&mut tx, account.id, now).await?;
        let token = Token::random();
        if !store::sessions::rotate(&mut tx, account.id, session_id, &token.hash()).await? {
            return Err(Error::SessionEnded);
        }
        let ended = store::sessions::end_all(&mut tx, account.id, Some(session_id)).await?;
        let detail = format!("by its holder; {ended} other sessions ended");
        self.note_about(&mut tx, Kind::PasswordChange, caller, &account, &detail)
            .await?;
        outbox::publish(
            &mut tx,
            &events::notice(account.id, SecurityNotice::PasswordChanged, now),
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }
}
