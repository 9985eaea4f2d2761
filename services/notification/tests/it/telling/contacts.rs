//! What complainants are owed.

use proto::case::v1::{
    ContactEscalated, ContactFacts, ContactFinalReminder, ContactKind, ContactReminder,
};

use super::{Expected, Known, OWNER, TRIAGE, bell, email, event, told};

/// What complainants are owed steps up to the seniors (CA-10).
pub(super) fn of_contacts(it: &Known) -> Vec<Expected> {
    let escalated =
        "The complainant is still owed a callback after the final reminder, was due 24 June 2025";
    vec![
        told(
            event(&ContactReminder {
                facts: Some(owed(it)),
            }),
            &[
                (OWNER, email("Owed to the complainant")),
                (
                    "owner",
                    bell("The complainant is owed a callback, due 24 June 2025"),
                ),
            ],
        ),
        told(
            event(&ContactFinalReminder {
                facts: Some(owed(it)),
            }),
            &[
                (OWNER, email("Owed to the complainant, final reminder")),
                (
                    "owner",
                    bell(
                        "Final reminder: the complainant is owed a callback, was due 24 June 2025",
                    ),
                ),
            ],
        ),
        told(
            event(&ContactEscalated {
                facts: Some(owed(it)),
            }),
            &[
                (OWNER, email("Still owed to the complainant")),
                (TRIAGE, email("Still owed to the complainant")),
                ("owner", bell(escalated)),
                ("senior", bell(escalated)),
            ],
        ),
    ]
}

fn owed(it: &Known) -> ContactFacts {
    ContactFacts {
        contact_id: kit::id().to_string(),
        case_id: it.case.to_string(),
        kind: ContactKind::Callback.into(),
        due_on: "2025-06-24".into(),
        open: true,
        version: 1,
    }
}
