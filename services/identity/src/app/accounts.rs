//! Accounts: one's own, and what a system administrator does to anyone's.

use kit::Caller;
use kit::page::Page;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use super::clients::may_change_staff;
use super::sub_accounts::room_for_another;
use crate::domain::audit::Kind;
use crate::domain::lockout::Lockout;
use crate::domain::reset::Cause;
use crate::domain::{Account, Role};
use crate::error::Error;
use crate::events;
use crate::store;
use crate::store::accounts::{Colleague, NewAccount};
use crate::store::lockouts::Locked;

/// A member of staff to add.
pub struct NewStaff {
    /// The same one twice adds one account.
    pub request_id: Uuid,
    /// The person's name.
    pub name: String,
    /// The person's email address, folded.
    pub username: String,
    /// A role of staff.
    pub role: Role,
    /// A caseworker's team.
    pub team: Option<String>,
}

impl App {
    /// The account that asks.
    pub async fn my_account(&self, caller: &Caller) -> Result<Account, Error> {
        let id = caller.person().map_or(Uuid::nil(), |it| it.account_id);
        store::accounts::find(&self.db, id)
            .await?
            .ok_or(Error::NoSuchAccount)
    }

    /// Accounts whose username begins with something, by username.
    pub async fn list_accounts(
        &self,
        start: &str,
        page: Page<String>,
    ) -> Result<(Vec<Account>, String), Error> {
        let mut accounts =
            store::accounts::page(&self.db, start, page.after.as_deref(), page.fetch()).await?;
        let next = page.next(&mut accounts, |it| it.username.clone());
        Ok((accounts, next))
    }

    /// Staff whose accounts are active, by name; of some roles, or all.
    pub async fn list_colleagues(
        &self,
        roles: &[Role],
        page: Page<(String, Uuid)>,
    ) -> Result<(Vec<Colleague>, String), Error> {
        let mut colleagues =
            store::accounts::colleagues(&self.db, roles, page.after.clone(), page.fetch()).await?;
        let next = page.next(&mut colleagues, |it| (it.name.clone(), it.id));
        Ok((colleagues, next))
    }

    /// Adds a member of staff, who is sent a link to set a password.
    pub async fn add_staff(&self, caller: &Caller, new: NewStaff) -> Result<Account, Error> {
        let mut tx = self.db.begin().await?;
        if let Some(made) = store::accounts::find_by_request(&mut *tx, new.request_id).await? {
            return made_before(made, None, new.role, &new.username);
        }
        let account = NewAccount {
            id: kit::id(),
            request_id: new.request_id,
            landlord_id: None,
            username: &new.username,
            name: &new.name,
            role: new.role,
            team: new.team.as_deref(),
        };
        let account = self.make_account(&mut tx, caller, &account).await?;
        self.send_link(&mut tx, Some(account.id), Cause::NewAccount)
            .await?;
        outbox::publish(&mut tx, &events::staff_changed(&account)).await?;
        tx.commit().await?;
        Ok(account)
    }

    pub(super) async fn make_account(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        new: &NewAccount<'_>,
    ) -> Result<Account, Error> {
        store::accounts::insert(tx, new, self.clock.now())
            .await
            .map_err(|error| match error {
                _ if store::breaks(&error, "accounts_username") => Error::UsernameTaken,
                _ if store::breaks(&error, "accounts_request_id") => Error::RequestIdReused,
                error => error.into(),
            })?;
        let account = store::accounts::find(&mut *tx, new.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        let role = proto::access::v1::Role::from(account.role);
        self.note_about(tx, Kind::UserCreated, caller, &account, role.as_str_name())
            .await?;
        Ok(account)
    }

    /// Deactivates an account and ends its sessions at once.
    pub async fn deactivate_account(
        &self,
        caller: &Caller,
        account_id: Uuid,
        version: i64,
    ) -> Result<Account, Error> {
        if caller
            .person()
            .is_some_and(|it| it.account_id == account_id)
        {
            return Err(Error::OwnAccount);
        }
        let account = store::accounts::find(&self.db, account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        self.set_active(caller, &account, version, false).await
    }

    /// Reactivates an account; a sub-account only if there is room.
    pub async fn reactivate_account(
        &self,
        caller: &Caller,
        account_id: Uuid,
        version: i64,
    ) -> Result<Account, Error> {
        let account = store::accounts::find(&self.db, account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        self.set_active(caller, &account, version, true).await
    }

    /// Deactivates or reactivates an account. What it is already is left as it is, so that a call
    /// made twice is no error.
    pub(super) async fn set_active(
        &self,
        caller: &Caller,
        account: &Account,
        version: i64,
        active: bool,
    ) -> Result<Account, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        // The landlord before its accounts, everywhere, so that two calls can't wait for each
        // other.
        if let (Some(landlord_id), Role::LandlordSubAccount, true) =
            (account.landlord_id, account.role, active)
        {
            store::landlords::lock(&mut tx, landlord_id)
                .await?
                .ok_or(Error::NoSuchLandlord)?;
        }
        let account = store::accounts::lock(&mut tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if account.active == active {
            return Ok(account);
        }
        if let (Some(landlord_id), Role::LandlordSubAccount, true) =
            (account.landlord_id, account.role, active)
        {
            room_for_another(&mut tx, landlord_id).await?;
        }
        if !store::accounts::set_active(&mut tx, account.id, version, active).await? {
            return Err(Error::Stale);
        }
        if active {
            self.note_about(&mut tx, Kind::UserUpdated, caller, &account, "reactivated")
                .await?;
        } else {
            store::logins::end_all(&mut tx, account.id, now).await?;
            store::resets::end_all(&mut tx, Some(account.id), now).await?;
            let ended = store::sessions::end_all(&mut tx, account.id, None).await?;
            let detail = format!("deactivated; {ended} sessions ended");
            self.note_about(&mut tx, Kind::UserArchived, caller, &account, &detail)
                .await?;
        }
        let account = store::accounts::find(&mut *tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if account.role.is_staff() {
            outbox::publish(&mut tx, &events::staff_changed(&account)).await?;
        }
        tx.commit().await?;
        Ok(account)
    }

    /// Changes the address of an account, which both addresses are told (ID-1). Whatever was begun
    /// under the former one ends.
    pub async fn change_username(
        &self,
        caller: &Caller,
        account_id: Uuid,
        username: &str,
        version: i64,
    ) -> Result<Account, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        // Links to set a password go to the address: who chooses it could log in as its holder.
        if account.role.is_staff() {
            may_change_staff(caller)?;
        }
        if account.username == username {
            return Ok(account);
        }
        let former = store::accounts::set_username(&mut tx, &account, version, username, now).await;
        let former = former.map_err(|error| {
            if store::breaks(&error, "accounts_username") {
                Error::UsernameTaken
            } else {
                error.into()
            }
        })?;
        let former = former.ok_or(Error::Stale)?;
        store::logins::end_all(&mut tx, account.id, now).await?;
        store::resets::end_all(&mut tx, Some(account.id), now).await?;
        store::devices::forget(&mut tx, account.id).await?;
        store::sessions::end_all(&mut tx, account.id, None).await?;
        let detail = format!("the address was changed to {username}");
        self.note_about(&mut tx, Kind::UserUpdated, caller, &account, &detail)
            .await?;
        outbox::publish(&mut tx, &events::username_changed(account.id, former, now)).await?;
        let account = store::accounts::find(&mut *tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        tx.commit().await?;
        Ok(account)
    }

    /// The accounts that are locked now, the latest first.
    pub async fn list_locks(
        &self,
        page: Page<(chrono::DateTime<chrono::Utc>, Uuid)>,
    ) -> Result<(Vec<Locked>, String), Error> {
        let mut locks =
            store::lockouts::page(&self.db, self.clock.now(), page.after, page.fetch()).await?;
        let next = page.next(&mut locks, |it| (it.locked_at, it.account_id));
        Ok((locks, next))
    }

    /// Lifts a lock before its time.
    pub async fn lift_lock(&self, caller: &Caller, account_id: Uuid) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, account_id)
            .await?
            .ok_or(Error::NoSuchLock)?;
        let lockout = store::lockouts::lock(&mut tx, account_id)
            .await?
            .unwrap_or_default();
        if !lockout.is_locked(self.clock.now()) {
            return Err(Error::NoSuchLock);
        }
        store::lockouts::save(&mut tx, account_id, Lockout::default()).await?;
        let detail = format!("lifted after {} failures", lockout.failures);
        self.note_about(&mut tx, Kind::LoginUnlock, caller, &account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The account that the same request made before, if it is what is asked for now.
pub(super) fn made_before(
    made: Account,
    landlord_id: Option<Uuid>,
    role: Role,
    username: &str,
) -> Result<Account, Error> {
    let same = made.landlord_id == landlord_id && made.role == role && made.username == username;
    if same {
        Ok(made)
    } else {
        Err(Error::RequestIdReused)
    }
}
