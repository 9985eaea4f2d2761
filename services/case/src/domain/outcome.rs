//! How a case can end, and who may know it when (CA-7).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Status, Team};

/// How a case can end. The numbers are those of the database.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Finding {
    /// The landlord failed badly, with serious detriment to the resident.
    SevereMaladministration = 1,
    /// The landlord failed, to the resident's detriment.
    Maladministration = 2,
    /// The landlord failed in a smaller way.
    ServiceFailure = 3,
    /// The landlord failed, and put it right by itself.
    ReasonableRedress = 4,
    /// The landlord did not fail.
    NoMaladministration = 5,
    /// The parties settled it with the ombudsman's help.
    Resolved = 6,
    /// The ombudsman may not consider it.
    OutsideJurisdiction = 7,
    /// The resident withdrew it.
    Withdrawn = 8,
}

/// What was decided on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The finding.
    #[serde(deserialize_with = "by_number")]
    pub finding: Finding,
    /// The decision in a few sentences.
    pub summary: String,
    /// The date of the decision.
    pub decided_on: NaiveDate,
    /// Whether the landlord sees it.
    pub told: bool,
}

/// A determination on a case that was not investigated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case that was not investigated can't be determined")]
pub struct NotInvestigated;

impl Finding {
    /// Every finding.
    pub const ALL: [Self; 8] = [
        Self::SevereMaladministration,
        Self::Maladministration,
        Self::ServiceFailure,
        Self::ReasonableRedress,
        Self::NoMaladministration,
        Self::Resolved,
        Self::OutsideJurisdiction,
        Self::Withdrawn,
    ];

    /// Whether it is a determination, which only an investigation comes to. The other endings are possible at any stage.
    #[must_use]
    pub const fn is_determination(self) -> bool {
        match self {
            Self::SevereMaladministration
            | Self::Maladministration
            | Self::ServiceFailure
            | Self::ReasonableRedress
            | Self::NoMaladministration => true,
            Self::Resolved | Self::OutsideJurisdiction | Self::Withdrawn => false,
        }
    }

    /// Whether a case that stands there, with that team, can end so.
    pub fn fits(self, status: Status, team: Team) -> Result<(), NotInvestigated> {
        let investigated = match status {
            Status::UnderInvestigation
            | Status::Determined
            | Status::AwaitingLandlordAction
            | Status::Review => true,
            // Nobody's stage: the team that has the case tells how far it had come.
            Status::FailureOrderIssued | Status::Closed => {
                matches!(team, Team::DisputeResolution | Team::Review)
            }
            Status::InitialAssessment
            | Status::InternalProcedure
            | Status::ReferralAssessment
            | Status::EvidenceGathering
            | Status::AwaitingInvestigation => false,
        };
        if self.is_determination() && !investigated {
            return Err(NotInvestigated);
        }
        Ok(())
    }
}

/// What does not hold together in the date of a decision: why, and a stable word.
#[must_use]
pub fn wrong_decision_date(
    decided_on: NaiveDate,
    opened_on: NaiveDate,
    today: NaiveDate,
) -> Option<(&'static str, &'static str)> {
    if decided_on > today {
        return Some((
            "The date of the decision must not be in the future",
            "IN_THE_FUTURE",
        ));
    }
    (decided_on < opened_on).then_some((
        "A case can't be decided before it was opened",
        "BEFORE_OPENING",
    ))
}

/// The database says a finding by its number.
fn by_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Finding, D::Error> {
    let number = i16::deserialize(deserializer)?;
    Finding::ALL
        .into_iter()
        .find(|it| *it as i16 == number)
        .ok_or_else(|| serde::de::Error::custom("there is no such finding"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_7_only_an_investigation_comes_to_a_determination() {
        let finding = Finding::Maladministration;
        let with = Team::DisputeResolution;

        assert_eq!(finding.fits(Status::UnderInvestigation, with), Ok(()));
        assert_eq!(finding.fits(Status::Review, Team::Review), Ok(()));
        assert_eq!(finding.fits(Status::Closed, with), Ok(()));
        assert_eq!(
            finding.fits(Status::Closed, Team::Triage),
            Err(NotInvestigated)
        );
        assert_eq!(
            finding.fits(Status::AwaitingInvestigation, with),
            Err(NotInvestigated)
        );
    }

    #[test]
    fn ca_7_a_case_can_be_withdrawn_settled_or_declined_at_any_stage() {
        for status in Status::ALL {
            for finding in [
                Finding::Withdrawn,
                Finding::Resolved,
                Finding::OutsideJurisdiction,
            ] {
                assert_eq!(finding.fits(status, Team::DisputeSupport), Ok(()));
            }
        }
    }

    #[test]
    fn ca_7_a_decision_lies_between_the_opening_and_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let wrong = |on| wrong_decision_date(day(on), day("2025-01-02"), day("2025-06-02"));

        assert_eq!(wrong("2025-01-02"), None);
        assert_eq!(wrong("2025-06-02"), None);
        assert_eq!(wrong("2025-01-01").unwrap().1, "BEFORE_OPENING");
        assert_eq!(wrong("2025-06-03").unwrap().1, "IN_THE_FUTURE");
    }
}
