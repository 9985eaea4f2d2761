//! A complaint as the standing of the procedure that it is in, and as a step left it: the one place where the whole record and the types of the
//! procedure meet.

use super::{Clocks, Complaint, Standing, WrongStanding};
use crate::domain::exclusion::Exclusion;
use crate::domain::policy::{One, Stage, Two};
use crate::domain::procedure::{Answered, Closed, End, Ended, Investigation, Received, Requested};

impl Complaint {
    /// Whether a senior colleague can be asked about a stage, or still decide: one that was answered needs nothing any more.
    pub fn may_ask(&self, stage: Stage) -> Result<(), WrongStanding> {
        match (&self.standing, stage) {
            (Standing::Received | Standing::Investigated, Stage::One)
            | (Standing::Requested | Standing::Reviewed, Stage::Two) => Ok(()),
            (standing, _) => Err(standing.refusal()),
        }
    }

    /// It as one that is to be acknowledged.
    pub fn received(&self) -> Result<Received, WrongStanding> {
        match self.standing {
            Standing::Received => Ok(Received {
                acknowledgement: self.stage_one.clocks.acknowledgement.clone(),
            }),
            _ => Err(self.standing.refusal()),
        }
    }

    /// It as one that is investigated.
    pub fn investigated(&self) -> Result<Investigation<One>, WrongStanding> {
        match (&self.standing, &self.stage_one.clocks.response) {
            (Standing::Investigated, Some(response)) => Ok(Investigation::of(
                self.stage_one.clocks.acknowledgement.clone(),
                response.clone(),
            )),
            _ => Err(self.standing.refusal()),
        }
    }

    /// It as one whose stage 1 is answered.
    pub fn answered(&self) -> Result<Answered, WrongStanding> {
        match self.standing {
            Standing::Answered => self.stage_one_answer(),
            _ => Err(self.standing.refusal()),
        }
    }

    /// It as one whose stage 2 was asked for.
    pub fn requested(&self) -> Result<Requested, WrongStanding> {
        match (&self.standing, &self.stage_two) {
            (Standing::Requested, Some(two)) => Ok(Requested {
                answered: self.stage_one_answer()?,
                request: two.request.clone(),
                acknowledgement: two.record.clocks.acknowledgement.clone(),
            }),
            _ => Err(self.standing.refusal()),
        }
    }

    /// It as one that is reviewed.
    pub fn reviewed(&self) -> Result<Investigation<Two>, WrongStanding> {
        let two = self.stage_two.as_ref().map(|it| &it.record.clocks);
        match (&self.standing, two) {
            (
                Standing::Reviewed,
                Some(Clocks {
                    acknowledgement,
                    response: Some(response),
                }),
            ) => Ok(Investigation::of(acknowledgement.clone(), response.clone())),
            _ => Err(self.standing.refusal()),
        }
    }

    fn stage_one_answer(&self) -> Result<Answered, WrongStanding> {
        match (self.stage_one.answer, &self.window) {
            (Some((on, outcome)), Some(window)) => Ok(Answered {
                on,
                outcome,
                window: window.clone(),
            }),
            _ => Err(self.standing.refusal()),
        }
    }

    /// The stage 1 clocks as a step left them.
    pub fn put_stage_one(&mut self, investigation: Investigation<One>) {
        self.stage_one.clocks = clocks_of(investigation);
    }

    /// The stage 2 clocks as a step left them.
    pub fn put_stage_two(&mut self, investigation: Investigation<Two>) {
        if let Some(two) = &mut self.stage_two {
            two.record.clocks = clocks_of(investigation);
        }
    }

    /// Ends it, at the stage that it is in.
    pub fn close(&mut self, closed: Closed) {
        let Closed {
            acknowledgement,
            response,
            ended,
        } = closed;
        let clocks = Clocks {
            acknowledgement,
            response,
        };
        let answer = match &ended.how {
            End::AtStageTwo(outcome) | End::Informally(Some(outcome)) => Some((ended.on, *outcome)),
            _ => None,
        };
        let record = self.present_mut();
        record.clocks = clocks;
        record.answer = answer;
        self.standing = Standing::Ended(ended);
    }

    /// Why it was not accepted, or stage 2 refused as excluded, if so.
    #[must_use]
    pub fn exclusion(&self) -> Option<&Exclusion> {
        let Standing::Ended(Ended { how, .. }) = &self.standing else {
            return None;
        };
        match how {
            End::NotAccepted(exclusion) => Some(exclusion),
            End::EscalationRejected(refusal) => refusal.exclusion.as_ref(),
            End::Informally(_) | End::AtStageTwo(_) => None,
        }
    }
}

pub(super) fn clocks_of<S>(investigation: Investigation<S>) -> Clocks {
    Clocks {
        acknowledgement: investigation.acknowledgement,
        response: Some(investigation.response),
    }
}
