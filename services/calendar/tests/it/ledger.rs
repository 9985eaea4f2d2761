//! What a ledger says after each kind of entry.

use calendar::{Calendar, Deadline, Length, State, Timescale, What};

use crate::given::{BY, a_response, day, deadline, event, extension, june, rule, told};

fn calendar() -> Calendar {
    Calendar::england_and_wales()
}

#[test]
fn sc_4_a_complaint_received_on_a_saturday_is_acknowledged_by_friday() {
    let acknowledgement = deadline(Timescale::WorkingDays(5), june(7));

    assert_eq!(acknowledgement.due(), june(13));
    assert!(!acknowledgement.is_overdue(june(13)));
    assert!(acknowledgement.is_overdue(june(14)));
}

#[test]
fn a_deadline_counts_from_its_event_and_not_from_the_day_of_entering() {
    let response = Deadline::start(
        &calendar(),
        event(june(7)),
        rule(Timescale::WorkingDays(5)),
        BY,
        june(11),
    )
    .unwrap();

    assert_eq!(response.due(), june(13));
    assert_eq!(response.event().on, june(7));
    assert_eq!(response.rule().id, "SC-4 response");
    assert_eq!(response.calendar(), calendar().version());
    assert_eq!(response.state_on(june(8)), State::Running);
    assert_eq!(response.due_on(june(8)), june(13));
}

#[test]
fn sc_8_an_escalation_window_is_28_calendar_days() {
    assert_eq!(
        deadline(Timescale::CalendarDays(28), june(27)).due(),
        day("2025-07-25")
    );
}

#[test]
fn ta_1_a_chosen_date_is_the_due_date() {
    assert_eq!(deadline(Timescale::On(june(21)), june(2)).due(), june(21));
}

#[test]
fn sc_4_an_extension_counts_working_days_from_the_due_date() {
    let mut response = a_response();

    let entry = response
        .extend(
            &calendar(),
            extension(Length::WorkingDays(10)),
            BY,
            june(12),
        )
        .unwrap();

    assert_eq!(entry.what.until(), Some(june(30)));
    assert_eq!(response.due(), june(30));
    assert_eq!(response.due_on(june(11)), june(16));
    assert_eq!(response.due_on(june(12)), june(30));
}

#[test]
fn sc_4_a_further_extension_is_until_a_revised_date() {
    let mut response = a_response();

    response
        .extend(
            &calendar(),
            extension(Length::WorkingDays(10)),
            BY,
            june(12),
        )
        .unwrap();
    response
        .extend(
            &calendar(),
            extension(Length::Until(day("2025-07-09"))),
            BY,
            june(27),
        )
        .unwrap();

    assert_eq!(response.due(), day("2025-07-09"));
    let What::Extended {
        working_days,
        approved_by,
        ..
    } = &response.entries()[2].what
    else {
        panic!("the third entry is the extension");
    };
    assert_eq!(*working_days, None);
    assert_eq!(approved_by, "a senior colleague");
}

#[test]
fn sc_4_an_extension_without_telling_the_person_is_shown_until_they_are_told() {
    let mut response = a_response();
    assert_eq!(response.untold().count(), 0);

    response
        .extend(&calendar(), extension(Length::WorkingDays(5)), BY, june(12))
        .unwrap();
    let untold: Vec<_> = response.untold().map(|entry| entry.on).collect();
    assert_eq!(untold, [june(12)]);

    response.tell(told(june(13)), BY, june(13)).unwrap();
    assert_eq!(response.untold().count(), 0);
}

#[test]
fn sc_4_an_extension_of_which_the_person_was_told_is_not_shown_as_untold() {
    let mut response = a_response();
    let mut agreed = extension(Length::WorkingDays(5));
    agreed.told = Some(told(june(11)));

    response.extend(&calendar(), agreed, BY, june(12)).unwrap();
    assert_eq!(response.untold().count(), 0);

    response
        .extend(&calendar(), extension(Length::WorkingDays(5)), BY, june(13))
        .unwrap();
    assert_eq!(response.untold().count(), 1);
}

#[test]
fn a_pause_stops_the_working_days_and_a_resumption_gives_them_back() {
    let mut response = a_response();

    response
        .pause("the complainant is in hospital", BY, june(5))
        .unwrap();
    assert_eq!(response.state_on(june(4)), State::Running);
    assert_eq!(response.state_on(june(5)), State::Paused);

    response.resume(&calendar(), BY, june(12)).unwrap();
    assert_eq!(response.state_on(june(11)), State::Paused);
    assert_eq!(response.state_on(june(12)), State::Running);
    assert_eq!(response.due(), june(23));
}

#[test]
fn a_pause_over_a_weekend_alone_gives_no_working_day_back() {
    let mut response = a_response();

    response.pause("the office is moving", BY, june(6)).unwrap();
    response.resume(&calendar(), BY, june(8)).unwrap();

    assert_eq!(response.due(), june(16));
    assert_eq!(response.untold().count(), 0);
}

#[test]
fn a_pause_of_a_count_in_calendar_days_gives_calendar_days_back() {
    let mut window = deadline(Timescale::CalendarDays(28), june(2));

    window
        .pause("the complainant is in hospital", BY, june(6))
        .unwrap();
    window.resume(&calendar(), BY, june(8)).unwrap();

    assert_eq!(window.due(), day("2025-07-02"));
    assert_eq!(window.untold().count(), 1);
}

#[test]
fn a_chosen_date_is_pushed_by_working_days_and_not_to_a_weekend() {
    let mut task = deadline(Timescale::On(june(11)), june(2));

    task.pause("evidence is with the court", BY, june(6))
        .unwrap();
    task.resume(&calendar(), BY, june(10)).unwrap();

    assert_eq!(task.due(), june(13));
}

#[test]
fn a_pause_longer_than_the_time_left_still_leaves_that_time() {
    let mut response = a_response();

    response
        .pause("the complainant is in hospital", BY, june(12))
        .unwrap();
    assert!(!response.is_overdue(june(27)));
    response.resume(&calendar(), BY, june(26)).unwrap();

    assert_eq!(response.due(), june(30));
    assert_eq!(calendar().working_days_until(june(26), june(30)), Ok(2));
}

#[test]
fn what_is_done_on_the_due_date_is_in_time_and_a_day_later_is_late() {
    for (met, late) in [(june(2), false), (june(16), false), (june(17), true)] {
        let mut response = a_response();

        response.meet(met, BY, june(18)).unwrap();

        assert_eq!(response.state_on(june(18)), State::Met { on: met, late });
        assert!(!response.is_overdue(june(18)));
    }
}

#[test]
fn ta_4_a_completion_counts_from_its_own_date_though_entered_later() {
    let mut task = a_response();
    task.extend(&calendar(), extension(Length::WorkingDays(5)), BY, june(12))
        .unwrap();

    task.meet(june(11), BY, june(13)).unwrap();

    assert_eq!(task.state_on(june(10)), State::Running);
    assert_eq!(
        task.state_on(june(11)),
        State::Met {
            on: june(11),
            late: false
        }
    );
}

#[test]
fn what_is_met_in_a_pause_is_in_time() {
    let mut response = a_response();
    response
        .pause("the complainant is in hospital", BY, june(12))
        .unwrap();

    response.meet(june(25), BY, june(25)).unwrap();

    assert_eq!(
        response.state_on(june(25)),
        State::Met {
            on: june(25),
            late: false
        }
    );
}

#[test]
fn a_withdrawn_deadline_is_never_overdue() {
    let mut response = a_response();

    response
        .withdraw("the case moved on", BY, june(10))
        .unwrap();

    assert_eq!(response.state_on(june(9)), State::Running);
    assert_eq!(response.state_on(june(10)), State::Withdrawn);
    assert!(!response.is_overdue(june(30)));
}

#[test]
fn time_granted_after_the_due_date_does_not_hide_that_it_was_overdue() {
    let mut task = a_response();
    assert!(task.is_overdue(june(17)));

    task.extend(
        &calendar(),
        extension(Length::Until(june(27))),
        BY,
        june(18),
    )
    .unwrap();

    assert!(task.is_overdue(june(17)));
    assert!(!task.is_overdue(june(18)));
    assert!(task.is_overdue(june(28)));
}
