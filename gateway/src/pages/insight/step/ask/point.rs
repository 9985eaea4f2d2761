//! What is asked about a point that was raised meanwhile (4.5).

use proto::service_complaint::v1::PointHandling;

use super::super::{Answer, Field};
use super::{About, Asked};

/// What it is, how it is handled, and that the person was told.
pub(super) fn raised(about: &About<'_>) -> Asked {
    let handlings = [
        (
            PointHandling::Included,
            "It is related: include it",
            "It becomes an element of this complaint, which is decided with the others. A review at stage 2 takes up no new point (policy 4.11)",
        ),
        (
            PointHandling::NewComplaint,
            "It is unrelated: record a new complaint",
            "The new complaint is acknowledged within 5 working days of the day it was raised",
        ),
        (
            PointHandling::ServiceRequest,
            "It asks us to do something: record a service request",
            "",
        ),
    ]
    .map(|(it, label, hint)| Answer::new(it.as_str_name(), label).hint(hint));
    let today = about.today.format("%d/%m/%Y").to_string();
    let date = |name, label: &str| {
        Field::past_date(name, label, about.today).hint("For example, 18/10/2026")
    };
    Asked::new(
        &[
            "The person may raise further points while we investigate. We decide how each is handled, and tell the person (policy 4.5).",
        ],
        vec![
            Field::text("text", "What did the person raise?", 10_000).missing("Enter the words")
                .hint("In a sentence when it is included, in the person’s words otherwise"),
            date("raised_on", "When did they raise it?"),
            Field::radios("handling", "How do we handle it?", handlings.into()),
            date("told_on", "When did you tell the person how we handle it?"),
            Field::line("told_how", "How did you tell them?").missing("Enter how the person was told")
                .hint("Such as a letter, or a note of a call"),
        ],
    )
    .first("raised_on", today.clone())
    .first("told_on", today)
}
