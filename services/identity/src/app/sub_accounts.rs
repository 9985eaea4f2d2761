//! *Manage your users*: what a landlord's administrator does to its sub-accounts (ID-9).

use kit::page::Page;
use kit::{Caller, Seat};
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use super::accounts::made_before;
use crate::domain::account::MOST_SUB_ACCOUNTS;
use crate::domain::audit::Kind;
use crate::domain::reset::Cause;
use crate::domain::{Account, Role};
use crate::error::Error;
use crate::store;
use crate::store::accounts::NewAccount;

/// A sub-account to create.
pub struct NewSubAccount {
    /// The same one twice creates one account.
    pub request_id: Uuid,
    /// The holder's name.
    pub name: String,
    /// The holder's email address, folded.
    pub username: String,
}

/// A page of sub-accounts.
pub struct SubAccounts {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Where the next page starts.
    pub next_page_token: String,
    /// How many are active.
    pub active: i64,
}

impl App {
    /// The sub-accounts of the caller's landlord, by name.
    pub async fn list_sub_accounts(
        &self,
        caller: &Caller,
        page: Page<(String, Uuid)>,
    ) -> Result<SubAccounts, Error> {
        let landlord_id = seat(caller)?.landlord_id;
        let mut accounts =
            store::accounts::sub_accounts(&self.db, landlord_id, page.after.clone(), page.fetch())
                .await?;
        let next_page_token = page.next(&mut accounts, |it| (it.name.clone(), it.id));
        let active = store::accounts::count_active_sub_accounts(&self.db, landlord_id).await?;
        Ok(SubAccounts {
            accounts,
            next_page_token,
            active,
        })
    }

    /// Creates a sub-account, whose holder is sent a link to set a password.
    pub async fn create_sub_account(
        &self,
        caller: &Caller,
        new: NewSubAccount,
    ) -> Result<Account, Error> {
        let landlord_id = seat(caller)?.landlord_id;
        let mut tx = self.db.begin().await?;
        // The landlord's row stands for the number of its sub-accounts: whoever creates or
        // reactivates one holds it.
        store::landlords::lock(&mut tx, landlord_id)
            .await?
            .ok_or(Error::NoSuchLandlord)?;
        if let Some(made) = store::accounts::find_by_request(&mut *tx, new.request_id).await? {
            return made_before(
                made,
                Some(landlord_id),
                Role::LandlordSubAccount,
                &new.username,
            );
        }
        room_for_another(&mut tx, landlord_id).await?;
        let account = NewAccount {
            id: kit::id(),
            request_id: new.request_id,
            landlord_id: Some(landlord_id),
            username: &new.username,
            name: &new.name,
            role: Role::LandlordSubAccount,
            team: None,
        };
        let account = self.make_account(&mut tx, caller, &account).await?;
        self.send_link(&mut tx, Some(account.id), Cause::NewAccount)
            .await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Makes the password of a sub-account good for nothing, ends its sessions and sends its holder
    /// a link. Nobody but the holder ever sees a password.
    pub async fn reset_sub_account_password(
        &self,
        caller: &Caller,
        account_id: Uuid,
    ) -> Result<Account, Error> {
        let now = self.clock.now();
        let account = self.sub_account(caller, account_id).await?;
        let mut tx = self.db.begin().await?;
        let account = store::accounts::lock(&mut tx, account.id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if !account.active {
            return Err(Error::Inactive);
        }
        store::accounts::require_reset(&mut tx, account.id).await?;
        store::logins::end_all(&mut tx, account.id, now).await?;
        store::sessions::end_all(&mut tx, account.id, None).await?;
        self.send_link(&mut tx, Some(account.id), Cause::ByAdministrator)
            .await?;
        self.note_about(
            &mut tx,
            Kind::PasswordReset,
            caller,
            &account,
            "by the landlord's administrator",
        )
        .await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Deactivates a sub-account and ends its sessions at once.
    pub async fn deactivate_sub_account(
        &self,
        caller: &Caller,
        account_id: Uuid,
        version: i64,
    ) -> Result<Account, Error> {
        let account = self.sub_account(caller, account_id).await?;
        self.set_active(caller, &account, version, false).await
    }

    /// Reactivates a sub-account, if there is room.
    pub async fn reactivate_sub_account(
        &self,
        caller: &Caller,
        account_id: Uuid,
        version: i64,
    ) -> Result<Account, Error> {
        let account = self.sub_account(caller, account_id).await?;
        self.set_active(caller, &account, version, true).await
    }

    /// A sub-account of the caller's landlord. Another's is not there, in the same words; that
    /// somebody reached for it is noted.
    async fn sub_account(&self, caller: &Caller, account_id: Uuid) -> Result<Account, Error> {
        let landlord_id = seat(caller)?.landlord_id;
        let account = store::accounts::find(&self.db, account_id).await?;
        match account {
            Some(account)
                if account.landlord_id == Some(landlord_id)
                    && account.role == Role::LandlordSubAccount =>
            {
                Ok(account)
            }
            other => {
                self.note_reach(
                    caller,
                    other.as_ref(),
                    "reached for an account that is not a sub-account of the landlord",
                )
                .await?;
                Err(Error::NoSuchAccount)
            }
        }
    }
}

pub(super) fn seat(caller: &Caller) -> Result<&Seat, Error> {
    caller.seat().ok_or(Error::NoSuchLandlord)
}

/// Refuses a fourth active sub-account. The landlord's row must be locked.
pub(super) async fn room_for_another(
    tx: &mut PgConnection,
    landlord_id: Uuid,
) -> Result<(), Error> {
    if store::accounts::count_active_sub_accounts(tx, landlord_id).await? >= MOST_SUB_ACCOUNTS {
        return Err(Error::TooManySubAccounts);
    }
    Ok(())
}
