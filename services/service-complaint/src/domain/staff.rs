//! Members of staff, and what they can be given.

use proto::access::v1::Role;
use uuid::Uuid;

/// A member of staff, as identity announced it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account_id: Uuid,
    /// The name that is shown.
    pub name: String,
    /// What the person is to the portal.
    pub role: Role,
    /// Whether the person can be given work.
    pub active: bool,
}

impl Member {
    /// Whether the person can be given a complaint: Customer Insight investigates, independent of casework (1.8).
    #[must_use]
    pub fn can_handle(&self) -> bool {
        self.active && is_of_insight(self.role)
    }

    /// Whether the person can be accountable for an action (4.29). The independent reviewer reads, and does nothing of the ombudsman's.
    #[must_use]
    pub fn can_be_accountable(&self) -> bool {
        self.active && self.role != Role::IndependentReviewer
    }

    /// The account and the name.
    #[must_use]
    pub fn named(self) -> (Uuid, String) {
        (self.account_id, self.name)
    }
}

/// Whether a role is one of Customer Insight, whose colleagues work on complaints.
#[must_use]
pub fn is_of_insight(role: Role) -> bool {
    matches!(
        role,
        Role::ComplaintsInvestigator | Role::CustomerInsightManager
    )
}

/// The roles that read whole complaints. Whoever has another hears of an action with what is to be done and its case, and of nothing else (1.8).
pub const READS_COMPLAINTS: [Role; 4] = [
    Role::ComplaintsInvestigator,
    Role::CustomerInsightManager,
    Role::SeniorColleague,
    Role::IndependentReviewer,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role, active: bool) -> Member {
        Member {
            account_id: kit::id(),
            name: "Ines Vestey".to_owned(),
            role,
            active,
        }
    }

    #[test]
    fn sc_8_1_8_customer_insight_alone_handles_complaints_while_active() {
        let handles = [Role::ComplaintsInvestigator, Role::CustomerInsightManager];
        for role in [
            Role::Caseworker,
            Role::ComplaintsInvestigator,
            Role::CustomerInsightManager,
            Role::SeniorColleague,
            Role::SystemAdministrator,
            Role::IndependentReviewer,
            Role::Unspecified,
        ] {
            assert_eq!(member(role, true).can_handle(), handles.contains(&role));
            assert!(!member(role, false).can_handle());
        }
    }

    #[test]
    fn sc_10_4_29_any_active_colleague_but_the_reviewer_is_accountable() {
        assert!(member(Role::Caseworker, true).can_be_accountable());
        assert!(member(Role::SystemAdministrator, true).can_be_accountable());
        assert!(!member(Role::Caseworker, false).can_be_accountable());
        assert!(!member(Role::IndependentReviewer, true).can_be_accountable());
    }
}
