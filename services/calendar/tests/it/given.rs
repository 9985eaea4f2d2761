//! What the tests start from.

use calendar::{Calendar, Deadline, Event, Extension, Length, Rule, Timescale, Told};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Who enters things in the tests.
pub const BY: &str = "an investigator";

/// The day written as `YYYY-MM-DD`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test's date is a real day")
}

/// A day of June 2025, in which there is no bank holiday. The 1st is a Sunday.
pub fn june(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, day).expect("June has 30 days")
}

/// The list that is shipped, to be changed by a test.
pub fn shipped() -> Value {
    serde_json::from_str(include_str!("../../data/bank-holidays.json")).expect("the list is JSON")
}

/// The events of England and Wales in a list.
pub fn events(list: &mut Value) -> &mut Vec<Value> {
    list["england-and-wales"]["events"]
        .as_array_mut()
        .expect("the events are a list")
}

/// The shipped calendar with one more bank holiday.
pub fn calendar_with_another_holiday(date: &str) -> Calendar {
    calendar_with_other_holidays(&[date])
}

/// The shipped calendar with more bank holidays.
pub fn calendar_with_other_holidays(dates: &[&str]) -> Calendar {
    let mut list = shipped();
    events(&mut list).extend(dates.iter().map(|date| {
        json!({
            "title": "An extra bank holiday",
            "date": date,
            "notes": "Extra bank holiday",
            "bunting": true
        })
    }));
    Calendar::from_json(&list.to_string()).expect("more holidays make as good a list")
}

/// A deadline that began and was entered on `start`.
pub fn deadline(timescale: Timescale, start: NaiveDate) -> Deadline {
    Deadline::start(
        &Calendar::england_and_wales(),
        event(start),
        rule(timescale),
        BY,
        start,
    )
    .expect("a plain deadline starts")
}

/// Ten working days from Monday 2 June 2025: due on Monday 16 June.
pub fn a_response() -> Deadline {
    deadline(Timescale::WorkingDays(10), june(2))
}

/// A complaint's acknowledgement on `on`.
pub fn event(on: NaiveDate) -> Event {
    Event {
        name: "complaint acknowledged".into(),
        on,
    }
}

/// The stage 1 response's rule, with any timescale.
pub fn rule(timescale: Timescale) -> Rule {
    Rule {
        id: "SC-4 response".into(),
        timescale,
    }
}

/// An extension of which the person has not been told.
pub fn extension(length: Length) -> Extension {
    Extension {
        length,
        approved_by: "a senior colleague".into(),
        reason: "a colleague's account is awaited".into(),
        told: None,
    }
}

/// Proof that the person was told on `on`.
pub fn told(on: NaiveDate) -> Told {
    Told {
        on,
        proof: "letter 17".into(),
    }
}
