//! Reads bank holidays from the file that GOV.UK publishes as `bank-holidays.json`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

/// The name of England and Wales in the file, both as the key and inside the division.
const DIVISION: &str = "england-and-wales";

/// England and Wales have had at least eight every year since 1978, and a substitute day falls in the same year as the
/// day that it stands for. A year with fewer is a list cut short, which would make deadlines too early.
const FEWEST_IN_A_YEAR: usize = 8;

/// Why a list of bank holidays cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BankHolidaysError {
    /// The text is not JSON, or not in the published format.
    #[error("the bank holidays are not in the format of GOV.UK's bank-holidays.json")]
    Format(#[from] serde_json::Error),
    /// The file has no England and Wales.
    #[error("the bank holidays have no division england-and-wales")]
    MissingDivision,
    /// The division under England and Wales calls itself something else.
    #[error("the division under england-and-wales calls itself {0:?}")]
    WrongDivision(String),
    /// England and Wales is there, with nothing in it.
    #[error("the division england-and-wales has no events")]
    NoEvents,
    /// A date is not a real day written as `YYYY-MM-DD`.
    #[error("{title:?} has the date {date:?}, which is not a day written as YYYY-MM-DD")]
    BadDate {
        /// The bank holiday's title.
        title: String,
        /// The date as it stands in the file.
        date: String,
    },
    /// A date is listed twice.
    #[error("{0} is listed twice")]
    Duplicate(NaiveDate),
    /// A year between the first and the last has no bank holidays at all.
    #[error("{0} has no bank holidays, though years before and after it have")]
    Gap(i32),
    /// A year has fewer bank holidays than a whole year has, so the list was cut short.
    #[error("{year} has only {found} bank holidays, and a whole year has at least 8")]
    IncompleteYear {
        /// The year.
        year: i32,
        /// How many of its bank holidays are listed.
        found: usize,
    },
}

// The file's other divisions and an event's notes and bunting are of no use to a deadline.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Option<Division>,
}

#[derive(Deserialize)]
struct Division {
    division: String,
    events: Vec<PublishedEvent>,
}

#[derive(Deserialize)]
struct PublishedEvent {
    title: String,
    date: String,
}

/// The bank holidays of England and Wales in `json`: never empty, and of whole, consecutive years.
pub(crate) fn read(json: &str) -> Result<BTreeSet<NaiveDate>, BankHolidaysError> {
    let file: File = serde_json::from_str(json)?;
    let division = file
        .england_and_wales
        .ok_or(BankHolidaysError::MissingDivision)?;
    if division.division != DIVISION {
        return Err(BankHolidaysError::WrongDivision(division.division));
    }

    let mut dates = BTreeSet::new();
    for event in division.events {
        let date = day(event)?;
        if !dates.insert(date) {
            return Err(BankHolidaysError::Duplicate(date));
        }
    }
    whole_years(&dates)?;
    Ok(dates)
}

fn day(event: PublishedEvent) -> Result<NaiveDate, BankHolidaysError> {
    let PublishedEvent { title, date } = event;
    // chrono also reads "2025-1-1"; a list with such a date was not written by GOV.UK and may be wrong elsewhere too.
    match date.parse::<NaiveDate>() {
        Ok(day) if date.len() == 10 && day.to_string() == date => Ok(day),
        _ => Err(BankHolidaysError::BadDate { title, date }),
    }
}

fn whole_years(dates: &BTreeSet<NaiveDate>) -> Result<(), BankHolidaysError> {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Err(BankHolidaysError::NoEvents);
    };

    let mut found = BTreeMap::<i32, usize>::new();
    for date in dates {
        *found.entry(date.year()).or_default() += 1;
    }
    for year in first.year()..=last.year() {
        match found.get(&year) {
            None => return Err(BankHolidaysError::Gap(year)),
            Some(&found) if found < FEWEST_IN_A_YEAR => {
                return Err(BankHolidaysError::IncompleteYear { year, found });
            }
            Some(_) => {}
        }
    }
    Ok(())
}
