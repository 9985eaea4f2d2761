//! The letters in easy read: one idea in a line, short sentences, and hard words explained.

use unicode_segmentation::UnicodeSegmentation as _;

use super::compose::{Making, Sections, Settled, Voice, paragraphs, settled};
use super::{Block, Kind, Part, Section, factsheet, in_words};
use crate::domain::complaint::{Origin, Standing};
use crate::domain::finding::Decision;
use crate::domain::refusal::Ground;

/// The words in easy read.
pub(super) struct EasyRead;

impl Voice for EasyRead {
    fn acknowledgement(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let complaint = making.complaint;
        let mut opening = vec![
            "You told us that our service was not good.".to_owned(),
            format!("You told us on {}.", in_words(complaint.received_on)),
            "This is a complaint.".to_owned(),
        ];
        let origin = complaint.origin.map(|origin| match origin {
            Origin::Escalation(_) => "It is a new complaint. We start again.",
            Origin::Point(_) => "It is a new complaint. We look at your other complaint, too.",
            Origin::Request(_) => "You asked us for something. You are not happy with what we did.",
        });
        opening.extend(origin.map(str::to_owned));
        opening.push("We can look at your complaint.".to_owned());
        opening.push("We have not decided about it yet.".to_owned());
        if let Some((_, name)) = &complaint.stage_one.handler {
            opening.push(format!("{name} will look at it."));
        }
        to.add(Part::Opening, "About your complaint", each(opening));
        own(making, to);
        definition(making, to, "We will look at");
        let outcome = &complaint.definition.desired_outcome;
        if !outcome.trim().is_empty() {
            let mut want = vec![Block::p("We think that you want this:")];
            want.extend(lines(outcome));
            to.add(Part::DesiredOutcome, "What you want", want);
            let mut correct = vec![
                Block::p("Is this right? Then you do not need to do anything."),
                Block::p("Is this wrong? Then please tell us."),
            ];
            correct.extend(lines(making.contact));
            to.add(Part::HowToCorrect, "", correct);
        }
        steps(
            to,
            &[
                "We look at what happened.",
                "We may call you.",
                "We write to you with our answer.",
            ],
        );
        dates(making, to);
        following(making, to);
        "We will look at your complaint"
    }

    fn extension(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(extended) = making.extension() {
            let mut opening = vec![
                "We said that we would answer you.".to_owned(),
                format!("We said {}.", in_words(extended.known)),
                "We need more time.".to_owned(),
                "We are sorry.".to_owned(),
            ];
            if making.kind == Kind::FurtherExtension {
                opening.push("Our manager has agreed to this.".to_owned());
            }
            to.add(Part::Opening, "", each(opening));
            to.add(Part::Reasons, "Why", lines(&extended.reason));
            own(making, to);
            let revised = format!("We will answer you by {}.", in_words(extended.until));
            to.add(Part::RevisedDate, "When", vec![Block::p(revised)]);
        }
        next_update(making, to);
        "We need more time"
    }

    fn stage_one_response(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = ["We looked at your complaint.", "This is our answer."];
        to.add(Part::Opening, "", each(opening));
        definition(making, to, "You told us");
        decisions(making, to);
        own(making, to);
        remedies(making, to);
        if let Some(until) = making.window() {
            let mut escalate = each([
                "You can ask us to look again.".to_owned(),
                "We call this stage 2.".to_owned(),
                "A different person will look at it.".to_owned(),
                format!("Please ask us by {}.", in_words(until)),
                "Tell us why you do not agree.".to_owned(),
                "Tell us if we missed something.".to_owned(),
                "Tell us anything new.".to_owned(),
                "Do you need more time to ask? Then tell us why.".to_owned(),
            ]);
            escalate.extend(lines(making.contact));
            to.add(Part::HowToEscalate, "If you do not agree", escalate);
        }
        filed_later(making, to);
        "Our answer to your complaint"
    }

    fn escalation_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(two) = &making.complaint.stage_two {
            let opening = [
                "You asked us to look again.".to_owned(),
                format!("You asked us on {}.", in_words(two.request.requested_on)),
                "We will look at it again.".to_owned(),
                "We call this stage 2.".to_owned(),
            ];
            to.add(Part::Opening, "", each(opening));
            own(making, to);
            let mut why = vec![Block::p("You told us why you do not agree:")];
            why.extend(lines(&two.request.reasons));
            let missed: Vec<String> = making.elements().into_iter().map(|it| it.text).collect();
            if !missed.is_empty() {
                why.push(Block::List(missed));
            }
            to.add(Part::Definition, "We will look at", why);
            if let Some((_, name)) = &two.record.handler {
                let who = [
                    format!("{name} will look at it."),
                    "This is a different person.".to_owned(),
                ];
                to.add(Part::Reviewer, "Who", each(who));
            }
        }
        steps(
            to,
            &[
                "We look at our first answer.",
                "We look at what you told us.",
                "We write to you with our last answer.",
            ],
        );
        dates(making, to);
        "We will look at your complaint again"
    }

    fn escalation_refused(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = [
            "You asked us to look at your complaint again.",
            "We thought about it.",
            "We will not look at it again.",
        ];
        to.add(Part::Opening, "", each(opening));
        if let Some(ground) = making.words.ground {
            let why = match making.excluded_for() {
                Some(reason) => lines(factsheet::easily(reason)),
                None => each(refused(ground)),
            };
            to.add(Part::Ground, "Why", why);
        }
        to.add(Part::Reasons, "", lines(&making.words.reason));
        own(making, to);
        if making.excluded_for().is_some() {
            to.add(Part::Signpost, "Where you can go", lines(making.signpost()));
        }
        end_of_procedure(making, to);
        filed_later(making, to);
        "We will not look at your complaint again"
    }

    fn stage_two_response(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = ["We looked at your complaint again.", "This is our answer."];
        to.add(Part::Opening, "", each(opening));
        to.add(
            Part::Summary,
            "Your complaint",
            lines(&making.words.summary),
        );
        definition(making, to, "We looked at");
        decisions(making, to);
        own(making, to);
        remedies(making, to);
        end_of_procedure(making, to);
        filed_later(making, to);
        "Our last answer to your complaint"
    }

    fn not_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = [
            "You told us about our service.",
            "We thought about what you told us.",
            "We can’t look at this as a complaint.",
        ];
        to.add(Part::Opening, "", each(opening));
        if let Some(reason) = making.words.exclusion {
            to.add(Part::Explanation, "Why", lines(factsheet::easily(reason)));
        }
        to.add(Part::Reasons, "", lines(&making.words.reason));
        own(making, to);
        to.add(Part::Signpost, "Where you can go", lines(making.signpost()));
        filed_later(making, to);
        "What you told us about our service"
    }

    fn closing(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(closed_on) = making.complaint.closed_on() {
            let closed = [
                "We have answered your complaint.".to_owned(),
                format!("We answered it on {}.", in_words(closed_on)),
                "It is now closed.".to_owned(),
                "Closed means: we will not do any more about it.".to_owned(),
            ];
            to.add(Part::Closed, "", each(closed));
        }
        own(making, to);
        open_actions(making, to);
        end_of_procedure(making, to);
        filed_later(making, to);
        "Your complaint is closed"
    }

    fn after_closing(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(closed_on) = making.complaint.closed_on() {
            let closed = [
                "Thank you for what you wrote.".to_owned(),
                "We have read it.".to_owned(),
                format!("Your complaint was closed on {}.", in_words(closed_on)),
                "Closed means: we will not do any more about it.".to_owned(),
            ];
            to.add(Part::Closed, "", each(closed));
        }
        own(making, to);
        open_actions(making, to);
        to.add(
            Part::Signpost,
            "Who can help you",
            lines(&making.words.signpost),
        );
        let silent = ["We can’t say any more about this complaint."];
        to.add(Part::NoFurtherComment, "", each(silent));
        if let Some(until) = making.window() {
            let still = [
                "You can still ask us to look again.".to_owned(),
                format!("You can ask until {}.", in_words(until)),
                "Tell us why you do not agree.".to_owned(),
            ];
            to.add(Part::HowToEscalate, "", each(still));
        }
        filed_later(making, to);
        "What you wrote to us"
    }

    fn informal_resolution(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(call_on) = making.words.call_on {
            let call = [
                format!("We talked to you on {}.", in_words(call_on)),
                "Thank you for talking to us.".to_owned(),
                "Your complaint is now closed.".to_owned(),
                "We told you so on the telephone.".to_owned(),
                "Closed means: you will not get another answer.".to_owned(),
            ];
            to.add(Part::CallCloses, "", each(call));
        }
        to.add(Part::Agreed, "What we agreed", own_lines(making));
        decisions(making, to);
        remedies(making, to);
        filed_later(making, to);
        "Your complaint is closed"
    }

    fn progress_update(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = [
            "This letter is about your complaint.",
            "It says how far we are.",
        ];
        to.add(Part::Opening, "", each(opening));
        to.add(Part::Progress, "What we have done", own_lines(making));
        not_looked_at(making, to);
        open_actions(making, to);
        if making.complaint.closed_on().is_none() {
            dates(making, to);
        }
        next_update(making, to);
        "How far we are"
    }

    fn factsheet() -> Vec<Section> {
        factsheet::easy_read()
    }
}

/// Why stage 2 is refused, in easy words.
fn refused(ground: Ground) -> Vec<&'static str> {
    match ground {
        Ground::NothingNew => vec![
            "You told us this before.",
            "It is in our first answer.",
            "You told us nothing new that changes our answer.",
        ],
        Ground::TooLate => vec![
            "You had 4 weeks to ask us.",
            "You asked us later than that.",
        ],
        Ground::NoReview => vec![
            "We can only check our first answer.",
            "You asked us for something else.",
        ],
        Ground::Excluded => vec!["We cannot deal with this as a complaint about us."],
    }
}

fn each<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Vec<Block> {
    texts.into_iter().map(Block::p).collect()
}

/// A text, one sentence in a line.
fn lines(text: &str) -> Vec<Block> {
    paragraphs(text)
        .iter()
        .flat_map(|it| it.unicode_sentences())
        .map(|it| Block::p(it.trim()))
        .collect()
}

fn own_lines(making: &Making<'_>) -> Vec<Block> {
    making.own_words().iter().flat_map(|it| lines(it)).collect()
}

fn own(making: &Making<'_>, to: &mut Sections) {
    to.add(Part::OwnWords, "", own_lines(making));
}

fn steps(to: &mut Sections, steps: &[&str]) {
    let steps = steps.iter().map(|it| (*it).to_owned()).collect();
    to.add(Part::Process, "What happens now", vec![Block::Steps(steps)]);
}

fn definition(making: &Making<'_>, to: &mut Sections, heading: &str) {
    let elements: Vec<String> = making.elements().into_iter().map(|it| it.text).collect();
    if !elements.is_empty() {
        to.add(Part::Definition, heading, vec![Block::List(elements)]);
    }
}

fn dates(making: &Making<'_>, to: &mut Sections) {
    if let Some(due) = making.response_due() {
        let blocks = vec![
            Block::Dates(vec![("We will answer you by".to_owned(), due)]),
            Block::p("Do we need more time? Then we will tell you."),
        ];
        to.add(Part::Dates, "When", blocks);
    }
}

fn decisions(making: &Making<'_>, to: &mut Sections) {
    let mut found = Vec::new();
    for element in &making.elements() {
        match settled(element) {
            None => {}
            Some(Settled::Found(decision, reason)) => {
                found.push(Block::Subheading(element.text.clone()));
                found.push(Block::p(match decision {
                    Decision::Upheld => "You are right. Our service was not good.",
                    Decision::PartiallyUpheld => {
                        "You are partly right. A part of our service was not good."
                    }
                    Decision::NotUpheld => "We do not agree. Our service did not go wrong here.",
                }));
                found.extend(lines(reason));
            }
            Some(Settled::Excluded(exclusion)) => {
                found.push(Block::Subheading(element.text.clone()));
                found.push(Block::p("We could not look at this."));
                found.extend(lines(factsheet::easily(exclusion.reason)));
                found.extend(lines(&exclusion.details));
                found.extend(lines(&exclusion.signpost));
            }
        }
    }
    to.add(Part::Decisions, "What we found", found);
    if let Some(outcome) = making.outcome() {
        let texts = match outcome {
            Decision::Upheld => ["We agree with your complaint.", "We are sorry."],
            Decision::PartiallyUpheld => {
                ["We agree with a part of your complaint.", "We are sorry."]
            }
            Decision::NotUpheld => [
                "We do not agree with your complaint.",
                "We are sorry that you were not happy with us.",
            ],
        };
        to.add(Part::Outcome, "Our decision", each(texts));
    }
}

fn remedies(making: &Making<'_>, to: &mut Sections) {
    let remedies: Vec<Block> = making.remedies().iter().flat_map(|it| lines(it)).collect();
    to.add(Part::Remedies, "How we put it right", remedies);
    open_actions(making, to);
}

fn following(making: &Making<'_>, to: &mut Sections) {
    let (sentences, page) = making.following();
    let mut blocks: Vec<Block> = sentences.iter().flat_map(|it| lines(it)).collect();
    blocks.extend(page.map(|page| Block::List(vec![page])));
    to.add(Part::Following, "How you can see what we do", blocks);
}

fn not_looked_at(making: &Making<'_>, to: &mut Sections) {
    let mut points = Vec::new();
    for (point, exclusion) in making.not_looked_at() {
        points.push(Block::Subheading(point.to_owned()));
        points.push(Block::p("We can’t look at this."));
        points.extend(lines(factsheet::easily(exclusion.reason)));
        points.extend(lines(&exclusion.details));
        points.extend(lines(&exclusion.signpost));
    }
    to.add(Part::NotLookedAt, "What we can’t look at", points);
}

fn done_actions(making: &Making<'_>, to: &mut Sections) {
    let mut done: Vec<Block> = Vec::new();
    for (what, on) in making.done_actions() {
        done.extend(lines(what));
        done.push(Block::p(format!("We did this on {}.", in_words(on))));
    }
    for (what, because) in making.withdrawn_actions() {
        done.extend(lines(what));
        done.push(Block::p("We will not do this any more."));
        done.extend(lines(because));
    }
    to.add(Part::DoneActions, "What we have done for you", done);
}

fn open_actions(making: &Making<'_>, to: &mut Sections) {
    done_actions(making, to);
    let mut actions: Vec<Block> = Vec::new();
    for promise in making.open_actions() {
        actions.extend(lines(&promise.action.what));
        actions.push(Block::p(format!("{} will do this.", promise.owner_name)));
        let due = in_words(promise.action.deadline.due());
        actions.push(Block::p(format!("It will be done by {due}.")));
    }
    to.add(Part::OpenActions, "What we still have to do", actions);
}

fn end_of_procedure(making: &Making<'_>, to: &mut Sections) {
    if matches!(making.complaint.standing, Standing::Ended(_)) || making.kind != Kind::Closing {
        let texts = [
            "This is our last answer.",
            "You can’t ask us to look again.",
        ];
        to.add(Part::EndOfProcedure, "The end", each(texts));
    }
}

fn filed_later(making: &Making<'_>, to: &mut Sections) {
    if let Some(until) = making.answered_until() {
        let texts = [
            format!("You can write to us about this until {}.", in_words(until)),
            "We will answer you.".to_owned(),
            "After that day we keep your letters.".to_owned(),
            "But we will not answer them.".to_owned(),
            "We will still do what we promised.".to_owned(),
        ];
        to.add(Part::FiledLater, "If you write to us", each(texts));
    }
}

fn next_update(making: &Making<'_>, to: &mut Sections) {
    if let Some(on) = making.words.next_update_on {
        let text = format!("We will write to you by {}.", in_words(on));
        to.add(
            Part::NextUpdate,
            "When we write again",
            vec![Block::p(text)],
        );
    }
}
