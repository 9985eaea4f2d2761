//! Which entries a ledger refuses; a refused entry leaves no trace.

use calendar::{
    Calendar, Deadline, Entry, LedgerError, Length, NotCovered, Rule, Timescale, Told, What,
};
use chrono::NaiveDate;

use crate::given::{
    BY, a_response, calendar_with_another_holiday, day, deadline, event, extension, june, rule,
    told,
};

fn calendar() -> Calendar {
    Calendar::england_and_wales()
}

type Attempt = fn(&mut Deadline, NaiveDate) -> Result<(), LedgerError>;

/// Every kind of entry but a start.
const EVERY_ENTRY: [Attempt; 7] = [
    |deadline, on| {
        let more = extension(Length::WorkingDays(5));
        deadline.extend(&calendar(), more, BY, on).map(drop)
    },
    |deadline, on| deadline.tell(told(on), BY, on).map(drop),
    |deadline, on| deadline.pause("in hospital", BY, on).map(drop),
    |deadline, on| deadline.resume(&calendar(), BY, on).map(drop),
    |deadline, on| deadline.meet(on, BY, on).map(drop),
    |deadline, on| deadline.withdraw("the case moved on", BY, on).map(drop),
    |deadline, on| {
        let new = calendar_with_another_holiday("2025-06-13");
        deadline.redate(&new, BY, on).map(drop)
    },
];

#[test]
fn nothing_follows_a_deadline_that_was_met() {
    for attempt in EVERY_ENTRY {
        let mut response = a_response();
        response.meet(june(10), BY, june(11)).unwrap();

        let refused = attempt(&mut response, june(12)).unwrap_err();

        assert_eq!(refused, LedgerError::AlreadyMet(june(10)));
        assert_eq!(response.entries().len(), 2);
    }
}

#[test]
fn nothing_follows_a_deadline_that_was_withdrawn() {
    for attempt in EVERY_ENTRY {
        let mut response = a_response();
        response
            .withdraw("the case moved on", BY, june(11))
            .unwrap();

        let refused = attempt(&mut response, june(12)).unwrap_err();

        assert_eq!(refused, LedgerError::AlreadyWithdrawn(june(11)));
        assert_eq!(response.entries().len(), 2);
    }
}

#[test]
fn no_entry_is_dated_before_the_one_before_it() {
    for attempt in EVERY_ENTRY {
        let mut response = a_response();
        response.pause("in hospital", BY, june(5)).unwrap();

        let refused = attempt(&mut response, june(4)).unwrap_err();

        let out_of_order = LedgerError::OutOfOrder {
            on: june(4),
            last: june(5),
        };
        assert_eq!(refused, out_of_order);
        assert_eq!(response.entries().len(), 2);
    }
}

#[test]
fn a_deadline_is_paused_once_at_a_time() {
    let mut response = a_response();
    response.pause("in hospital", BY, june(5)).unwrap();

    let refused = response
        .pause("still in hospital", BY, june(6))
        .unwrap_err();

    assert_eq!(refused, LedgerError::AlreadyPaused(june(5)));
}

#[test]
fn a_deadline_that_is_not_paused_cannot_resume() {
    let mut response = a_response();
    assert_eq!(
        response.resume(&calendar(), BY, june(5)).unwrap_err(),
        LedgerError::NotPaused
    );

    response.pause("in hospital", BY, june(5)).unwrap();
    response.resume(&calendar(), BY, june(6)).unwrap();
    assert_eq!(
        response.resume(&calendar(), BY, june(9)).unwrap_err(),
        LedgerError::NotPaused
    );
}

#[test]
fn a_deadline_that_has_passed_cannot_be_paused_into_time_again() {
    let mut response = a_response();

    let refused = response.pause("in hospital", BY, june(17)).unwrap_err();

    assert_eq!(refused, LedgerError::AlreadyPassed(june(16)));
    assert!(response.pause("in hospital", BY, june(16)).is_ok());
}

#[test]
fn an_extension_never_shortens_and_always_adds() {
    for length in [
        Length::WorkingDays(0),
        Length::Until(june(16)),
        Length::Until(june(10)),
    ] {
        let mut response = a_response();

        let refused = response
            .extend(&calendar(), extension(length), BY, june(5))
            .unwrap_err();

        assert!(matches!(refused, LedgerError::NotLater { due, .. } if due == june(16)));
    }
}

#[test]
fn nothing_is_entered_before_it_has_happened() {
    let tomorrow = LedgerError::InTheFuture {
        happened: june(6),
        entered: june(5),
    };

    let timescale = Timescale::WorkingDays(10);
    let started = Deadline::start(&calendar(), event(june(6)), rule(timescale), BY, june(5));
    assert_eq!(started.unwrap_err(), tomorrow);

    let mut response = a_response();
    assert_eq!(response.meet(june(6), BY, june(5)).unwrap_err(), tomorrow);
    assert_eq!(
        response.tell(told(june(6)), BY, june(5)).unwrap_err(),
        tomorrow
    );

    let mut announced = extension(Length::WorkingDays(5));
    announced.told = Some(told(june(6)));
    let refused = response.extend(&calendar(), announced, BY, june(5));
    assert_eq!(refused.unwrap_err(), tomorrow);
}

#[test]
fn ta_4_nothing_is_met_or_due_before_it_began() {
    let too_early = LedgerError::BeforeStart {
        date: june(1),
        start: june(2),
    };

    let mut task = a_response();
    assert_eq!(task.meet(june(1), BY, june(5)).unwrap_err(), too_early);

    let timescale = Timescale::On(june(1));
    let started = Deadline::start(&calendar(), event(june(2)), rule(timescale), BY, june(2));
    assert_eq!(started.unwrap_err(), too_early);
}

#[test]
fn a_reason_an_approver_a_proof_and_a_name_are_never_empty() {
    let missing = |what| LedgerError::Missing(what);
    let ten = Timescale::WorkingDays(10);
    let start = |event, rule, by: &str| Deadline::start(&calendar(), event, rule, by, june(2));

    let mut nameless = event(june(2));
    nameless.name.clear();
    let refused = start(nameless, rule(ten), BY).unwrap_err();
    assert_eq!(refused, missing("the event"));

    let unnamed = Rule {
        id: " ".into(),
        timescale: ten,
    };
    let refused = start(event(june(2)), unnamed, BY).unwrap_err();
    assert_eq!(refused, missing("the rule"));

    let refused = start(event(june(2)), rule(ten), "").unwrap_err();
    assert_eq!(refused, missing("who entered it"));

    let mut response = a_response();
    let mut extend = |more| response.extend(&calendar(), more, BY, june(5)).unwrap_err();
    let mut unapproved = extension(Length::WorkingDays(5));
    unapproved.approved_by.clear();
    assert_eq!(extend(unapproved), missing("who approved it"));
    let mut unreasoned = extension(Length::WorkingDays(5));
    unreasoned.reason.clear();
    assert_eq!(extend(unreasoned), missing("the reason"));
    let mut unproved = extension(Length::WorkingDays(5));
    unproved.told = Some(Told {
        on: june(5),
        proof: "\t".into(),
    });
    assert_eq!(extend(unproved), missing("the proof"));

    let refused = response.pause("", BY, june(5)).unwrap_err();
    assert_eq!(refused, missing("the reason"));
    let refused = response.withdraw(" ", BY, june(5)).unwrap_err();
    assert_eq!(refused, missing("the reason"));
    assert_eq!(response.entries().len(), 1);
}

#[test]
fn a_due_date_beyond_the_calendar_is_refused() {
    let late = day("2028-12-20");
    let beyond = |date| {
        LedgerError::NotCovered(NotCovered {
            date: day(date),
            first_year: 2019,
            last_year: 2028,
        })
    };

    let timescale = Timescale::WorkingDays(20);
    let started = Deadline::start(&calendar(), event(late), rule(timescale), BY, late);
    assert_eq!(started.unwrap_err(), beyond("2029-01-01"));

    let timescale = Timescale::On(day("2029-03-01"));
    let started = Deadline::start(&calendar(), event(late), rule(timescale), BY, late);
    assert_eq!(started.unwrap_err(), beyond("2029-03-01"));

    let mut response = deadline(Timescale::WorkingDays(5), late);
    let more = extension(Length::Until(day("2029-03-01")));
    let refused = response.extend(&calendar(), more, BY, late).unwrap_err();
    assert_eq!(refused, beyond("2029-03-01"));
}

#[test]
fn a_stored_ledger_begins_with_its_one_start() {
    let response = a_response();
    let start = response.entries()[0].clone();
    let met = Entry {
        on: june(5),
        by: BY.into(),
        what: What::Met { on: june(5) },
    };

    let refused = |entries: Vec<Entry>| Deadline::from_entries(entries).unwrap_err();

    assert_eq!(refused(vec![]), LedgerError::NotStarted);
    assert_eq!(refused(vec![met]), LedgerError::NotStarted);
    assert_eq!(
        refused(vec![start.clone(), start]),
        LedgerError::AlreadyStarted
    );
}
