//! Landlords: registered by a system administrator (ID-2), and what their administrators choose.

use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::App;
use super::sub_accounts::seat;
use crate::domain::audit::Kind;
use crate::domain::{CodeDelivery, Landlord, Role};
use crate::error::Error;
use crate::events;
use crate::store;
use crate::store::accounts::NewAccount;

/// A landlord to register.
pub struct Registration {
    /// The same one twice registers one landlord.
    pub request_id: Uuid,
    /// The landlord's name.
    pub name: String,
    /// The administrator's name.
    pub administrator_name: String,
    /// The administrator's email address, folded.
    pub administrator_username: String,
}

impl App {
    /// Registers a landlord and its administrator, who has no password: the first log-in begins
    /// with *Forgot your password?*.
    pub async fn register_landlord(
        &self,
        caller: &Caller,
        new: Registration,
    ) -> Result<Landlord, Error> {
        let mut tx = self.db.begin().await?;
        if let Some(made) = store::landlords::find_by_request(&mut *tx, new.request_id).await? {
            return if made.name == new.name {
                Ok(made)
            } else {
                Err(Error::RequestIdReused)
            };
        }
        let id = kit::id();
        store::landlords::insert(&mut tx, id, new.request_id, &new.name, self.clock.now())
            .await
            .map_err(|error| {
                if store::breaks(&error, "landlords_request_id") {
                    Error::RequestIdReused
                } else {
                    error.into()
                }
            })?;
        let administrator = NewAccount {
            id: kit::id(),
            request_id: new.request_id,
            landlord_id: Some(id),
            username: &new.administrator_username,
            name: &new.administrator_name,
            role: Role::LandlordAdministrator,
            team: None,
        };
        let administrator = self.make_account(&mut tx, caller, &administrator).await?;
        outbox::publish(
            &mut tx,
            &events::landlord_registered(id, &new.name, administrator.id),
        )
        .await?;
        let landlord = store::landlords::find(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchLandlord)?;
        tx.commit().await?;
        Ok(landlord)
    }

    /// Landlords with a part of a name, by name.
    pub async fn list_landlords(
        &self,
        part: &str,
        page: Page<(String, Uuid)>,
    ) -> Result<(Vec<Landlord>, String), Error> {
        let mut landlords =
            store::landlords::page(&self.db, part, page.after.clone(), page.fetch()).await?;
        let next = page.next(&mut landlords, |it| (it.name.clone(), it.id));
        Ok((landlords, next))
    }

    /// The landlord of the caller.
    pub async fn my_landlord(&self, caller: &Caller) -> Result<Landlord, Error> {
        store::landlords::find(&self.db, seat(caller)?.landlord_id)
            .await?
            .ok_or(Error::NoSuchLandlord)
    }

    /// Chooses where the codes of the caller's landlord's sub-accounts go.
    pub async fn set_code_delivery(
        &self,
        caller: &Caller,
        choice: CodeDelivery,
        version: i64,
    ) -> Result<Landlord, Error> {
        let landlord_id = seat(caller)?.landlord_id;
        let mut tx = self.db.begin().await?;
        let landlord = store::landlords::lock(&mut tx, landlord_id)
            .await?
            .ok_or(Error::NoSuchLandlord)?;
        if landlord.code_delivery == choice {
            return Ok(landlord);
        }
        if !store::landlords::set_code_delivery(&mut tx, landlord_id, version, choice).await? {
            return Err(Error::Stale);
        }
        let account = store::accounts::find(&mut *tx, landlord.administrator_account_id)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        let detail = match choice {
            CodeDelivery::OwnAddress => "codes of sub-accounts go to their own addresses",
            CodeDelivery::Administrator => "codes of sub-accounts go to the administrator",
        };
        self.note_about(&mut tx, Kind::UserUpdated, caller, &account, detail)
            .await?;
        let landlord = store::landlords::find(&mut *tx, landlord_id)
            .await?
            .ok_or(Error::NoSuchLandlord)?;
        tx.commit().await?;
        Ok(landlord)
    }
}
