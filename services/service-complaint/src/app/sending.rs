//! What sending a letter does to its complaint, and whether it can be sent.

use calendar::Told;
use chrono::NaiveDate;

use super::answers::Refusing;
use super::investigation::underway;
use super::tellings::{follow_up, said_by};
use super::{Done, Manner, Work, steps};
use crate::domain::complaint::{Complaint, Promise};
use crate::domain::exclusion::Grounds;
use crate::domain::letter::compose::{Making, compose};
use crate::domain::letter::faults::{Fault, NEXT_UPDATE, faults};
use crate::domain::letter::{Delivery, Document, Kind, Part, Words};
use crate::domain::monitoring;
use crate::domain::refusal::Ground;
use crate::error::Error;
use crate::events;
use crate::render::unprintable;
use crate::store::letters::Draft;

/// A letter as it would be sent.
pub(super) struct Prepared {
    /// The complaint as the letter's step leaves it, or why the step can't be taken.
    pub(super) stepped: Result<(Complaint, Done), Error>,
    /// The letter.
    pub(super) document: Document,
    /// What keeps it from being sent.
    pub(super) faults: Vec<Fault>,
}

/// Takes the letter's step on a copy of the complaint, and composes the letter from that.
pub(super) fn prepare(
    draft: &Draft,
    before: &Complaint,
    work: &Work<'_>,
    manner: &Manner,
) -> Prepared {
    let mut after = before.clone();
    let stepped = step(draft, &mut after, work).map(|done| (after, done));
    let news: Vec<_> = before.to_tell().into_iter().cloned().collect();
    let making = Making {
        news: &news,
        complaint: before,
        kind: draft.kind,
        words: &draft.words,
        on: work.today,
        writer: &work.actor.name,
        contact: &manner.contact.0,
        portal_url: &manner.portal_url,
    };
    let document = compose(&Making {
        complaint: stepped.as_ref().map_or(before, |(after, _)| after),
        ..making
    });
    let mut faults = faults(&making, &document, stepped.is_ok());
    if Delivery::to(&before.user) == Delivery::Post {
        let letters = unprintable(&document);
        if !letters.is_empty() {
            faults.push(Fault {
                field: "",
                part: format!("letters that can be printed in the place of “{letters}”"),
            });
        }
    }
    Prepared {
        stepped,
        document,
        faults,
    }
}

/// What may be sent, or why not. That a letter does not fit the standing comes before what it lacks.
pub(super) fn fit(
    stepped: Result<(Complaint, Done), Error>,
    faults: Vec<Fault>,
) -> Result<(Complaint, Done), Error> {
    match stepped {
        Err(error @ (Error::Standing(_) | Error::NotClosed | Error::NoFit(_))) => Err(error),
        _ if !faults.is_empty() => Err(Error::LetterIncomplete(faults)),
        stepped => stepped,
    }
}

fn lacking(part: Part) -> Error {
    let (field, part) = part.missing();
    Error::LetterIncomplete(vec![Fault {
        field,
        part: part.to_owned(),
    }])
}

/// Takes the letter's step, and keeps that the letter tells the person what waits to be told by it.
fn step(draft: &Draft, complaint: &mut Complaint, work: &Work<'_>) -> Result<Done, Error> {
    let done = take(draft, complaint, work)?;
    let told = Told {
        on: work.today,
        proof: format!("letter {}", draft.id),
    };
    complaint.tell_all(said_by(draft.kind), &told);
    Ok(done)
}

fn take(draft: &Draft, complaint: &mut Complaint, work: &Work<'_>) -> Result<Done, Error> {
    let (words, today): (&Words, NaiveDate) = (&draft.words, work.today);
    let proof = format!("letter {}", draft.id);
    match draft.kind {
        Kind::Acknowledgement => steps::acknowledge(complaint, work, today),
        Kind::Extension | Kind::FurtherExtension => {
            let told = Told {
                on: today,
                proof: proof.clone(),
            };
            let done = steps::tell(complaint, work, told)?;
            promise_update(complaint, work, words.next_update_on, &proof, done)
        }
        Kind::StageOneResponse => {
            let done = steps::answer_stage_one(complaint, work, today)?;
            no_update(complaint, work, done)
        }
        Kind::EscalationAccepted => {
            complaint.requested()?;
            let handler = complaint.present().handler.clone();
            let handler = handler.ok_or_else(|| lacking(Part::Reviewer))?;
            steps::accept_escalation(complaint, work, handler, today)
        }
        Kind::EscalationRefused => {
            let ground = words.ground.ok_or_else(|| lacking(Part::Ground))?;
            let refusing = Refusing {
                ground,
                words: words.reason.clone(),
                excluded: (ground == Ground::Excluded)
                    .then(|| excluded(words))
                    .transpose()?,
            };
            steps::reject_escalation(complaint, work, refusing, today)
        }
        Kind::StageTwoResponse => {
            let summary = words.summary.clone();
            let done = steps::answer_stage_two(complaint, work, summary, today)?;
            no_update(complaint, work, done)
        }
        Kind::NotAccepted => {
            let done = steps::exclude(complaint, work, excluded(words)?, today)?;
            no_update(complaint, work, done)
        }
        Kind::Closing => {
            complaint.closed_on().ok_or(Error::NotClosed)?;
            Ok(Done::new(
                "letter_sent",
                "Told the person that it is closed",
            ))
        }
        Kind::AfterClosing => {
            complaint.closed_on().ok_or(Error::NotClosed)?;
            complaint.unanswered_since = None;
            Ok(Done::new(
                "letter_sent",
                "Answered correspondence after the closing",
            ))
        }
        Kind::InformalResolution => {
            let call_on = words.call_on.ok_or_else(|| lacking(Part::CallCloses))?;
            let call = (words.told_it_closes, words.text.as_str());
            let done = steps::resolve_by_telephone(complaint, work, call, call_on)?;
            no_update(complaint, work, done)
        }
        Kind::ProgressUpdate => {
            let done = if underway(complaint).is_ok() {
                steps::update(complaint, work, today, "by letter")?
            } else {
                follow_up(complaint, work, today, "by letter")?
            };
            promise_update(complaint, work, words.next_update_on, &proof, done)
        }
    }
}

/// What an exclusion is decided by, as the letter says it.
fn excluded(words: &Words) -> Result<Grounds, Error> {
    Ok(Grounds {
        reason: words.exclusion.ok_or_else(|| lacking(Part::Explanation))?,
        details: words.reason.clone(),
        signpost: words.signpost.clone(),
        happened_on: words.happened_on,
    })
}

/// What the person is told about the next update is a promise like any other (3.4, 4.4): it has an owner, a day, and is followed. This letter keeps
/// the promise before.
fn promise_update(
    complaint: &mut Complaint,
    work: &Work<'_>,
    next: Option<NaiveDate>,
    proof: &str,
    done: Done,
) -> Result<Done, Error> {
    let (by, today) = (work.by().actor, work.today);
    for promise in updates(complaint) {
        let action = promise.action.clone();
        promise.action = monitoring::complete(action, proof.to_owned(), today, by, today)?;
    }
    let Some(next) = next else {
        return Ok(done);
    };
    let owner = work.actor.colleague()?.account_id;
    let what = NEXT_UPDATE.to_owned();
    let action = monitoring::promise(work.calendar, what, owner, next, by, today)?;
    let done = done.announcing(events::action_promised(complaint, &action));
    complaint.promises.push(Promise {
        action,
        stage: complaint.promising_stage(),
        owner_name: work.actor.name.clone(),
        remedy_id: None,
        withdrawn_because: String::new(),
        hindrance: String::new(),
    });
    Ok(done)
}

/// Whoever got the response waits for no update.
fn no_update(complaint: &mut Complaint, work: &Work<'_>, done: Done) -> Result<Done, Error> {
    const BECAUSE: &str = "The response was sent";
    for promise in updates(complaint) {
        let action = promise.action.clone();
        promise.action = monitoring::withdraw(action, BECAUSE, work.by().actor, work.today)?;
        BECAUSE.clone_into(&mut promise.withdrawn_because);
    }
    Ok(done)
}

fn updates(complaint: &mut Complaint) -> impl Iterator<Item = &mut Promise> {
    complaint
        .promises
        .iter_mut()
        .filter(|it| it.action.is_open() && it.action.what == NEXT_UPDATE)
}
