//! The public form (1.6): what it asks, a page at a time, and when it is whole.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::complaint::{Format, Needs, ServiceUser, UserKind};

/// A page of the form, in the order of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Who complains.
    Kind,
    /// About what.
    Subject,
    /// The name.
    Name,
    /// How letters are sent.
    Format,
    /// How to reach the person.
    Contact,
    /// Reasonable adjustments.
    Adjustments,
    /// Vulnerabilities and safeguarding.
    Vulnerabilities,
    /// What happened.
    Summary,
    /// When it last happened.
    Date,
    /// The outcome that is sought.
    Outcome,
    /// The case that it is about, if any.
    Case,
    /// The files, if any.
    Files,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Kind,
        Self::Subject,
        Self::Name,
        Self::Format,
        Self::Contact,
        Self::Adjustments,
        Self::Vulnerabilities,
        Self::Summary,
        Self::Date,
        Self::Outcome,
        Self::Case,
        Self::Files,
    ];
}

/// What a complaint is about, as the person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The ombudsman's own service (2.1).
    Service,
    /// A landlord, which is another procedure (1.1).
    Landlord,
    /// Something that the ombudsman is asked to do (2.3).
    Request,
}

/// How a person prefers to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// By email.
    Email,
    /// By telephone.
    Telephone,
    /// By letter.
    Letter,
}

impl Preference {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Letter => "letter",
        }
    }

    /// What a name on the wire stands for.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Email, Self::Telephone, Self::Letter]
            .into_iter()
            .find(|it| it.as_str() == name)
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Telephone => "Telephone",
            Self::Letter => "Letter",
        }
    }
}

/// How to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// How the person prefers it.
    pub preference: Preference,
    /// The email address, if there is one.
    pub email: String,
    /// The telephone number, if there is one.
    pub telephone: String,
    /// The postal address, if there is one.
    pub postal_address: String,
}

/// What was answered so far: `None` is a page that was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// What the person is to the ombudsman.
    pub kind: Option<UserKind>,
    /// What it is about.
    pub subject: Option<Subject>,
    /// The name.
    pub name: Option<String>,
    /// How letters are sent.
    pub format: Option<Format>,
    /// How to reach the person.
    pub contact: Option<Contact>,
    /// Reasonable adjustments; `None` in words is an answer.
    pub reasonable_adjustments: Option<String>,
    /// Vulnerabilities and safeguarding.
    pub vulnerabilities: Option<String>,
    /// What happened.
    pub summary: Option<String>,
    /// When it last happened.
    pub happened_on: Option<NaiveDate>,
    /// The outcome that is sought.
    pub desired_outcome: Option<String>,
    /// The case's reference; an empty one says that it is about none.
    pub case_reference: Option<String>,
    /// Whether the page of the files was left as it should be.
    pub files_done: bool,
}

/// A form that holds everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Who complains.
    pub user: ServiceUser,
    /// What was asked and answered about the person's needs.
    pub needs: Needs,
    /// What happened.
    pub summary: String,
    /// When it last happened.
    pub happened_on: NaiveDate,
    /// The outcome that is sought.
    pub desired_outcome: String,
    /// The case's reference.
    pub case_reference: String,
}

impl Answers {
    /// Whether a page is answered, so that a complaint can be made of it.
    #[must_use]
    pub fn has(&self, step: Step) -> bool {
        match step {
            Step::Kind => self.kind.is_some(),
            // The two others are told where to go, and may come back.
            Step::Subject => self.subject == Some(Subject::Service),
            Step::Name => self.name.is_some(),
            Step::Format => self.format.is_some(),
            Step::Contact => self.contact.as_ref().is_some_and(|it| self.reaches(it)),
            Step::Adjustments => self.reasonable_adjustments.is_some(),
            Step::Vulnerabilities => self.vulnerabilities.is_some(),
            Step::Summary => self.summary.is_some(),
            Step::Date => self.happened_on.is_some(),
            Step::Outcome => self.desired_outcome.is_some(),
            Step::Case => self.case_reference.is_some(),
            Step::Files => self.files_done,
        }
    }

    /// The format may have been changed after the contact was given.
    fn reaches(&self, contact: &Contact) -> bool {
        let format = self.format.unwrap_or_default();
        format
            .lacks(&contact.email, &contact.postal_address)
            .is_none()
    }

    /// The pages that are not answered.
    #[must_use]
    pub fn missing(&self) -> Vec<Step> {
        Step::ALL
            .into_iter()
            .filter(|step| !self.has(*step))
            .collect()
    }

    /// The form, if it holds everything; otherwise the pages that it lacks.
    pub fn filled(self) -> Result<Filled, Vec<Step>> {
        let missing = self.missing();
        let Self {
            kind: Some(kind),
            name: Some(name),
            format: Some(format),
            contact: Some(contact),
            reasonable_adjustments: Some(reasonable_adjustments),
            vulnerabilities: Some(vulnerabilities),
            summary: Some(summary),
            happened_on: Some(happened_on),
            desired_outcome: Some(desired_outcome),
            case_reference: Some(case_reference),
            ..
        } = self
        else {
            return Err(missing);
        };
        if !missing.is_empty() {
            return Err(missing);
        }
        Ok(Filled {
            needs: Needs {
                contact: reach(&contact),
                communication_preference: contact.preference.in_words().to_owned(),
                reasonable_adjustments,
                vulnerabilities,
            },
            user: ServiceUser {
                name,
                kind,
                email: contact.email,
                telephone: contact.telephone,
                postal_address: contact.postal_address,
                format,
            },
            summary,
            happened_on,
            desired_outcome,
            case_reference,
        })
    }
}

/// How to reach a person, in a line.
fn reach(contact: &Contact) -> String {
    let address = contact.postal_address.replace('\n', ", ");
    [
        contact.email.as_str(),
        contact.telephone.as_str(),
        address.as_str(),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Answers {
        Answers {
            kind: Some(UserKind::Resident),
            subject: Some(Subject::Service),
            name: Some("Asha Verma".to_owned()),
            format: Some(Format::Email),
            contact: Some(Contact {
                preference: Preference::Email,
                email: "asha@resident.example".to_owned(),
                telephone: "020 7946 0000".to_owned(),
                postal_address: String::new(),
            }),
            reasonable_adjustments: Some("None".to_owned()),
            vulnerabilities: Some("None".to_owned()),
            summary: Some("Nobody called me back.".to_owned()),
            happened_on: "2025-06-02".parse().ok(),
            desired_outcome: Some("An apology".to_owned()),
            case_reference: Some(String::new()),
            files_done: true,
        }
    }

    #[test]
    fn sc_2_the_needs_are_asked_and_answered_before_a_form_is_whole() {
        let filled = whole().filled().unwrap();

        assert_eq!(filled.needs.reasonable_adjustments, "None");
        assert_eq!(filled.needs.contact, "asha@resident.example; 020 7946 0000");
        let silent = Answers {
            vulnerabilities: None,
            ..whole()
        };
        assert_eq!(silent.filled(), Err(vec![Step::Vulnerabilities]));
    }

    #[test]
    fn sc_1_each_page_is_missed_by_name_and_in_order() {
        assert_eq!(Answers::default().missing(), Step::ALL);
        assert_eq!(whole().missing(), []);
    }

    #[test]
    fn sc_1_2_3_what_is_about_a_landlord_or_a_request_is_no_service_complaint() {
        for subject in [Subject::Landlord, Subject::Request] {
            let other = Answers {
                subject: Some(subject),
                ..whole()
            };
            assert_eq!(other.filled(), Err(vec![Step::Subject]));
        }
    }

    #[test]
    fn sc_12_letters_on_paper_need_an_address_whenever_they_were_chosen() {
        for format in [Format::Letter, Format::LargePrint] {
            let by_post = Answers {
                format: Some(format),
                ..whole()
            };
            assert_eq!(by_post.missing(), [Step::Contact]);
        }
        let easy = Answers {
            format: Some(Format::EasyRead),
            ..whole()
        };
        assert_eq!(easy.missing(), []);
    }

    #[test]
    fn sc_12_easy_read_letters_need_somewhere_to_go() {
        let mut easy = Answers {
            format: Some(Format::EasyRead),
            ..whole()
        };
        let contact = easy.contact.as_mut().unwrap();
        contact.preference = Preference::Telephone;
        contact.email.clear();
        contact.postal_address.clear();

        assert_eq!(easy.missing(), [Step::Contact]);
    }
}
