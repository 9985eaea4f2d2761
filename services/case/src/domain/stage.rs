//! What is expected of the stage at which a case stands (CA-10).

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Status;

/// The expected timeframe of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeframe {
    /// The stage.
    pub status: Status,
    /// In working days; `None` when none is expected.
    pub working_days: Option<i32>,
    /// When that was set, and by whom; `None` when it never was.
    pub set: Option<(DateTime<Utc>, String)>,
}

/// The longest timeframe that can be set, in working days: two years. Whoever plans further plans nothing that a person can be told.
pub const LONGEST: i32 = 500;

/// The stage at which a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The date on which the case came to it, or was added to the portal.
    pub began_on: NaiveDate,
    /// The dates that people were told, the latest first.
    pub told: Vec<Expectation>,
}

/// A date that people were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// By when the stage would be finished.
    pub expected_on: NaiveDate,
    /// When they were told.
    pub told_on: NaiveDate,
}

/// The date by which a stage is expected to be finished that a case comes to on a day: within the timeframe, of which that day is day zero.
/// Where bank holidays are not known yet nobody can be told a date; a case moves on all the same.
#[must_use]
pub fn expected_on(
    began_on: NaiveDate,
    working_days: Option<i32>,
    calendar: &Calendar,
) -> Option<NaiveDate> {
    let days = u32::try_from(working_days?).ok()?;
    calendar.add_working_days(began_on, days).ok()
}

impl Stage {
    /// What people were told last.
    #[must_use]
    pub fn expectation(&self) -> Option<Expectation> {
        self.told.first().copied()
    }

    /// Whether the date that people were told last has passed.
    #[must_use]
    pub fn has_passed(&self, today: NaiveDate) -> bool {
        self.expectation().is_some_and(|it| it.expected_on < today)
    }

    /// What is expected of it, for both sides to read.
    #[must_use]
    pub fn in_words(&self, today: NaiveDate) -> String {
        let Some(Expectation { expected_on, .. }) = self.expectation() else {
            return "There is no expected timeframe for this stage.".to_owned();
        };
        let date = expected_on.format("%-d %B %Y");
        if self.has_passed(today) {
            format!(
                "We expected to finish this stage by {date}. That date has passed, and this stage is not finished yet."
            )
        } else {
            format!("We expect to finish this stage by {date}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn a_stage(told: &[&str]) -> Stage {
        let told = told.iter().map(|it| Expectation {
            expected_on: day(it),
            told_on: day("2026-10-01"),
        });
        Stage {
            id: Uuid::nil(),
            case_id: Uuid::nil(),
            began_on: day("2026-10-01"),
            told: told.collect(),
        }
    }

    #[test]
    fn ca_10_the_day_on_which_a_case_comes_to_a_stage_is_day_zero() {
        let calendar = Calendar::england_and_wales();
        let expected = |began_on, days| expected_on(day(began_on), days, &calendar);

        assert_eq!(expected("2025-06-06", Some(1)), Some(day("2025-06-09")));
        assert_eq!(expected("2025-06-07", Some(1)), Some(day("2025-06-09")));
        // Two bank holidays at Christmas and one at New Year.
        assert_eq!(expected("2025-12-24", Some(3)), Some(day("2025-12-31")));
        assert_eq!(expected("2025-12-24", Some(4)), Some(day("2026-01-02")));
        // The clocks go forward on 30 March 2025.
        assert_eq!(expected("2025-03-28", Some(1)), Some(day("2025-03-31")));
    }

    #[test]
    fn ca_10_without_a_timeframe_or_its_bank_holidays_nothing_is_expected() {
        let calendar = Calendar::england_and_wales();

        assert_eq!(expected_on(day("2025-06-06"), None, &calendar), None);
        assert_eq!(expected_on(day("2028-12-20"), Some(10), &calendar), None);
        assert_eq!(
            a_stage(&[]).in_words(day("2026-10-01")),
            "There is no expected timeframe for this stage."
        );
        assert!(!a_stage(&[]).has_passed(NaiveDate::MAX));
    }

    #[test]
    fn ca_10_a_date_has_passed_the_day_after_and_the_words_say_so() {
        let stage = a_stage(&["2027-03-03", "2026-12-01"]);

        assert_eq!(
            stage.in_words(day("2027-03-03")),
            "We expect to finish this stage by 3 March 2027."
        );
        assert_eq!(
            stage.in_words(day("2027-03-04")),
            "We expected to finish this stage by 3 March 2027. That date has passed, and this stage is not finished yet."
        );
    }
}
