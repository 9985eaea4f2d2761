//! A complaint as one whole: what was said, where it is in the procedure, and what came of it.

mod missing;
mod passage;
mod person;

use calendar::{Deadline, Told};
use chrono::NaiveDate;
use uuid::Uuid;

use super::approval::{Approval, Matter, Request};
use super::conflict::Conflict;
use super::due::DueKind;
use super::exclusion::Reason;
use super::finding::{Decision, Element, Standing as ElementStanding};
use super::lateness::Lateness;
use super::learning::{LearnedOf, NoLesson, is_asked_for};
use super::monitoring::{Action, is_finished};
use super::point::Point;
use super::policy::Stage;
use super::procedure::{Ended, Escalation, ProcedureError, may_review};
use super::remedy::{Compensation, Remedy};
use super::response::Remedied;
use super::telling::Telling;

pub use self::person::{Channel, Format, Lack, Needs, ServiceUser, UserKind};

/// What a complaint can be about (2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ComplaintType {
    /// A published process was not followed.
    Process,
    /// The behaviour, conduct or attitude of a member of staff.
    Conduct,
    /// A service was not provided.
    NoService,
    /// The quality or standard of the service.
    Quality,
}

impl ComplaintType {
    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Conduct => "conduct",
            Self::NoService => "no_service",
            Self::Quality => "quality",
        }
    }
}

/// What the person said to the desired outcome as the acknowledgement states it (44.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OutcomeReply {
    /// Nothing yet.
    #[default]
    None,
    /// It is right.
    Confirmed,
    /// It is another one.
    Corrected,
    /// The person was asked again and did not answer.
    NoReply,
}

/// What must be known before a complaint is acknowledged, besides its elements (3.2, 4.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    /// The outcome that is sought, as understood.
    pub desired_outcome: String,
    /// What the person said to it.
    pub outcome_reply: OutcomeReply,
    /// When the person was asked again, and where it can be seen, while they have not replied (44.1).
    pub asked_again: Option<Told>,
    /// What was asked and answered about the person's needs.
    pub needs: Needs,
    /// What came of considering an early resolution.
    pub early_resolution: String,
    /// What it is about, once that is known (2.2).
    pub complaint_type: Option<ComplaintType>,
}

/// The clocks of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    /// To acknowledge (4.1, 4.15).
    pub acknowledgement: Deadline,
    /// To respond (4.3, 4.16), from the acknowledgement on.
    pub response: Option<Deadline>,
}

/// A stage as a record of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRecord {
    /// Who handles it, by account and name.
    pub handler: Option<(Uuid, String)>,
    /// Its clocks.
    pub clocks: Clocks,
    /// When it was answered, and with which outcome.
    pub answer: Option<(NaiveDate, Decision)>,
    /// When the person last heard how it stands (4.4, 4.17).
    pub updated_on: Option<NaiveDate>,
}

/// Stage 2, which begins with what the person asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageTwo {
    /// The stage.
    pub record: StageRecord,
    /// What was asked for.
    pub request: Escalation,
    /// The complaint and why it was escalated, as the response sums it up (4.18).
    pub summary: String,
}

/// Where a complaint is, with what only that standing has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// To be acknowledged.
    Received,
    /// Under investigation.
    Investigated,
    /// Stage 1 is answered.
    Answered,
    /// Stage 2 was asked for.
    Requested,
    /// Under review.
    Reviewed,
    /// Over.
    Ended(Ended),
}

/// A remedy that was offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: Uuid,
    /// At which stage.
    pub stage: Stage,
    /// What it is.
    pub remedy: Remedy,
    /// In a sentence.
    pub text: String,
}

/// An action with the name of who is accountable, and the remedy that it delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The action.
    pub action: Action,
    /// The stage whose response first tells the person of it; afterwards the one that was answered last.
    pub stage: Stage,
    /// Who is accountable, by name.
    pub owner_name: String,
    /// The remedy that it delivers.
    pub remedy_id: Option<Uuid>,
    /// Why it is no longer needed; empty otherwise.
    pub withdrawn_because: String,
    /// What keeps whoever is accountable, or casework, from doing it, as they said; empty otherwise.
    pub hindrance: String,
}

impl Promise {
    /// Whether it is no longer needed.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        !self.withdrawn_because.is_empty()
    }
}

/// A request to a senior colleague, with what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The request.
    pub request: Request,
    /// The stage it is about.
    pub stage: Stage,
    /// Who asks, by name.
    pub asked_name: String,
    /// For more time: the revised date.
    pub until: Option<NaiveDate>,
    /// When it was asked.
    pub asked_at: chrono::DateTime<chrono::Utc>,
    /// What was decided.
    pub verdict: Option<Verdict>,
}

/// What a senior colleague decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Who.
    pub by: Uuid,
    /// Who, by name.
    pub name: String,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Whether it was agreed to.
    pub agreed: bool,
    /// What was said.
    pub comment: String,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
    /// Who complains.
    pub user: ServiceUser,
    /// How it came.
    pub channel: Channel,
    /// What was said.
    pub summary: String,
    /// What must be known before the acknowledgement.
    pub definition: Definition,
    /// What is complained about, by stage.
    pub elements: Vec<(Stage, Element, Raised)>,
    /// The case that it is about, by reference; empty when it is about none.
    pub case_reference: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// What it came of, when it did not come by itself.
    pub origin: Option<Origin>,
    /// Where it is.
    pub standing: Standing,
    /// Stage 1.
    pub stage_one: StageRecord,
    /// The four weeks in which stage 2 can be asked for (4.12).
    pub window: Option<Deadline>,
    /// Stage 2.
    pub stage_two: Option<StageTwo>,
    /// What puts things right.
    pub offers: Vec<Offer>,
    /// What was promised.
    pub promises: Vec<Promise>,
    /// What a senior colleague was asked.
    pub asks: Vec<Ask>,
    /// Who declared an interest in it (3.4).
    pub conflicts: Vec<Conflict>,
    /// What is to be learned from it (6.2).
    pub learned: LearnedOf,
    /// The accounts that had a part in its stage 1 (4.15).
    pub involved: Vec<Uuid>,
    /// What was raised during its investigation (4.5).
    pub points: Vec<Point>,
    /// Why promises were missed.
    pub latenesses: Vec<Lateness>,
    /// What the person is to be told, and was told, besides the steps' own letters (4.6, 4.9).
    pub tellings: Vec<Telling>,
    /// Since when the person waits for an answer to what they wrote after the closing (4.21).
    pub unanswered_since: Option<NaiveDate>,
    /// Grows with every change.
    pub version: i64,
}

/// What a complaint came of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A request to escalate this complaint, which was a new one (4.13).
    Escalation(Uuid),
    /// A point that was raised during the investigation of this complaint (4.5).
    Point(Uuid),
    /// This service request, by which the person was dissatisfied (1.5).
    Request(Uuid),
}

/// When an element was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    /// In the definition, or in the request to escalate.
    AtFirst,
    /// Meanwhile (4.5).
    Meanwhile,
}

/// A step that the present standing does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it {0}, and that can't be done now")]
pub struct WrongStanding(pub &'static str);

impl Standing {
    pub(super) fn refusal(&self) -> WrongStanding {
        WrongStanding(match self {
            Self::Received => "is to be acknowledged first",
            Self::Investigated => "is investigated at stage 1",
            Self::Answered => "was answered at stage 1",
            Self::Requested => "waits for a decision about stage 2",
            Self::Reviewed => "is reviewed at stage 2",
            Self::Ended(_) => "has ended",
        })
    }
}

impl Complaint {
    /// The stage that it is in, or was in last.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.standing {
            Standing::Requested | Standing::Reviewed => Stage::Two,
            Standing::Ended(_) if self.stage_two.is_some() => Stage::Two,
            _ => Stage::One,
        }
    }

    /// Refuses whoever had a part in stage 1 what is the review of it (4.15), and to turn the request for one down (3.4, 4.13, 4.14).
    pub fn may_be_reviewed_by(&self, account_id: Option<Uuid>) -> Result<(), ProcedureError> {
        match (&self.standing, account_id) {
            (Standing::Requested | Standing::Reviewed, Some(id)) => may_review(id, &self.involved),
            _ => Ok(()),
        }
    }

    /// Whether there is or was a review: a request that was turned down brought none.
    #[must_use]
    pub fn was_reviewed(&self) -> bool {
        let two = self.stage_two.as_ref();
        two.is_some_and(|it| it.record.clocks.response.is_some())
    }

    /// The stage that what is promised now belongs to: a request for stage 2 is no review yet.
    #[must_use]
    pub fn promising_stage(&self) -> Stage {
        match self.standing {
            Standing::Requested => Stage::One,
            _ => self.stage(),
        }
    }

    /// Whether it can be given to somebody: one that ended only as long as nobody has it.
    #[must_use]
    pub fn can_be_assigned(&self) -> bool {
        !matches!(self.standing, Standing::Ended(_)) || self.present().handler.is_none()
    }

    /// The record of the stage that it is in, or was in last.
    #[must_use]
    pub fn present(&self) -> &StageRecord {
        match (&self.stage_two, self.stage()) {
            (Some(two), Stage::Two) => &two.record,
            _ => &self.stage_one,
        }
    }

    /// The same, to write in.
    pub fn present_mut(&mut self) -> &mut StageRecord {
        match (self.stage(), &mut self.stage_two) {
            (Stage::Two, Some(two)) => &mut two.record,
            _ => &mut self.stage_one,
        }
    }

    /// The date of what is due next, while something is.
    #[must_use]
    pub fn next_due(&self) -> Option<NaiveDate> {
        self.next_deadline().map(|(.., deadline)| deadline.due())
    }

    /// What is due next, while something is.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(DueKind, &str, &Deadline)> {
        let clocks = &self.present().clocks;
        let acknowledgement = Some((DueKind::Acknowledgement, "", &clocks.acknowledgement));
        let response = clocks
            .response
            .as_ref()
            .map(|it| (DueKind::Response, "", it));
        let promises = self.promises.iter().map(|it| {
            (
                DueKind::Action,
                it.action.what.as_str(),
                &it.action.deadline,
            )
        });
        acknowledgement
            .into_iter()
            .chain(response)
            .chain(promises)
            .filter(|(.., deadline)| deadline.is_open())
            .min_by_key(|(.., deadline)| deadline.due())
    }

    /// When its last stage ended (4.21).
    #[must_use]
    pub fn closed_on(&self) -> Option<NaiveDate> {
        match &self.standing {
            Standing::Ended(ended) => Some(ended.on),
            Standing::Answered => self.stage_one.answer.map(|(on, _)| on),
            _ => None,
        }
    }

    /// The stage of which whoever closed it is asked for the lesson: the last one that was answered, as long as nothing is said of that (6.2).
    #[must_use]
    pub fn waits_for_lesson(&self) -> Option<Stage> {
        self.closed_on()?;
        let (stage, since, outcome) = self.answered_last()?;
        is_asked_for(outcome, &self.learned, (stage, since)).then_some(stage)
    }

    /// Why nothing is to be learned from the stage that was answered last, if that was said.
    #[must_use]
    pub fn no_lesson(&self) -> Option<&NoLesson> {
        let (stage, ..) = self.answered_last()?;
        self.learned.none.iter().find(|it| it.stage == stage)
    }

    /// The last stage that was answered, since when it was looked at, and with which outcome.
    fn answered_last(&self) -> Option<(Stage, NaiveDate, Decision)> {
        let one = || Some((Stage::One, self.received_on, self.stage_one.answer?.1));
        let two = self.stage_two.as_ref();
        let two = two.and_then(|it| {
            let accepted_on = it.record.clocks.acknowledgement.met_on();
            let since = accepted_on.unwrap_or(it.request.requested_on);
            Some((Stage::Two, since, it.record.answer?.1))
        });
        two.or_else(one)
    }

    /// When the request for stage 2 was taken for a new complaint, if it was (4.13).
    #[must_use]
    pub fn treated_as_new_on(&self) -> Option<NaiveDate> {
        let clocks = &self.stage_two.as_ref()?.record.clocks;
        let stays = self.standing == Standing::Answered && clocks.response.is_none();
        clocks.acknowledgement.met_on().filter(|_| stays)
    }

    /// How many of its actions are open.
    #[must_use]
    pub fn open_actions(&self) -> usize {
        self.promises
            .iter()
            .filter(|it| it.action.is_open())
            .count()
    }

    /// Whether nothing is left to do about it (4.22).
    #[must_use]
    pub fn is_finished(&self, today: NaiveDate) -> bool {
        self.closed_on()
            .is_some_and(|closed_on| is_finished(closed_on, today, self.open_actions()))
    }

    /// The elements of a stage.
    #[must_use]
    pub fn elements_of(&self, stage: Stage) -> Vec<Element> {
        self.elements
            .iter()
            .filter(|(raised_at, ..)| *raised_at == stage)
            .map(|(_, element, _)| element.clone())
            .collect()
    }

    /// Whether somebody must still promise what is offered.
    #[must_use]
    pub fn is_to_be_promised(&self, offer: &Offer) -> bool {
        offer.remedy.is_done_later() && !self.is_promised(offer)
    }

    fn is_promised(&self, offer: &Offer) -> bool {
        let promises = self.promises.iter();
        let mut delivering = promises.filter(|it| it.remedy_id == Some(offer.id));
        delivering.any(|it| !it.is_withdrawn())
    }

    /// The compensation that was offered, by the stage that did (4.24, Appendix A).
    #[must_use]
    pub fn compensations(&self) -> Vec<(Stage, Compensation)> {
        self.offers
            .iter()
            .filter_map(|it| match it.remedy {
                Remedy::Compensation(offered) => Some((it.stage, offered)),
                _ => None,
            })
            .collect()
    }

    /// What is offered at a stage, and whether somebody promised it.
    #[must_use]
    pub fn remedies_of(&self, stage: Stage) -> Vec<Remedied<'_>> {
        let offers = self.offers.iter().filter(|it| it.stage == stage);
        offers
            .map(|offer| Remedied {
                remedy: &offer.remedy,
                text: &offer.text,
                promised: self.is_promised(offer),
            })
            .collect()
    }

    /// Whether a promise delivers a remedy of a kind.
    #[must_use]
    pub fn delivers(&self, promise: &Promise, remedy: &Remedy) -> bool {
        let offer = self
            .offers
            .iter()
            .find(|it| Some(it.id) == promise.remedy_id);
        offer.is_some_and(|it| it.remedy == *remedy)
    }

    /// A senior colleague's approval of an exclusion for behaviour (2.9) that is not used yet: each is for one exclusion, at the stage where it was asked for.
    #[must_use]
    pub fn behaviour_approval(&self) -> Option<Approval> {
        let stage = self.stage();
        let used = self
            .elements_of(stage)
            .iter()
            .filter(|it| matches!(&it.standing, ElementStanding::Excluded(why) if why.reason == Reason::Behaviour))
            .count();
        let asked = self
            .asks
            .iter()
            .filter(|it| it.stage == stage && it.request.matter == Matter::BehaviourExclusion);
        asked
            .filter_map(|ask| {
                let verdict = ask.verdict.as_ref().filter(|it| it.agreed)?;
                Some(Approval {
                    request: ask.request.clone(),
                    approved_by: verdict.by,
                })
            })
            .nth(used)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use calendar::Calendar;

    use super::super::procedure::{By, receive};
    use super::passage::clocks_of;
    use super::*;

    /// A complaint that was received and acknowledged on a day, with nothing in it yet.
    pub(crate) fn an_investigated_complaint(on: &str) -> Complaint {
        let today = on.parse().unwrap();
        let by = By {
            actor: "account:test",
            today,
        };
        let calendar = Calendar::england_and_wales();
        let received = receive(&calendar, today, by).unwrap();
        let investigation = received
            .acknowledge(&calendar, Vec::new(), today, by)
            .unwrap();
        Complaint {
            id: kit::id(),
            reference: "SC202500001".to_owned(),
            user: ServiceUser::default(),
            channel: Channel::Telephone,
            summary: "Nobody called me back.".to_owned(),
            definition: Definition::default(),
            elements: Vec::new(),
            case_reference: String::new(),
            received_on: today,
            origin: None,
            standing: Standing::Investigated,
            stage_one: StageRecord {
                handler: None,
                clocks: clocks_of(investigation),
                answer: None,
                updated_on: None,
            },
            window: None,
            stage_two: None,
            offers: Vec::new(),
            promises: Vec::new(),
            asks: Vec::new(),
            conflicts: Vec::new(),
            learned: LearnedOf::default(),
            involved: Vec::new(),
            points: Vec::new(),
            latenesses: Vec::new(),
            tellings: Vec::new(),
            unanswered_since: None,
            version: 1,
        }
    }
}
