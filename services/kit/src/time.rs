//! Dates and instants on their way between London, UTC and the wire.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use chrono_tz::Europe::London;
use prost_types::Timestamp;

/// The date in London at an instant: half past eleven at night UTC on 30 June is 1 July.
#[must_use]
pub fn london_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

/// The same instant with London's wall time, for people.
#[must_use]
pub fn london(at: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    at.with_timezone(&London)
}

/// The first instant of a date in London.
#[must_use]
pub fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN)
        .and_local_timezone(London)
        .earliest()
        .expect("London's clocks change at one in the morning, never at midnight")
        .to_utc()
}

/// An instant for the wire.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_nanos())
        .expect("a second has fewer nanoseconds than an i32 holds");
    Timestamp {
        seconds: at.timestamp(),
        nanos,
    }
}

/// An instant from the wire; `None` when it is absent or not of the years 1 to 9999, as the proto has it.
#[must_use]
pub fn instant(timestamp: Option<&Timestamp>) -> Option<DateTime<Utc>> {
    let Timestamp { seconds, nanos } = timestamp?;
    DateTime::from_timestamp(*seconds, u32::try_from(*nanos).ok()?)
        .filter(|at| (1..=9999).contains(&at.year()))
}

/// A date for the wire: `2025-06-13`.
#[must_use]
pub fn iso(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// A date for the wire, empty when there is none.
#[must_use]
pub fn iso_opt(date: Option<NaiveDate>) -> String {
    date.map(iso).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summer_night_in_utc_is_already_tomorrow_in_london() {
        let at = "2026-06-30T23:30:00Z".parse().unwrap();

        assert_eq!(
            london_date(at),
            NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
        );
    }

    #[test]
    fn an_instant_before_1970_survives_the_wire() {
        let at: DateTime<Utc> = "1969-12-31T23:59:59.25Z".parse().unwrap();

        assert_eq!(instant(Some(&timestamp(at))), Some(at));
    }

    #[test]
    fn an_instant_that_no_calendar_holds_is_none() {
        for seconds in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            assert_eq!(instant(Some(&Timestamp { seconds, nanos: 0 })), None);
        }
        let negative = Timestamp {
            seconds: 0,
            nanos: -1,
        };
        assert_eq!(instant(Some(&negative)), None);
    }
}
