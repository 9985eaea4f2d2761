//! Letters: what each is for, what the writer gives to it, and what it is made of.
//!
//! A letter is composed from the complaint's own data ([`compose`]), what it must hold is checked before it can be sent
//! ([`faults`]), and what is not plain English in it is pointed out ([`plain`]).

pub mod compose;
mod easy_read;
mod factsheet;
pub mod faults;
pub mod paragraph;
pub mod plain;
pub mod request;
mod standard;
#[cfg(test)]
mod tests;
pub mod text;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::complaint::{Format, ServiceUser};
use super::exclusion::Reason;
use super::refusal::Ground;

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// We look at the complaint (4.1).
    Acknowledgement,
    /// The response takes longer (4.3, 4.16).
    Extension,
    /// It takes longer still (4.4, 4.17).
    FurtherExtension,
    /// The answer of stage 1 (4.7).
    StageOneResponse,
    /// Stage 2 is accepted, which acknowledges it (4.13, 4.15).
    EscalationAccepted,
    /// Stage 2 is refused, which ends the procedure (4.14).
    EscalationRefused,
    /// The answer of stage 2 (4.18).
    StageTwoResponse,
    /// The complaint is not investigated (2.8, 4.6).
    NotAccepted,
    /// The complaint is closed (4.20 to 4.22).
    Closing,
    /// The answer to what came after the closing (4.21).
    AfterClosing,
    /// A call resolved it and closed it (37.1).
    InformalResolution,
    /// Where it is, while a response or an action is waited for (3.4, 4.4, 4.9).
    ProgressUpdate,
}

impl Kind {
    /// All of them, in the procedure's order.
    pub const ALL: [Self; 12] = [
        Self::Acknowledgement,
        Self::Extension,
        Self::FurtherExtension,
        Self::StageOneResponse,
        Self::EscalationAccepted,
        Self::EscalationRefused,
        Self::StageTwoResponse,
        Self::NotAccepted,
        Self::Closing,
        Self::AfterClosing,
        Self::InformalResolution,
        Self::ProgressUpdate,
    ];

    /// Its name in a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Acknowledgement => "the acknowledgement",
            Self::Extension => "the letter about the extension",
            Self::FurtherExtension => "the letter about the further extension",
            Self::StageOneResponse => "the stage 1 response",
            Self::EscalationAccepted => "the stage 2 acknowledgement",
            Self::EscalationRefused => "the refusal of stage 2",
            Self::StageTwoResponse => "the stage 2 response",
            Self::NotAccepted => "the letter that it is not accepted",
            Self::Closing => "the closing letter",
            Self::AfterClosing => "the answer to correspondence after the closing",
            Self::InformalResolution => "the letter about the call that closed it",
            Self::ProgressUpdate => "the progress update",
        }
    }

    /// What it must hold before it is sent.
    #[must_use]
    pub fn requires(self) -> &'static [Part] {
        match self {
            Self::Acknowledgement => &[
                Part::Opening,
                Part::Definition,
                Part::DesiredOutcome,
                Part::HowToCorrect,
                Part::Process,
                Part::Dates,
                Part::Following,
                Part::Factsheet,
            ],
            Self::Extension => &[Part::Reasons, Part::RevisedDate],
            Self::FurtherExtension => &[Part::Reasons, Part::RevisedDate, Part::NextUpdate],
            Self::StageOneResponse => &[
                Part::Definition,
                Part::Decisions,
                Part::Outcome,
                Part::HowToEscalate,
                Part::FiledLater,
            ],
            Self::EscalationAccepted => &[
                Part::Opening,
                Part::Definition,
                Part::Reviewer,
                Part::Process,
                Part::Dates,
                Part::Factsheet,
            ],
            Self::EscalationRefused => &[
                Part::Ground,
                Part::Reasons,
                Part::EndOfProcedure,
                Part::FiledLater,
            ],
            Self::StageTwoResponse => &[
                Part::Summary,
                Part::Decisions,
                Part::Outcome,
                Part::EndOfProcedure,
                Part::FiledLater,
            ],
            Self::NotAccepted => &[
                Part::Explanation,
                Part::Reasons,
                Part::Signpost,
                Part::FiledLater,
            ],
            Self::Closing => &[Part::Closed, Part::FiledLater],
            Self::AfterClosing => &[Part::Closed, Part::NoFurtherComment, Part::FiledLater],
            Self::InformalResolution => &[Part::CallCloses, Part::Agreed, Part::FiledLater],
            Self::ProgressUpdate => &[Part::Progress, Part::NextUpdate],
        }
    }

    /// Whether it says what became of a stage, and what was done and is to be done for the person (4.7, 4.18, 37.1).
    #[must_use]
    pub fn is_a_response(self) -> bool {
        matches!(
            self,
            Self::StageOneResponse | Self::StageTwoResponse | Self::InformalResolution
        )
    }

    /// Whether it ends the matter, so that it may ask nothing (the reviewer's paragraphs 25 to 28).
    #[must_use]
    pub fn ends_the_matter(self) -> bool {
        matches!(
            self,
            Self::EscalationRefused
                | Self::StageTwoResponse
                | Self::NotAccepted
                | Self::Closing
                | Self::AfterClosing
                | Self::InformalResolution
        )
    }
}

/// A part that a letter may have to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What this letter is, in a sentence or two.
    Opening,
    /// The definition, element by element.
    Definition,
    /// The outcome that is sought, as understood.
    DesiredOutcome,
    /// How to say that it is another one.
    HowToCorrect,
    /// What happens next.
    Process,
    /// By when.
    Dates,
    /// Why.
    Reasons,
    /// Until when it takes.
    RevisedDate,
    /// Each element's decision.
    Decisions,
    /// The outcome of the whole.
    Outcome,
    /// What puts things right.
    Remedies,
    /// How stage 2 is asked for.
    HowToEscalate,
    /// Who reviews it.
    Reviewer,
    /// The complaint and why it was escalated.
    Summary,
    /// That the procedure has ended.
    EndOfProcedure,
    /// The policy's reason, in words.
    Explanation,
    /// The policy's ground to refuse stage 2, in words.
    Ground,
    /// Where else the person can go.
    Signpost,
    /// That the call closed the complaint.
    CallCloses,
    /// What was said and agreed on the call.
    Agreed,
    /// That it is closed.
    Closed,
    /// What is still to be done, by whom.
    OpenActions,
    /// That no further comment is given.
    NoFurtherComment,
    /// That later post is filed.
    FiledLater,
    /// What was promised and is done now (4.9, 4.19).
    DoneActions,
    /// What is not investigated, and why (4.6).
    NotLookedAt,
    /// How far it is.
    Progress,
    /// When we write again.
    NextUpdate,
    /// The writer's own words.
    OwnWords,
    /// How the person sees how the complaint stands.
    Following,
    /// The factsheet about the process.
    Factsheet,
}

impl Part {
    /// What is missing when it is, and the field of the words that gives it; empty when it comes from the complaint.
    #[must_use]
    pub fn missing(self) -> (&'static str, &'static str) {
        match self {
            Self::Opening => ("", "what this letter is"),
            Self::Definition => ("", "the definition of the complaint"),
            Self::DesiredOutcome => ("", "the outcome that the person wants"),
            Self::HowToCorrect => ("", "how the person can correct the outcome"),
            Self::Process => ("", "what happens next"),
            Self::Dates => ("", "the date of the response"),
            Self::Reasons => ("reason", "the reason"),
            Self::RevisedDate => ("", "the revised date"),
            Self::Decisions => ("", "a decision on each point"),
            Self::Outcome => ("", "the outcome of the whole complaint"),
            Self::Remedies => ("", "how things are put right"),
            Self::HowToEscalate => ("", "how to ask for stage 2, and until when"),
            Self::Reviewer => ("", "who reviews it at stage 2"),
            Self::Summary => ("summary", "the complaint and why it was escalated"),
            Self::EndOfProcedure => ("", "that this is the end of the process"),
            Self::Explanation => ("exclusion", "the reason why it is not accepted"),
            Self::Ground => ("ground", "the ground on which stage 2 is refused"),
            Self::Signpost => ("signpost", "where else the person can go"),
            Self::CallCloses => ("call_on", "the date of the call that closed it"),
            Self::Agreed => ("text", "what was agreed on the call"),
            Self::Closed => ("", "that the complaint is closed"),
            Self::OpenActions => ("", "what is still to be done, and by whom"),
            Self::NoFurtherComment => ("", "that there is no further comment"),
            Self::FiledLater => ("", "until when letters are answered"),
            Self::DoneActions => ("", "what was promised and is done now"),
            Self::NotLookedAt => ("", "what is not investigated, and why"),
            Self::Progress => ("text", "how far it is"),
            Self::NextUpdate => ("next_update_on", "when the person hears from us again"),
            Self::OwnWords => ("text", "your own words"),
            Self::Following => ("", "how the person sees how the complaint stands"),
            Self::Factsheet => ("", "the factsheet"),
        }
    }
}

/// What the writer gives to a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// The standard paragraphs that were picked, as adapted.
    pub paragraphs: Vec<Picked>,
    /// The writer's own text, an empty line between paragraphs.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Where else the person can go.
    pub signpost: String,
    /// For a complaint that is not accepted: the reason.
    pub exclusion: Option<Reason>,
    /// For a request for stage 2 that is refused: the ground.
    pub ground: Option<Ground>,
    /// For what happened too long ago: when.
    pub happened_on: Option<NaiveDate>,
    /// For the answer of stage 2: the complaint and why it was escalated.
    pub summary: String,
    /// When we write again.
    pub next_update_on: Option<NaiveDate>,
    /// The date of a call that resolved it.
    pub call_on: Option<NaiveDate>,
    /// Whether the person was told that the call closes it (37.1).
    pub told_it_closes: bool,
}

/// A standard paragraph, adapted to a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The paragraph that it came from.
    pub paragraph_id: Uuid,
    /// The text as adapted.
    pub text: String,
}

/// How a letter reaches the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Delivery {
    /// By email.
    Email,
    /// On paper.
    Post,
}

impl Delivery {
    /// How a person gets letters. Easy read goes by email where there is an address, and on paper otherwise.
    #[must_use]
    pub fn to(user: &ServiceUser) -> Self {
        match user.format {
            Format::Email => Self::Email,
            Format::EasyRead if !user.email.is_empty() => Self::Email,
            Format::Letter | Format::LargePrint | Format::EasyRead => Self::Post,
        }
    }

    /// The address that it goes to.
    #[must_use]
    pub fn address(self, user: &ServiceUser) -> &str {
        match self {
            Self::Email => &user.email,
            Self::Post => &user.postal_address,
        }
    }
}

/// A letter, before it is put on paper or into an email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its subject.
    pub subject: String,
    /// Whom it greets.
    pub name: String,
    /// The postal address, line by line; empty by email.
    pub address: Vec<String>,
    /// The date on it.
    pub date: NaiveDate,
    /// The complaint's reference.
    pub reference: String,
    /// What it says.
    pub sections: Vec<Section>,
    /// Who signs it.
    pub writer: String,
    /// The factsheet that goes with it; empty for most.
    pub factsheet: Vec<Section>,
}

impl Document {
    /// Whether it holds a part.
    #[must_use]
    pub fn holds(&self, part: Part) -> bool {
        self.sections
            .iter()
            .chain(&self.factsheet)
            .any(|it| it.part == part)
    }
}

/// The factsheet by itself, in the words of a format (1.7).
#[must_use]
pub fn factsheet(format: Format) -> Vec<Section> {
    match format {
        Format::EasyRead => factsheet::easy_read(),
        Format::Email | Format::Letter | Format::LargePrint => factsheet::standard(),
    }
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Which.
    pub part: Part,
    /// Its heading; empty for none.
    pub heading: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading within the section.
    Subheading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// A list whose order counts, drawn as a diagram of boxes.
    Steps(Vec<String>),
    /// A table of two columns: what, and when.
    Dates(Vec<(String, NaiveDate)>),
}

impl Block {
    /// A paragraph.
    pub(crate) fn p(text: impl Into<String>) -> Self {
        Self::Paragraph(text.into())
    }
}

/// A date as people read it: *15 March 2025*.
#[must_use]
pub fn in_words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
