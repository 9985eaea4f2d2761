//! A complaint as one whole: what was said, where it is in the procedure, and what came of it.

use calendar::Deadline;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::approval::{Approval, Matter, Request};
use super::due::DueKind;
use super::exclusion::{Exclusion, Reason};
use super::finding::{Decision, Element, Standing as ElementStanding};
use super::lateness::Lateness;
use super::monitoring::{Action, is_finished};
use super::point::Point;
use super::policy::{One, Stage, Two};
use super::procedure::{
    Answered, Closed, End, Ended, Escalation, Investigation, Received, Requested,
};
use super::remedy::Remedy;
use super::response::Remedied;
use super::telling::Telling;

/// How a complaint came (1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Channel {
    /// The public webform.
    Webform,
    /// An email.
    Email,
    /// The telephone.
    Telephone,
    /// A letter.
    Letter,
    /// Any colleague.
    Colleague,
}

impl Channel {
    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webform => "webform",
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Letter => "letter",
            Self::Colleague => "colleague",
        }
    }
}

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

/// What a service user is to the ombudsman (1.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UserKind {
    /// A resident.
    Resident,
    /// Somebody who acts for a resident.
    Representative,
    /// A landlord, or somebody who acts for one.
    Landlord,
    /// Anybody else.
    #[default]
    Other,
}

/// How letters are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Format {
    /// By email.
    #[default]
    Email,
    /// On paper.
    Letter,
    /// In large print.
    LargePrint,
    /// In easy read.
    EasyRead,
}

/// Who complains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceUser {
    /// The name.
    pub name: String,
    /// What the person is to the ombudsman.
    pub kind: UserKind,
    /// The email address, if there is one.
    pub email: String,
    /// The telephone number, if there is one.
    pub telephone: String,
    /// The postal address, if there is one.
    pub postal_address: String,
    /// How letters are sent.
    pub format: Format,
}

/// What letters in the chosen format can't be sent without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// An email address.
    Email,
    /// A postal address.
    PostalAddress,
    /// One of both: easy read goes by email, or on paper.
    Either,
}

impl Format {
    /// What letters in this format can't be sent without, of what is there.
    #[must_use]
    pub fn lacks(self, email: &str, postal_address: &str) -> Option<Lack> {
        let (email, post) = (!email.trim().is_empty(), !postal_address.trim().is_empty());
        match self {
            Self::Email if !email => Some(Lack::Email),
            Self::Letter | Self::LargePrint if !post => Some(Lack::PostalAddress),
            Self::EasyRead if !email && !post => Some(Lack::Either),
            _ => None,
        }
    }
}

impl ServiceUser {
    /// What letters in the chosen format can't be sent without.
    #[must_use]
    pub fn lacks(&self) -> Option<Lack> {
        self.format.lacks(&self.email, &self.postal_address)
    }
}

/// What was asked and answered about a person's needs (3.2). "None" is an answer, and nothing at all is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// How to reach the person.
    pub contact: String,
    /// How the person prefers to be reached.
    pub communication_preference: String,
    /// Reasonable adjustments under the Equality Act.
    pub reasonable_adjustments: String,
    /// Vulnerabilities and safeguarding.
    pub vulnerabilities: String,
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
    /// Who is accountable, by name.
    pub owner_name: String,
    /// The remedy that it delivers.
    pub remedy_id: Option<Uuid>,
    /// Why it is no longer needed; empty otherwise.
    pub withdrawn_because: String,
    /// What keeps casework from doing it, as it said; empty otherwise.
    pub hindrance: String,
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
    /// What must be there before the acknowledgement and is not, in words for a colleague (3.2, 4.1).
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.missing_parts()
            .into_iter()
            .map(|(_, what)| what)
            .collect()
    }

    /// The same, each with the field that it goes into.
    #[must_use]
    pub fn missing_parts(&self) -> Vec<(&'static str, &'static str)> {
        let Definition {
            desired_outcome,
            outcome_reply: _,
            needs:
                Needs {
                    contact,
                    communication_preference,
                    reasonable_adjustments,
                    vulnerabilities,
                },
            early_resolution,
            complaint_type: _,
        } = &self.definition;
        let parts = [
            ("desired_outcome", "the desired outcome", desired_outcome),
            ("needs.contact", "the contact", contact),
            (
                "needs.communication_preference",
                "the communication preference",
                communication_preference,
            ),
            (
                "needs.reasonable_adjustments",
                "the reasonable adjustments",
                reasonable_adjustments,
            ),
            (
                "needs.vulnerabilities",
                "the vulnerabilities",
                vulnerabilities,
            ),
            (
                "early_resolution",
                "what came of an early resolution",
                early_resolution,
            ),
        ];
        let no_elements = self
            .elements
            .is_empty()
            .then_some(("elements", "the definition"));
        no_elements
            .into_iter()
            .chain(
                parts
                    .into_iter()
                    .filter(|(.., text)| text.trim().is_empty())
                    .map(|(field, what, _)| (field, what)),
            )
            .collect()
    }

    /// The stage that it is in, or was in last.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.standing {
            Standing::Requested | Standing::Reviewed => Stage::Two,
            Standing::Ended(_) if self.stage_two.is_some() => Stage::Two,
            _ => Stage::One,
        }
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
        delivering.any(|it| it.withdrawn_because.is_empty())
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
        let stage = self.stage();
        let clocks = Clocks {
            acknowledgement,
            response,
        };
        let answer = match &ended.how {
            End::AtStageTwo(outcome) => Some((ended.on, *outcome)),
            _ => None,
        };
        match (&mut self.stage_two, stage) {
            (Some(two), Stage::Two) => {
                two.record.clocks = clocks;
                two.record.answer = answer;
            }
            _ => self.stage_one.clocks = clocks,
        }
        self.standing = Standing::Ended(ended);
    }

    /// Why it was not accepted, if so.
    #[must_use]
    pub fn exclusion(&self) -> Option<&Exclusion> {
        match &self.standing {
            Standing::Ended(Ended {
                how: End::NotAccepted(exclusion),
                ..
            }) => Some(exclusion),
            _ => None,
        }
    }
}

fn clocks_of<S>(investigation: Investigation<S>) -> Clocks {
    Clocks {
        acknowledgement: investigation.acknowledgement,
        response: Some(investigation.response),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use calendar::Calendar;

    use super::super::procedure::{By, receive};
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
            points: Vec::new(),
            latenesses: Vec::new(),
            tellings: Vec::new(),
            unanswered_since: None,
            version: 1,
        }
    }

    #[test]
    fn sc_2_what_is_missing_before_the_acknowledgement_is_named() {
        let complaint = an_investigated_complaint("2025-06-10");

        assert_eq!(complaint.missing().len(), 7);
    }
}
