//! Complaints about the ombudsman itself, in every standing of the procedure and with deadlines before, on and after today.

use calendar::{Calendar, NotCovered};
use chrono::NaiveDate;
use proto::service_complaint::v1::{
    Channel, ComplaintType, Decision, ExclusionReason, Format, Needs, NoteKind,
    RecordComplaintRequest, Remedy, ServiceUser, ServiceUserKind,
};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::stories::{STORIES, Story};
use super::telling::{SHAPES, Shape, Telling};
use super::words::{ADJUSTMENTS, FIRST_NAMES, LAST_NAMES, PREFERENCES, VULNERABILITIES};
use super::{Case, people};

/// A complaint, and what is done with it by whom, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceComplaint {
    /// What is recorded; the loader gives it its request's id.
    pub intake: RecordComplaintRequest,
    /// Who records it, by username.
    pub by: &'static str,
    /// What is done with it, by whom.
    pub steps: Vec<(&'static str, Doing)>,
    /// What is written down about it, by whoever recorded it.
    pub notes: Vec<(NoteKind, NaiveDate, &'static str)>,
}

/// A step of the procedure.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the steps are those of the service's contract, with its fields"
)]
pub enum Doing {
    Assign {
        to: &'static str,
    },
    Define {
        elements: Vec<&'static str>,
        kind: ComplaintType,
        outcome: &'static str,
        early: &'static str,
        needs: Needs,
    },
    Acknowledge {
        on: NaiveDate,
    },
    Confirm,
    NoReply {
        asked_again_on: NaiveDate,
    },
    Decide {
        element: usize,
        decision: Decision,
        reason: &'static str,
    },
    Extend {
        days: i32,
        reason: &'static str,
    },
    Tell {
        on: NaiveDate,
        proof: &'static str,
    },
    AskForTime {
        until: NaiveDate,
        reason: &'static str,
    },
    Judge {
        agreed: bool,
        comment: &'static str,
    },
    Offer(Remedy),
    Promise {
        what: &'static str,
        owner: &'static str,
        due_on: NaiveDate,
    },
    Complete {
        on: NaiveDate,
        evidence: &'static str,
    },
    AnswerStage1 {
        on: NaiveDate,
    },
    RequestStage2 {
        on: NaiveDate,
        reasons: &'static str,
        elements: Vec<&'static str>,
    },
    Accept {
        on: NaiveDate,
        to: &'static str,
    },
    Reject {
        on: NaiveDate,
        reason: &'static str,
    },
    AnswerStage2 {
        on: NaiveDate,
        summary: &'static str,
    },
    Exclude {
        reason: ExclusionReason,
        details: &'static str,
        signpost: &'static str,
        on: NaiveDate,
    },
    Telephone {
        on: NaiveDate,
        note: &'static str,
    },
}

/// Makes complaints.
pub struct Maker<'a> {
    rng: StdRng,
    calendar: &'a Calendar,
    today: NaiveDate,
    cases: &'a [Case],
}

impl<'a> Maker<'a> {
    /// Makes complaints for a day, about some of the cases.
    #[must_use]
    pub fn new(rng: StdRng, calendar: &'a Calendar, today: NaiveDate, cases: &'a [Case]) -> Self {
        Self {
            rng,
            calendar,
            today,
            cases,
        }
    }

    /// All complaints.
    pub fn complaints(&mut self) -> Result<Vec<ServiceComplaint>, NotCovered> {
        let mut complaints = Vec::new();
        for (place, shape) in SHAPES.into_iter().enumerate() {
            complaints.push(self.complaint(place, shape)?);
        }
        Ok(complaints)
    }

    fn complaint(&mut self, place: usize, shape: Shape) -> Result<ServiceComplaint, NotCovered> {
        let story = &STORIES[place % STORIES.len()];
        let investigators = people::INVESTIGATORS;
        let by = investigators[place % investigators.len()];
        let reviewer = investigators[(place + 1) % investigators.len()];
        let needs = self.needs();
        let mut told = Telling {
            by,
            reviewer,
            story,
            needs: needs.clone(),
            calendar: self.calendar,
            today: self.today,
            steps: Vec::new(),
        };
        let received_on = told.tell(shape)?;
        let steps = told.steps;
        let notes = match shape {
            Shape::Untouched(_) => Vec::new(),
            _ => vec![
                (
                    NoteKind::Contact,
                    received_on,
                    "Called the person to hear what they want. They are glad that somebody called.",
                ),
                (NoteKind::Evidence, received_on, story.evidence),
            ],
        };
        Ok(ServiceComplaint {
            intake: self.intake(place, story, &needs, received_on),
            by,
            steps,
            notes,
        })
    }

    fn intake(
        &mut self,
        place: usize,
        story: &Story,
        needs: &Needs,
        received_on: NaiveDate,
    ) -> RecordComplaintRequest {
        let first = FIRST_NAMES.choose(&mut self.rng).expect("there are names");
        let last = LAST_NAMES.choose(&mut self.rng).expect("there are names");
        let name = format!("{first} {last}");
        let channels = [
            Channel::Email,
            Channel::Telephone,
            Channel::Letter,
            Channel::Email,
            Channel::Colleague,
        ];
        let kinds = [
            ServiceUserKind::Resident,
            ServiceUserKind::Resident,
            ServiceUserKind::Resident,
            ServiceUserKind::Representative,
            ServiceUserKind::Landlord,
        ];
        // One in four is about no case.
        let case = (!place.is_multiple_of(4)).then(|| self.cases.choose(&mut self.rng));
        let format = match place % 9 {
            5 => Format::LargePrint,
            7 => Format::Letter,
            _ => Format::Email,
        };
        let postal_address = match format {
            Format::Email => String::new(),
            _ => format!("{} Example Street\nExampleton\nEX1 1AA", place + 1),
        };
        RecordComplaintRequest {
            request_id: String::new(),
            service_user: Some(ServiceUser {
                email: needs
                    .contact
                    .split_once(',')
                    .map_or(String::new(), |(email, _)| email.to_owned()),
                telephone: String::new(),
                postal_address,
                kind: kinds[place % kinds.len()].into(),
                format: format.into(),
                name,
            }),
            channel: channels[place % channels.len()].into(),
            summary: story.summary.to_owned(),
            received_on: kit::time::iso(received_on),
            needs: None,
            case_reference: case
                .flatten()
                .map(|case| case.reference.clone())
                .unwrap_or_default(),
        }
    }

    fn needs(&mut self) -> Needs {
        let rng = &mut self.rng;
        let choose = |rng: &mut StdRng, words: &[&str]| {
            let words = words.choose(rng).expect("there are words");
            let said = if words.is_empty() { "None" } else { words };
            said.to_owned()
        };
        // Telephone numbers that Ofcom keeps for fiction.
        let number = rng.random_range(0..1000);
        Needs {
            contact: format!("person{number}@residents.example, 07700 900{number:03}"),
            communication_preference: choose(rng, &PREFERENCES),
            reasonable_adjustments: choose(rng, &ADJUSTMENTS),
            vulnerabilities: choose(rng, &VULNERABILITIES),
        }
    }
}
