//! What keeps a letter from being sent, part by part (4.1, 4.4, 4.7, 4.14, 4.18, 2.8).

use super::compose::Making;
use super::paragraph::unfilled;
use super::{Delivery, Document, Kind, Part};
use crate::domain::complaint::Standing;
use crate::domain::finding::{Decision, Element, Standing as ElementStanding};
use crate::domain::monitoring::{Correspondence, correspondence};
use crate::domain::refusal::Ground;
use crate::domain::response::{Remedied, not_promised};

/// The action that a promise to write again becomes (3.4, 4.4).
pub const NEXT_UPDATE: &str = "Write to the person about the progress";

/// Something that a letter lacks, or holds and must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field of the words that mends it; empty when it comes from the complaint.
    pub field: &'static str,
    /// What, in a few words.
    pub part: String,
}

impl Fault {
    fn new(field: &'static str, part: impl Into<String>) -> Self {
        Self {
            field,
            part: part.into(),
        }
    }
}

/// What keeps a letter from being sent. The complaint is as it stands before the letter's step; the document is as it would be after the step,
/// or as it is before it when the step can't be taken.
#[must_use]
pub fn faults(before: &Making<'_>, document: &Document, stepped: bool) -> Vec<Fault> {
    let mut faults = of_the_complaint(before);
    faults.extend(of_the_words(before));
    faults.extend(of_the_address(before));
    for part in before
        .kind
        .requires()
        .iter()
        .filter(|it| !spared(before, **it))
    {
        let (field, missing) = part.missing();
        // What comes from the complaint alone may be missing only because its step was not taken.
        let comes_with_the_step = field.is_empty() && !stepped;
        let named = faults.iter().any(|it| it.part == missing);
        if !document.holds(*part) && !comes_with_the_step && !named {
            faults.push(Fault::new(field, missing));
        }
    }
    faults
}

/// Whether a progress update does without a part: one that says that something is done or not investigated says how far it is, and once nothing is
/// open any more nobody waits for another letter.
fn spared(before: &Making<'_>, part: Part) -> bool {
    let complaint = before.complaint;
    match (before.kind, part) {
        (Kind::ProgressUpdate, Part::Progress) => {
            !before.done_actions().is_empty()
                || !before.withdrawn_actions().is_empty()
                || !before.not_looked_at().is_empty()
        }
        (Kind::ProgressUpdate, Part::NextUpdate) => {
            complaint.closed_on().is_some() && complaint.still_to_do().next().is_none()
        }
        _ => false,
    }
}

/// What the complaint itself lacks for this letter.
fn of_the_complaint(making: &Making<'_>) -> Vec<Fault> {
    let complaint = making.complaint;
    match making.kind {
        Kind::Acknowledgement if complaint.standing == Standing::Received => complaint
            .missing()
            .into_iter()
            .map(|part| match part {
                // In the words of the letter's own parts, so that each is named once.
                "the definition" => Part::Definition.missing().1,
                "the desired outcome" => Part::DesiredOutcome.missing().1,
                other => other,
            })
            .map(|part| Fault::new("", part))
            .collect(),
        Kind::StageOneResponse | Kind::StageTwoResponse => undecided(making),
        Kind::InformalResolution => by_telephone(making),
        Kind::Extension | Kind::FurtherExtension => extension(making),
        Kind::EscalationAccepted if complaint.stage_two.is_some() => {
            let handled = complaint.present().handler.is_some();
            let fault = Fault::new("", Part::Reviewer.missing().1);
            (!handled).then_some(fault).into_iter().collect()
        }
        Kind::Closing => closing(making),
        Kind::AfterClosing => match complaint.closed_on() {
            // What came in time is answered, though the four weeks may be over by then.
            Some(closed_on)
                if complaint.unanswered_since.is_none()
                    && correspondence(closed_on, making.on, complaint.open_actions())
                        == Correspondence::File =>
            {
                vec![Fault::new(
                    "",
                    "a reason to answer: the 4 weeks after the closing are over, and letters are filed",
                )]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A complaint is closed for good when stage 2 can't be asked for any more and everything that was promised is done (4.9, 4.22).
fn closing(making: &Making<'_>) -> Vec<Fault> {
    let open = making.complaint.promises.iter();
    let open = open.filter(|it| it.action.is_open());
    making
        .window()
        .map(|due| {
            let due = super::in_words(due);
            format!("the end of the 4 weeks in which stage 2 can be asked for, {due}")
        })
        .into_iter()
        .chain(open.map(|it| format!("the end of the action “{}”", it.action.what)))
        .map(|part| Fault::new("", part))
        .collect()
}

/// A call closes what was asked after (3.2), with all of its elements decided or none (4.8), and with nothing offered that nobody sees to (4.9).
fn by_telephone(making: &Making<'_>) -> Vec<Fault> {
    let complaint = making.complaint;
    if complaint.standing == Standing::Received {
        let missing = complaint.missing_before_call().into_iter();
        return missing.map(|part| Fault::new("", part)).collect();
    }
    if making.elements().iter().any(Element::is_found) {
        return undecided(making);
    }
    unpromised(&complaint.remedies_of(making.stage()))
}

fn unpromised(remedies: &[Remedied<'_>]) -> Vec<Fault> {
    not_promised(remedies)
        .map(|it| Fault::new("", format!("an owner and a day for the remedy “{it}”")))
        .collect()
}

fn undecided(making: &Making<'_>) -> Vec<Fault> {
    let elements = making.elements();
    let mut faults: Vec<Fault> = elements
        .iter()
        .filter_map(|it| match &it.standing {
            ElementStanding::Undecided => {
                Some(Fault::new("", format!("a decision on “{}”", it.text)))
            }
            ElementStanding::Found(finding) if finding.reason.trim().is_empty() => Some(
                Fault::new("", format!("a reason for the decision on “{}”", it.text)),
            ),
            _ => None,
        })
        .collect();
    let upheld = elements.iter().any(|it| match &it.standing {
        ElementStanding::Found(finding) => finding.decision != Decision::NotUpheld,
        _ => false,
    });
    let remedies = making.complaint.remedies_of(making.stage());
    if upheld && remedies.is_empty() {
        faults.push(Fault::new("", Part::Remedies.missing().1));
    }
    faults.extend(unpromised(&remedies));
    faults
}

/// An extension's letter tells of an extension that the person does not know of yet; the first and the further ones have letters of their own.
fn extension(making: &Making<'_>) -> Vec<Fault> {
    let response = making.complaint.present().clocks.response.as_ref();
    let Some(response) = response else {
        return Vec::new();
    };
    let further = response.extensions().count() > 1;
    let fits = further == (making.kind == Kind::FurtherExtension);
    if response.untold().next().is_some() && fits {
        return Vec::new();
    }
    let part = match making.kind {
        Kind::FurtherExtension => {
            "a further extension that the person has not been told of, approved by a senior colleague"
        }
        _ => "an extension that the person has not been told of",
    };
    vec![Fault::new("", part)]
}

/// What the writer gave and what is to be mended in it.
fn of_the_words(making: &Making<'_>) -> Vec<Fault> {
    let words = making.words;
    let picked = words.paragraphs.iter().map(|it| ("paragraphs", &it.text));
    let mut faults: Vec<Fault> = picked
        .clone()
        .chain([("text", &words.text)])
        .flat_map(|(field, text)| {
            unfilled(text, making)
                .into_iter()
                .map(move |open| Fault::new(field, format!("words in the place of {open}")))
        })
        .collect();
    if making.kind.ends_the_matter() {
        let written = picked.chain([
            ("text", &words.text),
            ("reason", &words.reason),
            ("signpost", &words.signpost),
            ("summary", &words.summary),
        ]);
        for (field, text) in written {
            faults.extend(questions(text).map(|question| {
                Fault::new(
                    field,
                    format!("an end without a question, which would keep it open: “{question}”"),
                )
            }));
        }
    }
    if making.kind == Kind::EscalationRefused && words.ground == Some(Ground::Excluded) {
        if words.exclusion.is_none() {
            faults.push(Fault::new("exclusion", Part::Explanation.missing().1));
        } else if making.signpost().trim().is_empty() {
            faults.push(Fault::new("signpost", Part::Signpost.missing().1));
        }
    }
    if making.kind == Kind::InformalResolution && !words.told_it_closes {
        faults.push(Fault::new(
            "told_it_closes",
            "that the person was told that the call closes the complaint",
        ));
    }
    let past = words.next_update_on.is_some_and(|day| day <= making.on);
    let promises = matches!(
        making.kind,
        Kind::Extension | Kind::FurtherExtension | Kind::ProgressUpdate
    );
    if promises && past {
        faults.push(Fault::new(
            "next_update_on",
            "a day to come on which the person hears from us again",
        ));
    }
    faults
}

fn questions(text: &str) -> impl Iterator<Item = &str> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.unicode_sentences()
        .map(str::trim)
        .filter(|it| it.contains('?'))
}

fn of_the_address(making: &Making<'_>) -> Option<Fault> {
    let user = &making.complaint.user;
    let delivery = Delivery::to(user);
    let part = match delivery {
        Delivery::Email => "the person's email address",
        Delivery::Post => "the person's postal address",
    };
    delivery
        .address(user)
        .trim()
        .is_empty()
        .then(|| Fault::new("", part))
}
