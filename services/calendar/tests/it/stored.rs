//! How a ledger is stored, as rows and as JSON.

use calendar::{Calendar, Deadline, Entry, Length};
use serde_json::json;

use crate::given::{BY, a_response, calendar_with_another_holiday, extension, june, told};

/// A ledger with an entry of every kind but the withdrawal.
fn eventful() -> Deadline {
    let calendar = Calendar::england_and_wales();
    let mut response = a_response();
    let mut more = extension(Length::WorkingDays(5));
    more.told = Some(told(june(4)));
    response.extend(&calendar, more, BY, june(4)).unwrap();
    response.pause("in hospital", BY, june(5)).unwrap();
    response.resume(&calendar, BY, june(6)).unwrap();
    let new = calendar_with_another_holiday("2025-06-13");
    response.redate(&new, "the service", june(9)).unwrap();
    response.tell(told(june(9)), BY, june(9)).unwrap();
    response.meet(june(20), BY, june(20)).unwrap();
    response
}

#[test]
fn a_ledger_reads_back_from_its_rows_as_it_was() {
    let response = eventful();

    let again = Deadline::from_entries(response.entries().iter().cloned());

    assert_eq!(again, Ok(response));
}

#[test]
fn a_ledger_reads_back_from_json_as_it_was() {
    let response = eventful();

    let text = serde_json::to_string(&response).unwrap();

    assert_eq!(serde_json::from_str::<Deadline>(&text).unwrap(), response);
}

#[test]
fn the_names_in_json_are_these() {
    let entries = serde_json::to_value(eventful()).unwrap();
    let shipped = Calendar::england_and_wales();
    let new = calendar_with_another_holiday("2025-06-13");

    assert_eq!(
        entries,
        json!([
            {
                "on": "2025-06-02",
                "by": BY,
                "what": "started",
                "detail": {
                    "event": {"name": "complaint acknowledged", "on": "2025-06-02"},
                    "rule": {
                        "id": "SC-4 response",
                        "timescale": {"unit": "working_days", "value": 10}
                    },
                    "calendar": shipped.version().as_str(),
                    "until": "2025-06-16"
                }
            },
            {
                "on": "2025-06-04",
                "by": BY,
                "what": "extended",
                "detail": {
                    "working_days": 5,
                    "approved_by": "a senior colleague",
                    "reason": "a colleague's account is awaited",
                    "told": {"on": "2025-06-04", "proof": "letter 17"},
                    "until": "2025-06-23"
                }
            },
            {"on": "2025-06-05", "by": BY, "what": "paused", "detail": {"reason": "in hospital"}},
            {"on": "2025-06-06", "by": BY, "what": "resumed", "detail": {"until": "2025-06-24"}},
            {
                "on": "2025-06-09",
                "by": "the service",
                "what": "redated",
                "detail": {"calendar": new.version().as_str(), "until": "2025-06-25"}
            },
            {
                "on": "2025-06-09",
                "by": BY,
                "what": "told",
                "detail": {"on": "2025-06-09", "proof": "letter 17"}
            },
            {"on": "2025-06-20", "by": BY, "what": "met", "detail": {"on": "2025-06-20"}}
        ])
    );
}

#[test]
fn a_withdrawal_and_the_other_timescales_have_these_names() {
    let withdrawn = json!({
        "on": "2025-06-05", "by": BY, "what": "withdrawn", "detail": {"reason": "the case moved on"}
    });

    let entry: Entry = serde_json::from_value(withdrawn.clone()).unwrap();

    assert_eq!(serde_json::to_value(entry).unwrap(), withdrawn);
    for timescale in [
        json!({"unit": "calendar_days", "value": 28}),
        json!({"unit": "on", "value": "2025-06-13"}),
    ] {
        let read: calendar::Timescale = serde_json::from_value(timescale.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), timescale);
    }
}

#[test]
fn json_of_a_ledger_that_could_not_have_been_entered_is_refused() {
    let mut entries = serde_json::to_value(eventful()).unwrap();
    entries
        .as_array_mut()
        .expect("a ledger is a list")
        .remove(2);

    let refused = serde_json::from_value::<Deadline>(entries).unwrap_err();

    assert_eq!(refused.to_string(), "the deadline is not paused");
}

#[test]
fn a_stored_date_that_no_entry_could_have_set_is_refused() {
    let entries = serde_json::to_value(eventful()).unwrap();

    for (row, until, refusal) in [
        (
            0,
            "2025-06-01",
            "2025-06-01 is before the deadline's start on 2025-06-02",
        ),
        (
            1,
            "2025-06-16",
            "2025-06-16 is no later than the present due date 2025-06-16",
        ),
        (
            3,
            "2025-06-22",
            "2025-06-22 is no later than the present due date 2025-06-23",
        ),
        (
            4,
            "2025-06-01",
            "2025-06-01 is before the deadline's start on 2025-06-02",
        ),
    ] {
        let mut altered = entries.clone();
        altered[row]["detail"]["until"] = until.into();

        let refused = serde_json::from_value::<Deadline>(altered).unwrap_err();

        assert_eq!(refused.to_string(), refusal);
    }
}
