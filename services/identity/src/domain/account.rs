//! Landlords and the accounts of people.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// How many sub-accounts of one landlord may be active at once (ID-9).
pub const MOST_SUB_ACCOUNTS: i64 = 3;

/// What a person may do (ID-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// The one administrator of a landlord.
    LandlordAdministrator,
    /// One of a landlord's other people.
    LandlordSubAccount,
    /// A caseworker of a team.
    Caseworker,
    /// A service complaints investigator.
    ComplaintsInvestigator,
    /// The manager of Customer Insight.
    CustomerInsightManager,
    /// A senior colleague, who approves.
    SeniorColleague,
    /// A system administrator.
    SystemAdministrator,
    /// The independent reviewer.
    IndependentReviewer,
}

impl Role {
    /// Whether the person works for the ombudsman.
    #[must_use]
    pub fn is_staff(self) -> bool {
        !matches!(self, Self::LandlordAdministrator | Self::LandlordSubAccount)
    }
}

/// Where the codes of a landlord's sub-accounts go (ID-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum CodeDelivery {
    /// To the sub-account's own address.
    OwnAddress,
    /// To the administrator's address.
    Administrator,
}

/// A limit on access because of unacceptable behaviour (ID-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Why, in words that the holder is shown.
    pub reason: String,
    /// The date on which it is reviewed.
    pub review_on: NaiveDate,
    /// When it began.
    pub restricted_at: DateTime<Utc>,
}

impl Restriction {
    fn from_columns(
        restricted_at: Option<DateTime<Utc>>,
        reason: Option<&String>,
        review_on: Option<NaiveDate>,
    ) -> Option<Self> {
        Some(Self {
            reason: reason?.clone(),
            review_on: review_on?,
            restricted_at: restricted_at?,
        })
    }
}

/// A member landlord.
#[derive(Clone, Debug)]
pub struct Landlord {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The date its portal was activated.
    pub activated_on: Option<NaiveDate>,
    /// Where its sub-accounts' codes go.
    pub code_delivery: CodeDelivery,
    /// When it was restricted.
    pub restricted_at: Option<DateTime<Utc>>,
    /// Why.
    pub restriction_reason: Option<String>,
    /// When that is reviewed.
    pub restriction_review_on: Option<NaiveDate>,
    /// Changes with every edit.
    pub version: i64,
    /// Its administrator's account.
    pub administrator_account_id: Uuid,
}

impl Landlord {
    /// The restriction in force.
    #[must_use]
    pub fn restriction(&self) -> Option<Restriction> {
        Restriction::from_columns(
            self.restricted_at,
            self.restriction_reason.as_ref(),
            self.restriction_review_on,
        )
    }
}

/// A person who can log in, with what is needed to know of the landlord.
#[derive(Clone)]
pub struct Account {
    /// The account's id.
    pub id: Uuid,
    /// The email address, which is the username.
    pub username: String,
    /// The holder's name.
    pub name: String,
    /// What the holder may do.
    pub role: Role,
    /// A caseworker's team, such as `TEAM_TRIAGE`.
    pub team: Option<String>,
    /// Whether the account can log in.
    pub active: bool,
    /// The password's hash; `None` until one was set.
    pub password_hash: Option<String>,
    /// Whether the password must be reset by a link before it is good for anything.
    pub reset_required: bool,
    /// When the holder last logged in.
    pub last_login_at: Option<DateTime<Utc>>,
    /// When the account was restricted.
    pub restricted_at: Option<DateTime<Utc>>,
    /// Why.
    pub restriction_reason: Option<String>,
    /// When that is reviewed.
    pub restriction_review_on: Option<NaiveDate>,
    /// Changes with every edit.
    pub version: i64,
    /// The landlord the holder works for; `None` for staff.
    pub landlord_id: Option<Uuid>,
    /// Its name.
    pub landlord_name: Option<String>,
    /// The date its portal was activated.
    pub landlord_activated_on: Option<NaiveDate>,
    /// When the whole landlord was restricted.
    pub landlord_restricted_at: Option<DateTime<Utc>>,
    /// Why.
    pub landlord_restriction_reason: Option<String>,
    /// When that is reviewed.
    pub landlord_restriction_review_on: Option<NaiveDate>,
}

impl Account {
    /// The restriction on the account itself.
    #[must_use]
    pub fn own_restriction(&self) -> Option<Restriction> {
        Restriction::from_columns(
            self.restricted_at,
            self.restriction_reason.as_ref(),
            self.restriction_review_on,
        )
    }

    /// The restriction that the holder is under, be it the account's or the landlord's.
    #[must_use]
    pub fn restriction(&self) -> Option<Restriction> {
        self.own_restriction().or_else(|| {
            Restriction::from_columns(
                self.landlord_restricted_at,
                self.landlord_restriction_reason.as_ref(),
                self.landlord_restriction_review_on,
            )
        })
    }

    /// The hash that a password may be compared with; `None` when no password may open the account
    /// now.
    #[must_use]
    pub fn usable_hash(&self) -> Option<&str> {
        self.password_hash
            .as_deref()
            .filter(|_| self.active && !self.reset_required)
    }

    /// Words that the holder's password may not be made of (ID-7).
    #[must_use]
    pub fn own_words(&self) -> Vec<&str> {
        let landlord = self.landlord_name.as_deref().unwrap_or_default();
        vec![&self.username, &self.name, landlord]
    }
}

// A derived `Debug` would print the hash wherever an account is printed.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// An address with most of it hidden: enough for its owner to recognise, too little to learn it
/// from.
#[must_use]
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    // A short name would be given away by two letters of it.
    let shown = if local.chars().count() > 4 { 2 } else { 1 };
    let shown: String = local.chars().take(shown).collect();
    format!("{shown}•••@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_but_for_its_beginning_and_its_domain() {
        assert_eq!(
            masked("dani.rawling@landlord.example"),
            "da•••@landlord.example"
        );
        assert_eq!(masked("dan@landlord.example"), "d•••@landlord.example");
    }
}
