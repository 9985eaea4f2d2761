//! What service requests are in words.

use proto::service_complaint::v1::{Format, RequestStanding, ServiceRequest, ServiceUser};

use super::super::words as said;
use crate::view::Status;
use crate::words;

/// How a request can stand, in the order of a filter.
pub(super) const STANDINGS: [RequestStanding; 3] = [
    RequestStanding::Open,
    RequestStanding::Answered,
    RequestStanding::Complaint,
];

/// How it stands, with the colour of its tag.
pub(super) fn standing(standing: RequestStanding) -> Status {
    let (text, colour) = match standing {
        RequestStanding::Unspecified => ("Not known", "grey"),
        RequestStanding::Open => ("Open", "blue"),
        RequestStanding::Answered => ("Answered", "green"),
        RequestStanding::Complaint => ("Became a complaint", "purple"),
    };
    Status {
        text: text.to_owned(),
        colour,
    }
}

/// When it is to be reviewed; empty once it is closed.
pub(super) fn review(request: &ServiceRequest) -> said::Due {
    if request.review_due_on.is_empty() {
        return said::Due {
            text: String::new(),
            colour: "grey",
        };
    }
    let day = words::date(&request.review_due_on);
    let (text, colour) = if request.review_late {
        (format!("Overdue since {day}"), "red")
    } else {
        (day, "blue")
    };
    said::Due { text, colour }
}

/// How old it is, or how long it took; empty where that can't be counted.
pub(super) fn age(request: &ServiceRequest) -> String {
    match request.age_in_working_days {
        None => String::new(),
        Some(1) => "1 working day".to_owned(),
        Some(days) => format!("{days} working days"),
    }
}

/// Whether the receipt and the answer go out by email.
pub(super) fn by_email(user: &ServiceUser) -> bool {
    let by_email = matches!(user.format(), Format::Email | Format::EasyRead);
    by_email && !user.email.is_empty()
}

/// What is known of it: a name and words each.
pub(super) fn facts(request: &ServiceRequest) -> Vec<(&'static str, String)> {
    let user = request.service_user.clone().unwrap_or_default();
    let facts = [
        ("How it came", said::channel(request.channel()).to_owned()),
        ("Received on", words::date(&request.received_on)),
        ("Age", age(request)),
        ("Last reviewed on", words::date(&request.reviewed_on)),
        ("Case", request.case_reference.clone()),
        (
            "What they are to us",
            said::user_kind(user.kind()).to_owned(),
        ),
        ("Letters", said::format(user.format()).to_owned()),
        ("Email address", user.email),
        ("Telephone number", user.telephone),
        ("Postal address", user.postal_address),
    ];
    let known = facts.into_iter().filter(|(_, words)| !words.is_empty());
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_1_2_3_a_review_that_is_late_says_so_and_a_closed_request_has_none() {
        let open = ServiceRequest {
            review_due_on: "2026-06-24".to_owned(),
            ..ServiceRequest::default()
        };
        let late = ServiceRequest {
            review_late: true,
            ..open.clone()
        };

        assert_eq!(review(&open).text, "24 June 2026");
        assert_eq!(review(&late).text, "Overdue since 24 June 2026");
        assert_eq!(review(&ServiceRequest::default()).text, "");
    }

    #[test]
    fn the_age_is_told_in_working_days() {
        let old = |days| ServiceRequest {
            age_in_working_days: days,
            ..ServiceRequest::default()
        };

        assert_eq!(age(&old(Some(0))), "0 working days");
        assert_eq!(age(&old(Some(1))), "1 working day");
        assert_eq!(age(&old(None)), "");
    }
}
