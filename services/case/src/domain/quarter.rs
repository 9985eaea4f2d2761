//! The quarters of calendar years, for which timeframes are reviewed (CA-11).

use chrono::{Days, Months, NaiveDate};

/// A quarter of a calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

impl Quarter {
    /// Reads a quarter that is written as `2026-Q3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || number.len() != 1 || !digits(year) {
            return None;
        }
        let number: u32 = number.parse().ok().filter(|it| (1..=4).contains(it))?;
        let from = NaiveDate::from_ymd_opt(year.parse().ok()?, number * 3 - 2, 1)?;
        let to = from
            .checked_add_months(Months::new(3))?
            .checked_sub_days(Days::new(1))?;
        Some(Self { from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_11_a_quarter_has_three_months() {
        let days = |text| {
            let Quarter { from, to } = Quarter::parse(text).unwrap();
            (from.to_string(), to.to_string())
        };

        assert_eq!(days("2024-Q1"), ("2024-01-01".into(), "2024-03-31".into()));
        assert_eq!(days("2026-Q3"), ("2026-07-01".into(), "2026-09-30".into()));
        assert_eq!(days("2026-Q4"), ("2026-10-01".into(), "2026-12-31".into()));
    }

    #[test]
    fn ca_11_what_is_no_quarter_is_refused() {
        for wrong in [
            "", "2026", "2026-Q0", "2026-Q5", "2026-Q03", "26-Q1", "-026-Q1", "+026-Q1", "2026-q1",
        ] {
            assert_eq!(Quarter::parse(wrong), None, "{wrong}");
        }
    }
}
