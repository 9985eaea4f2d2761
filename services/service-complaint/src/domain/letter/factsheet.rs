//! The factsheet that goes with every acknowledgement (1.7): the process in a few steps.

use super::{Block, Part, Section};
use crate::domain::exclusion::Reason;

fn sheet(sections: &[(&str, &[Block])]) -> Vec<Section> {
    sections
        .iter()
        .map(|(heading, blocks)| Section {
            part: Part::Factsheet,
            heading: (*heading).to_owned(),
            blocks: blocks.to_vec(),
        })
        .collect()
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|it| (*it).to_owned()).collect()
}

/// What is not looked at, reason by reason, so that none is left out (2.6, 2.7).
fn not_looked_at() -> Vec<String> {
    let lines = Reason::ALL.into_iter().filter_map(|reason| match reason {
        Reason::ConcludedBefore => Some("a complaint that we have answered before"),
        Reason::TooLongAgo => Some("something that happened more than 12 months ago"),
        Reason::NotCommissioned => Some("something that we were not asked to do"),
        Reason::AnotherBody => {
            Some("something that another ombudsman or regulator deals with: we tell you which")
        }
        Reason::Decision => {
            Some("a decision we made about your landlord: you can ask for a review of that")
        }
        Reason::LegalProcess => Some("something that a court or tribunal deals with, or has done"),
        Reason::DataProtection => {
            Some("how we use personal data: our data protection team deals with that")
        }
        Reason::SubjectAccess => {
            Some("what we sent you when you asked for your own data: that team deals with it, too")
        }
        Reason::Employment => Some("working for us, or asking to work for us"),
        Reason::CorporateServices => Some("how we buy and pay for things"),
        // Said in a sentence of its own (2.9).
        Reason::Behaviour => None,
    });
    lines.map(str::to_owned).collect()
}

/// Why something is not looked at, in easy words (2.6, 2.7, 2.9).
pub(super) fn easily(reason: Reason) -> &'static str {
    match reason {
        Reason::ConcludedBefore => "We gave you an answer before.",
        Reason::TooLongAgo => "It happened more than 12 months ago.",
        Reason::NotCommissioned => "It was not our job to do it.",
        Reason::AnotherBody => "Another office deals with it. We tell you which.",
        Reason::Decision => {
            "You do not like our answer about your landlord. You can ask for a review."
        }
        Reason::LegalProcess => "A court deals with it.",
        Reason::DataProtection => "It is about your data. Our data team deals with that.",
        Reason::SubjectAccess => "You asked us for your data. Our data team deals with that.",
        Reason::Employment => "It is about a job with us.",
        Reason::CorporateServices => "It is about how we buy or pay for things.",
        Reason::Behaviour => "It is about how our staff were treated. This is rare.",
    }
}

/// The factsheet.
pub(super) fn standard() -> Vec<Section> {
    sheet(&[
        (
            "Factsheet: complaints about our service",
            &[Block::p(
                "This is how we deal with a complaint about us, the Housing Ombudsman Service. A separate team looks at it. It is not part of the team that works on your case about your landlord.",
            )],
        ),
        (
            "The process",
            &[Block::Steps(list(&[
                "You complain to us. You can do it online, by email, by telephone, by letter, or by telling any of our colleagues.",
                "Within 5 working days we tell you whether we can look at it, and what we will look at.",
                "Stage 1: within 10 working days after that, we write to you with our answer. If we need up to 10 working days more, we tell you.",
                "If you do not agree, you can ask for stage 2 within 4 weeks of our answer. Tell us why, and tell us anything new.",
                "Within 5 working days we tell you whether we can look at it again.",
                "Stage 2: within 20 working days after that, a colleague who had no part in stage 1 writes to you. If we need up to 20 working days more, we tell you.",
                "That is the end of our process.",
            ]))],
        ),
        (
            "What we can do if we got it wrong",
            &[Block::List(list(&[
                "say sorry",
                "ask the team that works on your case to do something, such as calling you",
                "correct a mistake in our records",
                "explain what happened, and why",
                "change how we work, and help our colleagues to learn from it",
                "ask for a new look at how urgent your case is",
                "pay you between £50 and £500, in some cases",
            ]))],
        ),
        (
            "What we can’t look at",
            &[
                Block::List(not_looked_at()),
                Block::p(
                    "In rare cases we do not look at a complaint because of how our colleagues were treated. A senior colleague must agree to that.",
                ),
                Block::p(
                    "If we can’t look at your complaint, we tell you why and where you can go.",
                ),
            ],
        ),
    ])
}

/// The factsheet in easy read.
pub(super) fn easy_read() -> Vec<Section> {
    sheet(&[
        (
            "About complaints",
            &[
                Block::p("A complaint means: you tell us that our service was not good."),
                Block::p("A special team looks at your complaint."),
                Block::p("It is not the team that works on your case."),
            ],
        ),
        (
            "What happens",
            &[Block::Steps(list(&[
                "You tell us what went wrong.",
                "We write to you in 5 working days.",
                "We look at what happened.",
                "We send you our answer in 10 working days more. This is stage 1.",
                "You can ask us to look again. You have 4 weeks to ask. This is stage 2.",
                "A different person looks at it.",
                "We send you our last answer.",
            ]))],
        ),
        (
            "What we cannot look at",
            &[
                Block::List(
                    Reason::ALL
                        .into_iter()
                        .map(easily)
                        .map(str::to_owned)
                        .collect(),
                ),
                Block::p("If we cannot look at it, we tell you why."),
            ],
        ),
        (
            "Words",
            &[Block::List(list(&[
                "Working days are Monday to Friday. Bank holidays do not count.",
                "Stage 1 is our first answer.",
                "Stage 2 is when we look again.",
            ]))],
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::complaint::Format;
    use crate::domain::letter::plain::PlainEnglish;
    use crate::domain::letter::text::Text;

    /// Each item and paragraph, as the check of letters reads it.
    fn prose(sheet: &[Section]) -> Vec<String> {
        let blocks = sheet.iter().flat_map(|it| &it.blocks);
        blocks
            .flat_map(|block| match block {
                Block::Paragraph(text) => vec![text.clone()],
                Block::List(items) | Block::Steps(items) => items.clone(),
                Block::Subheading(_) | Block::Dates(_) => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn sc_15_2_6_the_factsheet_names_everything_that_is_not_looked_at_in_plain_words() {
        for (sheet, lines, format) in [
            (standard(), not_looked_at(), Format::Letter),
            (
                easy_read(),
                Reason::ALL.map(easily).map(str::to_owned).into(),
                Format::EasyRead,
            ),
        ] {
            let said = prose(&sheet);

            assert!(lines.iter().all(|it| said.contains(it)));
            let checked = PlainEnglish::default().check(&Text::of(&said.join("\n\n")), format);
            assert_eq!(checked.findings, [], "{format:?}");
        }
        // All but behaviour, which has a sentence of its own (2.9).
        assert_eq!(not_looked_at().len(), Reason::ALL.len() - 1);
        assert!(
            prose(&standard())
                .iter()
                .any(|it| it.contains("how our colleagues were treated"))
        );
    }
}
