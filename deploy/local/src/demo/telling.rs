//! How each of the demonstration's service complaints went, told backwards from today.

use calendar::{Calendar, NotCovered};
use chrono::{Days, NaiveDate};
use proto::service_complaint::v1::{
    CompensationLevel, Decision, ExclusionReason, Needs, Remedy, RemedyKind,
};

use super::complaints::Doing;
use super::people;
use super::stories::Story;

/// How far a complaint has come, and when it was received, in working days before today.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
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
    /// Resolved by telephone before anything was decided.
    Telephone(u32),
    /// Resolved by telephone once it was upheld, so many working days ago, with an action that is due in so many days.
    UpheldByTelephone(u32, i64),
    /// The request for stage 2 was rejected.
    Rejected(u32),
    /// Answered at stage 2 so many working days ago, with an action that is due in so many days.
    AtStage2(u32, i64),
}

/// One for each complaint.
pub const SHAPES: [Shape; 42] = {
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
        Shape::Extended(7),
        Shape::Extended(9),
        Shape::Untold(8),
        Shape::Asked(6),
        Shape::Asked(9),
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
        Shape::UpheldByTelephone(4, 6),
    ]
};

/// A complaint as it is being told.
pub struct Telling<'a> {
    /// Who works on stage 1.
    pub by: &'static str,
    /// Who reviews it.
    pub reviewer: &'static str,
    /// What it is about.
    pub story: &'a Story,
    /// What the person needs.
    pub needs: Needs,
    /// What counts the days.
    pub calendar: &'a Calendar,
    /// The day of the demonstration.
    pub today: NaiveDate,
    /// What was done so far, by whom.
    pub steps: Vec<(&'static str, Doing)>,
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
    pub fn tell(&mut self, shape: Shape) -> Result<NaiveDate, NotCovered> {
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
                    self.does(Doing::Confirm);
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
            Shape::Telephone(days) => self.called(days),
            Shape::UpheldByTelephone(days, due_in) => self.upheld_by_telephone(days, due_in),
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

    fn promise(&mut self, by: &'static str, days: i64) {
        let due_on = self.today + chrono::TimeDelta::days(days);
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
        self.does(Doing::Confirm);
        self.find(Decision::PartiallyUpheld);
        self.promise(self.by, due_in);
        let on = self.back(days)?;
        self.does(Doing::AnswerStage1 { on });
        Ok(received_on)
    }

    fn called(&mut self, days: u32) -> Result<NaiveDate, NotCovered> {
        self.assign();
        // The call is the early resolution.
        self.define("", self.needs.clone());
        self.does(Doing::Telephone {
            on: self.back(days - 2)?,
            note: "The person had waited for a call and got it. They agree that this closes the complaint.",
        });
        self.back(days)
    }

    fn upheld_by_telephone(&mut self, days: u32, due_in: i64) -> Result<NaiveDate, NotCovered> {
        let received_on = self.investigate(days + 4)?;
        self.find(Decision::Upheld);
        self.promise(self.by, due_in);
        self.does(Doing::Telephone {
            on: self.back(days)?,
            note: "We said sorry, and what we pay and when. They agree that this closes the complaint.",
        });
        Ok(received_on)
    }

    fn requested(&mut self, days: u32) -> Result<NaiveDate, NotCovered> {
        let received_on = self.investigate(days + 14)?;
        let asked_again_on = self.back(days + 9)?;
        self.does(Doing::NoReply { asked_again_on });
        self.find(Decision::PartiallyUpheld);
        self.promise(self.by, 10);
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
