//! The second step of a log-in: the code.

use chrono::Duration;
use proto::identity::v1::SecurityNotice;
use sqlx::PgConnection;

use super::{App, IDENTITY, Origin};
use crate::domain::account::masked;
use crate::domain::audit::Kind;
use crate::domain::lockout::{FIRST_LOCKING_FAILURE, Lockout, lock_for};
use crate::domain::throttle::Rule;
use crate::domain::{Account, Role, code};
use crate::error::Error;
use crate::events;
use crate::secret::{self, Token};
use crate::store;
use crate::store::audit::Entry;
use crate::store::logins::{Login, Try};
use crate::store::sessions::Session;
use crate::store::throttles::Counter;

/// A session that has begun.
pub struct LoggedIn {
    /// The session's secret.
    pub session_token: String,
    /// The device's secret.
    pub device_token: String,
    /// Who it is.
    pub account: Account,
}

impl App {
    /// Asks for a code, which ends the one before. Tells where it goes, with most of the address
    /// hidden, and how many more may be asked for at once.
    pub async fn send_code(&self, login_token: &str) -> Result<(String, i32), Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let login = store::logins::lock_by_token(&mut tx, &secret::hash(login_token)).await?;
        let login = login
            .filter(|it| self.is_open(it))
            .ok_or(Error::LoginExpired)?;
        if let Some(at) = code::next_code_at(login.codes_requested, login.code_requested_at)
            .filter(|at| *at > now)
        {
            return Err(Error::TooManyCodes {
                retry_after: (at - now).to_std().unwrap_or_default(),
            });
        }
        let recipient = store::accounts::code_recipient(&mut *tx, login.account_id).await?;
        let counter = Counter {
            rule: Rule::CodeAddress,
            subject: self.codes.subject(&[&recipient.address]),
            limit: self.limits.code_address,
            cost: 1,
        };
        if let Err(refused) = self.take(&mut tx, &[counter], "").await? {
            tx.commit().await?;
            return Err(match refused {
                Error::TooManyAttempts { retry_after } => Error::TooManyCodes { retry_after },
                other => other,
            });
        }
        store::logins::request_code(&mut tx, login.id, now).await?;
        let worth_sending_until = (now + code::LIFETIME).min(login.expires_at);
        outbox::publish(
            &mut tx,
            &events::login_code_requested(login.id, worth_sending_until),
        )
        .await?;
        tx.commit().await?;
        Ok((
            masked(&recipient.address),
            code::resends_left(login.codes_requested + 1),
        ))
    }

    fn is_open(&self, login: &Login) -> bool {
        login.outcome.is_none()
            && login.expires_at > self.clock.now()
            && login.tries < code::MOST_TRIES
    }

    /// Completes a log-in with its code and begins a session.
    pub async fn verify_code(
        &self,
        login_token: &str,
        typed: &str,
        origin: &Origin,
    ) -> Result<LoggedIn, Error> {
        let now = self.clock.now();
        let hash = secret::hash(login_token);
        let Some(tried) = store::logins::count_try(&self.db, &hash, code::MOST_TRIES, now).await?
        else {
            let login = store::logins::find_by_token(&self.db, &hash).await?;
            let used = login.is_some_and(|it| it.outcome.as_deref() == Some("completed"));
            return Err(if used {
                Error::CodeRefused
            } else {
                Error::LoginExpired
            });
        };
        let newest = tried
            .code_mac
            .as_deref()
            .filter(|_| tried.code_expires_at.is_some_and(|at| at > now));
        match newest.filter(|mac| self.codes.is_code(tried.id, &code::as_typed(typed), mac)) {
            Some(mac) => self.complete(&tried, mac, origin).await,
            None => Err(self.refuse_code(&tried, origin).await?),
        }
    }

    /// Counts a wrong code as a failure of the account, too, and tells what the person hears.
    async fn refuse_code(&self, tried: &Try, origin: &Origin) -> Result<Error, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, tried.account_id)
            .await?
            .ok_or(Error::LoginExpired)?;
        let subject = Some((account.id, account.username.as_str()));
        let entry = Entry {
            kind: Kind::LoginFail,
            account: subject,
            actor: IDENTITY,
            client_address: &origin.address,
            detail: "wrong code",
        };
        self.note(&mut tx, entry).await?;

        let lockout = store::lockouts::lock(&mut tx, account.id)
            .await?
            .unwrap_or_default()
            .fail(now);
        store::lockouts::save(&mut tx, account.id, lockout).await?;
        self.announce_failure(
            &mut tx,
            &account,
            lockout,
            lock_for(lockout.failures).is_some(),
            &origin.address,
        )
        .await?;

        let mut refusal = Error::CodeRefused;
        if tried.tries >= code::MOST_TRIES && store::logins::exhaust(&mut tx, tried.id, now).await?
        {
            refusal = Error::LoginExpired;
            let exhausted =
                store::logins::count_exhausted(&mut *tx, account.id, now - code::EXHAUSTION_WINDOW)
                    .await?;
            if exhausted >= code::MOST_EXHAUSTED_LOGINS {
                self.force_reset(
                    &mut tx,
                    &account,
                    &origin.address,
                    "the third log-in in 24 hours used up its tries",
                )
                .await?;
                refusal = Error::PasswordResetRequired;
            }
        }
        tx.commit().await?;
        Ok(refusal)
    }

    async fn complete(&self, tried: &Try, mac: &[u8], origin: &Origin) -> Result<LoggedIn, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        // The account comes first, as it does wherever an account is changed: its deactivation
        // either is seen here or ends the session made here.
        let account = store::accounts::lock(&mut tx, tried.account_id)
            .await?
            .ok_or(Error::LoginExpired)?;
        if account.usable_hash().is_none() {
            return Err(Error::LoginExpired);
        }
        if !store::logins::complete(&mut tx, tried.id, mac, now).await? {
            return Err(Error::CodeRefused);
        }
        let failures = store::lockouts::lock(&mut tx, account.id)
            .await?
            .unwrap_or_default()
            .failures;
        store::lockouts::save(&mut tx, account.id, Lockout::default()).await?;

        let (session_token, device_token) = (Token::random(), Token::random());
        let session = Session {
            id: kit::id(),
            account_id: account.id,
            user_agent: origin.user_agent.clone(),
            client_address: origin.address.clone(),
            started_at: now,
            last_active_at: now,
        };
        store::sessions::insert(&mut tx, &session, &session_token.hash()).await?;
        let device_id = tried.device_id.unwrap_or_else(kit::id);
        store::devices::save(
            &mut tx,
            device_id,
            account.id,
            &device_token.hash(),
            &origin.user_agent,
            now,
        )
        .await?;
        store::accounts::set_last_login(&mut tx, account.id, now).await?;

        self.tell_of_login(
            &mut tx,
            &account,
            &session,
            failures,
            tried.device_id.is_none(),
        )
        .await?;
        self.activate_portal(&mut tx, &account).await?;
        let account = store::accounts::find(&mut *tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        tx.commit().await?;
        Ok(LoggedIn {
            session_token: session_token.reveal(),
            device_token: device_token.reveal(),
            account,
        })
    }

    async fn tell_of_login(
        &self,
        tx: &mut PgConnection,
        account: &Account,
        session: &Session,
        failures: i32,
        new_device: bool,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let subject = Some((account.id, account.username.as_str()));
        let (actor, client_address) = (
            format!("account:{}", account.id),
            session.client_address.as_str(),
        );
        let after_failures = failures >= FIRST_LOCKING_FAILURE;
        let kind = if after_failures {
            Kind::LoginSuccessAfterFail
        } else {
            Kind::LoginSuccess
        };
        let detail = if after_failures {
            format!("after {failures} failures")
        } else {
            String::new()
        };
        self.note(
            tx,
            Entry {
                kind,
                account: subject,
                actor: &actor,
                client_address,
                detail: &detail,
            },
        )
        .await?;
        let detail = format!("session {}", session.id);
        self.note(
            tx,
            Entry {
                kind: Kind::SessionCreated,
                account: subject,
                actor: &actor,
                client_address,
                detail: &detail,
            },
        )
        .await?;

        if after_failures {
            outbox::publish(
                tx,
                &events::notice(account.id, SecurityNotice::LoginAfterFailures, now),
            )
            .await?;
        }
        // The holder knows of the very first log-in.
        if new_device && account.last_login_at.is_some() {
            outbox::publish(
                tx,
                &events::notice(account.id, SecurityNotice::NewDevice, now),
            )
            .await?;
        }
        Ok(())
    }

    /// The first log-in of a landlord's administrator activates its portal (ID-2, CA-4).
    async fn activate_portal(&self, tx: &mut PgConnection, account: &Account) -> Result<(), Error> {
        let (Role::LandlordAdministrator, Some(landlord_id), None) = (
            account.role,
            account.landlord_id,
            account.landlord_activated_on,
        ) else {
            return Ok(());
        };
        let today = self.clock.today();
        if store::landlords::activate(tx, landlord_id, today).await? {
            outbox::publish(tx, &events::landlord_activated(landlord_id, today)).await?;
        }
        Ok(())
    }

    /// How far back log-ins must be kept, for their tries to be counted.
    pub(super) fn login_memory() -> Duration {
        code::EXHAUSTION_WINDOW + Duration::hours(1)
    }
}
