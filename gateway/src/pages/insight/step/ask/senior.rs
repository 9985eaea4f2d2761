//! What a senior colleague is asked, and decides.

use proto::service_complaint::v1::{ApprovalMatter, Complaint};

use super::super::super::words as said;
use super::super::{Answer, Field};
use super::{About, Asked};
use crate::words;

/// What is asked (4.4, 4.17, 2.9).
pub(super) fn ask(complaint: &Complaint) -> Asked {
    let matters = [
        (
            ApprovalMatter::FurtherExtension,
            "By exception, once the ordinary extension is used (policy 4.4, 4.17). It is in force as soon as it is agreed.",
        ),
        (
            ApprovalMatter::BehaviourExclusion,
            "Because of how our colleagues were treated (policy 2.9). You then exclude the complaint yourself.",
        ),
    ];
    let answers = matters
        .map(|(matter, hint)| Answer::new(matter.as_str_name(), said::matter(matter)).hint(hint));
    let asked = Asked::new(
        &["A senior colleague, or the manager, decides. Nobody decides their own request."],
        vec![
            Field::radios("matter", "What are you asking for?", answers.into()),
            Field::text("reason", "Why?", 1_000).missing("Enter a reason"),
            Field::date("until", "The revised date")
                .hint("Only for more time. For example, 18/12/2026"),
        ],
    );
    match super::super::present_stage(complaint).and_then(|it| it.response.as_ref()) {
        Some(response) => asked.about("The response is due", words::date(&response.due_on)),
        None => asked,
    }
}

/// The decision; `None` when nothing of the kind was asked.
pub(super) fn decide(about: &About<'_>) -> Option<Asked> {
    let approval = about
        .complaint
        .approvals
        .iter()
        .find(|it| it.id == about.item)?;
    let until = words::date(&approval.until);
    let mut asked = Asked::new(
        &["An approved extension is in force at once. Nobody decides their own request."],
        vec![
            Field::radios(
                "agreed",
                "Do you agree?",
                vec![Answer::new("yes", "Yes"), Answer::new("no", "No")],
            ),
            Field::text("comment", "Comment", 1_000),
        ],
    )
    .about("Asked for", said::matter(approval.matter()))
    .about("By", &approval.asked_by)
    .about("Why", &approval.reason);
    if !until.is_empty() {
        asked = asked.about("Revised date", until);
    }
    Some(asked)
}
