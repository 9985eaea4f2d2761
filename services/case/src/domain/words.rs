//! The words of statuses, teams and kinds of case: data, so that they can be improved without a release.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CaseType, Finding, Status, Team};

/// The words that are shipped.
const SHIPPED: &str = include_str!("../../data/workflow.json");

/// What a status is called and what it means (CA-2).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusWords {
    /// In words.
    pub label: String,
    /// What it means, in a sentence or two.
    pub explanation: String,
}

/// What a team is called and what it does (CA-3).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamWords {
    /// Its name.
    pub label: String,
    /// What it does.
    pub role: String,
}

/// What a kind of case is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseTypeWords {
    /// In words.
    pub label: String,
}

/// What a finding is called and what it means (CA-7).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingWords {
    /// In words.
    pub label: String,
    /// What it means, in a sentence or two.
    pub explanation: String,
}

/// Why words can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// The text is not JSON, or not of this form.
    #[error("the words are not in the form of data/workflow.json")]
    Format(#[from] serde_json::Error),
    /// Something has no words.
    #[error("{0} has no words")]
    Missing(String),
}

/// The words of everything that has some: none is ever missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    statuses: BTreeMap<Status, StatusWords>,
    teams: BTreeMap<Team, TeamWords>,
    case_types: BTreeMap<CaseType, CaseTypeWords>,
    findings: BTreeMap<Finding, FindingWords>,
}

impl Words {
    /// Reads words in the form of `data/workflow.json`.
    pub fn from_json(json: &str) -> Result<Self, WordsError> {
        let words: Self = serde_json::from_str(json)?;
        all(&Status::ALL, &words.statuses)?;
        all(&Team::ALL, &words.teams)?;
        all(&CaseType::ALL, &words.case_types)?;
        all(&Finding::ALL, &words.findings)?;
        Ok(words)
    }

    /// The words that are shipped.
    #[must_use]
    pub fn shipped() -> Self {
        Self::from_json(SHIPPED).expect("the shipped words are whole, as a test shows")
    }

    /// The words of a status.
    #[must_use]
    pub fn status(&self, status: Status) -> &StatusWords {
        &self.statuses[&status]
    }

    /// The words of a team.
    #[must_use]
    pub fn team(&self, team: Team) -> &TeamWords {
        &self.teams[&team]
    }

    /// The words of a kind of case.
    #[must_use]
    pub fn case_type(&self, case_type: CaseType) -> &CaseTypeWords {
        &self.case_types[&case_type]
    }

    /// The words of a finding.
    #[must_use]
    pub fn finding(&self, finding: Finding) -> &FindingWords {
        &self.findings[&finding]
    }
}

fn all<K: Ord + std::fmt::Debug, V>(
    needed: &[K],
    words: &BTreeMap<K, V>,
) -> Result<(), WordsError> {
    match needed.iter().find(|it| !words.contains_key(it)) {
        Some(missing) => Err(WordsError::Missing(format!("{missing:?}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_2_every_status_has_the_guides_label_and_an_explanation() {
        let words = Words::shipped();

        let labels = Status::ALL.map(|it| words.status(it).label.clone());
        assert_eq!(
            labels,
            [
                "Case under initial assessment",
                "Within landlord's internal complaints procedure",
                "Referral assessment",
                "Evidence gathering",
                "Awaiting investigation",
                "Under investigation",
                "Determined",
                "Determined – awaiting landlord action",
                "Review – case outcome",
                "Complaint Handling Failure Order issued",
                "Case closed",
            ]
        );
        assert!(
            Status::ALL
                .iter()
                .all(|it| words.status(*it).explanation.ends_with('.'))
        );
    }

    #[test]
    fn words_that_leave_something_out_are_refused_by_its_name() {
        let mut json: serde_json::Value = serde_json::from_str(SHIPPED).unwrap();
        json["teams"].as_object_mut().unwrap().remove("TRIAGE");

        let refused = Words::from_json(&json.to_string()).unwrap_err();

        assert_eq!(refused.to_string(), "Triage has no words");
    }

    #[test]
    fn words_of_something_unknown_are_refused() {
        let mut json: serde_json::Value = serde_json::from_str(SHIPPED).unwrap();
        json["teams"]["MEDIATION"] =
            serde_json::json!({ "label": "Mediation", "role": "Mediates." });

        assert!(matches!(
            Words::from_json(&json.to_string()),
            Err(WordsError::Format(_))
        ));
    }
}
