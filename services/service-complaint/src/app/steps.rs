//! The steps of the procedure that a letter tells of. Each is taken by recording it, or by sending its letter.

use calendar::Told;
use chrono::NaiveDate;
use uuid::Uuid;

use super::answers::Refusing;
use super::investigation::underway;
use super::{Done, Work};
use crate::domain::complaint::{Complaint, Standing};
use crate::domain::exclusion::{self, Grounds};
use crate::domain::finding::Decision;
use crate::domain::policy::Stage;
use crate::domain::procedure::ProcedureError;
use crate::domain::refusal::Refusal;
use crate::domain::response;
use crate::error::Error;
use crate::events;

/// Acknowledges it, which starts the clock of the response (4.1, 4.3).
pub(super) fn acknowledge(
    complaint: &mut Complaint,
    work: &Work<'_>,
    on: NaiveDate,
) -> Result<Done, Error> {
    let received = complaint.received()?;
    let missing = complaint.missing();
    let investigation = received.acknowledge(work.calendar, missing, on, work.by())?;
    complaint.put_stage_one(investigation);
    complaint.standing = Standing::Investigated;
    let done = Done::new("acknowledged", "Acknowledged the complaint")
        .announcing(events::acknowledged(complaint));
    // However it came, and whatever it came of (SC-15).
    if complaint.user.email.is_empty() {
        Ok(done)
    } else {
        Ok(done.with_link())
    }
}

/// Notes that the person was told of the extensions so far (4.3, 4.4, 4.16, 4.17).
pub(super) fn tell(complaint: &mut Complaint, work: &Work<'_>, told: Told) -> Result<Done, Error> {
    let text = format!("Told the person of the extension: {}", told.proof);
    if underway(complaint)? == Stage::One {
        let mut investigation = complaint.investigated()?;
        investigation.tell(told, work.by())?;
        complaint.put_stage_one(investigation);
    } else {
        let mut review = complaint.reviewed()?;
        review.tell(told, work.by())?;
        complaint.put_stage_two(review);
    }
    Ok(Done::new("told", text))
}

/// Notes that the person heard how it stands (4.4, 4.17).
pub(super) fn update(
    complaint: &mut Complaint,
    work: &Work<'_>,
    on: NaiveDate,
    text: &str,
) -> Result<Done, Error> {
    let stage = underway(complaint)?;
    if on > work.today {
        return Err(ProcedureError::InTheFuture(on).into());
    }
    let record = match (&mut complaint.stage_two, stage) {
        (Some(two), Stage::Two) => &mut two.record,
        _ => &mut complaint.stage_one,
    };
    let acknowledged_on = record.clocks.acknowledgement.met_on();
    let earliest = acknowledged_on.max(record.updated_on);
    if let Some(earliest) = earliest.filter(|it| on < *it) {
        return Err(ProcedureError::Before(earliest).into());
    }
    record.updated_on = Some(on);
    let text = format!("Told the person how it stands: {text}");
    Ok(Done::new("updated", text))
}

/// Ends a complaint that can't be investigated, at intake or at any later point (2.8, 4.6).
pub(super) fn exclude(
    complaint: &mut Complaint,
    work: &Work<'_>,
    grounds: Grounds,
    on: NaiveDate,
) -> Result<Done, Error> {
    work.may_review(complaint)?;
    let approval = complaint.behaviour_approval();
    let exclusion = exclusion::exclude(grounds, complaint.received_on, approval.as_ref())?;
    let text = format!("Did not accept it: {}", exclusion.reason.explanation());
    let closed = match complaint.standing {
        Standing::Received => complaint.received()?.exclude(exclusion, on, work.by())?,
        Standing::Reviewed => complaint.reviewed()?.exclude(exclusion, on, work.by())?,
        _ => complaint
            .investigated()?
            .exclude(exclusion, on, work.by())?,
    };
    complaint.close(closed);
    Ok(Done::new("excluded", text).announcing(events::ended(complaint)))
}

/// Ends a complaint by a call, of which the person knows that it closes the complaint (37.1).
pub(super) fn resolve_by_telephone(
    complaint: &mut Complaint,
    work: &Work<'_>,
    (told_it_closes, note): (bool, &str),
    on: NaiveDate,
) -> Result<Done, Error> {
    work.may_review(complaint)?;
    let by = work.by();
    let closed = match complaint.standing {
        Standing::Received => complaint.received()?.resolve_by_telephone(
            complaint.missing_before_call(),
            told_it_closes,
            on,
            by,
        )?,
        Standing::Reviewed => complaint.reviewed()?.resolve_by_telephone(
            found_before_call(complaint)?,
            told_it_closes,
            on,
            by,
        )?,
        _ => complaint.investigated()?.resolve_by_telephone(
            found_before_call(complaint)?,
            told_it_closes,
            on,
            by,
        )?,
    };
    if complaint.definition.early_resolution.trim().is_empty() {
        // The call is what came of it (3.2).
        "It was resolved by telephone.".clone_into(&mut complaint.definition.early_resolution);
    }
    complaint.close(closed);
    let text = format!("Resolved it by telephone, and said that the call closes it: {note}");
    Ok(Done::new("resolved_by_telephone", text).announcing(events::ended(complaint)))
}

fn found_before_call(complaint: &Complaint) -> Result<Option<Decision>, Error> {
    let stage = complaint.stage();
    let (elements, remedies) = (complaint.elements_of(stage), complaint.remedies_of(stage));
    Ok(response::ready_by_telephone(&elements, &remedies)?)
}

/// Answers stage 1, with everything that a response must hold (4.7).
pub(super) fn answer_stage_one(
    complaint: &mut Complaint,
    work: &Work<'_>,
    on: NaiveDate,
) -> Result<Done, Error> {
    let investigation = complaint.investigated()?;
    let elements = complaint.elements_of(Stage::One);
    let outcome = response::ready(&elements, &complaint.remedies_of(Stage::One))?;
    let (answered, investigation) = investigation.answer(work.calendar, outcome, on, work.by())?;
    complaint.put_stage_one(investigation);
    complaint.stage_one.answer = Some((answered.on, answered.outcome));
    complaint.window = Some(answered.window);
    complaint.standing = Standing::Answered;
    let done = Done::new("stage_one_answered", "Answered stage 1");
    Ok(done.announcing(events::stage_one_answered(complaint, outcome)))
}

/// Accepts a request for stage 2 and acknowledges it, to a colleague who had no part in stage 1 (4.13, 4.15).
pub(super) fn accept_escalation(
    complaint: &mut Complaint,
    work: &Work<'_>,
    handler: (Uuid, String),
    on: NaiveDate,
) -> Result<Done, Error> {
    let requested = complaint.requested()?;
    complaint.may_be_given_to(handler.0)?;
    let involved = &complaint.involved;
    let review = requested.accept(work.calendar, handler.0, involved, on, work.by())?;
    let text = format!("Accepted it for stage 2, which {} reviews", handler.1);
    complaint.put_stage_two(review);
    if let Some(two) = &mut complaint.stage_two {
        two.record.handler = Some(handler);
    }
    complaint.standing = Standing::Reviewed;
    let done = Done::new("escalation_accepted", text);
    Ok(done.announcing(events::escalation_accepted(complaint)))
}

/// Rejects a request for stage 2, which ends the procedure (4.14); that is decided by somebody who had no part in stage 1 (3.4). What the policy excludes
/// is excluded as any complaint is, with its reason, where else the person can go, and a senior colleague's approval where it takes one (2.6 to 2.9).
pub(super) fn reject_escalation(
    complaint: &mut Complaint,
    work: &Work<'_>,
    refusing: Refusing,
    on: NaiveDate,
) -> Result<Done, Error> {
    let requested = complaint.requested()?;
    work.may_review(complaint)?;
    let Refusing {
        ground,
        words,
        excluded,
    } = refusing;
    let exclusion = excluded
        .map(|it| {
            let approval = complaint.behaviour_approval();
            exclusion::exclude(it, complaint.received_on, approval.as_ref())
                .map_err(Error::RequestExclusion)
        })
        .transpose()?;
    let paragraph = exclusion
        .as_ref()
        .map_or(ground.paragraph(), |it| it.reason.paragraph());
    let text = format!(
        "Rejected the request for stage 2 ({}, policy {paragraph}): {words}",
        ground.label(),
    );
    let refusal = Refusal {
        ground: Some(ground),
        words,
        exclusion,
    };
    let closed = requested.reject(refusal, on, work.by())?;
    complaint.close(closed);
    let done = Done::new("escalation_rejected", text);
    Ok(done.announcing(events::ended(complaint)))
}

/// Answers stage 2, which is the end (4.18, 4.20).
pub(super) fn answer_stage_two(
    complaint: &mut Complaint,
    work: &Work<'_>,
    summary: String,
    on: NaiveDate,
) -> Result<Done, Error> {
    let review = complaint.reviewed()?;
    work.may_review(complaint)?;
    let elements = complaint.elements_of(Stage::Two);
    let remedies = complaint.remedies_of(Stage::Two);
    let outcome = response::ready_at_stage_two(&summary, &elements, &remedies)?;
    let closed = review.answer(outcome, on, work.by())?;
    if let Some(two) = &mut complaint.stage_two {
        two.summary = summary;
    }
    complaint.close(closed);
    let done = Done::new("stage_two_answered", "Answered stage 2, which is the end");
    Ok(done.announcing(events::ended(complaint)))
}
