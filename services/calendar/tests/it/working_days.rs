//! The counting rule, with its vectors.

use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;

use crate::given::day;

fn calendar() -> Calendar {
    Calendar::england_and_wales()
}

fn assert_counts(vectors: &[(&str, u32, &str)]) {
    let calendar = calendar();
    for &(start, days, end) in vectors {
        assert_eq!(
            calendar.add_working_days(day(start), days),
            Ok(day(end)),
            "{start} and {days} working days"
        );
        assert_eq!(
            calendar.working_days_until(day(start), day(end)),
            Ok(days),
            "from {start} to {end}"
        );
    }
}

#[test]
fn the_day_of_the_event_is_day_zero_whether_or_not_it_is_a_working_day() {
    assert_counts(&[
        ("2025-06-06", 5, "2025-06-13"),
        ("2025-06-07", 5, "2025-06-13"),
        ("2025-06-08", 5, "2025-06-13"),
        ("2025-06-09", 5, "2025-06-16"),
        ("2025-06-07", 0, "2025-06-07"),
        ("2025-06-07", 1, "2025-06-09"),
    ]);
}

#[test]
fn sc_4_and_sc_8_stages_are_5_10_and_20_working_days() {
    assert_counts(&[
        ("2025-06-13", 10, "2025-06-27"),
        ("2025-06-27", 10, "2025-07-11"),
        ("2025-06-13", 20, "2025-07-11"),
        ("2025-07-11", 20, "2025-08-08"),
        ("2025-08-08", 20, "2025-09-08"),
    ]);
}

#[test]
fn me_5_an_answer_takes_15_working_days_and_a_technical_one_5() {
    assert_counts(&[
        ("2025-12-01", 15, "2025-12-22"),
        ("2025-12-19", 5, "2025-12-30"),
    ]);
}

#[test]
fn christmas_and_new_year_are_passed_over_with_their_substitute_days() {
    assert_counts(&[
        ("2025-12-24", 1, "2025-12-29"),
        ("2025-12-24", 5, "2026-01-05"),
        ("2020-12-24", 1, "2020-12-29"),
        ("2021-12-24", 1, "2021-12-29"),
        ("2021-12-24", 5, "2022-01-05"),
        ("2022-12-23", 1, "2022-12-28"),
        ("2022-12-30", 1, "2023-01-03"),
        ("2027-12-24", 4, "2028-01-04"),
    ]);
}

#[test]
fn easter_is_passed_over() {
    assert_counts(&[
        ("2025-04-17", 1, "2025-04-22"),
        ("2025-04-18", 5, "2025-04-28"),
        ("2024-03-28", 2, "2024-04-03"),
    ]);
}

#[test]
fn jubilee_funeral_coronation_and_ve_day_are_passed_over() {
    assert_counts(&[
        ("2022-05-27", 5, "2022-06-07"),
        ("2022-06-01", 1, "2022-06-06"),
        ("2022-09-16", 1, "2022-09-20"),
        ("2023-04-28", 5, "2023-05-09"),
        ("2020-05-01", 1, "2020-05-04"),
        ("2020-05-07", 1, "2020-05-11"),
    ]);
}

#[test]
fn the_change_of_the_clocks_and_a_leap_day_are_days_like_others() {
    assert_counts(&[
        ("2025-03-28", 1, "2025-03-31"),
        ("2025-10-24", 1, "2025-10-27"),
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-28", 2, "2028-03-01"),
    ]);
}

#[test]
fn ta_2_days_left_are_the_working_days_after_today() {
    let calendar = calendar();
    let due = day("2025-06-13");

    for (today, left) in [
        ("2025-06-07", 5),
        ("2025-06-08", 5),
        ("2025-06-09", 4),
        ("2025-06-10", 3),
        ("2025-06-12", 1),
        ("2025-06-13", 0),
        ("2025-06-14", 0),
        ("2025-06-30", 0),
    ] {
        assert_eq!(
            calendar.working_days_until(day(today), due),
            Ok(left),
            "on {today}"
        );
    }
}

#[test]
fn four_weeks_are_28_calendar_days_bank_holidays_or_not() {
    let calendar = calendar();

    for (start, end) in [
        ("2025-06-27", "2025-07-25"),
        ("2025-12-01", "2025-12-29"),
        ("2025-03-28", "2025-04-25"),
        ("2028-02-01", "2028-02-29"),
    ] {
        assert_eq!(calendar.weeks_after(day(start), 4), Ok(day(end)));
        assert_eq!(calendar.days_after(day(start), 28), Ok(day(end)));
    }
}

#[test]
fn a_date_outside_the_known_years_is_refused_and_never_guessed() {
    let calendar = calendar();
    let (early, late) = (day("2018-12-31"), day("2029-01-01"));
    let (first, last) = (day("2019-01-01"), day("2028-12-31"));
    let refused = |date: NaiveDate| NotCovered {
        date,
        first_year: 2019,
        last_year: 2028,
    };

    assert_eq!(calendar.is_working_day(early), Err(refused(early)));
    assert_eq!(calendar.is_working_day(late), Err(refused(late)));
    assert_eq!(calendar.add_working_days(early, 0), Err(refused(early)));
    assert_eq!(calendar.add_working_days(last, 1), Err(refused(late)));
    assert_eq!(
        calendar.working_days_until(early, first),
        Err(refused(early))
    );
    assert_eq!(calendar.working_days_until(last, late), Err(refused(late)));
    assert_eq!(
        calendar.weeks_after(day("2028-12-04"), 4),
        Err(refused(late))
    );
    assert_eq!(
        refused(late).to_string(),
        "2029-01-01 is outside the years whose bank holidays are known (2019 to 2028)"
    );
}

#[test]
fn a_count_beyond_all_dates_is_refused_at_once() {
    let calendar = calendar();
    let start = day("2025-06-07");

    assert!(calendar.add_working_days(start, u32::MAX).is_err());
    assert!(calendar.days_after(start, u32::MAX).is_err());
    assert!(calendar.weeks_after(start, u32::MAX).is_err());
}
