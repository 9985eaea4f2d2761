//! Stage 1 is answered, stage 2 is asked for and answered, and what a person writes after that is dealt with.

use calendar::Told;
use chrono::NaiveDate;
use kit::Caller;
use uuid::Uuid;

use super::investigation::undecided;
use super::tellings::told_by_response;
use super::{App, Done, Intake, Target, Work, Written, steps};
use crate::domain::complaint::{
    Clocks, Complaint, Origin, Raised, StageRecord, StageTwo, Standing,
};
use crate::domain::exclusion::Grounds;
use crate::domain::monitoring::{Correspondence, correspondence};
use crate::domain::policy::Stage;
use crate::domain::procedure::{Escalation, ProcedureError};
use crate::domain::refusal::Ground;
use crate::error::Error;
use crate::events;

/// A request for stage 2 to refuse.
#[derive(Debug, Clone)]
pub struct Refusing {
    /// On which ground.
    pub ground: Ground,
    /// What the person is told about their own request.
    pub words: String,
    /// Why the policy excludes it, when that is the ground.
    pub excluded: Option<Grounds>,
}

impl App {
    /// Records that stage 1 was answered, with everything that a response must hold (4.7).
    pub async fn answer_stage_one(
        &self,
        caller: &Caller,
        target: Target,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let done = steps::answer_stage_one(complaint, work, told.on)?;
            told_by_response(complaint, &told);
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Records a request for stage 2, within the four weeks or later by discretion (4.10, 4.12).
    pub async fn request_escalation(
        &self,
        caller: &Caller,
        target: Target,
        request: Escalation,
        elements: Vec<String>,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            ask_for_stage_two(complaint, work, request, elements)
        })
        .await
    }

    /// Accepts a request for stage 2 and acknowledges it, to a colleague who had no part in stage 1 (4.13, 4.15).
    pub async fn accept_escalation(
        &self,
        caller: &Caller,
        target: Target,
        handler: Uuid,
        told: Told,
    ) -> Result<Complaint, Error> {
        let handler = self.handler(handler).await?;
        self.step(caller, target, |complaint, work| {
            let done = steps::accept_escalation(complaint, work, handler, told.on)?;
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Rejects a request for stage 2, which ends the procedure (4.14).
    pub async fn reject_escalation(
        &self,
        caller: &Caller,
        target: Target,
        refusing: Refusing,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let done = steps::reject_escalation(complaint, work, refusing, told.on)?;
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Takes a request for stage 2 for a new complaint, which it records (4.13); the old one stays answered as it was. That is decided by somebody who had
    /// no part in stage 1 (3.4).
    pub async fn treat_as_new(
        &self,
        caller: &Caller,
        target: Target,
        told: Told,
    ) -> Result<(Complaint, Complaint), Error> {
        let (answered, new) = self
            .step_and_follow_up(caller, target, |complaint, work| {
                let requested = complaint.requested()?;
                work.may_review(complaint)?;
                let intake = Intake {
                    request_id: kit::id(),
                    user: complaint.user.clone(),
                    channel: complaint.channel,
                    summary: requested.request.reasons.clone(),
                    received_on: requested.request.requested_on,
                    needs: complaint.definition.needs.clone(),
                    case_reference: complaint.case_reference.clone(),
                    origin: Some(Origin::Escalation(complaint.id)),
                };
                let (answered, acknowledgement) = requested.treat_as_new(told.on, work.by())?;
                complaint.window = Some(answered.window);
                if let Some(two) = &mut complaint.stage_two {
                    two.record.clocks.acknowledgement = acknowledgement;
                }
                complaint.standing = Standing::Answered;
                let text = "Took the request for stage 2 for a new complaint";
                let done = Done::new("escalation_treated_as_new", text).proved_by(&told.proof);
                Ok(done.followed_by((kit::id(), intake)))
            })
            .await?;
        Ok((answered, new.ok_or(Error::RequestIdReused)?))
    }

    /// Records that stage 2 was answered, which is the end (4.18, 4.20).
    pub async fn answer_stage_two(
        &self,
        caller: &Caller,
        target: Target,
        summary: String,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let done = steps::answer_stage_two(complaint, work, summary, told.on)?;
            told_by_response(complaint, &told);
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Records what a person wrote about a complaint that is closed, and says whether it is acknowledged or filed (4.21, 4.22).
    pub async fn correspond(
        &self,
        caller: &Caller,
        target: Target,
        text: String,
        on: NaiveDate,
    ) -> Result<(Complaint, Correspondence), Error> {
        let mut fitting = Correspondence::File;
        let complaint = self
            .step(caller, target, |complaint, work| {
                let (kept, done) = keep_correspondence(complaint, work, (text, None), on)?;
                fitting = kept;
                Ok(done)
            })
            .await?;
        Ok((complaint, fitting))
    }
}

/// Asks for stage 2, whoever writes it down (4.10, 4.12).
pub(super) fn ask_for_stage_two(
    complaint: &mut Complaint,
    work: &Work<'_>,
    request: Escalation,
    elements: Vec<String>,
) -> Result<Done, Error> {
    let answered = complaint.answered()?;
    let requested = answered.request_escalation(work.calendar, request, work.by())?;
    complaint.window = Some(requested.answered.window);
    // What came after the closing is answered by what follows (4.15).
    complaint.unanswered_since = None;
    complaint.stage_two = Some(StageTwo {
        record: StageRecord {
            handler: None,
            clocks: Clocks {
                acknowledgement: requested.acknowledgement,
                response: None,
            },
            answer: None,
            updated_on: None,
        },
        request: requested.request,
        summary: String::new(),
    });
    complaint.elements.extend(
        elements
            .into_iter()
            .map(|text| (Stage::Two, undecided(kit::id(), text), Raised::AtFirst)),
    );
    complaint.standing = Standing::Requested;
    let done = Done::new("escalation_requested", "The person asked for stage 2");
    Ok(done.announcing(events::escalation_requested(complaint)))
}

/// Keeps what a person wrote about a closed complaint, and says whether it is acknowledged or filed (4.21, 4.22).
pub(super) fn keep_correspondence(
    complaint: &mut Complaint,
    work: &Work<'_>,
    (text, request_id): (String, Option<Uuid>),
    on: NaiveDate,
) -> Result<(Correspondence, Done), Error> {
    if on > work.today {
        return Err(ProcedureError::InTheFuture(on).into());
    }
    let closed_on = complaint.closed_on().ok_or(Error::NotClosed)?;
    if on < closed_on {
        return Err(ProcedureError::Before(closed_on).into());
    }
    let fitting = correspondence(closed_on, on, complaint.open_actions());
    let acknowledged = fitting == Correspondence::Acknowledge;
    let sentence = if acknowledged {
        "The person wrote; it is to be acknowledged"
    } else {
        "The person wrote; it is filed and not answered"
    };
    if acknowledged {
        complaint.unanswered_since = complaint.unanswered_since.map(|it| it.min(on)).or(Some(on));
    }
    let acknowledge_by = complaint
        .correspondence_due(work.calendar)?
        .filter(|_| acknowledged);
    let done = Done::new("correspondence", sentence)
        .announcing(events::wrote_after_closing(complaint, acknowledge_by))
        .keeping(Written {
            on,
            text,
            acknowledged,
            request_id,
        });
    Ok((fitting, done))
}
