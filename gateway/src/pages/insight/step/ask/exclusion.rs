//! Why something is not investigated, and where else the person can go (2.6 to 2.9, 4.6).

use proto::service_complaint::v1::{ExclusionReason, Policy};

use super::super::super::words as said;
use super::super::{Answer, Field};
use super::{About, Asked, proof};
use crate::view::Choice;

/// The reasons not to investigate, each with what the person is told and where they can go instead.
fn reasons(policy: &Policy) -> Vec<Field> {
    let answers = policy
        .exclusions
        .iter()
        .map(|terms| {
            let signpost = if terms.signpost.is_empty() {
                "Say below where the person can go instead."
            } else {
                &terms.signpost
            };
            let approval = if terms.reason() == ExclusionReason::Behaviour {
                " Only once a senior colleague has agreed."
            } else {
                ""
            };
            let hint = format!(
                "{} {signpost}{approval} (policy {})",
                terms.explanation, terms.paragraph
            );
            Answer::new(
                terms.reason().as_str_name(),
                said::exclusion(terms.reason()),
            )
            .hint(hint.replace('\'', "’"))
        })
        .collect();
    let reason = Field::radios("reason", "Why is it not investigated?", answers);
    vec![
        reason,
        Field::text("details", "What is the person told about it?", 2_000)
            .hint("Besides the reason’s own words"),
        Field::text("signpost", "Where can the person go instead?", 500)
            .hint("Leave it empty for the words under the reason"),
        Field::date("happened_on", "When did it last happen?").hint(
            "Only if it happened more than 12 months before the complaint. For example, 18/10/2023",
        ),
    ]
}

/// Why a request for stage 2 is excluded, when that is the ground of its refusal.
pub(super) fn of_request(policy: &Policy) -> Vec<Field> {
    let choose = Choice {
        value: String::new(),
        label: "Choose a reason".to_owned(),
    };
    let reasons = policy.exclusions.iter().map(|terms| Choice {
        value: terms.reason().as_str_name().to_owned(),
        label: format!(
            "{} (policy {})",
            said::exclusion(terms.reason()),
            terms.paragraph
        ),
    });
    vec![
        Field::heading("If the policy excludes it"),
        Field::select(
            "exclusion",
            "Why does the policy exclude it?",
            std::iter::once(choose).chain(reasons).collect(),
        )
        .hint("For behaviour, only once a senior colleague has agreed (policy 2.9)")
        .missing("Choose why the policy excludes it"),
        Field::text("signpost", "Where can the person go instead?", 500)
            .hint("Leave it empty for what usually goes with the reason"),
        Field::date("happened_on", "When did it last happen?").hint(
            "Only if it happened more than 12 months before the complaint. For example, 18/10/2023",
        ),
    ]
}

/// An element that is not investigated.
pub(super) fn of_element(about: &About<'_>) -> Option<Asked> {
    let element = about
        .complaint
        .elements
        .iter()
        .find(|it| it.id == about.item)?;
    let asked = Asked::new(
        &[
            "Tell the person of the decision and the reasons at the earliest opportunity (policy 4.6).",
        ],
        reasons(about.policy),
    );
    Some(asked.about("Element", &element.text))
}

/// A complaint that is not investigated.
pub(super) fn of_complaint(about: &About<'_>, today: String) -> Asked {
    let mut fields = reasons(about.policy);
    fields.push(
        Field::past_date("on", "When was the person told?", about.today)
            .hint("For example, 18/10/2024"),
    );
    fields.push(proof());
    Asked::new(
        &["This ends the whole complaint. We tell the person why, and where else they can go (policy 2.8, 4.6)."],
        fields,
    )
    .first("on", today)
}
