//! The list of bank holidays: what is shipped, and which lists are refused.

use calendar::{BankHolidaysError, Calendar};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::Value;

use crate::given::{calendar_with_another_holiday, day, events, shipped};

fn shipped_dates() -> Vec<NaiveDate> {
    events(&mut shipped())
        .iter()
        .map(|event| day(event["date"].as_str().expect("a date is text")))
        .collect()
}

fn refusal(list: &Value) -> BankHolidaysError {
    Calendar::from_json(&list.to_string()).expect_err("the list is refused")
}

fn is_in(year: i32) -> impl Fn(&Value) -> bool {
    move |event| {
        event["date"]
            .as_str()
            .is_some_and(|date| date.starts_with(&year.to_string()))
    }
}

#[test]
fn the_shipped_list_is_read_and_covers_2019_to_2028() {
    let calendar = Calendar::england_and_wales();

    assert!(calendar.covers(day("2019-01-01")));
    assert!(calendar.covers(day("2028-12-31")));
    assert!(!calendar.covers(day("2018-12-31")));
    assert!(!calendar.covers(day("2029-01-01")));
}

#[test]
fn the_shipped_list_is_in_order_and_has_weekdays_only() {
    let dates = shipped_dates();

    assert!(dates.is_sorted_by(|one, next| one < next));
    for date in dates {
        assert!(
            !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
            "{date} is at a weekend"
        );
    }
}

#[test]
fn the_shipped_list_has_eight_bank_holidays_a_year_and_those_of_2022_and_2023() {
    for year in 2019..=2028 {
        let expected = match year {
            2022 => 10,
            2023 => 9,
            _ => 8,
        };

        let found = shipped_dates()
            .iter()
            .filter(|date| date.year() == year)
            .count();

        assert_eq!(found, expected, "in {year}");
    }
}

#[test]
fn the_shipped_list_has_good_friday_and_easter_monday_about_each_easter() {
    let easters = [
        "2019-04-21",
        "2020-04-12",
        "2021-04-04",
        "2022-04-17",
        "2023-04-09",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
    ];

    let dates = shipped_dates();

    for easter in easters.map(day) {
        assert_eq!(easter.weekday(), Weekday::Sun);
        assert!(dates.contains(&(easter - Days::new(2))), "before {easter}");
        assert!(dates.contains(&(easter + Days::new(1))), "after {easter}");
    }
}

#[test]
fn the_shipped_list_has_the_days_that_were_moved_or_proclaimed() {
    let calendar = Calendar::england_and_wales();

    for holiday in [
        "2020-05-08",
        "2022-06-02",
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",
    ] {
        assert_eq!(
            calendar.is_working_day(day(holiday)),
            Ok(false),
            "{holiday}"
        );
    }
    for worked in ["2020-05-04", "2022-05-30"] {
        assert_eq!(calendar.is_working_day(day(worked)), Ok(true), "{worked}");
    }
}

#[test]
fn the_version_names_the_years_and_changes_with_any_date() {
    let shipped = Calendar::england_and_wales();
    let other = calendar_with_another_holiday("2025-06-13");

    assert_eq!(
        shipped.version().to_string(),
        "2019-2028-611559f17ce8f113",
        "deadlines are stored with this version, so a list that changes must be meant to"
    );
    assert!(other.version().as_str().starts_with("2019-2028-"));
    assert_ne!(shipped.version(), other.version());
}

#[test]
fn the_version_does_not_depend_on_titles_or_order() {
    let mut list = shipped();
    events(&mut list).reverse();
    events(&mut list)[0]["title"] = "Gŵyl San Steffan".into();

    let calendar = Calendar::from_json(&list.to_string()).unwrap();

    assert_eq!(calendar, Calendar::england_and_wales());
}

#[test]
fn other_divisions_are_ignored() {
    let mut list = shipped();
    list["scotland"] = serde_json::json!({
        "division": "scotland",
        "events": [{"title": "2nd January", "date": "2025-01-02", "notes": "", "bunting": true}]
    });

    let calendar = Calendar::from_json(&list.to_string()).unwrap();

    assert_eq!(calendar.is_working_day(day("2025-01-02")), Ok(true));
}

#[test]
fn text_that_is_not_in_the_format_is_refused() {
    let refused = Calendar::from_json("not json").unwrap_err();
    assert!(matches!(refused, BankHolidaysError::Format(_)));

    let mut list = shipped();
    list["england-and-wales"]["events"] = "none".into();
    assert!(matches!(refusal(&list), BankHolidaysError::Format(_)));
}

#[test]
fn a_list_without_england_and_wales_is_refused() {
    let mut list = shipped();
    let division = list["england-and-wales"].take();
    let list = serde_json::json!({ "scotland": division });

    assert!(matches!(refusal(&list), BankHolidaysError::MissingDivision));
}

#[test]
fn a_division_that_is_another_one_is_refused() {
    let mut list = shipped();
    list["england-and-wales"]["division"] = "northern-ireland".into();

    let refused = refusal(&list);

    assert!(
        matches!(&refused, BankHolidaysError::WrongDivision(name) if name == "northern-ireland")
    );
}

#[test]
fn a_list_without_events_is_refused() {
    let mut list = shipped();
    events(&mut list).clear();

    assert!(matches!(refusal(&list), BankHolidaysError::NoEvents));
}

#[test]
fn a_date_that_is_listed_twice_is_refused() {
    let mut list = shipped();
    let first = events(&mut list)[0].clone();
    events(&mut list).push(first);

    let refused = refusal(&list);

    assert!(matches!(refused, BankHolidaysError::Duplicate(date) if date == day("2019-01-01")));
    assert_eq!(refused.to_string(), "2019-01-01 is listed twice");
}

#[test]
fn a_year_that_is_left_out_is_refused() {
    let mut list = shipped();
    events(&mut list).retain(|event| !is_in(2024)(event));

    assert!(matches!(refusal(&list), BankHolidaysError::Gap(2024)));
}

#[test]
fn a_year_that_is_cut_short_is_refused() {
    let mut list = shipped();
    events(&mut list).pop();

    let refused = refusal(&list);

    assert!(matches!(
        refused,
        BankHolidaysError::IncompleteYear {
            year: 2028,
            found: 7
        }
    ));
}

#[test]
fn a_date_that_is_not_a_day_is_refused_with_its_title() {
    for wrong in [
        "2025-02-30",
        "2025-1-1",
        "01/01/2025",
        "+2025-01-01",
        " 2025-01-01",
        "",
    ] {
        let mut list = shipped();
        events(&mut list)[0]["date"] = wrong.into();

        let refused = refusal(&list);

        assert!(
            matches!(&refused, BankHolidaysError::BadDate { title, date }
                if title == "New Year’s Day" && date == wrong),
            "{wrong:?} gave {refused}"
        );
    }
}
