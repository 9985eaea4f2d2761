//! What was promised and what was asked for, counted from the ledgers of actions and from the requests themselves (4.30, 1.3, 2.3).

use calendar::{Deadline, State};
use chrono::NaiveDate;

use super::{Period, Row};
use crate::domain::complaint::Complaint;
use crate::domain::request::ServiceRequest;

/// What was due before the period and done in it.
const DONE_AFTER: &str = "action.done_after";

/// What a complaint's actions add to the figures of a period.
#[must_use]
pub fn actions(complaint: &Complaint, period: Period) -> Vec<Row> {
    let promises = complaint.promises.iter();
    promises
        .filter_map(|promise| {
            let deadline = &promise.action.deadline;
            let figure = delivered(deadline, period)?;
            let on = match figure {
                DONE_AFTER => deadline.met_on()?,
                _ => deadline.due_on(period.last),
            };
            Some(Row {
                figure: figure.to_owned(),
                reference: complaint.reference.clone(),
                item: promise.action.id.to_string(),
                on,
                amount: 1,
            })
        })
        .collect()
}

/// The figure that an action belongs to, by its ledger as it stood at the end of the period.
fn delivered(deadline: &Deadline, period: Period) -> Option<&'static str> {
    let promised_on = deadline.entries().first()?.on;
    let due_on = deadline.due_on(period.last);
    if promised_on > period.last || due_on > period.last {
        return None;
    }
    let before = due_on < period.first;
    match deadline.state_on(period.last) {
        State::Running if before => Some("action.open_before"),
        State::Running => Some("action.open"),
        State::Met { late, .. } if !before => Some(if late {
            "action.late"
        } else {
            "action.in_time"
        }),
        State::Met { .. } if deadline.met_on() >= Some(period.first) => Some(DONE_AFTER),
        State::Met { .. } | State::Paused | State::Withdrawn => None,
    }
}

/// What a service request adds to the figures of a period. `became_on` is the date on which the person complained instead, if they did (1.5).
#[must_use]
pub fn request(request: &ServiceRequest, became_on: Option<NaiveDate>, period: Period) -> Vec<Row> {
    let answered_on = request.answer.as_ref().map(|(on, _)| *on);
    let by_the_end = |on: Option<NaiveDate>| on.is_some_and(|on| on <= period.last);
    let within = |on: Option<NaiveDate>| on.filter(|on| period.has(*on));
    let received_on = Some(request.received_on);
    let open = by_the_end(received_on) && !by_the_end(answered_on) && !by_the_end(became_on);
    let figures = [
        ("request.received", within(received_on)),
        ("request.answered", within(answered_on)),
        ("request.complaint", within(became_on)),
        ("request.open", received_on.filter(|_| open)),
    ];
    figures
        .into_iter()
        .filter_map(|(figure, on)| {
            Some(Row {
                figure: figure.to_owned(),
                reference: String::new(),
                item: request.reference.clone(),
                on: on?,
                amount: 1,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use calendar::{Calendar, Event, Rule, Timescale};

    use super::*;
    use crate::domain::complaint::{Channel, ServiceUser};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn june() -> Period {
        Period::new(day("2025-06-01"), day("2025-06-30")).unwrap()
    }

    fn due(on: &str) -> Deadline {
        let event = Event {
            name: "action promised".to_owned(),
            on: day("2025-05-01"),
        };
        let rule = Rule {
            id: "SC-10 action (4.9)".to_owned(),
            timescale: Timescale::On(day(on)),
        };
        let calendar = Calendar::england_and_wales();
        Deadline::start(&calendar, event, rule, "an investigator", day("2025-05-01")).unwrap()
    }

    fn done(mut deadline: Deadline, on: &str) -> Deadline {
        deadline.meet(day(on), "an investigator", day(on)).unwrap();
        deadline
    }

    #[test]
    fn sc_14_4_30_an_action_is_counted_where_it_is_due_by_how_it_stood_at_the_end_of_the_period() {
        let figure = |deadline: Deadline| delivered(&deadline, june());

        assert_eq!(
            figure(done(due("2025-06-20"), "2025-06-20")),
            Some("action.in_time")
        );
        assert_eq!(
            figure(done(due("2025-06-20"), "2025-06-23")),
            Some("action.late")
        );
        assert_eq!(figure(due("2025-06-20")), Some("action.open"));
        assert_eq!(
            figure(done(due("2025-06-20"), "2025-07-01")),
            Some("action.open"),
            "what was done after the period was open at its end"
        );
        assert_eq!(figure(due("2025-05-20")), Some("action.open_before"));
        assert_eq!(
            figure(done(due("2025-05-20"), "2025-06-02")),
            Some("action.done_after"),
            "it was open in May, and is told of in June"
        );
    }

    #[test]
    fn sc_14_4_30_an_action_is_not_counted_when_it_is_due_later_or_was_done_before_or_withdrawn() {
        let mut withdrawn = due("2025-06-20");
        withdrawn
            .withdraw("The person moved", "an investigator", day("2025-06-10"))
            .unwrap();

        assert_eq!(delivered(&due("2025-07-01"), june()), None);
        assert_eq!(
            delivered(&done(due("2025-05-20"), "2025-05-21"), june()),
            None
        );
        assert_eq!(delivered(&withdrawn, june()), None);
    }

    fn asked(answered: Option<&str>) -> ServiceRequest {
        ServiceRequest {
            id: kit::id(),
            reference: "SR202500001".to_owned(),
            user: ServiceUser::default(),
            channel: Channel::Telephone,
            wanted: "Call me about my case".to_owned(),
            case_reference: String::new(),
            received_on: day("2025-06-10"),
            raised_during: None,
            handler: None,
            reviewed_on: None,
            answer: answered.map(|on| (day(on), "We called.".to_owned())),
            became: None,
            version: 1,
        }
    }

    fn figures(answered: Option<&str>, became: Option<&str>) -> Vec<String> {
        let rows = request(&asked(answered), became.map(day), june());
        rows.into_iter().map(|it| it.figure).collect()
    }

    #[test]
    fn sc_14_2_3_a_request_is_open_at_the_end_of_a_period_until_it_is_answered_or_a_complaint() {
        assert_eq!(figures(None, None), ["request.received", "request.open"]);
        assert_eq!(
            figures(Some("2025-06-11"), None),
            ["request.received", "request.answered"]
        );
        assert_eq!(
            figures(Some("2025-07-01"), None),
            ["request.received", "request.open"]
        );
        assert_eq!(
            figures(None, Some("2025-06-12")),
            ["request.received", "request.complaint"]
        );
        assert_eq!(
            figures(Some("2025-06-11"), Some("2025-06-12")),
            ["request.received", "request.answered", "request.complaint"]
        );
    }
}
