//! Events of accounts: codes, links, security notices, the day a landlord's portal is activated, and who of the staff has left.

use chrono::NaiveDate;
use outbox::{Event, Retry, subject};
use proto::identity::v1::{
    LandlordActivated, LoginCodeRequested, PasswordResetRequested, ResetCause, SecurityNotice,
    SecurityNoticeRaised, StaffChanged,
};
use sqlx::PgConnection;

use super::{id, unreadable};
use crate::app::{AccountNews, App};
use crate::domain::{Matter, Recipient};
use crate::store;

pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<LandlordActivated>(),
        subject::<LoginCodeRequested>(),
        subject::<PasswordResetRequested>(),
        subject::<SecurityNoticeRaised>(),
        subject::<StaffChanged>(),
    ]
}

/// Handles an event of an account; `false` when it is none.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    if let Some(activated) = event.get::<LandlordActivated>()? {
        landlord_activated(tx, &activated).await?;
    } else if let Some(requested) = event.get::<LoginCodeRequested>()? {
        code_requested(app, tx, event, &requested).await?;
    } else if let Some(requested) = event.get::<PasswordResetRequested>()? {
        reset_requested(app, tx, event, &requested).await?;
    } else if let Some(raised) = event.get::<SecurityNoticeRaised>()? {
        notice_raised(app, tx, event, &raised).await?;
    } else if let Some(changed) = event.get::<StaffChanged>()? {
        let account_id = id(&changed, "account_id", &changed.account_id)?;
        store::keep_staff(tx, account_id, changed.active, event.occurred_at).await?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

async fn landlord_activated(
    tx: &mut PgConnection,
    activated: &LandlordActivated,
) -> Result<(), Retry> {
    let landlord_id = id(activated, "landlord_id", &activated.landlord_id)?;
    let activated_on: NaiveDate = activated
        .activated_on
        .parse()
        .map_err(|_| unreadable(activated, "activated_on"))?;
    store::activate_landlord(tx, landlord_id, activated_on).await?;
    Ok(())
}

async fn code_requested(
    app: &App,
    tx: &mut PgConnection,
    event: &Event,
    requested: &LoginCodeRequested,
) -> Result<(), Retry> {
    let login = Recipient::Login(id(requested, "login_id", &requested.login_id)?);
    let expires_at = kit::time::instant(requested.expires_at.as_ref())
        .ok_or_else(|| unreadable(requested, "expires_at"))?;
    app.send_secret(tx, event, Matter::LoginCode, login, expires_at)
        .await
}

async fn reset_requested(
    app: &App,
    tx: &mut PgConnection,
    event: &Event,
    requested: &PasswordResetRequested,
) -> Result<(), Retry> {
    let matter = match requested.cause() {
        ResetCause::Unspecified => return Err(unreadable(requested, "cause")),
        ResetCause::Forgotten => Matter::ResetForgotten,
        ResetCause::NewAccount => Matter::ResetNewAccount,
        ResetCause::ByAdministrator => Matter::ResetByAdministrator,
        ResetCause::Forced => Matter::ResetForced,
    };
    let reset = Recipient::Reset(id(requested, "reset_id", &requested.reset_id)?);
    let expires_at = kit::time::instant(requested.expires_at.as_ref())
        .ok_or_else(|| unreadable(requested, "expires_at"))?;
    app.send_secret(tx, event, matter, reset, expires_at).await
}

async fn notice_raised(
    app: &App,
    tx: &mut PgConnection,
    event: &Event,
    raised: &SecurityNoticeRaised,
) -> Result<(), Retry> {
    let (matter, text) = match raised.notice() {
        SecurityNotice::Unspecified => return Err(unreadable(raised, "notice")),
        SecurityNotice::PasswordChanged => (Matter::PasswordChanged, "Your password was changed"),
        SecurityNotice::Locked => (
            Matter::AccountLocked,
            "Your account was locked after wrong passwords",
        ),
        SecurityNotice::NewDevice => (
            Matter::NewDevice,
            "Someone logged in to your account from a new device",
        ),
        SecurityNotice::LoginAfterFailures => (
            Matter::LoginAfterFailures,
            "Someone logged in to your account after several wrong passwords",
        ),
        SecurityNotice::ForcedReset => (
            Matter::ForcedReset,
            "Your password was switched off after wrong verification codes",
        ),
        SecurityNotice::UsernameChanged => (
            Matter::UsernameChanged,
            "The email address of your account was changed",
        ),
        SecurityNotice::Restricted => (
            Matter::Restricted,
            "Your access to the portal was restricted",
        ),
        SecurityNotice::RestrictionLifted => (
            Matter::RestrictionLifted,
            "A restriction of your access was lifted",
        ),
    };
    let account_id = id(raised, "account_id", &raised.account_id)?;
    let former_address_id = match raised.former_address_id.as_str() {
        "" => None,
        former => Some(id(raised, "former_address_id", former)?),
    };
    let occurred_at = kit::time::instant(raised.occurred_at.as_ref()).unwrap_or(event.occurred_at);
    let news = AccountNews {
        matter,
        account_id,
        former_address_id,
        text,
        occurred_at,
    };
    app.tell_holder(tx, event, &news).await
}
