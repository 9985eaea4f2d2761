//! The pages of the form: their order, their addresses, and what is chosen from.

use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::Draft;

use super::check;

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Kind,
    Subject,
    Name,
    Format,
    Contact,
    Adjustments,
    Vulnerabilities,
    Summary,
    Date,
    Outcome,
    Case,
    Files,
}

impl Step {
    /// All of them, in order.
    pub(super) const ALL: [Self; 12] = [
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

    /// What its address ends with.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Kind => "who-you-are",
            Self::Subject => "what-it-is-about",
            Self::Name => "your-name",
            Self::Format => "how-we-write-to-you",
            Self::Contact => "how-to-reach-you",
            Self::Adjustments => "changes-you-need",
            Self::Vulnerabilities => "what-we-should-know",
            Self::Summary => "what-happened",
            Self::Date => "when-it-happened",
            Self::Outcome => "what-you-want",
            Self::Case => "case-reference",
            Self::Files => "files",
        }
    }

    pub(super) fn named(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.slug() == slug)
    }

    pub(super) fn address(self) -> String {
        format!("/complain/form/{}", self.slug())
    }

    /// What it asks.
    pub(super) fn question(self) -> &'static str {
        match self {
            Self::Kind => "Who are you?",
            Self::Subject => "What is your complaint about?",
            Self::Name => "What is your full name?",
            Self::Format => "How should we write to you?",
            Self::Contact => "How can we reach you?",
            Self::Adjustments => "Do you need us to do anything differently?",
            Self::Vulnerabilities => "Is there anything we should know to help or protect you?",
            Self::Summary => "What happened?",
            Self::Date => "When did it last happen?",
            Self::Outcome => "What do you want to happen?",
            Self::Case => "What is your case reference?",
            Self::Files => "Do you want to send us any files?",
        }
    }

    /// The same on the page of all answers.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Kind => "Who you are",
            Self::Subject => "What it is about",
            Self::Name => "Full name",
            Self::Format => "How we write to you",
            Self::Contact => "How to reach you",
            Self::Adjustments => "What we do differently",
            Self::Vulnerabilities => "What we should know",
            Self::Summary => "What happened",
            Self::Date => "When it last happened",
            Self::Outcome => "What you want to happen",
            Self::Case => "Case reference",
            Self::Files => "Files",
        }
    }

    /// Its name in the contract.
    pub(super) fn on_the_wire(self) -> pb::Step {
        match self {
            Self::Kind => pb::Step::Kind,
            Self::Subject => pb::Step::Subject,
            Self::Name => pb::Step::Name,
            Self::Format => pb::Step::Format,
            Self::Contact => pb::Step::Contact,
            Self::Adjustments => pb::Step::Adjustments,
            Self::Vulnerabilities => pb::Step::Vulnerabilities,
            Self::Summary => pb::Step::Summary,
            Self::Date => pb::Step::Date,
            Self::Outcome => pb::Step::Outcome,
            Self::Case => pb::Step::Case,
            Self::Files => pb::Step::Files,
        }
    }

    fn place(self) -> usize {
        Self::ALL
            .iter()
            .position(|it| *it == self)
            .unwrap_or_default()
    }

    /// *Question 3 of 12*.
    pub(super) fn caption(self) -> String {
        format!("Question {} of {}", self.place() + 1, Self::ALL.len())
    }

    /// The page before it, which is the start for the first.
    pub(super) fn before(self) -> String {
        match self.place().checked_sub(1) {
            Some(place) => Self::ALL[place].address(),
            None => "/complain".to_owned(),
        }
    }

    /// The page after it, which is that of all answers for the last.
    pub(super) fn after(self) -> String {
        match Self::ALL.get(self.place() + 1) {
            Some(step) => step.address(),
            None => check::ADDRESS.to_owned(),
        }
    }

    /// Whether a form has an answer to it.
    pub(super) fn is_answered(self, draft: &Draft) -> bool {
        draft.answered.contains(&self.on_the_wire().into())
    }

    /// The first page of a form that is not answered.
    pub(super) fn first_open(draft: &Draft) -> Option<Self> {
        Self::ALL.into_iter().find(|it| !it.is_answered(draft))
    }
}

/// One of the answers that are chosen from.
pub(super) struct Choice {
    /// What the form sends.
    pub(super) value: &'static str,
    /// What is shown.
    pub(super) label: &'static str,
    /// What it means; empty when that is plain.
    pub(super) hint: &'static str,
}

const fn choice(value: &'static str, label: &'static str, hint: &'static str) -> Choice {
    Choice { value, label, hint }
}

pub(super) const KINDS: [Choice; 4] = [
    choice(
        "SERVICE_USER_KIND_RESIDENT",
        "A resident",
        "You live in a home of a landlord, or did",
    ),
    choice(
        "SERVICE_USER_KIND_REPRESENTATIVE",
        "Someone acting for a resident",
        "For example a relative, a councillor or an adviser",
    ),
    choice(
        "SERVICE_USER_KIND_LANDLORD",
        "A landlord",
        "You work for a landlord, or act for one",
    ),
    choice("SERVICE_USER_KIND_OTHER", "Someone else", ""),
];

pub(super) const SUBJECTS: [Choice; 3] = [
    choice(
        "SUBJECT_SERVICE",
        "The service you had from us",
        "For example: we did not follow our own process, someone here treated you badly, we did not do what we said, or our service was poor",
    ),
    choice(
        "SUBJECT_LANDLORD",
        "A landlord",
        "For example repairs, rent, or how a landlord dealt with a complaint",
    ),
    choice(
        "SUBJECT_REQUEST",
        "I am not complaining: I want you to do something on my case",
        "For example call me back or tell me how far you are",
    ),
];

pub(super) const FORMATS: [Choice; 4] = [
    choice("FORMAT_EMAIL", "By email", ""),
    choice("FORMAT_LETTER", "By letter", ""),
    choice("FORMAT_LARGE_PRINT", "By letter in large print", ""),
    choice(
        "FORMAT_EASY_READ",
        "In easy read",
        "Short sentences and plain words",
    ),
];

pub(super) const PREFERENCES: [Choice; 3] = [
    choice("email", "Email", ""),
    choice("telephone", "Telephone", ""),
    choice("letter", "Letter", ""),
];

/// The label of what was chosen; empty when nothing was.
pub(super) fn label_of(choices: &[Choice], value: &str) -> &'static str {
    choices
        .iter()
        .find(|it| it.value == value)
        .map_or("", |it| it.label)
}
