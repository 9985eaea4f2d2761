//! The report of a period: which figures it has, what each counts, and the share that the reviewer publishes (7.1).

mod catalogue;
mod delivery;
mod recount;

use chrono::{Datelike as _, Days, Months, NaiveDate};

pub use catalogue::{Definition, Measure, catalogue};
pub use delivery::request;
pub use recount::{Difference, Lessons, Row, compare, recount};

/// The most months that a report is about.
pub const MOST_MONTHS: u32 = 36;

/// A period, with its first and last date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Period {
    /// The first date.
    pub first: NaiveDate,
    /// The last date.
    pub last: NaiveDate,
}

/// Why there is no report of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It ends before it begins.
    #[error("the last date is before the first")]
    Backwards,
    /// It is too long.
    #[error("a report is about {MOST_MONTHS} months at the most")]
    TooLong,
}

impl Period {
    /// From a date until another, both within it.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, PeriodError> {
        if last < first {
            return Err(PeriodError::Backwards);
        }
        let end = first.checked_add_months(Months::new(MOST_MONTHS));
        if end.is_none_or(|end| last >= end) {
            return Err(PeriodError::TooLong);
        }
        Ok(Self { first, last })
    }

    /// Whether a date is within it.
    #[must_use]
    pub fn has(self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// The first dates of its months, of which the first and the last may be within it in part.
    pub fn months(self) -> impl Iterator<Item = NaiveDate> {
        let begins = first_of_month(self.first);
        (0..)
            .map_while(move |more| begins.checked_add_months(Months::new(more)))
            .take_while(move |month| *month <= self.last)
    }

    /// Whether it begins with a month and ends with one.
    #[must_use]
    pub fn is_whole_months(self) -> bool {
        let next = self.last.checked_add_days(Days::new(1));
        self.first.day() == 1 && next.is_some_and(|it| it.day() == 1)
    }
}

/// The first date of a date's month.
#[must_use]
pub fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).expect("every month has a first day")
}

/// A share in tenths of a per cent, to the nearest: 863 of 10,511 are 82, which is 8.2 per cent. There is none of nothing.
#[must_use]
pub fn tenths_of_percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 2_000 + whole) / (whole * 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn sc_14_the_published_share_is_8_2_per_cent() {
        assert_eq!(tenths_of_percent(863, 10_511), Some(82));
        assert_eq!(tenths_of_percent(1, 2_000), Some(1));
        assert_eq!(tenths_of_percent(1, 2_001), Some(0));
        assert_eq!(tenths_of_percent(0, 0), None);
    }

    #[test]
    fn sc_14_a_period_is_in_order_and_of_up_to_three_years() {
        let period = Period::new(day("2024-10-01"), day("2025-03-31")).unwrap();
        assert_eq!(period.months().count(), 6);
        assert!(period.is_whole_months());
        assert!(period.has(day("2025-03-31")) && !period.has(day("2025-04-01")));

        let backwards = Period::new(day("2025-03-31"), day("2024-10-01"));
        assert_eq!(backwards, Err(PeriodError::Backwards));
        assert!(Period::new(day("2022-01-01"), day("2024-12-31")).is_ok());
        let long = Period::new(day("2022-01-01"), day("2025-01-01"));
        assert_eq!(long, Err(PeriodError::TooLong));
    }

    #[test]
    fn a_month_that_is_cut_short_is_no_whole_month() {
        let ends_early = Period::new(day("2024-10-01"), day("2025-03-30")).unwrap();
        let begins_late = Period::new(day("2024-10-02"), day("2025-03-31")).unwrap();

        assert!(!ends_early.is_whole_months());
        assert!(!begins_late.is_whole_months());
        assert_eq!(begins_late.months().next(), Some(day("2024-10-01")));
    }
}
