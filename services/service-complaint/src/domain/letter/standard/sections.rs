//! The sections that several letters have, in the words for most people.

use crate::domain::complaint::Standing;
use crate::domain::finding::Decision;
use crate::domain::letter::compose::{Making, Sections, Settled, paragraphs, settled};
use crate::domain::letter::{Block, Kind, Part, in_words};

pub(super) fn blocks(text: &str) -> Vec<Block> {
    paragraphs(text).into_iter().map(Block::Paragraph).collect()
}

pub(super) fn own(making: &Making<'_>, to: &mut Sections) {
    let own = making.own_words().into_iter().map(Block::Paragraph);
    to.add(Part::OwnWords, "", own.collect());
}

pub(super) fn definition(making: &Making<'_>, to: &mut Sections, heading: &str, before: &str) {
    let elements: Vec<String> = making.elements().into_iter().map(|it| it.text).collect();
    if !elements.is_empty() {
        let blocks = vec![Block::p(before), Block::List(elements)];
        to.add(Part::Definition, heading, blocks);
    }
}

pub(super) fn dates(
    making: &Making<'_>,
    to: &mut Sections,
    began: &str,
    on: Option<chrono::NaiveDate>,
) {
    if let Some(due) = making.response_due() {
        let mut rows: Vec<_> = on.map(|on| (began.to_owned(), on)).into_iter().collect();
        if on.is_some() {
            rows.push(("We wrote to you".to_owned(), making.on));
        }
        rows.push(("We will answer by".to_owned(), due));
        let later = "If we need longer, we will tell you before that day, and say why.";
        to.add(
            Part::Dates,
            "Dates",
            vec![Block::Dates(rows), Block::p(later)],
        );
    }
}

pub(super) fn decisions(making: &Making<'_>, to: &mut Sections) {
    let mut found = Vec::new();
    for element in &making.elements() {
        match settled(element) {
            None => {}
            Some(Settled::Found(decision, reason)) => {
                found.push(Block::Subheading(element.text.clone()));
                found.push(Block::p(match decision {
                    Decision::Upheld => "We uphold this point. Our service was not good enough.",
                    Decision::PartiallyUpheld => {
                        "We uphold a part of this point. A part of our service was not good enough."
                    }
                    Decision::NotUpheld => {
                        "We do not uphold this point. We found no failure in our service."
                    }
                }));
                found.extend(blocks(reason));
            }
            Some(Settled::Excluded(exclusion)) => {
                found.push(Block::Subheading(element.text.clone()));
                found.push(Block::p("We could not look at this point."));
                found.push(Block::p(exclusion.reason.explanation()));
                found.extend(blocks(&exclusion.details));
                found.extend(blocks(&exclusion.signpost));
            }
        }
    }
    to.add(Part::Decisions, "What we found", found);
    if let Some(outcome) = making.outcome() {
        let text = match outcome {
            Decision::Upheld => "We uphold your complaint. We are sorry for what went wrong.",
            Decision::PartiallyUpheld => {
                "We uphold a part of your complaint. We are sorry for what went wrong."
            }
            Decision::NotUpheld => {
                "We do not uphold your complaint. We are sorry that you were unhappy with our service."
            }
        };
        to.add(
            Part::Outcome,
            "Our decision on the whole",
            vec![Block::p(text)],
        );
    }
}

pub(super) fn remedies(making: &Making<'_>, to: &mut Sections) {
    let remedies = making.remedies();
    if !remedies.is_empty() {
        let blocks = vec![Block::List(remedies)];
        to.add(Part::Remedies, "How we will put things right", blocks);
    }
    open_actions(making, to);
}

pub(super) fn following(making: &Making<'_>, to: &mut Sections) {
    let (sentences, page) = making.following();
    let mut blocks: Vec<Block> = sentences.iter().map(|it| Block::p(*it)).collect();
    blocks.extend(page.map(|page| Block::List(vec![page])));
    to.add(Part::Following, "How you can follow your complaint", blocks);
}

pub(super) fn not_looked_at(making: &Making<'_>, to: &mut Sections) {
    let mut points = Vec::new();
    for (point, exclusion) in making.not_looked_at() {
        points.push(Block::Subheading(point.to_owned()));
        points.push(Block::p("We can’t look at this point."));
        points.push(Block::p(exclusion.reason.explanation()));
        points.extend(blocks(&exclusion.details));
        points.extend(blocks(&exclusion.signpost));
    }
    to.add(Part::NotLookedAt, "What we can’t look at", points);
}

pub(super) fn done_actions(making: &Making<'_>, to: &mut Sections) {
    let done: Vec<String> = making
        .done_actions()
        .iter()
        .map(|(what, on)| format!("{what}: done on {}.", in_words(*on)))
        .collect();
    let withdrawn: Vec<String> = making
        .withdrawn_actions()
        .iter()
        .map(|(what, because)| format!("{what}: {because}"))
        .collect();
    let mut blocks = Vec::new();
    let heading = if withdrawn.is_empty() {
        "What we promised and have done"
    } else {
        "What became of what we promised"
    };
    if !done.is_empty() {
        blocks.push(Block::p(
            "We told you that we would do this. It is done now.",
        ));
        blocks.push(Block::List(done));
    }
    if !withdrawn.is_empty() {
        blocks.push(Block::p(
            "We told you that we would do this. It is no longer needed, and this is why.",
        ));
        blocks.push(Block::List(withdrawn));
    }
    to.add(Part::DoneActions, heading, blocks);
}

pub(super) fn open_actions(making: &Making<'_>, to: &mut Sections) {
    done_actions(making, to);
    let actions: Vec<String> = making
        .open_actions()
        .iter()
        .map(|it| {
            let due = in_words(it.action.deadline.due());
            let what = it.action.what.trim_end_matches('.');
            format!("{what}: {} will see to this by {due}.", it.owner_name)
        })
        .collect();
    if !actions.is_empty() {
        let told = Block::p("We will tell you how these go until they are done.");
        let blocks = vec![Block::List(actions), told];
        to.add(Part::OpenActions, "What we have still to do", blocks);
    }
}

pub(super) fn end_of_procedure(making: &Making<'_>, to: &mut Sections) {
    if matches!(making.complaint.standing, Standing::Ended(_)) || making.kind != Kind::Closing {
        to.add(
            Part::EndOfProcedure,
            "The end of our process",
            vec![Block::p(
                "This is the end of our complaints process. There is no further step that you can take with us about this complaint.",
            )],
        );
    }
}

pub(super) fn filed_later(making: &Making<'_>, to: &mut Sections) {
    if let Some(until) = making.answered_until() {
        let text = format!(
            "Until {}, we will answer what you write about this complaint. After that we will keep it on file and not answer, unless something we promised is still to be done.",
            in_words(until)
        );
        to.add(Part::FiledLater, "If you write to us", vec![Block::p(text)]);
    }
}

pub(super) fn next_update(making: &Making<'_>, to: &mut Sections) {
    if let Some(on) = making.words.next_update_on {
        let text = format!("We will write to you again by {}.", in_words(on));
        to.add(
            Part::NextUpdate,
            "When you will hear from us",
            vec![Block::p(text)],
        );
    }
}
