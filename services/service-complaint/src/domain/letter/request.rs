//! The letters about a service request: its receipt, and its answer with the way to complain (1.5, 1.7).

use chrono::NaiveDate;

use super::compose::paragraphs;
use super::{Block, Document, Part, Section, in_words};
use crate::domain::request::ServiceRequest;

/// What a letter about a service request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RequestLetter {
    /// We have it.
    Receipt,
    /// This is what we did.
    Answer,
}

impl RequestLetter {
    /// Its name in a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Receipt => "the receipt",
            Self::Answer => "the answer",
        }
    }
}

/// Composes a letter about a request, signed by somebody on a day.
#[must_use]
pub fn compose(
    request: &ServiceRequest,
    kind: RequestLetter,
    (writer, on): (&str, NaiveDate),
    contact: &str,
) -> Document {
    let received = in_words(request.received_on);
    let asked = section(
        Part::Summary,
        "What you asked us to do",
        blocks(&request.wanted),
    );
    let (subject, mut sections) = match kind {
        RequestLetter::Receipt => (
            "We have your request",
            vec![
                section(
                    Part::Opening,
                    "",
                    vec![Block::p(format!(
                        "Thank you for getting in touch. We got your request on {received}. Its reference is {}.",
                        request.reference
                    ))],
                ),
                asked,
                section(
                    Part::Process,
                    "What happens next",
                    vec![Block::p(
                        "A colleague will deal with it. We look at each open request regularly until it is done.",
                    )],
                ),
            ],
        ),
        RequestLetter::Answer => (
            "What we did about your request",
            vec![
                section(
                    Part::Opening,
                    "",
                    vec![Block::p(format!(
                        "You sent us a request on {received}. This is our answer."
                    ))],
                ),
                asked,
                section(
                    Part::Outcome,
                    "What we did",
                    request
                        .answer
                        .iter()
                        .flat_map(|(_, text)| blocks(text))
                        .collect(),
                ),
            ],
        ),
    };
    sections.push(section(
        Part::Signpost,
        "If you are not happy",
        vec![Block::p(format!(
            "If you are not happy with how we deal with your request, you can complain about our service. You do not have to use a form. {contact}"
        ))],
    ));
    Document {
        subject: subject.to_owned(),
        name: request.user.name.clone(),
        address: Vec::new(),
        date: on,
        reference: request.reference.clone(),
        sections,
        writer: writer.to_owned(),
        factsheet: Vec::new(),
    }
}

fn section(part: Part, heading: &str, blocks: Vec<Block>) -> Section {
    Section {
        part,
        heading: heading.to_owned(),
        blocks,
    }
}

fn blocks(text: &str) -> Vec<Block> {
    paragraphs(text).into_iter().map(Block::p).collect()
}
