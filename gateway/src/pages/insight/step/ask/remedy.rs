//! What puts things right, and what is promised (4.24, 4.28 to 4.30).

use proto::service_complaint::v1::RemedyKind;

use super::super::super::words as said;
use super::super::{Answer, Field};
use super::{About, Asked, people};
use crate::view::Choice;
use crate::words;

/// A remedy (4.24).
pub(super) fn offer(about: &About<'_>) -> Asked {
    let kinds = [
        (RemedyKind::Apology, ""),
        (
            RemedyKind::CaseworkAction,
            "Such as a review of a reasonable adjustment, a call, or an update.",
        ),
        (RemedyKind::Correction, "Of our records, on evidence."),
        (RemedyKind::Explanation, "What happened, and why."),
        (RemedyKind::Improvement, "Recommended to the teams."),
        (RemedyKind::SharedLearning, ""),
        (
            RemedyKind::RiskReview,
            "Only where the complaint is about a case.",
        ),
        (
            RemedyKind::Compensation,
            "For a failure that hit this person, not one that hit everybody (policy 4.25, 4.26).",
        ),
    ];
    let kinds =
        kinds.map(|(kind, hint)| Answer::new(kind.as_str_name(), said::remedy(kind)).hint(hint));
    let levels = about
        .policy
        .bands
        .iter()
        .map(|band| {
            let (label, hint) = said::level(band.level());
            let label = format!("{label}: £{} to £{}", band.from_pounds, band.to_pounds);
            Answer::new(band.level().as_str_name(), label).hint(hint)
        })
        .collect();
    let fields = vec![
        Field::radios("remedy.kind", "What puts it right?", kinds.into()),
        Field::text("remedy.text", "In a sentence for the person", 2_000),
        Field::heading("For an apology"),
        Field::radios(
            "remedy.verbal",
            "How is it made?",
            vec![Answer::new("", "In writing"), Answer::new("yes", "Spoken")],
        ),
        Field::radios(
            "remedy.from",
            "Whose is it?",
            vec![
                Answer::new("", "The Service’s"),
                Answer::new("yes", "The Ombudsman’s own"),
            ],
        ),
        Field::heading("For compensation"),
        Field::radios("remedy.level", "How serious was the failure?", levels)
            .hint("The levels of the policy’s Appendix A"),
        Field::number("remedy.pounds", "How much, in whole pounds?"),
        Field::tick("affected_all", "The failure affected all service users"),
    ];
    Asked::new(
        &[
            "A remedy is offered with the response. What somebody has to do is then promised as an action, with who is accountable and by when (policy 4.24, 4.28).",
        ],
        fields,
    )
}

/// A promise of an action (4.28, 4.29).
pub(super) fn promise(about: &About<'_>) -> Asked {
    let remedies = std::iter::once(Choice {
        value: String::new(),
        label: "None: it is another promise".to_owned(),
    })
    .chain(about.complaint.remedies.iter().map(|it| Choice {
        value: it.id.clone(),
        label: format!("{}: {}", said::remedy(it.kind()), it.text),
    }))
    .collect();
    Asked::new(
        &["An action is tracked and monitored until it is done, also after the complaint has ended (policy 4.9, 4.28 to 4.30)."],
        vec![
            Field::text("what", "What is to be done?", 1_000).missing("Enter what is to be done"),
            Field::select("owner_id", "Who is accountable?", people(about.colleagues)),
            Field::date("due_on", "By when?").hint("For example, 18/12/2026"),
            Field::select("remedy_id", "Which remedy does it deliver?", remedies),
        ],
    )
    .first("remedy_id", about.item)
}

/// What the forms about an action say of it; `None` when the complaint has no such action.
pub(super) fn action(about: &About<'_>) -> Option<Asked> {
    let action = about
        .complaint
        .actions
        .iter()
        .find(|it| it.id == about.item)?;
    let due_on = action
        .deadline
        .as_ref()
        .map(|it| words::date(&it.due_on))
        .unwrap_or_default();
    let asked = Asked::new(
        &["Outstanding actions are followed until they are done (policy 4.9, 4.30)."],
        Vec::new(),
    )
    .about("Action", &action.what)
    .about("Accountable", &action.owner_name)
    .about("Due", due_on);
    Some(asked)
}
