//! Restrictions because of unacceptable behaviour (ID-11).

use chrono::{Months, NaiveDate};
use kit::Caller;
use proto::identity::v1::SecurityNotice;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::domain::audit::Kind;
use crate::domain::{Account, Landlord, Restriction};
use crate::error::Error;
use crate::events;
use crate::store;
use crate::store::audit::Entry;

/// What is restricted.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// One account.
    Account(Uuid),
    /// A landlord with all its accounts.
    Landlord(Uuid),
}

impl App {
    /// Restricts an account or a whole landlord. A restriction in force is replaced. The holders
    /// are told, and see nothing but the page that says so.
    pub async fn restrict(
        &self,
        caller: &Caller,
        target: Target,
        reason: String,
        review_on: NaiveDate,
    ) -> Result<Restriction, Error> {
        let today = self.clock.today();
        if !(today < review_on && review_on <= today + Months::new(12)) {
            let description = "The review must be after today and within a year";
            return Err(
                kit::Invalid::field("review_on", description, "REVIEW_OUT_OF_RANGE").into(),
            );
        }
        let restriction = Restriction {
            reason,
            review_on,
            restricted_at: self.clock.now(),
        };
        let mut tx = self.db.begin().await?;
        let detail = format!(
            "restricted, to be reviewed on {review_on}: {}",
            restriction.reason
        );
        self.set_restriction(&mut tx, caller, target, Some(&restriction), &detail)
            .await?;
        tx.commit().await?;
        Ok(restriction)
    }

    /// Lifts a restriction.
    pub async fn lift_restriction(&self, caller: &Caller, target: Target) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        self.set_restriction(&mut tx, caller, target, None, "restriction lifted")
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn set_restriction(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        target: Target,
        restriction: Option<&Restriction>,
        detail: &str,
    ) -> Result<(), Error> {
        match target {
            Target::Account(id) => {
                let account = store::accounts::lock(tx, id)
                    .await?
                    .ok_or(Error::NoSuchAccount)?;
                if account.role.is_staff() {
                    return Err(Error::StaffNotRestricted);
                }
                if restriction.is_none() && account.own_restriction().is_none() {
                    return Err(Error::NoSuchRestriction);
                }
                store::accounts::set_restriction(tx, id, restriction).await?;
                self.note_about(tx, Kind::PrivilegesChanged, caller, &account, detail)
                    .await?;
                self.tell(tx, &[account], restriction.is_some()).await
            }
            Target::Landlord(id) => {
                let landlord = store::landlords::lock(tx, id)
                    .await?
                    .ok_or(Error::NoSuchLandlord)?;
                if restriction.is_none() && landlord.restriction().is_none() {
                    return Err(Error::NoSuchRestriction);
                }
                store::landlords::set_restriction(tx, id, restriction).await?;
                self.note_landlord(tx, caller, &landlord, detail).await?;
                let accounts = store::accounts::active_of_landlord(&mut *tx, id).await?;
                self.tell(tx, &accounts, restriction.is_some()).await
            }
        }
    }

    async fn note_landlord(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        landlord: &Landlord,
        detail: &str,
    ) -> Result<(), Error> {
        let detail = format!("landlord {}: {detail}", landlord.id);
        let entry = Entry {
            kind: Kind::PrivilegesChanged,
            account: None,
            actor: &caller.actor(),
            client_address: "",
            detail: &detail,
        };
        self.note(tx, entry).await
    }

    async fn tell(
        &self,
        tx: &mut PgConnection,
        accounts: &[Account],
        restricted: bool,
    ) -> Result<(), Error> {
        let notice = if restricted {
            SecurityNotice::Restricted
        } else {
            SecurityNotice::RestrictionLifted
        };
        for account in accounts {
            outbox::publish(tx, &events::notice(account.id, notice, self.clock.now())).await?;
        }
        Ok(())
    }
}
