//! What is not investigated under the policy, why, and where else the person can go (2.6 to 2.9).

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::approval::Approval;
use super::policy::OLDEST_ISSUE_MONTHS;

/// A reason not to investigate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was answered before, and is to be opened again (2.6).
    ConcludedBefore,
    /// What happened is more than twelve months ago (2.6).
    TooLongAgo,
    /// The ombudsman was not commissioned to provide the service (2.6).
    NotCommissioned,
    /// Another ombudsman or regulator is responsible (2.6).
    AnotherBody,
    /// A decision about a landlord is challenged, or how its evidence was weighed (2.7).
    Decision,
    /// A court or tribunal has it, or has heard it (2.7).
    LegalProcess,
    /// How personal data are processed (2.7).
    DataProtection,
    /// What was given in answer to a request under the Data Protection Act (2.7).
    SubjectAccess,
    /// An employee's or applicant's concern (2.7).
    Employment,
    /// Procurement, finance and other corporate services (2.7).
    CorporateServices,
    /// The person's behaviour, in exceptional circumstances (2.9).
    Behaviour,
}

impl Reason {
    /// All of them, in the policy's order.
    pub const ALL: [Self; 11] = [
        Self::ConcludedBefore,
        Self::TooLongAgo,
        Self::NotCommissioned,
        Self::AnotherBody,
        Self::Decision,
        Self::LegalProcess,
        Self::DataProtection,
        Self::SubjectAccess,
        Self::Employment,
        Self::CorporateServices,
        Self::Behaviour,
    ];

    /// The policy's paragraph.
    #[must_use]
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::ConcludedBefore
            | Self::TooLongAgo
            | Self::NotCommissioned
            | Self::AnotherBody => "2.6",
            Self::Decision
            | Self::LegalProcess
            | Self::DataProtection
            | Self::SubjectAccess
            | Self::Employment
            | Self::CorporateServices => "2.7",
            Self::Behaviour => "2.9",
        }
    }

    /// Why, in words for the person (2.8).
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::ConcludedBefore => {
                "We have already answered this complaint about our service, and we do not open it again."
            }
            Self::TooLongAgo => {
                "What you told us about happened more than 12 months ago. We can look at what happened in the last 12 months."
            }
            Self::NotCommissioned => {
                "This is about something that we were not asked to do, so there is no service of ours to look at."
            }
            Self::AnotherBody => "Another ombudsman or regulator is responsible for this.",
            Self::Decision => {
                "You disagree with our decision about your landlord. We look at that as a review of the decision, not as a complaint about our service."
            }
            Self::LegalProcess => {
                "A court or tribunal is dealing with this, or has already done so. We can't look at it as well."
            }
            Self::DataProtection => {
                "This is about how we handle personal data. Our data protection team deals with that."
            }
            Self::SubjectAccess => {
                "This is about what we sent you when you asked for your personal data. Our data protection team deals with that."
            }
            Self::Employment => {
                "This is about working for us, or applying to. Our people team deals with that."
            }
            Self::CorporateServices => {
                "This is about how we buy or pay for things. Our corporate services deal with that."
            }
            Self::Behaviour => {
                "We have decided not to look into this because of how our colleagues were treated."
            }
        }
    }

    /// Where the person can go instead (2.8). `None` where it depends, and must be said each time.
    #[must_use]
    pub fn signpost(self) -> Option<&'static str> {
        match self {
            Self::AnotherBody => None,
            Self::ConcludedBefore => Some(
                "There is no further step in our procedure. Advice on other steps is given by Citizens Advice.",
            ),
            Self::TooLongAgo => Some(
                "If part of it happened in the last 12 months, tell us when, and we will look at that part.",
            ),
            Self::NotCommissioned => {
                Some("Citizens Advice can say who provides the service that you need.")
            }
            Self::Decision => Some("You can ask for a review under our reviews policy."),
            Self::LegalProcess => {
                Some("The court or tribunal, or your legal adviser, can say what happens next.")
            }
            Self::DataProtection | Self::SubjectAccess => Some(
                "Write to our data protection officer. You can also go to the Information Commissioner's Office.",
            ),
            Self::Employment => Some("Write to our people team."),
            Self::CorporateServices => Some("Write to our corporate services team."),
            Self::Behaviour => {
                Some("Our unacceptable user actions policy says how you can appeal.")
            }
        }
    }
}

/// A complaint, or an element of it, that is not investigated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The reason.
    pub reason: Reason,
    /// What the person is told besides the reason's own explanation, about this complaint.
    pub details: String,
    /// Where the person can go instead.
    pub signpost: String,
}

/// What an exclusion is decided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    /// The reason.
    pub reason: Reason,
    /// What the person is told about this complaint.
    pub details: String,
    /// Where the person can go instead; the reason's own when empty.
    pub signpost: String,
    /// When what is complained about last happened, if that is known.
    pub happened_on: Option<NaiveDate>,
}

/// Why an exclusion is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExclusionError {
    /// The person would not be told why (2.8).
    #[error("say why, so that the person can be told")]
    NoDetails,
    /// The person would not be told where else to go (2.6, 2.8).
    #[error("say who is responsible, so that the person can go there")]
    NoSignpost,
    /// The date of the issue is not known, and so not whether it is too old (2.6).
    #[error("say when it last happened")]
    NoDate,
    /// The issue is within the twelve months (2.6).
    #[error("it happened on {0}, which is within the 12 months before the complaint")]
    NotTooLongAgo(NaiveDate),
    /// Only a senior colleague excludes for behaviour (2.9).
    #[error("a senior colleague decides to exclude a complaint for behaviour")]
    NeedsApproval,
}

/// Whether an issue is older than a complaint of this day may be about (2.6). Twelve months to the day are still in time.
#[must_use]
pub fn too_long_ago(happened_on: NaiveDate, received_on: NaiveDate) -> bool {
    happened_on
        .checked_add_months(Months::new(OLDEST_ISSUE_MONTHS))
        .is_some_and(|last| last < received_on)
}

/// Decides that a complaint, or an element, is not investigated (2.6 to 2.9, 4.6).
pub fn exclude(
    grounds: Grounds,
    received_on: NaiveDate,
    approval: Option<&Approval>,
) -> Result<Exclusion, ExclusionError> {
    let Grounds {
        reason,
        details,
        signpost,
        happened_on,
    } = grounds;
    if details.trim().is_empty() {
        return Err(ExclusionError::NoDetails);
    }
    match (reason, happened_on) {
        (Reason::TooLongAgo, None) => return Err(ExclusionError::NoDate),
        (Reason::TooLongAgo, Some(day)) if !too_long_ago(day, received_on) => {
            return Err(ExclusionError::NotTooLongAgo(day));
        }
        (Reason::Behaviour, _) if approval.is_none() => return Err(ExclusionError::NeedsApproval),
        _ => {}
    }
    let signpost = if signpost.trim().is_empty() {
        reason
            .signpost()
            .ok_or(ExclusionError::NoSignpost)?
            .to_owned()
    } else {
        signpost
    };
    Ok(Exclusion {
        reason,
        details,
        signpost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn grounds(reason: Reason) -> Grounds {
        Grounds {
            reason,
            details: "The call was in 2023.".to_owned(),
            signpost: String::new(),
            happened_on: None,
        }
    }

    #[test]
    fn sc_3_every_reason_has_its_own_words_and_all_but_one_a_signpost() {
        let mut explanations: Vec<_> = Reason::ALL.iter().map(|it| it.explanation()).collect();
        explanations.sort_unstable();
        explanations.dedup();

        assert_eq!(explanations.len(), Reason::ALL.len());
        let without: Vec<_> = Reason::ALL
            .into_iter()
            .filter(|it| it.signpost().is_none())
            .collect();
        assert_eq!(without, [Reason::AnotherBody]);
    }

    #[test]
    fn sc_3_2_6_twelve_months_to_the_day_are_in_time() {
        assert!(!too_long_ago(day("2024-06-09"), day("2025-06-09")));
        assert!(too_long_ago(day("2024-06-08"), day("2025-06-09")));
        assert!(!too_long_ago(day("2024-02-29"), day("2025-02-28")));
    }

    #[test]
    fn sc_3_2_6_an_issue_is_not_too_old_without_a_date_or_within_the_twelve_months() {
        let on = day("2025-06-09");
        let dated = |happened| Grounds {
            happened_on: Some(day(happened)),
            ..grounds(Reason::TooLongAgo)
        };

        assert_eq!(
            exclude(grounds(Reason::TooLongAgo), on, None),
            Err(ExclusionError::NoDate)
        );
        assert_eq!(
            exclude(dated("2025-01-02"), on, None),
            Err(ExclusionError::NotTooLongAgo(day("2025-01-02")))
        );
        assert!(exclude(dated("2023-01-02"), on, None).is_ok());
    }

    #[test]
    fn sc_3_2_9_behaviour_needs_a_senior_colleague() {
        let refused = exclude(grounds(Reason::Behaviour), day("2025-06-09"), None);

        assert_eq!(refused, Err(ExclusionError::NeedsApproval));
    }

    #[test]
    fn sc_3_2_6_another_body_is_named() {
        let on = day("2025-06-09");
        let named = Grounds {
            signpost: "The Local Government and Social Care Ombudsman".to_owned(),
            ..grounds(Reason::AnotherBody)
        };

        assert_eq!(
            exclude(grounds(Reason::AnotherBody), on, None),
            Err(ExclusionError::NoSignpost)
        );
        assert!(exclude(named, on, None).is_ok());
    }

    #[test]
    fn sc_3_2_8_nothing_is_excluded_without_an_explanation() {
        let silent = Grounds {
            details: " ".to_owned(),
            ..grounds(Reason::Decision)
        };

        assert_eq!(
            exclude(silent, day("2025-06-09"), None),
            Err(ExclusionError::NoDetails)
        );
    }
}
