//! Wire ⇄ use case; no decisions.

mod account;
mod administration;
mod delivery;
mod login;

use std::net::IpAddr;

use kit::time::{iso, iso_opt, timestamp};
use kit::{Check, status};
use proto::access::v1::Role as PbRole;
use proto::identity::v1 as pb;
use tonic::Status;
use uuid::Uuid;

use crate::app::Origin;
use crate::domain::{Account, CodeDelivery, Landlord, Restriction, Role};
use crate::store::accounts::Recipient;

/// How much of what a browser calls itself is kept.
const LONGEST_USER_AGENT: usize = 200;

impl From<Role> for PbRole {
    fn from(role: Role) -> Self {
        match role {
            Role::LandlordAdministrator => Self::LandlordAdministrator,
            Role::LandlordSubAccount => Self::LandlordSubAccount,
            Role::Caseworker => Self::Caseworker,
            Role::ComplaintsInvestigator => Self::ComplaintsInvestigator,
            Role::CustomerInsightManager => Self::CustomerInsightManager,
            Role::SeniorColleague => Self::SeniorColleague,
            Role::SystemAdministrator => Self::SystemAdministrator,
            Role::IndependentReviewer => Self::IndependentReviewer,
        }
    }
}

/// The role of a member of staff; `None` for any other.
fn staff_role(role: PbRole) -> Option<Role> {
    match role {
        PbRole::Unspecified | PbRole::LandlordAdministrator | PbRole::LandlordSubAccount => None,
        PbRole::Caseworker => Some(Role::Caseworker),
        PbRole::ComplaintsInvestigator => Some(Role::ComplaintsInvestigator),
        PbRole::CustomerInsightManager => Some(Role::CustomerInsightManager),
        PbRole::SeniorColleague => Some(Role::SeniorColleague),
        PbRole::SystemAdministrator => Some(Role::SystemAdministrator),
        PbRole::IndependentReviewer => Some(Role::IndependentReviewer),
    }
}

impl From<Restriction> for pb::Restriction {
    fn from(
        Restriction {
            reason,
            review_on,
            restricted_at,
        }: Restriction,
    ) -> Self {
        Self {
            reason,
            review_on: iso(review_on),
            restricted_at: Some(timestamp(restricted_at)),
        }
    }
}

impl From<Account> for pb::Account {
    fn from(account: Account) -> Self {
        let restriction = account.own_restriction().map(Into::into);
        // Named one by one, so that a new field is a compile error here and not a silent omission.
        let Account {
            id,
            username,
            name,
            role,
            team,
            active,
            password_hash,
            reset_required: _,
            last_login_at,
            restricted_at: _,
            restriction_reason: _,
            restriction_review_on: _,
            version,
            landlord_id,
            landlord_name,
            landlord_activated_on: _,
            landlord_restricted_at: _,
            landlord_restriction_reason: _,
            landlord_restriction_review_on: _,
        } = account;
        Self {
            id: id.to_string(),
            username,
            name,
            role: PbRole::from(role).into(),
            landlord_id: landlord_id.map(|it| it.to_string()).unwrap_or_default(),
            landlord_name: landlord_name.unwrap_or_default(),
            team: team.unwrap_or_default(),
            active,
            password_set: password_hash.is_some(),
            restriction,
            last_login_at: last_login_at.map(timestamp),
            version,
        }
    }
}

impl From<Landlord> for pb::Landlord {
    fn from(landlord: Landlord) -> Self {
        let restriction = landlord.restriction().map(Into::into);
        let Landlord {
            id,
            name,
            activated_on,
            code_delivery,
            restricted_at: _,
            restriction_reason: _,
            restriction_review_on: _,
            version,
            administrator_account_id,
        } = landlord;
        let code_delivery = match code_delivery {
            CodeDelivery::OwnAddress => pb::CodeDelivery::OwnAddress,
            CodeDelivery::Administrator => pb::CodeDelivery::Administrator,
        };
        Self {
            id: id.to_string(),
            name,
            activated_on: iso_opt(activated_on),
            code_delivery: code_delivery.into(),
            restriction,
            version,
            administrator_account_id: administrator_account_id.to_string(),
        }
    }
}

impl From<Recipient> for pb::Recipient {
    fn from(
        Recipient {
            account_id,
            name,
            address,
            active,
        }: Recipient,
    ) -> Self {
        Self {
            account_id: account_id.to_string(),
            name,
            address,
            active,
        }
    }
}

/// Where a person comes from. The edge always knows the address: without one nothing could be
/// limited.
fn origin(check: &mut Check, client: Option<pb::ClientInfo>) -> Origin {
    let pb::ClientInfo {
        address,
        user_agent,
    } = client.unwrap_or_default();
    if address.parse::<IpAddr>().is_err() {
        check.refuse(
            "client.address",
            "The client's network address must be an IP address",
            "NOT_AN_ADDRESS",
        );
    }
    let user_agent = user_agent
        .chars()
        .filter(|it| !it.is_control())
        .take(LONGEST_USER_AGENT)
        .collect();
    Origin {
        address,
        user_agent,
    }
}

/// An id that is the only field that can be wrong.
fn id(field: &str, value: &str) -> Result<Uuid, Status> {
    let mut check = Check::new();
    let id = check.uuid(field, value);
    check.done().map_err(status)?;
    Ok(id)
}
