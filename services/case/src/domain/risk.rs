//! How sensitive a case is, and what that follows from (CA-8).

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// How serious the housing issue is. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Severity {
    /// An inconvenience.
    Minor = 1,
    /// It makes living in the home harder.
    Serious = 2,
    /// It puts health or safety in danger, or makes the home unfit to live in.
    Severe = 3,
}

/// What the issue meets with in the resident's life. The numbers are those of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Circumstances {
    /// Nothing is known that makes it weigh more.
    NoneKnown = 1,
    /// Somebody in the household is vulnerable.
    Vulnerable = 2,
    /// Somebody in the household is at risk of harm.
    AtRisk = 3,
}

/// How sensitive a case is. The numbers are those of the database, and allocation counts with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Sensitivity {
    /// It waits for its turn.
    Standard = 1,
    /// It goes ahead of standard cases.
    Sensitive = 2,
    /// It goes ahead of sensitive ones, too.
    HighlySensitive = 3,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Self; 3] = [Self::Minor, Self::Serious, Self::Severe];
}

impl Circumstances {
    /// All circumstances.
    pub const ALL: [Self; 3] = [Self::NoneKnown, Self::Vulnerable, Self::AtRisk];
}

impl Sensitivity {
    /// In words, as the end of a sentence about a case.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Sensitive => "sensitive",
            Self::HighlySensitive => "highly sensitive",
        }
    }
}

/// An issue that goes on for so many months weighs more than one that has just begun.
const LONG: Months = Months::new(6);

/// What somebody finds when a case's risk is assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiskFactors {
    /// How serious the housing issue is.
    pub severity: Severity,
    /// Since when it goes on; `None` when it is over.
    pub going_on_since: Option<NaiveDate>,
    /// What it meets with in the resident's life.
    pub circumstances: Circumstances,
    /// What is new, or was not known before; empty when nothing is. The audit says that there is something, not what.
    #[serde(skip)]
    pub new_factors: String,
}

impl RiskFactors {
    /// The sensitivity that follows: severity, duration and circumstances count nought to two each. A severe issue that meets with
    /// somebody at risk can't wait to have lasted.
    #[must_use]
    pub fn sensitivity(&self, today: NaiveDate) -> Sensitivity {
        let severity = match self.severity {
            Severity::Minor => 0,
            Severity::Serious => 1,
            Severity::Severe => 2,
        };
        let duration = match self.going_on_since {
            None => 0,
            Some(since) if since + LONG <= today => 2,
            Some(_) => 1,
        };
        let circumstances = match self.circumstances {
            Circumstances::NoneKnown => 0,
            Circumstances::Vulnerable => 1,
            Circumstances::AtRisk => 2,
        };
        match (severity + duration + circumstances, severity, circumstances) {
            (5.., ..) | (_, 2, 2) => Sensitivity::HighlySensitive,
            (3 | 4, ..) => Sensitivity::Sensitive,
            _ => Sensitivity::Standard,
        }
    }
}

/// One assessment of a case's risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// How serious the housing issue is.
    pub severity: Severity,
    /// Since when it goes on; `None` when it is over.
    pub going_on_since: Option<NaiveDate>,
    /// What it meets with in the resident's life.
    pub circumstances: Circumstances,
    /// What is new, or was not known before.
    pub new_factors: String,
    /// What follows from it.
    pub sensitivity: Sensitivity,
    /// What was known before; `None` at the first.
    pub sensitivity_before: Option<Sensitivity>,
    /// When.
    pub assessed_at: DateTime<Utc>,
    /// Who, by name.
    pub assessed_name: String,
    /// The service complaint whose review it answers, by reference.
    pub complaint_reference: Option<String>,
}

/// What a service complaint asks of a case (37.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewAsked {
    /// The complaint.
    pub complaint_id: Uuid,
    /// The complaint, by its reference.
    pub complaint_reference: String,
    /// The promise that waits for it.
    pub action_id: Uuid,
    /// The case, by the reference that the complaint has.
    pub case_reference: String,
    /// The date it was asked for.
    pub asked_on: NaiveDate,
    /// The date by which it was promised.
    pub due_on: NaiveDate,
}

/// A fresh review of a case's risk that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The case, by its reference.
    pub case_reference: String,
    /// The case's version, which an answer names.
    pub case_version: i64,
    /// The complaint that asked for it.
    pub complaint_id: Uuid,
    /// That complaint, by its reference.
    pub complaint_reference: String,
    /// The promise that waits for it.
    pub action_id: Uuid,
    /// The date it was asked for.
    pub asked_on: NaiveDate,
    /// The date by which it was promised.
    pub due_on: NaiveDate,
    /// When it was answered, or ended with its case.
    pub settled_at: Option<DateTime<Utc>>,
    /// What Customer Insight was told.
    pub told: String,
}

impl Review {
    /// Whether its date has passed without an answer.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.settled_at.is_none() && self.due_on < today
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sensitivity(
        severity: Severity,
        since: Option<&str>,
        circumstances: Circumstances,
    ) -> Sensitivity {
        RiskFactors {
            severity,
            going_on_since: since.map(day),
            circumstances,
            new_factors: String::new(),
        }
        .sensitivity(day("2025-06-10"))
    }

    #[test]
    fn ca_8_the_sensitivity_follows_from_severity_duration_and_circumstances() {
        use Circumstances::{AtRisk, NoneKnown, Vulnerable};
        use Sensitivity::{HighlySensitive, Sensitive, Standard};
        use Severity::{Minor, Serious, Severe};

        for (severity, since, circumstances, expected) in [
            (Minor, None, NoneKnown, Standard),
            (Minor, Some("2025-01-01"), NoneKnown, Standard),
            (Severe, None, NoneKnown, Standard),
            (Serious, Some("2025-06-01"), Vulnerable, Sensitive),
            (Minor, Some("2025-06-01"), AtRisk, Sensitive),
            (Severe, Some("2024-06-01"), NoneKnown, Sensitive),
            (Severe, Some("2024-06-01"), Vulnerable, HighlySensitive),
            (Serious, Some("2024-06-01"), AtRisk, HighlySensitive),
        ] {
            assert_eq!(
                sensitivity(severity, since, circumstances),
                expected,
                "{severity:?} {since:?} {circumstances:?}"
            );
        }
    }

    #[test]
    fn ca_8_an_issue_lasts_long_from_the_day_six_months_later() {
        let lasting = |since| sensitivity(Severity::Serious, Some(since), Circumstances::NoneKnown);

        assert_eq!(lasting("2024-12-11"), Sensitivity::Standard);
        assert_eq!(lasting("2024-12-10"), Sensitivity::Sensitive);
    }

    #[test]
    fn ca_8_a_severe_issue_of_somebody_at_risk_need_not_last() {
        assert_eq!(
            sensitivity(Severity::Severe, None, Circumstances::AtRisk),
            Sensitivity::HighlySensitive
        );
    }
}
