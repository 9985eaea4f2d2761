//! What is put right after a complaint came in: each correction changes the complaint and says what stood there before (3.2, WH-1).

use super::complaint::{Complaint, ComplaintType, Format, Needs, ServiceUser, UserKind};

/// What a correction changed, each thing with its words before and after; empty when it changed nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed(Vec<String>);

impl Changed {
    fn of(&mut self, what: &str, before: &str, after: &str) {
        if before != after {
            let (before, after) = (quoted(before), quoted(after));
            self.0.push(format!("{what} from {before} to {after}"));
        }
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In a sentence, with the reason.
    #[must_use]
    pub fn sentence(&self, reason: &str) -> String {
        format!("Corrected {}. Why: {reason}", self.0.join("; "))
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("“{text}”")
    }
}

/// Corrects who complains, how the person is reached, and the case that it is about.
pub fn person(complaint: &mut Complaint, user: ServiceUser, case_reference: String) -> Changed {
    let mut changed = Changed::default();
    let before = &complaint.user;
    changed.of("the name", &before.name, &user.name);
    changed.of(
        "what the person is to us",
        kind(before.kind),
        kind(user.kind),
    );
    changed.of("the email address", &before.email, &user.email);
    changed.of("the telephone number", &before.telephone, &user.telephone);
    changed.of(
        "the postal address",
        &before.postal_address,
        &user.postal_address,
    );
    changed.of(
        "how letters are sent",
        format(before.format),
        format(user.format),
    );
    changed.of("the case", &complaint.case_reference, &case_reference);
    complaint.user = user;
    complaint.case_reference = case_reference;
    changed
}

/// Corrects what was asked and answered about the person's needs.
pub fn needs(complaint: &mut Complaint, needs: Needs) -> Changed {
    let mut changed = Changed::default();
    for ((_, what, before), (.., after)) in answers(&complaint.definition.needs)
        .into_iter()
        .zip(answers(&needs))
    {
        changed.of(what, before, after);
    }
    complaint.definition.needs = needs;
    changed
}

/// The fields of the answers that a correction would take away. "None" is an answer, and nothing at all is not (3.2).
#[must_use]
pub fn taken_away(before: &Needs, after: &Needs) -> Vec<&'static str> {
    let pairs = answers(before).into_iter().zip(answers(after));
    pairs
        .filter(|((.., before), (.., after))| !before.trim().is_empty() && after.trim().is_empty())
        .map(|((field, ..), _)| field)
        .collect()
}

fn answers(needs: &Needs) -> [(&'static str, &'static str, &str); 4] {
    let Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = needs;
    [
        ("needs.contact", "the contact", contact),
        (
            "needs.communication_preference",
            "the communication preference",
            communication_preference,
        ),
        (
            "needs.reasonable_adjustments",
            "the reasonable adjustments",
            reasonable_adjustments,
        ),
        (
            "needs.vulnerabilities",
            "the vulnerabilities",
            vulnerabilities,
        ),
    ]
}

/// Corrects what the complaint is about (2.2).
pub fn complaint_type(complaint: &mut Complaint, to: ComplaintType) -> Changed {
    let mut changed = Changed::default();
    let before = complaint.definition.complaint_type.map_or("", about);
    changed.of("what it is about", before, about(to));
    complaint.definition.complaint_type = Some(to);
    changed
}

/// Words an element anew.
pub fn reword(element: &mut super::finding::Element, text: String) -> Changed {
    let mut changed = Changed::default();
    changed.of("an element of the definition", &element.text, &text);
    element.text = text;
    changed
}

fn kind(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Resident => "a resident",
        UserKind::Representative => "a representative",
        UserKind::Landlord => "a landlord",
        UserKind::Other => "somebody else",
    }
}

fn format(format: Format) -> &'static str {
    match format {
        Format::Email => "by email",
        Format::Letter => "on paper",
        Format::LargePrint => "in large print",
        Format::EasyRead => "in easy read",
    }
}

fn about(complaint_type: ComplaintType) -> &'static str {
    match complaint_type {
        ComplaintType::Process => "a published process that was not followed",
        ComplaintType::Conduct => "the conduct of a member of staff",
        ComplaintType::NoService => "a service that was not provided",
        ComplaintType::Quality => "the quality of the service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::complaint::tests::an_investigated_complaint;

    #[test]
    fn wh_1_a_correction_says_what_stood_there_before() {
        let mut complaint = an_investigated_complaint("2025-06-10");
        let user = ServiceUser {
            email: "asha@example.org".to_owned(),
            format: Format::LargePrint,
            ..complaint.user.clone()
        };

        let changed = person(&mut complaint, user.clone(), String::new());

        assert_eq!(
            changed.sentence("She rang"),
            "Corrected the email address from nothing to “asha@example.org”; how letters are sent from “by email” to “in large print”. Why: She rang"
        );
        assert!(person(&mut complaint, user, String::new()).is_empty());
    }

    #[test]
    fn sc_2_3_2_an_answer_is_changed_and_not_taken_away() {
        let before = Needs {
            vulnerabilities: "None".to_owned(),
            ..Needs::default()
        };

        assert_eq!(
            taken_away(&before, &Needs::default()),
            ["needs.vulnerabilities"]
        );
        assert!(taken_away(&before, &before).is_empty());
    }
}
