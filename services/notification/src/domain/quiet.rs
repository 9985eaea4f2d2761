//! The hours in which nothing goes out that can wait (NO-4).

use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::London;
use kit::time::london;

/// The quiet hours of every night, by London time; or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours(Option<(NaiveTime, NaiveTime)>);

/// A setting that names no hours.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("quiet hours are such as 21:00-07:00, or empty for none")]
pub struct NoQuietHours;

impl QuietHours {
    /// No hour is quiet.
    pub const NONE: Self = Self(None);

    /// The end of the quiet hours that an instant lies in; `None` when it lies in none.
    #[must_use]
    pub fn end(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, until) = self.0?;
        let local = london(at).naive_local();
        let (date, time) = (local.date(), local.time());
        let overnight = from > until;
        let quiet = if overnight {
            time >= from || time < until
        } else {
            from <= time && time < until
        };
        let end = if overnight && time >= from {
            date + Days::new(1)
        } else {
            date
        };
        quiet.then(|| instant(end, until))
    }

    /// An instant, or the end of the quiet hours that it lies in.
    #[must_use]
    pub fn hold(self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.end(at).unwrap_or(at)
    }
}

/// A time of day in London; when the clocks go forward over it, the moment after.
fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = date.and_time(time);
    local
        .and_local_timezone(London)
        .earliest()
        .or_else(|| {
            (local + TimeDelta::hours(1))
                .and_local_timezone(London)
                .earliest()
        })
        .map_or_else(|| local.and_utc(), |at| at.to_utc())
}

impl FromStr for QuietHours {
    type Err = NoQuietHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::NONE);
        }
        let (from, until) = text.split_once('-').ok_or(NoQuietHours)?;
        let time = |text| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| NoQuietHours);
        match (time(from)?, time(until)?) {
            (from, until) if from == until => Err(NoQuietHours),
            hours => Ok(Self(Some(hours))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn night() -> QuietHours {
        "21:00-07:00".parse().unwrap()
    }

    #[test]
    fn no_4_the_night_begins_and_ends_to_the_second_by_london_time() {
        // British Summer Time: one hour ahead of UTC.
        for (moment, end) in [
            ("2025-06-10T19:59:59Z", None),
            ("2025-06-10T20:00:00Z", Some("2025-06-11T06:00:00Z")),
            ("2025-06-10T23:30:00Z", Some("2025-06-11T06:00:00Z")),
            ("2025-06-11T05:59:59Z", Some("2025-06-11T06:00:00Z")),
            ("2025-06-11T06:00:00Z", None),
            ("2025-12-10T20:59:59Z", None),
            ("2025-12-10T21:00:00Z", Some("2025-12-11T07:00:00Z")),
        ] {
            assert_eq!(night().end(at(moment)), end.map(at), "{moment}");
        }
    }

    #[test]
    fn no_4_the_nights_on_which_the_clocks_change_end_at_seven_as_well() {
        assert_eq!(
            night().hold(at("2025-03-29T22:00:00Z")),
            at("2025-03-30T06:00:00Z")
        );
        assert_eq!(
            night().hold(at("2025-10-25T22:00:00Z")),
            at("2025-10-26T07:00:00Z")
        );
        let through_the_gap: QuietHours = "00:30-01:30".parse().unwrap();
        assert_eq!(
            through_the_gap.hold(at("2025-03-30T00:45:00Z")),
            at("2025-03-30T01:30:00Z"),
            "half past one did not exist: it was half past two"
        );
    }

    #[test]
    fn hours_within_a_day_can_be_quiet_and_none_can() {
        let lunch: QuietHours = "12:00-13:00".parse().unwrap();

        assert_eq!(
            lunch.hold(at("2025-12-10T12:15:00Z")),
            at("2025-12-10T13:00:00Z")
        );
        assert_eq!(lunch.end(at("2025-12-10T13:00:00Z")), None);
        assert_eq!("".parse(), Ok(QuietHours::NONE));
        assert_eq!(QuietHours::NONE.end(at("2025-12-10T23:00:00Z")), None);
    }

    #[test]
    fn what_names_no_hours_is_refused() {
        for wrong in ["21", "21:00", "21:00-25:00", "07:00-07:00", "nine-seven"] {
            assert_eq!(wrong.parse::<QuietHours>(), Err(NoQuietHours), "{wrong}");
        }
    }
}
