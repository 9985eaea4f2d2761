//! The answers of the form, checked page by page, and the form for its browser.

use chrono::NaiveDate;
use kit::Check;
use proto::service_complaint::v1 as pb;

use crate::app::{Form, Saved, Sent};
use crate::domain::complaint::{Format, Lack};
use crate::domain::webform::{Answers, Contact, Preference, Step, Subject};
use crate::wire::Said as _;

/// Text of several lines that must be there; the sentence says what to do when it is not.
pub(super) fn asked(
    check: &mut Check,
    field: &str,
    value: &str,
    most: usize,
    sentence: &str,
) -> String {
    if value.trim().is_empty() {
        check.refuse(field, sentence, "REQUIRED");
        return String::new();
    }
    check.long_text(field, value.trim(), 1..=most)
}

/// The same of a line.
pub(super) fn asked_line(
    check: &mut Check,
    field: &str,
    value: &str,
    most: usize,
    sentence: &str,
) -> String {
    if value.trim().is_empty() {
        check.refuse(field, sentence, "REQUIRED");
        return String::new();
    }
    check.text(field, value, 1..=most)
}

/// A choice that must be made.
fn chosen<T>(check: &mut Check, field: &str, choice: Option<T>, sentence: &str) -> Option<T> {
    if choice.is_none() {
        check.refuse(field, sentence, "REQUIRED");
    }
    choice
}

/// The answers of a page. What a page does not ask is not read.
pub(super) fn saved(
    step: pb::Step,
    given: &pb::Answers,
    format: Option<Format>,
    today: NaiveDate,
) -> Result<Saved, kit::Invalid> {
    let mut check = Check::new();
    let mut answers = Answers::default();
    let step = match step {
        pb::Step::Unspecified => {
            check.refuse("step", "Say which page it is", "REQUIRED");
            Step::Kind
        }
        pb::Step::Kind => {
            answers.kind = chosen(
                &mut check,
                "kind",
                given.kind().said(),
                "Select who you are",
            );
            Step::Kind
        }
        pb::Step::Subject => {
            let subject = subject(given.subject());
            let sentence = "Select what your complaint is about";
            answers.subject = chosen(&mut check, "subject", subject, sentence);
            Step::Subject
        }
        pb::Step::Name => {
            let sentence = "Enter your full name";
            answers.name = Some(asked_line(&mut check, "name", &given.name, 200, sentence));
            Step::Name
        }
        pb::Step::Format => {
            let sentence = "Select how we should write to you";
            answers.format = chosen(&mut check, "format", given.format().said(), sentence);
            Step::Format
        }
        pb::Step::Contact => {
            answers.contact = contact(&mut check, given, format.unwrap_or_default());
            Step::Contact
        }
        pb::Step::Adjustments => {
            let sentence = "Tell us which changes you need, or select that you need none";
            let field = "reasonable_adjustments";
            let given = &given.reasonable_adjustments;
            answers.reasonable_adjustments = Some(asked(&mut check, field, given, 2_000, sentence));
            Step::Adjustments
        }
        pb::Step::Vulnerabilities => {
            let sentence = "Tell us what we should know, or select that there is nothing";
            let given = &given.vulnerabilities;
            answers.vulnerabilities =
                Some(asked(&mut check, "vulnerabilities", given, 2_000, sentence));
            Step::Vulnerabilities
        }
        pb::Step::Summary => {
            let sentence = "Tell us what happened";
            let given = &given.summary;
            answers.summary = Some(asked(&mut check, "summary", given, 10_000, sentence));
            Step::Summary
        }
        pb::Step::Date => {
            answers.happened_on = Some(happened(&mut check, &given.happened_on, today));
            Step::Date
        }
        pb::Step::Outcome => {
            let sentence = "Tell us what you want to happen";
            let given = &given.desired_outcome;
            answers.desired_outcome =
                Some(asked(&mut check, "desired_outcome", given, 2_000, sentence));
            Step::Outcome
        }
        pb::Step::Case => {
            answers.case_reference =
                Some(check.text("case_reference", &given.case_reference, 0..=30));
            Step::Case
        }
        pb::Step::Files => Step::Files,
    };
    check.done()?;
    Ok(Saved { step, answers })
}

fn happened(check: &mut Check, given: &str, today: NaiveDate) -> NaiveDate {
    if given.trim().is_empty() {
        check.refuse("happened_on", "Enter the date it last happened", "REQUIRED");
        return today;
    }
    let day = check.date("happened_on", given);
    if day > today {
        check.refuse(
            "happened_on",
            "The date it last happened must be today or in the past",
            "IN_THE_FUTURE",
        );
    }
    day
}

fn contact(check: &mut Check, given: &pb::Answers, format: Format) -> Option<Contact> {
    let sentence = "Select how you prefer to be contacted";
    let preference = Preference::named(&given.communication_preference);
    let preference = chosen(check, "communication_preference", preference, sentence);
    let email = if given.email.trim().is_empty() {
        String::new()
    } else {
        check.email("email", &given.email)
    };
    let telephone = check.text("telephone", &given.telephone, 0..=50);
    let postal_address = check.long_text("postal_address", given.postal_address.trim(), 0..=500);
    let lack = format.lacks(&email, &postal_address);
    let by_email = preference == Some(Preference::Email) || lack == Some(Lack::Email);
    if email.is_empty() && by_email {
        check.refuse("email", "Enter your email address", "REQUIRED");
    }
    if telephone.is_empty() && preference == Some(Preference::Telephone) {
        check.refuse("telephone", "Enter your telephone number", "REQUIRED");
    }
    let by_post = preference == Some(Preference::Letter) || lack == Some(Lack::PostalAddress);
    if postal_address.is_empty() && by_post {
        check.refuse("postal_address", "Enter your postal address", "REQUIRED");
    } else if lack == Some(Lack::Either) && !by_email {
        let sentence = "Enter your email address or your postal address, so that we can send you easy read letters";
        check.refuse("email", sentence, "REQUIRED");
    }
    Some(Contact {
        preference: preference?,
        email,
        telephone,
        postal_address,
    })
}

fn subject(subject: pb::Subject) -> Option<Subject> {
    match subject {
        pb::Subject::Unspecified => None,
        pb::Subject::Service => Some(Subject::Service),
        pb::Subject::Landlord => Some(Subject::Landlord),
        pb::Subject::Request => Some(Subject::Request),
    }
}

/// A form as its browser sees it.
pub(super) fn draft(form: Form) -> pb::Draft {
    let answered = Step::ALL
        .into_iter()
        .filter(|step| form.answers.has(*step))
        .map(|step| page(step).into())
        .collect();
    pb::Draft {
        id: form.id.to_string(),
        answers: Some(answers(form.answers)),
        answered,
        too_long_ago: form.too_long_ago,
        expires_at: Some(kit::time::timestamp(form.expires_at)),
        sent: form.sent.map(sent),
    }
}

fn page(step: Step) -> pb::Step {
    match step {
        Step::Kind => pb::Step::Kind,
        Step::Subject => pb::Step::Subject,
        Step::Name => pb::Step::Name,
        Step::Format => pb::Step::Format,
        Step::Contact => pb::Step::Contact,
        Step::Adjustments => pb::Step::Adjustments,
        Step::Vulnerabilities => pb::Step::Vulnerabilities,
        Step::Summary => pb::Step::Summary,
        Step::Date => pb::Step::Date,
        Step::Outcome => pb::Step::Outcome,
        Step::Case => pb::Step::Case,
        Step::Files => pb::Step::Files,
    }
}

/// The answers for the wire.
pub(super) fn answers(answers: Answers) -> pb::Answers {
    let Answers {
        kind,
        subject,
        name,
        format,
        contact,
        reasonable_adjustments,
        vulnerabilities,
        summary,
        happened_on,
        desired_outcome,
        case_reference,
        files_done: _,
    } = answers;
    let subject = subject.map_or(pb::Subject::Unspecified, |it| match it {
        Subject::Service => pb::Subject::Service,
        Subject::Landlord => pb::Subject::Landlord,
        Subject::Request => pb::Subject::Request,
    });
    let preference = contact.as_ref().map_or("", |it| it.preference.as_str());
    let communication_preference = preference.to_owned();
    let (email, telephone, postal_address) = contact
        .map(|it| (it.email, it.telephone, it.postal_address))
        .unwrap_or_default();
    pb::Answers {
        kind: kind
            .map_or(pb::ServiceUserKind::Unspecified, Into::into)
            .into(),
        subject: subject.into(),
        name: name.unwrap_or_default(),
        communication_preference,
        email,
        telephone,
        postal_address,
        format: format.map_or(pb::Format::Unspecified, Into::into).into(),
        reasonable_adjustments: reasonable_adjustments.unwrap_or_default(),
        vulnerabilities: vulnerabilities.unwrap_or_default(),
        summary: summary.unwrap_or_default(),
        happened_on: kit::time::iso_opt(happened_on),
        desired_outcome: desired_outcome.unwrap_or_default(),
        case_reference: case_reference.unwrap_or_default(),
    }
}

fn sent(sent: Sent) -> pb::SentComplaint {
    let Sent {
        reference,
        received_on,
        acknowledgement_due_on,
        by_email,
    } = sent;
    pb::SentComplaint {
        reference,
        received_on: kit::time::iso(received_on),
        acknowledgement_due_on: kit::time::iso(acknowledgement_due_on),
        by_email,
    }
}
