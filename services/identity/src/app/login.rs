//! The first step of a log-in: username and password.

use std::time::Duration;

use chrono::{DateTime, Utc};
use proto::identity::v1::SecurityNotice;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{App, IDENTITY, Origin, folded};
use crate::domain::account::masked;
use crate::domain::audit::Kind;
use crate::domain::lockout::{self, Lockout, Reservation};
use crate::domain::throttle::{Rule, network, source};
use crate::domain::{Account, reset};
use crate::error::Error;
use crate::events;
use crate::hasher::Verdict;
use crate::secret::{self, Token};
use crate::store;
use crate::store::audit::Entry;
use crate::store::resets::Reset;
use crate::store::throttles::{Count, Counter};

/// A log-in that still needs its second factor.
pub struct Started {
    /// Its secret.
    pub token: String,
    /// Where the code will go, with most of it hidden.
    pub masked_address: String,
    /// When it must be begun again.
    pub expires_at: DateTime<Utc>,
}

/// One attempt, from what was typed to what was counted.
struct Attempt<'a> {
    origin: &'a Origin,
    at: DateTime<Utc>,
    account: Option<Account>,
    /// The known device it comes from.
    device_id: Option<Uuid>,
    counters: Vec<Counter>,
    /// The address and the pair of username and password, for an attempt from no known device.
    pair: Option<(Vec<u8>, Vec<u8>)>,
}

impl Attempt<'_> {
    /// The account, or an id that none has: the statements are the same for a username that nobody
    /// has (ID-6).
    fn account_id(&self) -> Uuid {
        self.account.as_ref().map_or(Uuid::nil(), |it| it.id)
    }

    fn subject(&self) -> Option<(Uuid, &str)> {
        self.account
            .as_ref()
            .map(|it| (it.id, it.username.as_str()))
    }
}

impl App {
    /// Checks a username and a password and begins a log-in.
    ///
    /// Whatever is wrong, the answer, the statements and the hashing are the same, so that neither
    /// words nor time tell which usernames exist or are locked. Only the one attempt that sets a lock
    /// writes more, for the holder is told of it.
    pub async fn start_login(
        &self,
        username: &str,
        password: SecretString,
        origin: &Origin,
        device_token: &str,
    ) -> Result<Started, Error> {
        let mut attempt = self
            .attempt(&folded(username), &password, origin, device_token)
            .await?;
        let reserved = self.reserve(&mut attempt).await?;
        let hash = attempt
            .account
            .as_ref()
            .filter(|_| reserved.is_some())
            .and_then(Account::usable_hash);

        match self.hasher.verify(password, hash).await {
            Ok(Verdict {
                right: true,
                rehashed,
            }) => self.passed(&attempt, reserved, rehashed).await,
            Ok(_) => {
                self.failed(&attempt, reserved).await?;
                Err(Error::LoginRefused)
            }
            Err(error) => {
                // The password was not looked at, so nothing is counted.
                let mut tx = self.db.begin().await?;
                self.give_back(&mut tx, &attempt, reserved).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    async fn attempt<'a>(
        &self,
        username: &str,
        password: &SecretString,
        origin: &'a Origin,
        device_token: &str,
    ) -> Result<Attempt<'a>, Error> {
        let at = self.clock.now();
        let account = store::accounts::find_by_username(&self.db, username).await?;
        let account_id = account.as_ref().map_or(Uuid::nil(), |it| it.id);
        let device_id = if device_token.is_empty() {
            None
        } else {
            let hash = secret::hash(device_token);
            store::devices::find(&self.db, account_id, &hash, at - self.sessions.device()).await?
        };

        let limits = &self.limits;
        let counter = |rule, limit, parts: &[&str]| Counter {
            rule,
            limit,
            subject: self.codes.subject(parts),
            cost: 1,
        };
        // A known device is counted by itself: neither may its neighbours keep it out, nor may it
        // lean on theirs.
        let (counters, pair) = if let Some(device_id) = device_id {
            (
                vec![counter(
                    Rule::LoginDevice,
                    limits.login_device,
                    &[&device_id.to_string()],
                )],
                None,
            )
        } else {
            let (source, network) = (source(&origin.address), network(&origin.address));
            let counters = vec![
                counter(Rule::LoginAddress, limits.login_address, &[&source]),
                counter(Rule::LoginPair, limits.login_pair, &[&source, username]),
                counter(Rule::StuffingAddress, limits.stuffing_address, &[&source]),
                counter(Rule::StuffingNetwork, limits.stuffing_network, &[&network]),
            ];
            let pair = self
                .codes
                .subject(&["pair", username, password.expose_secret()]);
            (counters, Some((self.codes.subject(&[&source]), pair)))
        };
        Ok(Attempt {
            origin,
            at,
            account,
            device_id,
            counters,
            pair,
        })
    }

    /// Counts the attempt before its password is looked at, in a commit of its own, so that
    /// attempts at the same moment can't share a count. `None` when the password may not be looked
    /// at, because nobody has the username or the account is locked.
    async fn reserve(&self, attempt: &mut Attempt<'_>) -> Result<Option<Reservation>, Error> {
        let mut tx = self.db.begin().await?;
        let mut new_guess = false;
        if let Some((subject, pair)) = &attempt.pair {
            let ends_at = attempt.at + self.limits.stuffing_address.window();
            new_guess =
                store::throttles::try_pair(&mut tx, subject, pair, attempt.at, ends_at).await?;
            for counter in &mut attempt.counters {
                if matches!(counter.rule, Rule::StuffingAddress | Rule::StuffingNetwork) {
                    counter.cost = new_guess.into();
                }
            }
        }
        let within = self
            .take(&mut tx, &attempt.counters, &attempt.origin.address)
            .await?;
        if let Err(refused) = within {
            // A guess that was not looked at is as good as new when the window is over.
            if let Some((subject, pair)) = attempt.pair.as_ref().filter(|_| new_guess) {
                store::throttles::forget_pair(&mut tx, subject, pair).await?;
            }
            tx.commit().await?;
            return Err(refused);
        }
        let lockout = store::lockouts::lock(&mut tx, attempt.account_id()).await?;
        let reserved = lockout.and_then(|it| it.reserve(attempt.device_id.is_some(), attempt.at));
        store::lockouts::save(
            &mut tx,
            attempt.account_id(),
            reserved
                .map(|it| it.lockout)
                .or(lockout)
                .unwrap_or_default(),
        )
        .await?;
        tx.commit().await?;
        Ok(reserved)
    }

    /// Raises counters. The inner error says that a limit is passed; only what passed it stays
    /// raised then, so that one who is refused doesn't use up what is for the neighbours, too.
    pub(super) async fn take(
        &self,
        tx: &mut PgConnection,
        counters: &[Counter],
        client_address: &str,
    ) -> Result<Result<(), Error>, Error> {
        let now = self.clock.now();
        let counts = store::throttles::take(tx, counters, now).await?;
        let passed: Vec<(&Counter, &Count)> = counters
            .iter()
            .filter_map(|counter| {
                Some((
                    counter,
                    counts.iter().find(|it| it.rule == counter.rule.as_str())?,
                ))
            })
            .filter(|(counter, count)| count.count > counter.limit.attempts)
            .collect();
        let Some(latest) = passed.iter().map(|(_, count)| count.ends_at).max() else {
            return Ok(Ok(()));
        };
        for (counter, count) in &passed {
            // The first attempt too many is noted and not each one: nobody may fill the audit at
            // will.
            if count.count == counter.limit.attempts + 1 {
                let detail = format!("more attempts than {} allows", count.rule);
                let entry = Entry {
                    kind: Kind::RateLimitExceeded,
                    account: None,
                    actor: IDENTITY,
                    client_address,
                    detail: &detail,
                };
                self.note(tx, entry).await?;
            }
        }
        let others: Vec<Counter> = counters
            .iter()
            .filter(|it| passed.iter().all(|(counter, _)| counter.rule != it.rule))
            .cloned()
            .collect();
        store::throttles::give_back(tx, &others).await?;
        Ok(Err(Error::TooManyAttempts {
            retry_after: (latest - now).to_std().unwrap_or(Duration::from_secs(1)),
        }))
    }

    async fn give_back(
        &self,
        tx: &mut PgConnection,
        attempt: &Attempt<'_>,
        reserved: Option<Reservation>,
    ) -> Result<(), Error> {
        store::throttles::give_back(tx, &attempt.counters).await?;
        if let Some((subject, pair)) = &attempt.pair {
            store::throttles::forget_pair(tx, subject, pair).await?;
        }
        if let Some(reserved) = reserved
            && let Some(lockout) = store::lockouts::lock(tx, attempt.account_id()).await?
        {
            store::lockouts::save(tx, attempt.account_id(), lockout.release(reserved)).await?;
        }
        Ok(())
    }

    async fn passed(
        &self,
        attempt: &Attempt<'_>,
        reserved: Option<Reservation>,
        rehashed: Option<String>,
    ) -> Result<Started, Error> {
        let now = self.clock.now();
        let token = Token::random();
        let expires_at = now + self.sessions.login();
        let recipient = store::accounts::code_recipient(&self.db, attempt.account_id()).await?;

        let mut tx = self.db.begin().await?;
        // The password may have been changed, or the account deactivated, while it was compared.
        let account = store::accounts::lock(&mut tx, attempt.account_id()).await?;
        let compared = attempt.account.as_ref().and_then(Account::usable_hash);
        if account.as_ref().and_then(Account::usable_hash) != compared {
            return Err(Error::LoginRefused);
        }
        if let Some(hash) = rehashed {
            store::accounts::set_password(&mut tx, attempt.account_id(), &hash).await?;
        }
        self.give_back(&mut tx, attempt, reserved).await?;
        store::logins::insert(
            &mut tx,
            kit::id(),
            attempt.account_id(),
            &token.hash(),
            attempt.device_id,
            now,
            expires_at,
        )
        .await?;
        tx.commit().await?;
        Ok(Started {
            token: token.reveal(),
            masked_address: masked(&recipient.address),
            expires_at,
        })
    }

    async fn failed(
        &self,
        attempt: &Attempt<'_>,
        reserved: Option<Reservation>,
    ) -> Result<(), Error> {
        let detail = match &attempt.account {
            None => "unknown username",
            Some(account) if !account.active => "the account is inactive",
            Some(account) if account.password_hash.is_none() => "no password is set",
            Some(account) if account.reset_required => "the password must be reset",
            Some(_) if reserved.is_none() => "the account is locked",
            Some(_) => "wrong password",
        };
        let mut tx = self.db.begin().await?;
        let entry = Entry {
            kind: Kind::LoginFail,
            account: attempt.subject(),
            actor: IDENTITY,
            client_address: &attempt.origin.address,
            detail,
        };
        self.note(&mut tx, entry).await?;
        // An account that no password opens has nothing to be told of: it is not in danger.
        if let (Some(account), Some(Reservation { lockout, locks })) = (
            attempt
                .account
                .as_ref()
                .filter(|it| it.usable_hash().is_some()),
            reserved,
        ) {
            self.announce_failure(&mut tx, account, lockout, locks, &attempt.origin.address)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Tells the holder of a lock, and demands a new password when the failures have reached the
    /// ceiling.
    pub(super) async fn announce_failure(
        &self,
        tx: &mut PgConnection,
        account: &Account,
        lockout: Lockout,
        locked: bool,
        client_address: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        if lockout.failures >= lockout::CEILING {
            return self
                .force_reset(
                    tx,
                    account,
                    client_address,
                    "a hundred consecutive failures",
                )
                .await;
        }
        if let Some(until) = lockout.locked_until.filter(|_| locked) {
            let detail = format!(
                "{} consecutive failures: locked until {}",
                lockout.failures,
                until.format("%FT%TZ")
            );
            let entry = Entry {
                kind: Kind::LoginLock,
                account: Some((account.id, &account.username)),
                actor: IDENTITY,
                client_address,
                detail: &detail,
            };
            self.note(tx, entry).await?;
            outbox::publish(tx, &events::notice(account.id, SecurityNotice::Locked, now)).await?;
        }
        Ok(())
    }

    /// Makes the password good for nothing and sends a link (ID-5). Sessions go on: they have
    /// passed both factors.
    pub(super) async fn force_reset(
        &self,
        tx: &mut PgConnection,
        account: &Account,
        client_address: &str,
        detail: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        store::accounts::require_reset(tx, account.id).await?;
        store::logins::end_all(tx, account.id, now).await?;
        let entry = Entry {
            kind: Kind::LoginFailMax,
            account: Some((account.id, &account.username)),
            actor: IDENTITY,
            client_address,
            detail,
        };
        self.note(tx, entry).await?;
        outbox::publish(
            tx,
            &events::notice(account.id, SecurityNotice::ForcedReset, now),
        )
        .await?;
        self.send_link(tx, Some(account.id), reset::Cause::Forced)
            .await
    }

    /// Asks for a link to be sent, which ends older ones.
    pub(super) async fn send_link(
        &self,
        tx: &mut PgConnection,
        account_id: Option<Uuid>,
        cause: reset::Cause,
    ) -> Result<(), Error> {
        let requested_at = self.clock.now();
        let deliver_by = requested_at + cause.worth_sending_for();
        let reset = Reset {
            id: kit::id(),
            account_id,
            cause,
            requested_at,
            deliver_by,
        };
        store::resets::insert(tx, &reset).await?;
        outbox::publish(tx, &events::password_reset_requested(&reset)).await?;
        Ok(())
    }
}
