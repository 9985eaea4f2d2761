//! A new bank holiday moves a deadline by an explicit entry, and in no other way.

use calendar::{Calendar, LedgerError, Length, Timescale, What};

use crate::given::{
    BY, a_response, calendar_with_another_holiday, calendar_with_other_holidays, day, deadline,
    extension, june, told,
};

fn calendar() -> Calendar {
    Calendar::england_and_wales()
}

#[test]
fn a_new_bank_holiday_moves_the_due_date_by_its_entry_alone() {
    let mut response = a_response();
    let new = calendar_with_another_holiday("2025-06-13");

    assert_eq!(response.due_under(&new), Ok(june(17)));
    assert_eq!(response.due(), june(16));

    response.redate(&new, "the service", june(10)).unwrap();

    assert_eq!(response.due(), june(17));
    assert_eq!(response.due_on(june(9)), june(16));
    assert_eq!(response.calendar(), new.version());
    let untold: Vec<_> = response.untold().collect();
    assert!(matches!(untold[..], [entry] if matches!(entry.what, What::Redated { .. })));

    response.tell(told(june(11)), BY, june(11)).unwrap();
    assert_eq!(response.untold().count(), 0);
}

#[test]
fn a_new_bank_holiday_that_does_not_matter_is_entered_and_nobody_need_be_told() {
    let mut response = a_response();
    let new = calendar_with_another_holiday("2026-06-12");

    response.redate(&new, "the service", june(10)).unwrap();

    assert_eq!(response.due(), june(16));
    assert_eq!(response.calendar(), new.version());
    assert_eq!(response.untold().count(), 0);
}

#[test]
fn a_re_dating_counts_extensions_and_pauses_again_too() {
    let mut response = a_response();
    response
        .pause("the complainant is in hospital", BY, june(5))
        .unwrap();
    response.resume(&calendar(), BY, june(12)).unwrap();
    response
        .extend(&calendar(), extension(Length::WorkingDays(5)), BY, june(13))
        .unwrap();
    assert_eq!(response.due(), june(30));

    let in_the_pause = calendar_with_another_holiday("2025-06-10");
    let in_the_extension = calendar_with_another_holiday("2025-06-25");

    // A holiday in the pause ends the ten days a day later, and gives a day less back.
    assert_eq!(response.due_under(&in_the_pause), Ok(june(30)));
    assert_eq!(response.due_under(&in_the_extension), Ok(day("2025-07-01")));
}

#[test]
fn a_chosen_day_stays_unless_the_days_before_it_grow_past_it() {
    let mut response = a_response();
    response
        .extend(
            &calendar(),
            extension(Length::Until(june(17))),
            BY,
            june(12),
        )
        .unwrap();

    let one = calendar_with_another_holiday("2025-06-13");
    let two = calendar_with_other_holidays(&["2025-06-12", "2025-06-13"]);

    assert_eq!(response.due_under(&one), Ok(june(17)));
    assert_eq!(response.due_under(&two), Ok(june(18)));

    let task = deadline(Timescale::On(june(13)), june(2));
    assert_eq!(task.due_under(&one), Ok(june(13)));
}

#[test]
fn calendar_days_are_not_moved_by_a_bank_holiday() {
    let window = deadline(Timescale::CalendarDays(28), june(2));

    assert_eq!(
        window.due_under(&calendar_with_another_holiday("2025-06-13")),
        Ok(june(30))
    );
}

#[test]
fn no_entry_mixes_two_calendars() {
    let mut response = a_response();
    let new = calendar_with_another_holiday("2025-06-13");
    let other = LedgerError::OtherCalendar {
        counted_with: calendar().version().clone(),
        given: new.version().clone(),
    };

    let refused = response
        .extend(&new, extension(Length::WorkingDays(5)), BY, june(5))
        .unwrap_err();
    assert_eq!(refused, other);

    response
        .pause("the complainant is in hospital", BY, june(5))
        .unwrap();
    assert_eq!(response.resume(&new, BY, june(6)).unwrap_err(), other);

    response.redate(&new, "the service", june(6)).unwrap();
    response.resume(&new, BY, june(6)).unwrap();
    response
        .extend(&new, extension(Length::WorkingDays(5)), BY, june(9))
        .unwrap();
    assert_eq!(Ok(response.due()), response.due_under(&new));
}

#[test]
fn a_re_dating_with_the_same_calendar_is_refused() {
    let mut response = a_response();

    let refused = response.redate(&calendar(), BY, june(5)).unwrap_err();

    assert_eq!(
        refused,
        LedgerError::SameCalendar(calendar().version().clone())
    );
    assert_eq!(response.entries().len(), 1);
}
