//! Complaints about the ombudsman itself, in every standing of the procedure and with deadlines before, on and after today.

use calendar::{Calendar, NotCovered};
use chrono::{Days, NaiveDate};
use proto::service_complaint::v1::{
    Channel, CompensationLevel, ComplaintType, Decision, ExclusionReason, Format, Needs, NoteKind,
    OutcomeReply, RecordComplaintRequest, Remedy, RemedyKind, ServiceUser, ServiceUserKind,
};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::stories::{STORIES, Story};
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
    Reply(OutcomeReply),
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

/// How far a complaint has come, and when it was received, in working days before today.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Nobody has looked at it.
    Untouched(u32),
    /// Somebody has it, and knows a part of what must be known.
    Begun(u32),
    /// All is known, and it is to be acknowledged.
    Known(u32),
    /// Under investigation since so many working days.
    Investigated(u32),
    /// With its findings, and nothing but the response to write.
    Found(u32),
    /// Extended, and the person was told.
    Extended(u32),
    /// Extended, and the person was not told.
    Untold(u32),
    /// Extended, and a senior colleague is asked for more.
    Asked(u32),
    /// Answered so many working days ago, with an action that is due in so many days.
    Answered(u32, i64),
    /// Stage 2 was asked for so many working days ago.
    Requested(u32),
    /// Under review since so many working days.
    Reviewed(u32),
    /// Not accepted.
    NotAccepted(ExclusionReason),
    /// Resolved by telephone.
    Telephone(u32),
    /// The request for stage 2 was rejected.
    Rejected(u32),
    /// Answered at stage 2 so many working days ago, with an action that is due in so many days.
    AtStage2(u32, i64),
}

const SHAPES: [Shape; 41] = {
    use ExclusionReason::{AnotherBody, DataProtection, Decision, LegalProcess};
    [
        Shape::Untouched(0),
        Shape::Untouched(1),
        Shape::Untouched(4),
        Shape::Untouched(7),
        Shape::Begun(2),
        Shape::Begun(5),
        Shape::Known(3),
        Shape::Known(4),
        Shape::Investigated(1),
        Shape::Investigated(4),
        Shape::Investigated(8),
        Shape::Investigated(9),
        Shape::Investigated(10),
        Shape::Investigated(12),
        Shape::Found(6),
        Shape::Found(9),
        Shape::Extended(12),
        Shape::Extended(17),
        Shape::Untold(8),
        Shape::Asked(15),
        Shape::Asked(18),
        Shape::Answered(2, 5),
        Shape::Answered(6, 0),
        Shape::Answered(9, 1),
        Shape::Answered(14, 12),
        Shape::Answered(18, 0),
        Shape::Answered(24, 2),
        Shape::Requested(1),
        Shape::Requested(4),
        Shape::Requested(6),
        Shape::Reviewed(2),
        Shape::Reviewed(12),
        Shape::Reviewed(19),
        Shape::Reviewed(22),
        Shape::NotAccepted(Decision),
        Shape::NotAccepted(LegalProcess),
        Shape::NotAccepted(DataProtection),
        Shape::NotAccepted(AnotherBody),
        Shape::Telephone(6),
        Shape::Rejected(5),
        Shape::AtStage2(7, 3),
    ]
};

/// Makes complaints.
pub struct Maker<'a> {
    rng: StdRng,
    calendar: &'a Calendar,
    today: NaiveDate,
    cases: &'a [Case],
}

impl<'a> Maker<'a> {
    /// Makes complaints for a day, about some of the cases.
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
            intake: self.intake(place, story, needs, received_on),
            by,
            steps,
            notes,
        })
    }

    fn intake(
        &mut self,
        place: usize,
        story: &Story,
        needs: Needs,
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
        RecordComplaintRequest {
            request_id: String::new(),
            service_user: Some(ServiceUser {
                email: needs
                    .contact
                    .split_once(',')
                    .map_or(String::new(), |(email, _)| email.to_owned()),
                telephone: String::new(),
                postal_address: String::new(),
                kind: kinds[place % kinds.len()].into(),
                format: match place % 9 {
                    5 => Format::LargePrint,
                    7 => Format::Letter,
                    _ => Format::Email,
                }
                .into(),
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

/// A complaint as it is being told.
struct Telling<'a> {
    by: &'static str,
    reviewer: &'static str,
    story: &'a Story,
    needs: Needs,
    calendar: &'a Calendar,
    today: NaiveDate,
    steps: Vec<(&'static str, Doing)>,
}

impl Telling<'_> {
    /// The working day that so many working days have passed since.
    fn back(&self, days: u32) -> Result<NaiveDate, NotCovered> {
        let mut day = self.today;
        while self.calendar.working_days_until(day, self.today)? < days {
            day = day - Days::new(1);
        }
        while !self.calendar.is_working_day(day)? {
            day = day - Days::new(1);
        }
        Ok(day)
    }

    fn does(&mut self, doing: Doing) {
        self.steps.push((self.by, doing));
    }

    /// Tells all that was done, and says when it began.
    fn tell(&mut self, shape: Shape) -> Result<NaiveDate, NotCovered> {
        match shape {
            Shape::Untouched(days) => self.back(days),
            Shape::Begun(days) => {
                self.assign();
                let needs = Needs {
                    vulnerabilities: String::new(),
                    ..self.needs.clone()
                };
                self.define("", needs);
                self.back(days)
            }
            Shape::Known(days) => {
                self.assign();
                self.define("A call was offered, and declined.", self.needs.clone());
                self.back(days)
            }
            Shape::Investigated(days) => {
                let received_on = self.investigate(days)?;
                if days > 3 {
                    self.does(Doing::Reply(OutcomeReply::Confirmed));
                }
                Ok(received_on)
            }
            Shape::Found(days) => {
                let received_on = self.investigate(days)?;
                self.find(Decision::Upheld);
                Ok(received_on)
            }
            Shape::Extended(days) => {
                let received_on = self.investigate(days)?;
                self.extend(true)?;
                Ok(received_on)
            }
            Shape::Untold(days) => {
                let received_on = self.investigate(days)?;
                self.extend(false)?;
                Ok(received_on)
            }
            Shape::Asked(days) => {
                let received_on = self.investigate(days)?;
                self.extend(true)?;
                let until = self.calendar.add_working_days(self.today, 15)?;
                self.does(Doing::AskForTime {
                    until,
                    reason: "The recording of the calls has to be restored before it can be heard.",
                });
                Ok(received_on)
            }
            Shape::Answered(days, due_in) => self.answered(days, due_in),
            Shape::Requested(days) => self.requested(days),
            Shape::Reviewed(days) => {
                let received_on = self.requested(days + 3)?;
                self.accept(days)?;
                Ok(received_on)
            }
            Shape::NotAccepted(reason) => {
                self.assign();
                let signpost = match reason {
                    ExclusionReason::AnotherBody => {
                        "The Local Government and Social Care Ombudsman looks at how councils allocate homes."
                    }
                    _ => "",
                };
                self.does(Doing::Exclude {
                    reason,
                    details: "We have read all that you sent us, and this is what it is about.",
                    signpost,
                    on: self.back(3)?,
                });
                self.back(6)
            }
            Shape::Telephone(days) => {
                self.assign();
                self.does(Doing::Telephone {
                    on: self.back(days - 2)?,
                    note: "The person had waited for a call and got it. They agree that this closes the complaint.",
                });
                self.back(days)
            }
            Shape::Rejected(days) => {
                let received_on = self.requested(days + 3)?;
                self.steps.push((
                    self.reviewer,
                    Doing::Reject {
                        on: self.back(days)?,
                        reason: "The request repeats the complaint, and says nothing that the response did not answer.",
                    },
                ));
                Ok(received_on)
            }
            Shape::AtStage2(days, due_in) => {
                let received_on = self.requested(days + 18)?;
                self.accept(days + 15)?;
                self.review(days, due_in)?;
                Ok(received_on)
            }
        }
    }

    fn assign(&mut self) {
        self.does(Doing::Assign { to: self.by });
    }

    fn define(&mut self, early: &'static str, needs: Needs) {
        let Story {
            elements,
            kind,
            outcome,
            ..
        } = self.story;
        self.does(Doing::Define {
            elements: elements.to_vec(),
            kind: *kind,
            outcome,
            early,
            needs,
        });
    }

    /// Acknowledged so many working days ago, two working days after it came.
    fn investigate(&mut self, days: u32) -> Result<NaiveDate, NotCovered> {
        self.assign();
        self.define(
            "A call was made, and did not settle it.",
            self.needs.clone(),
        );
        let on = self.back(days)?;
        self.does(Doing::Acknowledge { on });
        self.back(days + 2)
    }

    fn find(&mut self, decision: Decision) {
        for element in 0..self.story.elements.len() {
            // Where there are several, the last was no failure.
            let last = element > 0 && element + 1 == self.story.elements.len();
            let (decision, reason) = if last {
                (
                    Decision::NotUpheld,
                    "Our records show that this was done in time.",
                )
            } else {
                (decision, self.story.finding)
            };
            self.does(Doing::Decide {
                element,
                decision,
                reason,
            });
        }
        self.does(Doing::Offer(apology()));
        self.does(Doing::Offer(compensation(self.story.pounds)));
    }

    fn extend(&mut self, tells: bool) -> Result<(), NotCovered> {
        self.does(Doing::Extend {
            days: 10,
            reason: "A colleague whose account matters is away until next week.",
        });
        if tells {
            self.does(Doing::Tell {
                on: self.back(0)?,
                proof: "Letter of today",
            });
        }
        Ok(())
    }

    fn promise(&mut self, by: &'static str, due_in: i64) {
        let due_on = self.today + chrono::TimeDelta::days(due_in);
        let what = "Pay the compensation, and tell the person when it is paid";
        let owner = people::MANAGER;
        self.steps.push((
            by,
            Doing::Promise {
                what,
                owner,
                due_on,
            },
        ));
    }

    fn answered(&mut self, days: u32, due_in: i64) -> Result<NaiveDate, NotCovered> {
        let received_on = self.investigate(days + 8)?;
        self.does(Doing::Reply(OutcomeReply::Confirmed));
        self.find(Decision::PartiallyUpheld);
        self.promise(self.by, due_in);
        let on = self.back(days)?;
        self.does(Doing::AnswerStage1 { on });
        Ok(received_on)
    }

    fn requested(&mut self, days: u32) -> Result<NaiveDate, NotCovered> {
        let received_on = self.investigate(days + 14)?;
        self.does(Doing::Reply(OutcomeReply::NoReply));
        self.find(Decision::PartiallyUpheld);
        let answered_on = self.back(days + 5)?;
        self.does(Doing::AnswerStage1 { on: answered_on });
        let on = self.back(days)?;
        self.does(Doing::RequestStage2 {
            on,
            reasons: "The response does not say why nobody read what I sent in March.",
            elements: vec!["What was sent in March was not considered"],
        });
        Ok(received_on)
    }

    fn accept(&mut self, days: u32) -> Result<(), NotCovered> {
        let on = self.back(days)?;
        let to = self.reviewer;
        self.steps.push((to, Doing::Accept { on, to }));
        Ok(())
    }

    fn review(&mut self, days: u32, due_in: i64) -> Result<(), NotCovered> {
        let reviewer = self.reviewer;
        let on = self.back(days)?;
        let first = self.story.elements.len();
        let steps = [
            Doing::Decide {
                element: first,
                decision: Decision::Upheld,
                reason: "The letter was filed with another case, and nobody read it until the review.",
            },
            Doing::Offer(apology()),
        ];
        self.steps
            .extend(steps.into_iter().map(|doing| (reviewer, doing)));
        self.promise(reviewer, due_in);
        let summary = "The person complained that we did not answer, and asked for stage 2 because a letter was not considered.";
        self.steps
            .push((reviewer, Doing::AnswerStage2 { on, summary }));
        Ok(())
    }
}

fn apology() -> Remedy {
    Remedy {
        kind: RemedyKind::Apology.into(),
        text: "We are sorry that we did not do what we said we would.".to_owned(),
        ..Remedy::default()
    }
}

fn compensation(pounds: i32) -> Remedy {
    let level = match pounds {
        ..=100 => CompensationLevel::ServiceFailure,
        101..=250 => CompensationLevel::SeriousServiceFailure,
        _ => CompensationLevel::SignificantImpact,
    };
    Remedy {
        kind: RemedyKind::Compensation.into(),
        text: "A payment in recognition of the time and trouble.".to_owned(),
        level: level.into(),
        pounds,
        ..Remedy::default()
    }
}
