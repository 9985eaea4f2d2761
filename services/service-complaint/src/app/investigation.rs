//! A complaint is defined, acknowledged and investigated; or it turns out that it can't be.

use calendar::Told;
use chrono::NaiveDate;
use kit::Caller;
use uuid::Uuid;

use super::tellings::follow_up;
use super::{App, Done, Target, steps};
use crate::domain::complaint::{
    Complaint, ComplaintType, Definition, Needs, OutcomeReply, Raised, Standing,
};
use crate::domain::exclusion::{self, Grounds};
use crate::domain::finding::{Element, Finding, Standing as ElementStanding};
use crate::domain::letter::in_words;
use crate::domain::outcome;
use crate::domain::policy::Stage;
use crate::domain::procedure::{Extending, may_review};
use crate::domain::telling;
use crate::error::Error;
use crate::events;

/// What is known before the acknowledgement.
#[derive(Debug, Clone)]
pub struct Defined {
    /// The definition, element by element.
    pub elements: Vec<String>,
    /// The outcome that is sought, as understood.
    pub desired_outcome: String,
    /// What was asked and answered about the person's needs.
    pub needs: Needs,
    /// What came of considering an early resolution.
    pub early_resolution: String,
    /// What it is about; `None` leaves it as it is (2.2).
    pub complaint_type: Option<ComplaintType>,
}

impl App {
    /// Says who handles the present stage; stage 2 goes to somebody who had no part in stage 1 (4.15). What ended and has nobody who sees to what comes after
    /// (4.9, 4.21) is given to somebody, too.
    pub async fn assign(
        &self,
        caller: &Caller,
        target: Target,
        handler: Uuid,
    ) -> Result<Complaint, Error> {
        let handler = self.handler(handler).await?;
        self.step(caller, target, |complaint, _| {
            if !complaint.can_be_assigned() {
                return Err(Error::Ended);
            }
            complaint.may_be_given_to(handler.0)?;
            complaint.may_be_reviewed_by(Some(handler.0))?;
            // Also after the end: the record says who had stage 2 (4.15).
            if complaint.was_reviewed() {
                may_review(handler.0, &complaint.involved)?;
            }
            let text = format!("Gave it to {}", handler.1);
            complaint.present_mut().handler = Some(handler);
            Ok(Done::new("assigned", text))
        })
        .await
    }

    /// Records what must be known before the acknowledgement, as far as it is known (3.2).
    pub async fn define(
        &self,
        caller: &Caller,
        target: Target,
        defined: Defined,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, _| {
            complaint.received()?;
            let Defined {
                elements,
                desired_outcome,
                needs,
                early_resolution,
                complaint_type,
            } = defined;
            complaint.elements = elements
                .into_iter()
                .filter(|text| !text.trim().is_empty())
                .map(|text| (Stage::One, undecided(kit::id(), text), Raised::AtFirst))
                .collect();
            complaint.definition = Definition {
                desired_outcome,
                outcome_reply: OutcomeReply::None,
                asked_again: None,
                needs,
                early_resolution,
                complaint_type: complaint_type.or(complaint.definition.complaint_type),
            };
            Ok(Done::new(
                "defined",
                "Set out the definition and the person's needs",
            ))
        })
        .await
    }

    /// Records that the acknowledgement was sent, which starts the clock of the response (4.1, 4.3).
    pub async fn acknowledge(
        &self,
        caller: &Caller,
        target: Target,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let done = steps::acknowledge(complaint, work, told.on)?;
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Records what the person said to the desired outcome as understood, or that they said nothing though they were asked again (44.1).
    pub async fn reply_to_outcome(
        &self,
        caller: &Caller,
        target: Target,
        (reply, corrected): (OutcomeReply, String),
        asked_again: Option<Told>,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            take_outcome_reply(complaint, (reply, corrected), asked_again, work.today)
        })
        .await
    }

    /// Records what was found about an element (4.8).
    pub async fn decide(
        &self,
        caller: &Caller,
        target: Target,
        element_id: Uuid,
        finding: Finding,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            work.may_review(complaint)?;
            let element = element_underway(complaint, element_id)?;
            element.standing = ElementStanding::Found(finding);
            let text = format!("Decided: {}", element.text);
            Ok(Done::new("element_decided", text))
        })
        .await
    }

    /// Takes an element out of the investigation (4.6).
    pub async fn exclude_element(
        &self,
        caller: &Caller,
        target: Target,
        element_id: Uuid,
        grounds: Grounds,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            work.may_review(complaint)?;
            let approval = complaint.behaviour_approval();
            let received_on = complaint.received_on;
            let exclusion = exclusion::exclude(grounds, received_on, approval.as_ref())?;
            let element = element_underway(complaint, element_id)?;
            element.standing = ElementStanding::Excluded(exclusion);
            let what = element.text.clone();
            let text = format!("Did not investigate: {what}");
            let subject = (element_id, what);
            complaint.must_tell(
                work.calendar,
                telling::Kind::ElementExcluded,
                subject,
                work.today,
            )?;
            Ok(Done::new("element_excluded", text))
        })
        .await
    }

    /// Extends the response once, within the investigator's rights (4.3, 4.16).
    pub async fn extend(
        &self,
        caller: &Caller,
        target: Target,
        extending: Extending,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            work.may_review(complaint)?;
            let text = format!(
                "Extended the response by {} working days: {}",
                extending.days, extending.reason
            );
            if underway(complaint)? == Stage::One {
                let mut investigation = complaint.investigated()?;
                investigation.extend(work.calendar, extending, work.by())?;
                complaint.put_stage_one(investigation);
            } else {
                let mut review = complaint.reviewed()?;
                review.extend(work.calendar, extending, work.by())?;
                complaint.put_stage_two(review);
            }
            Ok(Done::new("extended", text).announcing(events::extended(complaint)))
        })
        .await
    }

    /// Records that the person was told of the extensions so far.
    pub async fn tell(
        &self,
        caller: &Caller,
        target: Target,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            steps::tell(complaint, work, told)
        })
        .await
    }

    /// Records that the person was told how it stands, while it is looked at (4.4, 4.17) and while an action is open after that (4.9, 4.19).
    pub async fn update_person(
        &self,
        caller: &Caller,
        target: Target,
        on: NaiveDate,
        text: String,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            if underway(complaint).is_ok() {
                steps::update(complaint, work, on, &text)
            } else {
                follow_up(complaint, work, on, &text)
            }
        })
        .await
    }

    /// Ends a complaint that can't be investigated, at intake or at any later point (2.8, 4.6).
    pub async fn exclude(
        &self,
        caller: &Caller,
        target: Target,
        grounds: Grounds,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let done = steps::exclude(complaint, work, grounds, told.on)?;
            Ok(done.proved_by(&told.proof))
        })
        .await
    }

    /// Ends a complaint by a call, of which the person knows that it closes the complaint (37.1).
    pub async fn resolve_by_telephone(
        &self,
        caller: &Caller,
        target: Target,
        (told_it_closes, note): (bool, String),
        on: NaiveDate,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            steps::resolve_by_telephone(complaint, work, (told_it_closes, &note), on)
        })
        .await
    }
}

/// Takes what the person said to the desired outcome, whoever writes it down (44.1).
pub(super) fn take_outcome_reply(
    complaint: &mut Complaint,
    (reply, corrected): (OutcomeReply, String),
    asked: Option<Told>,
    today: NaiveDate,
) -> Result<Done, Error> {
    let investigation = complaint.investigated()?;
    let acknowledged_on = investigation.acknowledgement.met_on();
    complaint.definition.asked_again = match reply {
        OutcomeReply::NoReply => {
            let acknowledged_on = acknowledged_on.unwrap_or(complaint.received_on);
            Some(outcome::asked_again(asked, acknowledged_on, today)?)
        }
        OutcomeReply::None | OutcomeReply::Confirmed | OutcomeReply::Corrected => None,
    };
    if reply == OutcomeReply::Corrected {
        if corrected.trim().is_empty() {
            return Err(Error::NoCorrection);
        }
        complaint.definition.desired_outcome = corrected;
    }
    complaint.definition.outcome_reply = reply;
    let text = match reply {
        OutcomeReply::None => "Took back what the person said to the desired outcome",
        OutcomeReply::Confirmed => "The person confirmed the desired outcome",
        OutcomeReply::Corrected => "The person corrected the desired outcome",
        OutcomeReply::NoReply => "The person did not answer about the desired outcome",
    };
    let again = complaint.definition.asked_again.as_ref();
    let again = again.map(|it| {
        format!(
            ", though we asked again on {}: {}",
            in_words(it.on),
            it.proof
        )
    });
    let text = format!("{text}{}", again.unwrap_or_default());
    Ok(Done::new("outcome_replied", text))
}

pub(super) fn undecided(id: Uuid, text: String) -> Element {
    Element {
        id,
        text,
        standing: ElementStanding::Undecided,
    }
}

/// The stage that is being investigated or reviewed.
pub(super) fn underway(complaint: &Complaint) -> Result<Stage, Error> {
    if complaint.standing == Standing::Reviewed {
        return Ok(Stage::Two);
    }
    complaint.investigated()?;
    Ok(Stage::One)
}

fn element_underway(complaint: &mut Complaint, element_id: Uuid) -> Result<&mut Element, Error> {
    let stage = underway(complaint)?;
    complaint
        .elements
        .iter_mut()
        .find(|(raised_at, element, _)| *raised_at == stage && element.id == element_id)
        .map(|(_, element, _)| element)
        .ok_or(Error::NoSuchElement)
}
