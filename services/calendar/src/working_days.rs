//! Counts working days: Monday to Friday, less the bank holidays of England and Wales.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::bank_holidays::{self, BankHolidaysError};

/// The list that the crate ships: every bank holiday that GOV.UK has published for 2019 to 2028
/// (Open Government Licence v3.0).
const SHIPPED: &str = include_str!("../data/bank-holidays.json");

/// A date of a year whose bank holidays are not known.
///
/// Nothing is ever guessed about such a date: the remedy is a newer list of bank holidays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{date} is outside the years whose bank holidays are known ({first_year} to {last_year})")]
pub struct NotCovered {
    /// The date that was asked about or arrived at.
    pub date: NaiveDate,
    /// The first year that is known.
    pub first_year: i32,
    /// The last year that is known.
    pub last_year: i32,
}

/// Names the content of a calendar: its first and last year and a fingerprint of its bank holidays, such as
/// `2019-2028-611559f17ce8f113`. Equal lists have equal versions, on any machine and in any release.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CalendarVersion(String);

impl CalendarVersion {
    fn of(first_year: i32, last_year: i32, bank_holidays: &BTreeSet<NaiveDate>) -> Self {
        // FNV-1a: the version is stored with every deadline, and std's hasher may change with the compiler.
        let fingerprint = bank_holidays
            .iter()
            .flat_map(|date| date.to_string().into_bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(format!("{first_year}-{last_year}-{fingerprint:016x}"))
    }

    /// The version as text, for a column or a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CalendarVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The working days of England and Wales, for the years whose bank holidays are known.
///
/// All dates are dates in London. Every method refuses a date of any other year with [`NotCovered`], whether it was
/// handed in or arrived at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    bank_holidays: BTreeSet<NaiveDate>,
    first_year: i32,
    last_year: i32,
    version: CalendarVersion,
}

impl Calendar {
    /// Reads the calendar from the text of a `bank-holidays.json` as GOV.UK publishes it.
    ///
    /// ```
    /// let refused = calendar::Calendar::from_json(r#"{"scotland": {}}"#).unwrap_err();
    ///
    /// assert_eq!(refused.to_string(), "the bank holidays have no division england-and-wales");
    /// ```
    pub fn from_json(json: &str) -> Result<Self, BankHolidaysError> {
        let bank_holidays = bank_holidays::read(json)?;
        let (Some(first), Some(last)) = (bank_holidays.first(), bank_holidays.last()) else {
            return Err(BankHolidaysError::NoEvents);
        };
        let (first_year, last_year) = (first.year(), last.year());
        let version = CalendarVersion::of(first_year, last_year, &bank_holidays);
        Ok(Self {
            bank_holidays,
            first_year,
            last_year,
            version,
        })
    }

    /// The calendar that is shipped, for 2019 to 2028.
    #[must_use]
    pub fn england_and_wales() -> Self {
        Self::from_json(SHIPPED).expect("the shipped list is whole, as a test shows")
    }

    /// Names this calendar's content.
    #[must_use]
    pub fn version(&self) -> &CalendarVersion {
        &self.version
    }

    /// Whether the bank holidays of the date's year are known.
    #[must_use]
    pub fn covers(&self, date: NaiveDate) -> bool {
        (self.first_year..=self.last_year).contains(&date.year())
    }

    /// Whether the date is a working day.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// let calendar = calendar::Calendar::england_and_wales();
    /// let funeral = NaiveDate::from_ymd_opt(2022, 9, 19).unwrap();
    ///
    /// assert_eq!(calendar.is_working_day(funeral), Ok(false));
    /// ```
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, NotCovered> {
        Ok(self.works(self.covered(date)?))
    }

    /// The last day on which something is "within `days` working days of `start`".
    ///
    /// `start` is day zero whether or not it is a working day, and day one is the next working day. With no days to
    /// add, that is `start` itself.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// let calendar = calendar::Calendar::england_and_wales();
    /// let saturday = NaiveDate::from_ymd_opt(2025, 6, 7).unwrap();
    /// let friday = NaiveDate::from_ymd_opt(2025, 6, 13).unwrap();
    ///
    /// assert_eq!(calendar.add_working_days(saturday, 5), Ok(friday));
    /// ```
    pub fn add_working_days(&self, start: NaiveDate, days: u32) -> Result<NaiveDate, NotCovered> {
        let mut day = self.covered(start)?;
        let mut left = days;
        while left > 0 {
            day = self.days_after(day, 1)?;
            if self.works(day) {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// How many working days are left on `from` until `to`: those after `from`, up to and with `to`.
    ///
    /// It is 0 on `to` itself and ever after, and the reverse of [`add_working_days`](Self::add_working_days).
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// let calendar = calendar::Calendar::england_and_wales();
    /// let maundy_thursday = NaiveDate::from_ymd_opt(2025, 4, 17).unwrap();
    /// let wednesday_after = NaiveDate::from_ymd_opt(2025, 4, 23).unwrap();
    ///
    /// assert_eq!(calendar.working_days_until(maundy_thursday, wednesday_after), Ok(2));
    /// ```
    pub fn working_days_until(&self, from: NaiveDate, to: NaiveDate) -> Result<u32, NotCovered> {
        let (from, to) = (self.covered(from)?, self.covered(to)?);
        Ok(from
            .iter_days()
            .skip(1)
            .take_while(|day| *day <= to)
            .map(|day| u32::from(self.works(day)))
            .sum())
    }

    /// The latest date after which so many working days have begun, `today` being the last of them: whatever was due by then is at least that
    /// late today.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// let calendar = calendar::Calendar::england_and_wales();
    /// let tuesday = NaiveDate::from_ymd_opt(2025, 6, 17).unwrap();
    /// let friday_before = NaiveDate::from_ymd_opt(2025, 6, 13).unwrap();
    ///
    /// // The weekend counts for nothing: Monday was the first working day after Friday, and Tuesday is the second.
    /// assert_eq!(calendar.working_days_ago(tuesday, 2), Ok(NaiveDate::from_ymd_opt(2025, 6, 15).unwrap()));
    /// assert_eq!(calendar.working_days_until(friday_before, tuesday), Ok(2));
    /// ```
    pub fn working_days_ago(&self, today: NaiveDate, days: u32) -> Result<NaiveDate, NotCovered> {
        let mut date = today;
        let mut left = days;
        while left > 0 {
            if self.is_working_day(date)? {
                left -= 1;
            }
            date = date.pred_opt().unwrap_or(date);
        }
        Ok(date)
    }

    /// The date `weeks` weeks after `date`, in calendar days: "4 weeks" is 28 days.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// let calendar = calendar::Calendar::england_and_wales();
    /// let response = NaiveDate::from_ymd_opt(2025, 6, 27).unwrap();
    /// let last_day_to_escalate = NaiveDate::from_ymd_opt(2025, 7, 25).unwrap();
    ///
    /// assert_eq!(calendar.weeks_after(response, 4), Ok(last_day_to_escalate));
    /// ```
    pub fn weeks_after(&self, date: NaiveDate, weeks: u32) -> Result<NaiveDate, NotCovered> {
        self.days_after(date, weeks.saturating_mul(7))
    }

    /// The date `days` calendar days after `date`.
    pub fn days_after(&self, date: NaiveDate, days: u32) -> Result<NaiveDate, NotCovered> {
        let later = self
            .covered(date)?
            .checked_add_days(Days::new(days.into()))
            // Past the last date that there is: as surely not covered as that date.
            .unwrap_or(NaiveDate::MAX);
        self.covered(later)
    }

    /// The date itself, once it is known to be covered.
    pub(crate) fn covered(&self, date: NaiveDate) -> Result<NaiveDate, NotCovered> {
        if self.covers(date) {
            Ok(date)
        } else {
            Err(NotCovered {
                date,
                first_year: self.first_year,
                last_year: self.last_year,
            })
        }
    }

    fn works(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.bank_holidays.contains(&day)
    }
}
