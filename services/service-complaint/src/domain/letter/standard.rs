//! The letters' words: short sentences and everyday words, as the reviewer advises (paragraphs 15 to 20 and 38 to 42).

mod sections;

use self::sections::{
    blocks, dates, decisions, definition, end_of_procedure, filed_later, following, next_update,
    not_looked_at, open_actions, own, remedies,
};
use super::compose::{Making, Sections, Voice, paragraphs};
use super::{Block, Kind, Part, Section, factsheet, in_words};
use crate::domain::complaint::Origin;
use crate::domain::exclusion::Reason;

/// The words for most people.
pub(super) struct Standard;

impl Voice for Standard {
    fn acknowledgement(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let complaint = making.complaint;
        let came = in_words(complaint.received_on);
        let mut opening = vec![Block::p(format!(
            "Thank you for telling us about the service that you had from us. We got your complaint on {came}."
        ))];
        let origin = complaint.origin.map(|origin| match origin {
            Origin::Escalation(_) => {
                "You asked us to look again at a complaint that we had answered. What you told us is a new complaint, so we will look at it from the start."
            }
            Origin::Point(_) => {
                "You told us about this while we looked into another complaint of yours. It is a different matter, so we will look at it as a complaint of its own."
            }
            Origin::Request(_) => {
                "You had asked us to do something, and you told us that you are not happy with what we did. We will look at that as a complaint."
            }
        });
        opening.extend(origin.map(Block::p));
        opening.push(Block::p(
        "We have decided we can look at your complaint about our service. We have not made a decision about what happened yet.",
    ));
        if let Some((_, name)) = &complaint.stage_one.handler {
            opening.push(Block::p(format!("{name} will look into it.")));
        }
        to.add(Part::Opening, "", opening);
        own(making, to);
        definition(
            making,
            to,
            "What we will look at",
            "We will look at each of these points:",
        );
        let outcome = &complaint.definition.desired_outcome;
        if !outcome.trim().is_empty() {
            let mut blocks = vec![Block::p("We understand that this is the outcome you want:")];
            blocks.push(Block::List(paragraphs(outcome)));
            to.add(Part::DesiredOutcome, "What you want to happen", blocks);
            to.add(
            Part::HowToCorrect,
            "",
            vec![
                Block::p("If that is right, you do not need to do anything."),
                Block::p(format!(
                    "If you want something else, or if a point is wrong or missing, please tell us. {}",
                    making.contact
                )),
            ],
        );
        }
        let steps = [
            "We look at our records and talk to the colleagues who were involved.",
            "We may call you if something is not clear.",
            "We write to you with a decision on each point. If we got it wrong, we say how we will put it right.",
            "If you do not agree with our answer, you can ask us to look again. We call this stage 2.",
        ];
        let steps = steps.map(str::to_owned).to_vec();
        to.add(
            Part::Process,
            "What happens next",
            vec![Block::Steps(steps)],
        );
        dates(
            making,
            to,
            "We got your complaint",
            Some(complaint.received_on),
        );
        following(making, to);
        "Your complaint about our service"
    }

    fn extension(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let further = making.kind == Kind::FurtherExtension;
        if let Some(extended) = making.extension() {
            let mut opening = vec![Block::p(format!(
                "We told you that we would answer your complaint by {}. We need more time, and we are sorry that you have to wait longer.",
                in_words(extended.known)
            ))];
            if further {
                opening.push(Block::p("A senior colleague has agreed to this."));
            }
            to.add(Part::Opening, "", opening);
            let reason = blocks(&extended.reason);
            to.add(Part::Reasons, "Why we need more time", reason);
            own(making, to);
            let until = in_words(extended.until);
            let revised = Block::p(format!("We will now answer by {until}."));
            to.add(Part::RevisedDate, "When we will answer", vec![revised]);
        }
        next_update(making, to);
        if further {
            "We need more time again to answer your complaint"
        } else {
            "We need more time to answer your complaint"
        }
    }

    fn stage_one_response(making: &Making<'_>, to: &mut Sections) -> &'static str {
        to.add(
        Part::Opening,
        "",
        vec![Block::p(
            "We have finished looking at your complaint about our service. This is our answer at stage 1.",
        )],
    );
        definition(
            making,
            to,
            "What you complained about",
            "You told us about:",
        );
        decisions(making, to);
        own(making, to);
        remedies(making, to);
        if let Some(until) = making.window() {
            to.add(
            Part::HowToEscalate,
            "If you do not agree with us",
            vec![
                Block::p(format!(
                    "You can ask us to look at your complaint again by {}. We call this stage 2. A colleague who had no part in this answer will look at it.",
                    in_words(until)
                )),
                Block::p("Please tell us why you do not agree. You can also:"),
                Block::List(vec![
                    "tell us about any point that we missed".to_owned(),
                    "send us new information that could change our answer".to_owned(),
                ]),
                Block::p(format!(
                    "If you need longer than that, tell us why and we will think about it. {}",
                    making.contact
                )),
            ],
        );
        }
        filed_later(making, to);
        "Our answer to your complaint"
    }

    fn escalation_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let Some(two) = &making.complaint.stage_two else {
            return "Your complaint at stage 2";
        };
        let asked = two.request.requested_on;
        to.add(
        Part::Opening,
        "",
        vec![Block::p(format!(
            "You asked us on {} to look at your complaint again. We have decided that we can look at it at stage 2.",
            in_words(asked)
        ))],
    );
        own(making, to);
        let mut why = vec![Block::p("You told us why you do not agree:")];
        why.push(Block::List(paragraphs(&two.request.reasons)));
        let missed: Vec<String> = making.elements().into_iter().map(|it| it.text).collect();
        if !missed.is_empty() {
            why.push(Block::p("We will look at each of these points:"));
            why.push(Block::List(missed));
        }
        to.add(Part::Definition, "What we will look at", why);
        if let Some((_, name)) = &two.record.handler {
            let who = format!("{name} will look at it. {name} had no part in our first answer.");
            to.add(Part::Reviewer, "Who will look at it", vec![Block::p(who)]);
        }
        let steps = [
            "We look at our first answer, and at anything new that you told us.",
            "We write to you with a decision on each point.",
            "That is the end of our process.",
        ];
        let steps = steps.map(str::to_owned).to_vec();
        to.add(
            Part::Process,
            "What happens next",
            vec![Block::Steps(steps)],
        );
        dates(making, to, "You asked us to look again", Some(asked));
        "We will look at your complaint again"
    }

    fn escalation_refused(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(two) = &making.complaint.stage_two {
            to.add(
            Part::Opening,
            "",
            vec![
                Block::p(format!(
                    "You asked us on {} to look at your complaint again at stage 2. We have thought about what you told us.",
                    in_words(two.request.requested_on)
                )),
                Block::p("We have decided not to look at it again."),
            ],
        );
        }
        if let Some(ground) = making.words.ground {
            let excluded = making.excluded_for().map(Reason::explanation);
            let explanation = excluded.unwrap_or(ground.explanation());
            let explanation = vec![Block::p(explanation)];
            to.add(Part::Ground, "Why we decided this", explanation);
        }
        to.add(Part::Reasons, "", blocks(&making.words.reason));
        own(making, to);
        if making.excluded_for().is_some() {
            let signpost = blocks(making.signpost());
            to.add(Part::Signpost, "Where you can go", signpost);
        }
        end_of_procedure(making, to);
        filed_later(making, to);
        "Your request for stage 2"
    }

    fn stage_two_response(making: &Making<'_>, to: &mut Sections) -> &'static str {
        to.add(
            Part::Opening,
            "",
            vec![Block::p(
                "We have looked at your complaint again. This is our answer at stage 2.",
            )],
        );
        to.add(
            Part::Summary,
            "Your complaint, and why you asked us to look again",
            blocks(&making.words.summary),
        );
        definition(
            making,
            to,
            "What we looked at",
            "We looked at each of these points:",
        );
        decisions(making, to);
        own(making, to);
        remedies(making, to);
        end_of_procedure(making, to);
        filed_later(making, to);
        "Our answer to your complaint at stage 2"
    }

    fn not_accepted(making: &Making<'_>, to: &mut Sections) -> &'static str {
        let opening = if making.complaint.stage_one.clocks.response.is_some() {
            "We looked into your complaint about our service. We have found that we can’t go on with it."
        } else {
            "Thank you for telling us about the service that you had from us. We have decided that we can’t look at this as a complaint about our service."
        };
        to.add(Part::Opening, "", vec![Block::p(opening)]);
        if let Some(reason) = making.words.exclusion {
            let explanation = vec![Block::p(reason.explanation())];
            to.add(Part::Explanation, "Why we decided this", explanation);
        }
        to.add(Part::Reasons, "", blocks(&making.words.reason));
        own(making, to);
        to.add(
            Part::Signpost,
            "Where you can go",
            blocks(making.signpost()),
        );
        filed_later(making, to);
        "What you told us about our service"
    }

    fn closing(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(closed_on) = making.complaint.closed_on() {
            let mut closed = vec![Block::p(format!(
                "We answered your complaint about our service on {}. It is now closed.",
                in_words(closed_on)
            ))];
            closed.push(Block::p(
                "We will not do anything more about it, except for what we have promised you.",
            ));
            to.add(Part::Closed, "", closed);
        }
        own(making, to);
        open_actions(making, to);
        end_of_procedure(making, to);
        filed_later(making, to);
        "Your complaint is closed"
    }

    fn after_closing(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(closed_on) = making.complaint.closed_on() {
            to.add(
            Part::Closed,
            "",
            vec![
                Block::p("Thank you for what you wrote. We have read it."),
                Block::p(format!(
                    "Your complaint was closed on {}. We will not take any further action on it.",
                    in_words(closed_on)
                )),
            ],
        );
        }
        own(making, to);
        open_actions(making, to);
        to.add(
            Part::Signpost,
            "Who can help with other matters",
            blocks(&making.words.signpost),
        );
        to.add(
            Part::NoFurtherComment,
            "",
            vec![Block::p(
                "We can’t say any more about this complaint when you write to us.",
            )],
        );
        if let Some(until) = making.window() {
            let still = format!(
                "You can still ask us to look at it again, at stage 2, until {}. Tell us why you do not agree.",
                in_words(until)
            );
            to.add(Part::HowToEscalate, "", vec![Block::p(still)]);
        }
        filed_later(making, to);
        "What you wrote about your complaint"
    }

    fn informal_resolution(making: &Making<'_>, to: &mut Sections) -> &'static str {
        if let Some(call_on) = making.words.call_on {
            to.add(
            Part::CallCloses,
            "",
            vec![
                Block::p(format!(
                    "Thank you for talking to us about your complaint on {}.",
                    in_words(call_on)
                )),
                Block::p("As we told you on the telephone, that call closed your complaint. You will not get another answer to it."),
            ],
        );
        }
        let agreed = making.own_words().into_iter().map(Block::Paragraph);
        to.add(Part::Agreed, "What we agreed", agreed.collect());
        decisions(making, to);
        remedies(making, to);
        filed_later(making, to);
        "Your complaint is closed"
    }

    fn progress_update(making: &Making<'_>, to: &mut Sections) -> &'static str {
        to.add(
            Part::Opening,
            "",
            vec![Block::p(
                "We are writing to tell you how far we are with your complaint about our service.",
            )],
        );
        let progress = making.own_words().into_iter().map(Block::Paragraph);
        to.add(Part::Progress, "What we have done", progress.collect());
        not_looked_at(making, to);
        open_actions(making, to);
        if making.complaint.closed_on().is_none() {
            dates(making, to, "", None);
        }
        next_update(making, to);
        "How far we are with your complaint"
    }

    fn factsheet() -> Vec<Section> {
        factsheet::standard()
    }
}
