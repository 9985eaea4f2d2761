//! The factsheet that goes with every acknowledgement (1.7): the process in a few steps.

use super::{Block, Part, Section};

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
                Block::List(list(&[
                    "a complaint that we have answered before",
                    "something that happened more than 12 months ago",
                    "a decision we made about your landlord: you can ask for a review of that",
                    "something that a court or tribunal deals with",
                    "how we use personal data: our data protection team deals with that",
                ])),
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
            "Words",
            &[Block::List(list(&[
                "Working days are Monday to Friday. Bank holidays do not count.",
                "Stage 1 is our first answer.",
                "Stage 2 is when we look again.",
            ]))],
        ),
    ])
}
