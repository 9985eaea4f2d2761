//! What bears on when a case is given to an investigator (CA-9).

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Case, Sensitivity};

/// What bears on when a case is given to an investigator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Whether it waits to be given to one.
    pub waiting: bool,
    /// How sensitive it is; `None` before the first assessment.
    pub sensitivity: Option<Sensitivity>,
    /// Service complaints about its handling that were upheld, the latest first (53.1).
    pub upheld: Vec<Upheld>,
    /// That it may go ahead of others.
    pub ahead: Option<Ahead>,
    /// Other cases of the same complainant about the same landlord.
    pub related: RelatedCases,
}

/// A case of the same complainant about the same landlord as another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Its reference.
    pub reference: String,
    /// What it is about.
    pub subject: String,
    /// The date it was opened.
    pub opened_on: NaiveDate,
    /// The date it was closed; `None` while it is open.
    pub closed_on: Option<NaiveDate>,
}

/// What a case's relatives mean for its allocation (CA-9, 53.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelatedCases {
    /// Those that were closed before it was opened, or since, the latest first: their issue may be going on, or have come back.
    pub earlier: Vec<Related>,
    /// Those that are open beside it, the oldest first: several cases take more of everybody's time than one.
    pub open: Vec<Related>,
}

/// The most related cases of a kind that are shown: a person with more of them is known by then.
const MOST_RELATED: usize = 5;

impl RelatedCases {
    /// What the other cases of its complainant mean for a case that was opened on a date. A closed one that began later than it is no
    /// earlier case.
    #[must_use]
    pub fn of(opened_on: NaiveDate, others: Vec<Related>) -> Self {
        let (mut open, mut earlier): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|it| it.closed_on.is_none());
        earlier.retain(|it| it.opened_on <= opened_on);
        earlier.sort_by(|a, b| (b.closed_on, &b.reference).cmp(&(a.closed_on, &a.reference)));
        open.sort_by(|a, b| (a.opened_on, &a.reference).cmp(&(b.opened_on, &b.reference)));
        earlier.truncate(MOST_RELATED);
        open.truncate(MOST_RELATED);
        Self { earlier, open }
    }
}

/// A service complaint that was upheld, in whole or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upheld {
    /// Its reference.
    pub reference: String,
    /// The date it was upheld.
    pub upheld_on: NaiveDate,
}

/// A senior colleague's approval to move a case ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Why.
    pub reason: String,
    /// Who approved it, by name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was decided about a service complaint, as far as it concerns a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplaintDecided {
    /// The complaint.
    pub complaint_id: Uuid,
    /// Its reference.
    pub reference: String,
    /// The case that it is about, as the person wrote it; empty when it is about none.
    pub case_reference: String,
    /// The stage that was answered, 1 or 2.
    pub stage: i16,
    /// Whether it was upheld, in whole or in part.
    pub upheld: bool,
    /// The date of the response, or of the call that stood for one.
    pub decided_on: NaiveDate,
}

/// Where a page of a queue ends: rank, age and id of its last case.
pub type Place = (i16, NaiveDate, Uuid);

/// Why a case is not moved ahead, or not put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AheadError {
    /// Nobody moves their own case ahead: that would be an approval by oneself.
    #[error("a colleague who does not own the case has to approve this")]
    OwnCase,
    /// It goes ahead already.
    #[error("the case goes ahead already")]
    AlreadyAhead,
    /// There is no approval to take back.
    #[error("the case does not go ahead of others")]
    NotAhead,
    /// Nobody waits for a closed case.
    #[error("the case is closed")]
    Closed,
}

/// Whether a senior colleague may decide so about a case.
pub fn may_decide(
    case: &Case,
    is_ahead: bool,
    ahead: bool,
    senior: Option<Uuid>,
) -> Result<(), AheadError> {
    match (ahead, is_ahead) {
        (true, true) => Err(AheadError::AlreadyAhead),
        (false, false) => Err(AheadError::NotAhead),
        (true, false) if case.closed_on.is_some() => Err(AheadError::Closed),
        (true, false) if senior.is_some() && case.owner_account_id == senior => {
            Err(AheadError::OwnCase)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn related(reference: &str, opened: &str, closed: Option<&str>) -> Related {
        Related {
            reference: reference.to_owned(),
            subject: "Damp and mould".to_owned(),
            opened_on: day(opened),
            closed_on: closed.map(day),
        }
    }

    fn references(them: &[Related]) -> Vec<&str> {
        them.iter().map(|it| it.reference.as_str()).collect()
    }

    /// Recommendations 37.5 and 53.1.
    #[test]
    fn ca_9_earlier_cases_come_latest_first_and_open_ones_oldest_first() {
        let others = vec![
            related("1", "2023-01-02", Some("2023-09-01")),
            related("2", "2024-01-02", Some("2024-09-01")),
            related("3", "2025-05-02", None),
            related("4", "2025-03-02", None),
        ];

        let found = RelatedCases::of(day("2025-06-02"), others);

        assert_eq!(references(&found.earlier), ["2", "1"]);
        assert_eq!(references(&found.open), ["4", "3"]);
    }

    #[test]
    fn ca_9_a_case_that_began_later_and_is_closed_is_no_earlier_case() {
        let later = vec![related("1", "2025-06-03", Some("2025-06-20"))];
        let same_day = vec![related("2", "2025-06-02", Some("2025-06-20"))];

        let none = RelatedCases::of(day("2025-06-02"), later);
        let one = RelatedCases::of(day("2025-06-02"), same_day);

        assert_eq!(none, RelatedCases::default());
        assert_eq!(references(&one.earlier), ["2"]);
    }

    #[test]
    fn ca_9_no_more_than_five_of_a_kind_are_shown() {
        let many = (1..=9)
            .map(|it| related(&it.to_string(), "2025-01-02", None))
            .collect();

        let found = RelatedCases::of(day("2025-06-02"), many);

        assert_eq!(references(&found.open), ["1", "2", "3", "4", "5"]);
    }
}
