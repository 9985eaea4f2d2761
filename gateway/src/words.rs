//! Dates, sizes, waits and addresses, as people read and write them.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use prost_types::Timestamp;

/// A date from the wire as GOV.UK writes it: *18 October 2024*. Empty stays empty.
pub(crate) fn date(iso: &str) -> String {
    NaiveDate::parse_from_str(iso, "%Y-%m-%d")
        .map(long_date)
        .unwrap_or_default()
}

/// A date as GOV.UK writes it.
pub(crate) fn long_date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// A date from the wire as the date fields take it: *18/10/2024*.
pub(crate) fn short_date(iso: &str) -> String {
    NaiveDate::parse_from_str(iso, "%Y-%m-%d")
        .map(|it| it.format("%d/%m/%Y").to_string())
        .unwrap_or_default()
}

/// What a person typed into a date field, for the wire. Empty stays empty; what is no date goes through as typed, so that the service's
/// own words stand beside the field.
pub(crate) fn typed_date(typed: &str) -> String {
    let typed = typed.trim();
    let parts: Vec<&str> = typed
        .split(['/', '-', '.', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let parsed = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => number(year).zip(number(month)).zip(number(day)),
        [day, month, year] => number(&full_year(year)).zip(number(month)).zip(number(day)),
        _ => None,
    };
    parsed
        .and_then(|((year, month), day)| {
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        })
        .map_or_else(
            || typed.to_owned(),
            |date| date.format("%Y-%m-%d").to_string(),
        )
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn full_year(year: &str) -> String {
    if year.len() == 2 {
        format!("20{year}")
    } else {
        year.to_owned()
    }
}

/// An instant as a person in London reads it: *2 July 2026 at 11:59pm*.
pub(crate) fn instant(at: Option<&Timestamp>) -> String {
    kit::time::instant(at)
        .map(|at| {
            kit::time::london(at)
                .format("%-d %B %Y at %-I:%M%P")
                .to_string()
        })
        .unwrap_or_default()
}

/// The time of day of an instant: *11:59pm*.
pub(crate) fn time_of_day(at: Option<&Timestamp>) -> String {
    kit::time::instant(at)
        .map(|at| kit::time::london(at).format("%-I:%M%P").to_string())
        .unwrap_or_default()
}

/// The day of an instant, with *Today* and *Yesterday* for those.
pub(crate) fn day(at: Option<&Timestamp>, today: NaiveDate) -> String {
    let Some(at) = kit::time::instant(at) else {
        return String::new();
    };
    let day = kit::time::london_date(at);
    if day == today {
        "Today".to_owned()
    } else if Some(day) == today.pred_opt() {
        "Yesterday".to_owned()
    } else if day.year() == today.year() {
        day.format("%A %-d %B").to_string()
    } else {
        long_date(day)
    }
}

/// An instant for a `datetime` attribute.
pub(crate) fn machine(at: Option<&Timestamp>) -> String {
    kit::time::instant(at)
        .map(|at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        .unwrap_or_default()
}

/// A number as people read it: *12,345*.
pub(crate) fn grouped(number: i32) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in the units that people know: *2.4MB*.
pub(crate) fn size(bytes: i64) -> String {
    const KB: i64 = 1024;
    const MB: i64 = 1024 * KB;
    match bytes {
        1 => "1 byte".to_owned(),
        ..KB => format!("{bytes} bytes"),
        KB..MB => format!("{}KB", (bytes + KB / 2) / KB),
        // In tenths, without floating point: 20 MiB is 20.0MB and not 19.9.
        MB.. => {
            let tenths = (bytes * 10 + MB / 2) / MB;
            format!("{}.{}MB", tenths / 10, tenths % 10)
        }
    }
}

/// A wait in words: *a minute*, *5 minutes*. Nobody counts seconds, and who comes back too early is told so once more.
pub(crate) fn wait(time: Duration) -> String {
    match time.as_secs().div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

/// A browser in words, from how it names itself: *Chrome on Windows*. The order matters, since most of them also name others.
pub(crate) fn device(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

/// An address with the place to go on to afterwards.
pub(crate) fn with_next(address: &str, next: &str) -> String {
    match safe_next(next) {
        "" | "/" => address.to_owned(),
        next => format!("{address}?{}", query(&[("next", next)])),
    }
}

/// The place to go on to, if it is one of ours: a path, and not `//elsewhere.example` in any of its spellings.
pub(crate) fn safe_next(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && next.len() <= 1000;
    if ours { next } else { "" }
}

/// An address with a query; what is empty is left out.
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    match query(pairs).as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A query string; what is empty is left out.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    serde_urlencoded::to_string(pairs).expect("names and values are text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(12_345), "12,345");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        for typed in [
            "18/10/2024",
            "18-10-2024",
            "18 10 24",
            "18.10.2024",
            " 2024-10-18 ",
        ] {
            assert_eq!(typed_date(typed), "2024-10-18", "{typed:?}");
        }
        assert_eq!(
            typed_date("31/02/2024"),
            "31/02/2024",
            "what is no date is refused by the service, as typed"
        );
        assert_eq!(typed_date(""), "");
    }

    #[test]
    fn sizes_are_in_units_that_people_know() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(1023), "1023 bytes");
        assert_eq!(size(1024), "1KB");
        assert_eq!(size(20 * 1024 * 1024), "20.0MB");
    }

    #[test]
    fn a_place_to_go_on_to_is_always_ours() {
        assert_eq!(
            safe_next("/cases/202312345?page=2"),
            "/cases/202312345?page=2"
        );
        for evil in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\nb",
        ] {
            assert_eq!(safe_next(evil), "", "{evil:?}");
        }
        assert_eq!(
            with_next("/login", "/tasks?a=b"),
            "/login?next=%2Ftasks%3Fa%3Db"
        );
        assert_eq!(with_next("/login", "//evil.example"), "/login");
    }

    #[test]
    fn a_wait_is_told_in_words() {
        for seconds in [0, 1, 59, 60] {
            assert_eq!(wait(Duration::from_secs(seconds)), "a minute");
        }
        assert_eq!(wait(Duration::from_secs(61)), "2 minutes");
        assert_eq!(wait(Duration::from_secs(299)), "5 minutes");
    }

    #[test]
    fn a_day_is_named_as_people_name_it() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        let at = |text: &str| kit::time::timestamp(text.parse().unwrap());

        assert_eq!(day(Some(&at("2026-03-03T09:00:00Z")), today), "Today");
        assert_eq!(day(Some(&at("2026-03-02T23:59:00Z")), today), "Yesterday");
        assert_eq!(
            day(Some(&at("2026-02-27T12:00:00Z")), today),
            "Friday 27 February"
        );
        assert_eq!(day(Some(&at("2023-05-09T12:00:00Z")), today), "9 May 2023");
        assert_eq!(
            instant(Some(&at("2026-07-02T22:59:00Z"))),
            "2 July 2026 at 11:59pm"
        );
    }
}
