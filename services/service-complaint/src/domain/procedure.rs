//! The procedure as types: what a complaint can be given is what the type of its standing has. A complaint in stage 1 has no
//! method that only stage 2 has, and one that has ended has none at all.
//!
//! Each transition takes the standing before and gives the one after, or says why not.

mod error;

use std::marker::PhantomData;

use calendar::{Calendar, Deadline, Event, Extension, Length, Rule, Timescale, Told};
use chrono::NaiveDate;
use uuid::Uuid;

use super::approval::{Approval, Matter};
use super::exclusion::Exclusion;
use super::finding::Decision;
use super::policy::{ESCALATION_WINDOW, Numbered, One, Stage, Two};
use super::refusal::{Refusal, refuse};

pub use self::error::ProcedureError;

/// Where a complaint is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Procedure {
    /// It came in, and is to be acknowledged (4.1).
    Received(Received),
    /// It is investigated (4.2).
    Investigated(Investigation<One>),
    /// Stage 1 is answered, and stage 2 can be asked for (4.7, 4.12).
    Answered(Answered),
    /// Stage 2 was asked for, and it is to be decided whether it is accepted (4.13).
    Requested(Requested),
    /// The investigation is reviewed (4.11).
    Reviewed(Investigation<Two>),
    /// The procedure is over (4.14, 4.20).
    Ended(Ended),
}

/// A complaint that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The promise to acknowledge it.
    pub acknowledgement: Deadline,
}

/// A complaint that is investigated at stage 1 or reviewed at stage 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Investigation<S> {
    /// The promise to acknowledge it, met.
    pub acknowledgement: Deadline,
    /// The promise to respond.
    pub response: Deadline,
    stage: PhantomData<S>,
}

/// A complaint whose stage 1 is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub on: NaiveDate,
    /// The outcome that followed from its elements.
    pub outcome: Decision,
    /// The four weeks in which stage 2 can be asked for (4.12).
    pub window: Deadline,
}

/// A complaint whose stage 2 was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The stage 1 that is to be reviewed.
    pub answered: Answered,
    /// What was asked for.
    pub request: Escalation,
    /// The promise to acknowledge the request (4.15).
    pub acknowledgement: Deadline,
}

/// A request to escalate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The day on which it came.
    pub requested_on: NaiveDate,
    /// Why the person disagrees (4.10, 4.12).
    pub reasons: String,
    /// What is new and could change the decision, if anything (4.12).
    pub new_evidence: String,
    /// Why a request after the four weeks was considered all the same; empty within them (4.12).
    pub discretion: String,
}

/// A complaint whose procedure is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub on: NaiveDate,
    /// How.
    pub how: End,
}

/// How a procedure ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was not investigated, or not to its end (2.8, 4.6).
    NotAccepted(Exclusion),
    /// It was resolved by telephone, and the person was told that the call closes it (37.1); with the outcome, if its elements were decided (4.8).
    Informally(Option<Decision>),
    /// The request for stage 2 was rejected (4.14).
    EscalationRejected(Refusal),
    /// Stage 2 was answered (4.18, 4.20).
    AtStageTwo(Decision),
}

type Step<T> = Result<T, ProcedureError>;

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who, as it stands in the ledger.
    pub actor: &'a str,
    /// The present date.
    pub today: NaiveDate,
}

impl By<'_> {
    fn has_come(self, day: NaiveDate) -> Step<()> {
        if day > self.today {
            return Err(ProcedureError::InTheFuture(day));
        }
        Ok(())
    }
}

fn start(
    calendar: &Calendar,
    event: &str,
    on: NaiveDate,
    rule: Rule,
    by: By<'_>,
) -> Step<Deadline> {
    let event = Event {
        name: event.to_owned(),
        on,
    };
    Ok(Deadline::start(calendar, event, rule, by.actor, by.today)?)
}

/// Starts stage 1 at the receipt (4.1).
pub fn receive(calendar: &Calendar, received_on: NaiveDate, by: By<'_>) -> Step<Received> {
    by.has_come(received_on)?;
    let rule = Stage::One.acknowledgement();
    Ok(Received {
        acknowledgement: start(calendar, "complaint received", received_on, rule, by)?,
    })
}

impl Received {
    /// Acknowledges it once everything that must be asked is answered (3.2, 4.1), which starts the clock of the response (4.3).
    pub fn acknowledge(
        mut self,
        calendar: &Calendar,
        missing: Vec<&'static str>,
        on: NaiveDate,
        by: By<'_>,
    ) -> Step<Investigation<One>> {
        by.has_come(on)?;
        let received_on = self.acknowledgement.event().on;
        if on < received_on {
            return Err(ProcedureError::Before(received_on));
        }
        if !missing.is_empty() {
            return Err(ProcedureError::NotReady(missing));
        }
        self.acknowledgement.meet(on, by.actor, by.today)?;
        let rule = Stage::One.response();
        let response = start(calendar, "complaint acknowledged", on, rule, by)?;
        Ok(Investigation::of(self.acknowledgement, response))
    }

    /// Does not accept it (2.8).
    pub fn exclude(self, exclusion: Exclusion, on: NaiveDate, by: By<'_>) -> Step<Closed> {
        by.has_come(on)?;
        self.closed(End::NotAccepted(exclusion), on, by)
    }

    /// Resolves it by telephone before it is acknowledged in writing (37.1), once everything that must be asked is answered (3.2). Nothing is found
    /// before the acknowledgement, so the call has no outcome.
    pub fn resolve_by_telephone(
        self,
        missing: Vec<&'static str>,
        told_it_closes: bool,
        on: NaiveDate,
        by: By<'_>,
    ) -> Step<Closed> {
        by.has_come(on)?;
        if !told_it_closes {
            return Err(ProcedureError::NotToldItCloses);
        }
        if !missing.is_empty() {
            return Err(ProcedureError::NotReadyForCall(missing));
        }
        self.closed(End::Informally(None), on, by)
    }

    fn closed(mut self, how: End, on: NaiveDate, by: By<'_>) -> Step<Closed> {
        self.acknowledgement.meet(on, by.actor, by.today)?;
        Ok(Closed {
            acknowledgement: self.acknowledgement,
            response: None,
            ended: Ended { on, how },
        })
    }
}

/// A complaint that ended at stage 1 or 2, with the clocks that ended with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The promise to acknowledge.
    pub acknowledgement: Deadline,
    /// The promise to respond, if it had begun.
    pub response: Option<Deadline>,
    /// How it ended.
    pub ended: Ended,
}

/// An extension within the investigator's own rights (4.3, 4.16).
#[derive(Debug, Clone)]
pub struct Extending {
    /// By how many working days.
    pub days: u32,
    /// Why.
    pub reason: String,
    /// That the person was told, when that was done already.
    pub told: Option<Told>,
}

/// An extension that a senior colleague approved (4.4, 4.17).
#[derive(Debug, Clone)]
pub struct ExtendingFurther {
    /// The revised date.
    pub until: NaiveDate,
    /// Who agreed to it.
    pub approval: Approval,
    /// That the person was told, when that was done already.
    pub told: Option<Told>,
}

impl<S> Investigation<S> {
    /// An investigation with its clocks, as they were stored.
    #[must_use]
    pub fn of(acknowledgement: Deadline, response: Deadline) -> Self {
        Self {
            acknowledgement,
            response,
            stage: PhantomData,
        }
    }

    /// How often the response was extended.
    #[must_use]
    pub fn extensions(&self) -> usize {
        self.response.extensions().count()
    }

    fn not_overdue(&self, by: By<'_>) -> Step<()> {
        let due = self.response.due();
        if by.today > due {
            return Err(ProcedureError::Overdue(due));
        }
        Ok(())
    }

    fn closed(self, on: NaiveDate, how: End) -> Closed {
        Closed {
            acknowledgement: self.acknowledgement,
            response: Some(self.response),
            ended: Ended { on, how },
        }
    }
}

impl<S: Numbered> Investigation<S> {
    /// Extends the response once, by as much as the stage allows (4.3, 4.16).
    pub fn extend(&mut self, calendar: &Calendar, extending: Extending, by: By<'_>) -> Step<()> {
        let Extending { days, reason, told } = extending;
        let most = S::STAGE.longest_extension();
        if reason.trim().is_empty() {
            return Err(ProcedureError::NoReason);
        }
        self.not_overdue(by)?;
        if self.extensions() > 0 {
            return Err(ProcedureError::ExtendedBefore);
        }
        if days > most {
            return Err(ProcedureError::TooLong(most));
        }
        let extension = Extension {
            length: Length::WorkingDays(days),
            approved_by: by.actor.to_owned(),
            reason,
            told,
        };
        self.response
            .extend(calendar, extension, by.actor, by.today)?;
        Ok(())
    }

    /// Extends the response beyond that, by a senior colleague's approval and until a date that the person is told (4.4, 4.17).
    pub fn extend_further(
        &mut self,
        calendar: &Calendar,
        extending: ExtendingFurther,
        by: By<'_>,
    ) -> Step<()> {
        let ExtendingFurther {
            until,
            approval,
            told,
        } = extending;
        if approval.request.matter != Matter::FurtherExtension {
            return Err(ProcedureError::OtherApproval);
        }
        self.not_overdue(by)?;
        if self.extensions() == 0 {
            return Err(ProcedureError::NotExtendedBefore(
                S::STAGE.longest_extension(),
            ));
        }
        let extension = Extension {
            length: Length::Until(until),
            approved_by: format!("account:{}", approval.approved_by),
            reason: approval.request.reason,
            told,
        };
        self.response
            .extend(calendar, extension, by.actor, by.today)?;
        Ok(())
    }

    /// Notes that the person was told of the extensions so far.
    pub fn tell(&mut self, told: Told, by: By<'_>) -> Step<()> {
        self.response.tell(told, by.actor, by.today)?;
        Ok(())
    }

    fn respond(&mut self, on: NaiveDate, by: By<'_>) -> Step<()> {
        by.has_come(on)?;
        if self.response.untold().next().is_some() {
            return Err(ProcedureError::Untold);
        }
        self.response.meet(on, by.actor, by.today)?;
        Ok(())
    }

    /// Ends an investigation because none of it can be investigated any further (4.6).
    pub fn exclude(mut self, exclusion: Exclusion, on: NaiveDate, by: By<'_>) -> Step<Closed> {
        self.respond(on, by)?;
        Ok(self.closed(on, End::NotAccepted(exclusion)))
    }

    /// Ends an investigation by a call that resolves it, of which the person knows that it closes the complaint (37.1), with the outcome that follows from
    /// what was found before (4.8).
    pub fn resolve_by_telephone(
        mut self,
        outcome: Option<Decision>,
        told_it_closes: bool,
        on: NaiveDate,
        by: By<'_>,
    ) -> Step<Closed> {
        if !told_it_closes {
            return Err(ProcedureError::NotToldItCloses);
        }
        self.respond(on, by)?;
        Ok(self.closed(on, End::Informally(outcome)))
    }
}

impl Investigation<One> {
    /// Answers stage 1, which opens the four weeks in which stage 2 can be asked for (4.7, 4.12).
    pub fn answer(
        mut self,
        calendar: &Calendar,
        outcome: Decision,
        on: NaiveDate,
        by: By<'_>,
    ) -> Step<(Answered, Self)> {
        self.respond(on, by)?;
        let rule = Rule {
            id: "SC-8 escalation (4.12)".to_owned(),
            timescale: Timescale::CalendarDays(ESCALATION_WINDOW),
        };
        let window = start(calendar, "stage 1 answered", on, rule, by)?;
        let answered = Answered {
            on,
            outcome,
            window,
        };
        Ok((answered, self))
    }
}

impl Answered {
    /// Asks for stage 2, within the four weeks or later by discretion (4.10, 4.12), which starts the clock of the acknowledgement (4.15).
    pub fn request_escalation(
        mut self,
        calendar: &Calendar,
        request: Escalation,
        by: By<'_>,
    ) -> Step<Requested> {
        let on = request.requested_on;
        by.has_come(on)?;
        if on < self.on {
            return Err(ProcedureError::Before(self.on));
        }
        if !self.window.is_open() {
            return Err(ProcedureError::AskedBefore);
        }
        if request.reasons.trim().is_empty() {
            return Err(ProcedureError::NoReasons);
        }
        if on > self.window.due() && request.discretion.trim().is_empty() {
            return Err(ProcedureError::WindowClosed(self.window.due()));
        }
        self.window.meet(on, by.actor, by.today)?;
        let rule = Stage::Two.acknowledgement();
        let acknowledgement = start(calendar, "escalation requested", on, rule, by)?;
        Ok(Requested {
            answered: self,
            request,
            acknowledgement,
        })
    }
}

impl Requested {
    /// Accepts the request and acknowledges it, to a colleague who had no part in stage 1 (4.13, 4.15); that starts the clock of the response (4.16).
    pub fn accept(
        mut self,
        calendar: &Calendar,
        reviewer: Uuid,
        involved: &[Uuid],
        on: NaiveDate,
        by: By<'_>,
    ) -> Step<Investigation<Two>> {
        by.has_come(on)?;
        if on < self.request.requested_on {
            return Err(ProcedureError::Before(self.request.requested_on));
        }
        may_review(reviewer, involved)?;
        self.acknowledgement.meet(on, by.actor, by.today)?;
        let rule = Stage::Two.response();
        let response = start(calendar, "escalation acknowledged", on, rule, by)?;
        Ok(Investigation::of(self.acknowledgement, response))
    }

    /// Rejects the request on one of the policy's grounds, which ends the procedure (4.12 to 4.14).
    pub fn reject(mut self, refusal: Refusal, on: NaiveDate, by: By<'_>) -> Step<Closed> {
        by.has_come(on)?;
        let (requested_on, until) = (self.request.requested_on, self.answered.window.due());
        let refusal = refuse(refusal, requested_on, until)?;
        self.acknowledgement.meet(on, by.actor, by.today)?;
        Ok(Closed {
            acknowledgement: self.acknowledgement,
            response: None,
            ended: Ended {
                on,
                how: End::EscalationRejected(refusal),
            },
        })
    }

    /// Takes the request for a new stage 1 complaint (4.13); what was answered stays answered.
    pub fn treat_as_new(mut self, on: NaiveDate, by: By<'_>) -> Step<(Answered, Deadline)> {
        by.has_come(on)?;
        self.acknowledgement.meet(on, by.actor, by.today)?;
        Ok((self.answered, self.acknowledgement))
    }
}

impl Investigation<Two> {
    /// Answers stage 2, which is the end of the procedure (4.18, 4.20).
    pub fn answer(mut self, outcome: Decision, on: NaiveDate, by: By<'_>) -> Step<Closed> {
        self.respond(on, by)?;
        Ok(self.closed(on, End::AtStageTwo(outcome)))
    }
}

/// Whether a colleague may review a stage 1 in which these had a part (4.15).
pub fn may_review(reviewer: Uuid, involved: &[Uuid]) -> Step<()> {
    if involved.contains(&reviewer) {
        return Err(ProcedureError::InvolvedBefore);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
