//! What others hear from us. No event holds a secret or an address.

use chrono::{DateTime, NaiveDate, Utc};
use kit::time::{iso, timestamp};
use proto::identity::v1 as pb;
use uuid::Uuid;

use crate::domain::Account;
use crate::domain::reset::Cause;
use crate::store::resets::Reset;

/// A landlord was registered.
#[must_use]
pub fn landlord_registered(
    landlord_id: Uuid,
    name: &str,
    administrator_account_id: Uuid,
) -> pb::LandlordRegistered {
    pb::LandlordRegistered {
        landlord_id: landlord_id.to_string(),
        name: name.to_owned(),
        administrator_account_id: administrator_account_id.to_string(),
    }
}

/// A landlord's portal was activated.
#[must_use]
pub fn landlord_activated(landlord_id: Uuid, on: NaiveDate) -> pb::LandlordActivated {
    pb::LandlordActivated {
        landlord_id: landlord_id.to_string(),
        activated_on: iso(on),
    }
}

/// A member of staff was added or changed.
#[must_use]
pub fn staff_changed(account: &Account) -> pb::StaffChanged {
    pb::StaffChanged {
        account_id: account.id.to_string(),
        name: account.name.clone(),
        team: account.team.clone().unwrap_or_default(),
        active: account.active,
        role: proto::access::v1::Role::from(account.role).into(),
    }
}

/// A log-in wants its code.
#[must_use]
pub fn login_code_requested(login_id: Uuid, expires_at: DateTime<Utc>) -> pb::LoginCodeRequested {
    pb::LoginCodeRequested {
        login_id: login_id.to_string(),
        expires_at: Some(timestamp(expires_at)),
    }
}

/// A link to set a password is wanted.
#[must_use]
pub fn password_reset_requested(reset: &Reset) -> pb::PasswordResetRequested {
    let cause = match reset.cause {
        Cause::Forgotten => pb::ResetCause::Forgotten,
        Cause::NewAccount => pb::ResetCause::NewAccount,
        Cause::ByAdministrator => pb::ResetCause::ByAdministrator,
        Cause::Forced => pb::ResetCause::Forced,
    };
    pb::PasswordResetRequested {
        reset_id: reset.id.to_string(),
        cause: cause.into(),
        expires_at: Some(timestamp(reset.deliver_by)),
    }
}

/// Something happened to an account that its holder must hear of.
#[must_use]
pub fn notice(
    account_id: Uuid,
    notice: pb::SecurityNotice,
    occurred_at: DateTime<Utc>,
) -> pb::SecurityNoticeRaised {
    pb::SecurityNoticeRaised {
        account_id: account_id.to_string(),
        notice: notice.into(),
        occurred_at: Some(timestamp(occurred_at)),
        former_address_id: String::new(),
    }
}

/// The address of an account was changed, which the former address is told as well.
#[must_use]
pub fn username_changed(
    account_id: Uuid,
    former_address_id: Uuid,
    occurred_at: DateTime<Utc>,
) -> pb::SecurityNoticeRaised {
    pb::SecurityNoticeRaised {
        former_address_id: former_address_id.to_string(),
        ..notice(account_id, pb::SecurityNotice::UsernameChanged, occurred_at)
    }
}
