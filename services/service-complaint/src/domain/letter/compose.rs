//! Composes a letter: a pure function of the complaint, the kind, what the writer gave, and the day.

use chrono::NaiveDate;

use super::easy_read::EasyRead;
use super::faults::NEXT_UPDATE;
use super::paragraph::fill;
use super::standard::Standard;
use super::{Block, Delivery, Document, Kind, Part, Section, Words};
use crate::domain::complaint::{Complaint, Format, Promise, Standing};
use crate::domain::exclusion::{Exclusion, Reason};
use crate::domain::finding::{Decision, Element, Finding, Standing as ElementStanding};
use crate::domain::policy::{AFTER_CLOSING, Stage};
use crate::domain::refusal::Ground;
use crate::domain::remedy::Remedy;
use crate::domain::telling::{Kind as News, Telling};

/// What a letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// The complaint, as the letter's step leaves it.
    pub complaint: &'a Complaint,
    /// What the letter is for.
    pub kind: Kind,
    /// What the writer gave.
    pub words: &'a Words,
    /// The day.
    pub on: NaiveDate,
    /// Who signs.
    pub writer: &'a str,
    /// How people reach the team, in a sentence.
    pub contact: &'a str,
    /// Where the portal is, for the page that sends a private link.
    pub portal_url: &'a str,
    /// What waited to be told before the letter's step.
    pub news: &'a [Telling],
}

/// Composes a letter. A part for which there is nothing to say is left out, so that its want can be seen.
#[must_use]
pub fn compose(making: &Making<'_>) -> Document {
    let Making {
        complaint,
        kind,
        on,
        writer,
        ..
    } = *making;
    let user = &complaint.user;
    let easy = user.format == Format::EasyRead;
    let (subject, sections, factsheet) = if easy {
        spoken::<EasyRead>(making)
    } else {
        spoken::<Standard>(making)
    };
    let with_factsheet = matches!(kind, Kind::Acknowledgement | Kind::EscalationAccepted);
    let address = match Delivery::to(user) {
        Delivery::Email => Vec::new(),
        Delivery::Post => std::iter::once(user.name.as_str())
            .chain(user.postal_address.lines())
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect(),
    };
    Document {
        subject: subject.to_owned(),
        name: user.name.clone(),
        address,
        date: on,
        reference: complaint.reference.clone(),
        sections,
        writer: writer.to_owned(),
        factsheet: if with_factsheet {
            factsheet
        } else {
            Vec::new()
        },
    }
}

/// A way to say what letters say: each kind adds its sections, and gives its subject.
pub(super) trait Voice {
    fn acknowledgement(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn extension(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn stage_one_response(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn escalation_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn escalation_refused(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn stage_two_response(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn not_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn closing(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn after_closing(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn informal_resolution(making: &Making<'_>, to: &mut Sections) -> &'static str;
    fn progress_update(making: &Making<'_>, to: &mut Sections) -> &'static str;

    /// How complaints are dealt with, for those who have just complained.
    fn factsheet() -> Vec<Section>;
}

/// The subject, the sections and the factsheet of a letter.
fn spoken<V: Voice>(making: &Making<'_>) -> (&'static str, Vec<Section>, Vec<Section>) {
    let mut to = Sections::default();
    let subject = match making.kind {
        Kind::Acknowledgement => V::acknowledgement(making, &mut to),
        Kind::Extension | Kind::FurtherExtension => V::extension(making, &mut to),
        Kind::StageOneResponse => V::stage_one_response(making, &mut to),
        Kind::EscalationAccepted => V::escalation_accepted(making, &mut to),
        Kind::EscalationRefused => V::escalation_refused(making, &mut to),
        Kind::StageTwoResponse => V::stage_two_response(making, &mut to),
        Kind::NotAccepted => V::not_accepted(making, &mut to),
        Kind::Closing => V::closing(making, &mut to),
        Kind::AfterClosing => V::after_closing(making, &mut to),
        Kind::InformalResolution => V::informal_resolution(making, &mut to),
        Kind::ProgressUpdate => V::progress_update(making, &mut to),
    };
    (subject, to.0, V::factsheet())
}

/// Sections as they are gathered; one without blocks is none.
#[derive(Debug, Default)]
pub(super) struct Sections(pub(super) Vec<Section>);

impl Sections {
    pub(super) fn add(&mut self, part: Part, heading: &str, blocks: Vec<Block>) {
        if !blocks.is_empty() {
            self.0.push(Section {
                part,
                heading: heading.to_owned(),
                blocks,
            });
        }
    }
}

impl Making<'_> {
    /// The stage that the letter is about. A call closes whichever is underway.
    pub(super) fn stage(&self) -> Stage {
        match self.kind {
            Kind::EscalationAccepted | Kind::StageTwoResponse => Stage::Two,
            Kind::InformalResolution => self.complaint.stage(),
            _ => Stage::One,
        }
    }

    /// The elements of the stage that the letter is about.
    pub(super) fn elements(&self) -> Vec<Element> {
        self.complaint.elements_of(self.stage())
    }

    /// By when the response is due now.
    pub(super) fn response_due(&self) -> Option<NaiveDate> {
        let response = self.complaint.present().clocks.response.as_ref();
        response.map(calendar::Deadline::due)
    }

    /// The extensions of which the person has not been told, each with its reason, and the date that the person knows.
    pub(super) fn extension(&self) -> Option<Extended> {
        let response = self.complaint.present().clocks.response.as_ref()?;
        let extensions: Vec<_> = response.extensions().collect();
        let last = *extensions.last()?;
        let calendar::What::Extended { reason, until, .. } = &last.what else {
            return None;
        };
        let at = response.entries().iter().position(|it| it == last)?;
        let known = response.entries()[..at]
            .iter()
            .rev()
            .find_map(|it| it.what.until())?;
        Some(Extended {
            reason: reason.clone(),
            known,
            until: *until,
        })
    }

    /// How the person sees how the complaint stands (SC-15), sentence by sentence, and the address of the page for a new link. A link goes by email
    /// alone: whoever has the letter in hand is not yet the person it is to.
    pub(super) fn following(&self) -> (&'static [&'static str], Option<String>) {
        let user = &self.complaint.user;
        if user.email.is_empty() {
            return (
                &[
                    "You can ask us at any time how far we are.",
                    "You can also see it online. We need an email address to send you the link.",
                ],
                None,
            );
        }
        (
            &[
                "You get another email from us, with a private link to your complaint.",
                "It shows how far we are.",
                "You can get a new link here. You need your reference and your email address.",
            ],
            Some(format!("{}/complain/link", self.portal_url)),
        )
    }

    /// The outcome that followed from the elements.
    pub(super) fn outcome(&self) -> Option<Decision> {
        let answer = match self.stage() {
            Stage::Two => self.complaint.stage_two.as_ref()?.record.answer,
            Stage::One => self.complaint.stage_one.answer,
        };
        answer.map(|(_, outcome)| outcome)
    }

    /// What was offered with the response or the call, in sentences.
    pub(super) fn remedies(&self) -> Vec<String> {
        let stage = self.stage();
        let offers = self.complaint.offers.iter().filter(|it| it.stage == stage);
        offers
            .map(|offer| match &offer.remedy {
                Remedy::Compensation(sum) if offer.text.trim().is_empty() => {
                    format!("We will pay you £{}.", sum.pounds())
                }
                Remedy::Compensation(sum) => {
                    format!("We will pay you £{}. {}", sum.pounds(), offer.text)
                }
                _ => offer.text.clone(),
            })
            .collect()
    }

    /// What is still to be done for the person. That we write again is not among it: the letter says it in another place.
    pub(super) fn open_actions(&self) -> Vec<&Promise> {
        self.complaint.still_to_do().collect()
    }

    /// What was promised and is done now, with the day, as far as the person has not heard of it (4.9, 4.19). A response is the first that they hear of
    /// what was promised and done while it was prepared.
    pub(super) fn done_actions(&self) -> Vec<(&str, NaiveDate)> {
        let of_this_stage = |it: &Promise| {
            self.kind.is_a_response() && it.stage == self.stage() && it.action.what != NEXT_UPDATE
        };
        let is_news = |it: &Promise| {
            let mut news = (self.news.iter()).filter(|news| news.kind == News::ActionDone);
            news.any(|news| news.subject == it.action.id)
        };
        let promises = self.complaint.promises.iter();
        let news = promises.filter(|it| of_this_stage(it) || is_news(it));
        news.filter_map(|it| {
            let done_on = it.action.deadline.met_on()?;
            Some((it.action.what.trim_end_matches('.'), done_on))
        })
        .collect()
    }

    /// What was promised and is no longer needed, with why, as far as the person has not heard of it.
    pub(super) fn withdrawn_actions(&self) -> Vec<(&str, &str)> {
        let news = (self.news.iter()).filter(|it| it.kind == News::ActionWithdrawn);
        news.filter_map(|it| {
            let promises = &self.complaint.promises;
            let promise = promises.iter().find(|its| its.action.id == it.subject)?;
            let because = promise.withdrawn_because.trim();
            Some((promise.action.what.trim_end_matches('.'), because))
        })
        .collect()
    }

    /// What is not investigated, as far as the person has not heard of it (4.6).
    pub(super) fn not_looked_at(&self) -> Vec<(&str, &Exclusion)> {
        let news = self
            .news
            .iter()
            .filter(|it| it.kind == News::ElementExcluded);
        news.filter_map(|it| {
            let element = self.complaint.excluded(it.subject)?;
            match &element.standing {
                ElementStanding::Excluded(exclusion) => Some((element.text.as_str(), exclusion)),
                _ => None,
            }
        })
        .collect()
    }

    /// The last day on which letters about it are answered (4.21).
    pub(super) fn answered_until(&self) -> Option<NaiveDate> {
        self.complaint
            .closed_on()?
            .checked_add_days(chrono::Days::new(AFTER_CLOSING.into()))
    }

    /// The last day on which stage 2 can be asked for, while it can be.
    pub(super) fn window(&self) -> Option<NaiveDate> {
        let due = self.complaint.window.as_ref()?.due();
        (self.complaint.standing == Standing::Answered && self.on <= due).then_some(due)
    }

    /// What the policy excludes a request for stage 2 for, when that is the ground of its refusal (2.6 to 2.9).
    pub(super) fn excluded_for(&self) -> Option<Reason> {
        let is_the_ground = self.words.ground == Some(Ground::Excluded);
        self.words.exclusion.filter(|_| is_the_ground)
    }

    /// Where else the person can go: what the writer gave, or what goes with the reason.
    pub(super) fn signpost(&self) -> &str {
        let given = self.words.signpost.as_str();
        let usual = self.words.exclusion.and_then(Reason::signpost);
        if given.trim().is_empty() {
            usual.unwrap_or_default()
        } else {
            given
        }
    }

    /// What the writer gave, paragraph by paragraph, its placeholders filled.
    pub(super) fn own_words(&self) -> Vec<String> {
        let picked = self.words.paragraphs.iter().map(|it| it.text.as_str());
        picked
            .chain(std::iter::once(self.words.text.as_str()))
            .flat_map(|text| paragraphs(&fill(text, self)))
            .collect()
    }
}

/// An extension, as the person is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extended {
    pub(super) reason: String,
    pub(super) known: NaiveDate,
    pub(super) until: NaiveDate,
}

/// A text, paragraph by paragraph.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n")
        .map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|it| !it.is_empty())
        .collect()
}

/// What was found about an element, if that was settled.
pub(super) fn settled(element: &Element) -> Option<Settled<'_>> {
    match &element.standing {
        ElementStanding::Undecided => None,
        ElementStanding::Found(Finding { decision, reason }) => {
            Some(Settled::Found(*decision, reason))
        }
        ElementStanding::Excluded(exclusion) => Some(Settled::Excluded(exclusion)),
    }
}

/// What became of an element.
pub(super) enum Settled<'a> {
    Found(Decision, &'a str),
    Excluded(&'a Exclusion),
}
