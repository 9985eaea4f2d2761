//! A caseload that comes to the published figures: 854 complaints closed at stage 1 between 1 October 2024 and 31 March 2025 and 9 at stage 2,
//! of which 671 and 3 were upheld or partially upheld. Around it lies what must not be counted: closed before and after, not accepted, rejected.
//!
//! Everything follows from a complaint's number, so that each run drives the same caseload.

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::NaiveDate;
use proto::service_complaint::v1::{Channel, ComplaintType, Decision, Promise};

pub const FIRST: &str = "2024-10-01";
pub const LAST: &str = "2025-03-31";

/// How many were answered in writing at stage 1, and how many of them were upheld, and partially upheld.
const ANSWERED: usize = 814;
const UPHELD: usize = 400;
const UPHELD_OR_PARTLY: usize = 641;
/// How many a call resolved, and of how many of these everything had been decided and something was upheld, as in the reviewer's cases 6 and 9.
pub const INFORMALLY: usize = 40;
pub const UPHELD_BY_TELEPHONE: usize = 30;

/// What is done with a complaint on a day.
#[derive(Clone, Debug)]
pub enum Step {
    Record,
    DefineAndAcknowledge,
    ConfirmOutcome,
    Extend,
    ExtendFurther { until: NaiveDate },
    Explain { stage: i32, promise: Promise },
    AnswerStage1(Vec<Decision>),
    Define,
    Decide(Vec<Decision>),
    Telephone,
    NotAccept,
    AskForStage2,
    AcceptStage2,
    RejectStage2,
    AnswerStage2(Decision),
}

/// A complaint with what is done with it, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    pub number: usize,
    pub steps: Vec<(NaiveDate, Step)>,
}

impl Plan {
    pub fn channel(&self) -> Channel {
        [
            Channel::Webform,
            Channel::Email,
            Channel::Email,
            Channel::Telephone,
            Channel::Letter,
            Channel::Colleague,
        ][self.number % 6]
    }

    pub fn complaint_type(&self) -> ComplaintType {
        [
            ComplaintType::NoService,
            ComplaintType::NoService,
            ComplaintType::Quality,
            ComplaintType::Process,
            ComplaintType::Conduct,
        ][self.number % 5]
    }

    /// How many elements it has: one or two, as its answer decides them.
    pub fn elements(&self) -> usize {
        let decided = self.steps.iter().find_map(|(_, step)| match step {
            Step::AnswerStage1(decisions) | Step::Decide(decisions) => Some(decisions.len()),
            _ => None,
        });
        decided.unwrap_or(1)
    }
}

/// The days on which somebody works, in order.
struct Days(Vec<NaiveDate>);

impl Days {
    fn new() -> Self {
        let calendar = Calendar::england_and_wales();
        let first: NaiveDate = "2024-06-03".parse().unwrap();
        let days = first.iter_days().take(400);
        Self(
            days.filter(|it| calendar.is_working_day(*it).unwrap())
                .collect(),
        )
    }

    /// The place of a date, or of the first working day after it.
    fn at(&self, date: &str) -> usize {
        let date: NaiveDate = date.parse().unwrap();
        self.0.partition_point(|it| *it < date)
    }
}

/// How long a stage 1 took, and what had to be done for that.
struct Pace {
    to_acknowledge: usize,
    to_respond: usize,
}

impl Pace {
    /// One in twenty is acknowledged a day late and one is answered a day late; two are extended, and some of the rest twice.
    fn of(number: usize) -> Self {
        let (to_acknowledge, to_respond) = match number % 20 {
            0 => (6, 9),
            1 => (4, 11),
            2 | 3 => (3, 15),
            4 if number % 40 == 4 => (5, 25),
            _ => (number % 6, 1 + number % 10),
        };
        Self {
            to_acknowledge,
            to_respond,
        }
    }
}

struct Planner {
    days: Days,
    plans: Vec<Plan>,
}

impl Planner {
    fn add(&mut self, steps: Vec<(usize, Step)>) {
        let steps = steps
            .into_iter()
            .map(|(at, step)| (self.days.0[at], step))
            .collect();
        let number = self.plans.len();
        self.plans.push(Plan { number, steps });
    }

    /// A stage 1 that is answered in writing on a day.
    fn stage_1(
        &self,
        number: usize,
        answered: usize,
        decisions: Vec<Decision>,
    ) -> Vec<(usize, Step)> {
        let pace = Pace::of(number);
        let acknowledged = answered - pace.to_respond;
        let mut steps = vec![
            (acknowledged - pace.to_acknowledge, Step::Record),
            (acknowledged, Step::DefineAndAcknowledge),
        ];
        if number.is_multiple_of(3) {
            steps.push((acknowledged, Step::ConfirmOutcome));
        }
        if pace.to_respond > 11 {
            steps.push((acknowledged + 8, Step::Extend));
        }
        if pace.to_respond > 20 {
            let until = self.days.0[acknowledged + 27];
            steps.push((acknowledged + 18, Step::ExtendFurther { until }));
        }
        let late = [
            (Promise::Acknowledgement, pace.to_acknowledge > 5),
            (Promise::Response, pace.to_respond == 11),
        ];
        for (promise, _) in late.into_iter().filter(|(_, late)| *late) {
            steps.push((answered, Step::Explain { stage: 1, promise }));
        }
        steps.push((answered, Step::AnswerStage1(decisions)));
        steps
    }

    /// What follows when stage 2 is asked for three days after the answer, acknowledged after so many and answered in eighteen more.
    fn stage_2(answered: usize, to_acknowledge: usize, decision: Decision) -> Vec<(usize, Step)> {
        let requested = answered + 3;
        let accepted = requested + to_acknowledge;
        let mut steps = vec![
            (requested, Step::AskForStage2),
            (accepted, Step::AcceptStage2),
        ];
        if to_acknowledge > 5 {
            let promise = Promise::Acknowledgement;
            steps.push((accepted + 18, Step::Explain { stage: 2, promise }));
        }
        steps.push((accepted + 18, Step::AnswerStage2(decision)));
        steps
    }
}

/// The decisions on the elements from which an outcome follows.
fn decisions(number: usize, outcome: Decision) -> Vec<Decision> {
    match outcome {
        Decision::PartiallyUpheld if number.is_multiple_of(2) => {
            vec![Decision::Upheld, Decision::NotUpheld]
        }
        outcome => vec![outcome; 1 + usize::from(number.is_multiple_of(4))],
    }
}

/// The whole caseload.
pub fn caseload() -> Vec<Plan> {
    let mut planner = Planner {
        days: Days::new(),
        plans: Vec::new(),
    };
    let (first, end) = (planner.days.at(FIRST), planner.days.at("2025-04-01"));
    let within = |number: usize| first + (number * 37) % (end - first);

    for number in 0..ANSWERED {
        let outcome = match number {
            0..UPHELD => Decision::Upheld,
            UPHELD..UPHELD_OR_PARTLY => Decision::PartiallyUpheld,
            _ => Decision::NotUpheld,
        };
        let not_upheld = number.saturating_sub(UPHELD_OR_PARTLY - 1);
        // The first five that were not upheld were reviewed within the period, and the next six asked for a review in vain.
        let answered = match not_upheld {
            1..=11 => first + not_upheld * 5,
            _ => within(number),
        };
        let mut steps = planner.stage_1(number, answered, decisions(number, outcome));
        match not_upheld {
            1..=5 => {
                let outcome = [Decision::Upheld, Decision::NotUpheld][not_upheld.min(2) - 1];
                let to_acknowledge = if not_upheld == 5 { 6 } else { not_upheld };
                steps.extend(Planner::stage_2(answered, to_acknowledge, outcome));
            }
            6..=11 => {
                steps.push((answered + 2, Step::AskForStage2));
                steps.push((answered + 5, Step::RejectStage2));
            }
            _ => {}
        }
        planner.add(steps);
    }
    for number in 0..INFORMALLY {
        let called = within(number);
        let steps = if number < UPHELD_BY_TELEPHONE {
            let outcome = [Decision::Upheld, Decision::PartiallyUpheld][number % 2];
            let acknowledged = called - 1 - number % 8;
            vec![
                (acknowledged - number % 4, Step::Record),
                (acknowledged, Step::DefineAndAcknowledge),
                (called, Step::Decide(decisions(number, outcome))),
                (called, Step::Telephone),
            ]
        } else {
            vec![
                (called - number % 4, Step::Record),
                (called, Step::Define),
                (called, Step::Telephone),
            ]
        };
        planner.add(steps);
    }
    around(&mut planner, within);
    planner.plans
}

/// What the figures of stage 1 must leave out.
fn around(planner: &mut Planner, within: impl Fn(usize) -> usize) {
    // Answered before the period and reviewed within it: they count at stage 2 alone.
    let before = planner.days.at("2024-09-09");
    for (number, outcome) in [
        Decision::PartiallyUpheld,
        Decision::Upheld,
        Decision::NotUpheld,
        Decision::NotUpheld,
    ]
    .into_iter()
    .enumerate()
    {
        let answered = before + number;
        let mut steps = planner.stage_1(number + 5, answered, vec![Decision::NotUpheld]);
        steps.extend(Planner::stage_2(answered, 4, outcome));
        planner.add(steps);
    }
    for number in 0..10 {
        let steps = planner.stage_1(number + 5, before + number, vec![Decision::Upheld]);
        planner.add(steps);
    }
    let after = planner.days.at("2025-04-01");
    for number in 0..12 {
        let steps = planner.stage_1(number + 5, after + number, vec![Decision::Upheld]);
        planner.add(steps);
    }
    for number in 0..20 {
        let decided = within(number * 3);
        planner.add(vec![
            (decided - number % 5, Step::Record),
            (decided, Step::NotAccept),
        ]);
    }
}

/// What is done on each day, by the numbers of the plans, in order.
pub fn diary(plans: &[Plan]) -> BTreeMap<NaiveDate, Vec<usize>> {
    let mut diary: BTreeMap<NaiveDate, Vec<usize>> = BTreeMap::new();
    for plan in plans {
        for (day, _) in &plan.steps {
            let due = diary.entry(*day).or_default();
            if due.last() != Some(&plan.number) {
                due.push(plan.number);
            }
        }
    }
    diary
}
