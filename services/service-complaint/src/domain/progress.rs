//! Where a complaint is, what happens next and by when, in words for whoever complains (SC-15). Nothing of it is a note of staff.

use calendar::{Deadline, State, What};
use chrono::{Days, NaiveDate};

use super::complaint::{Complaint, Format, OutcomeReply, StageRecord, Standing, WrongStanding};
use super::policy::{AFTER_CLOSING, Stage};
use super::procedure::End;

/// Where a complaint is.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the person can do now are answers of their own, which go together in any way"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// In a sentence.
    pub now: String,
    /// What happens next; empty when nothing does.
    pub next: String,
    /// By when.
    pub next_on: Option<NaiveDate>,
    /// The steps of the procedure.
    pub steps: Vec<Step>,
    /// What there was of more time.
    pub more_time: Vec<MoreTime>,
    /// Whether the person can confirm or correct the desired outcome now (44.1).
    pub can_reply_to_outcome: bool,
    /// Whether stage 2 can be asked for now (4.12).
    pub can_ask_for_stage_two: bool,
    /// The last day of the four weeks for that.
    pub stage_two_until: Option<NaiveDate>,
    /// Whether they are over.
    pub stage_two_late: bool,
    /// Until when what the person writes is answered, once it is closed (4.21).
    pub answered_until: Option<NaiveDate>,
    /// Whether files can be sent now.
    pub can_add_files: bool,
}

/// A step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub title: &'static str,
    /// What happened or will happen.
    pub text: String,
    /// How far it is.
    pub state: StepState,
    /// When it was done, or by when it is due.
    pub on: Option<NaiveDate>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It is done.
    Done,
    /// It is what happens now.
    Now,
    /// It comes later.
    Later,
}

/// More time for a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoreTime {
    /// At which stage.
    pub stage: Stage,
    /// Until when.
    pub until: NaiveDate,
    /// Why, as the person was told.
    pub reason: String,
}

/// A date as people read it: *15 March 2025*.
fn words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// Where a complaint is today.
#[must_use]
pub fn progress(complaint: &Complaint, today: NaiveDate) -> Progress {
    let (now, next, next_on) = story(complaint, today);
    let window = complaint.window.as_ref();
    let can_ask = complaint.standing == Standing::Answered && window.is_some_and(Deadline::is_open);
    Progress {
        now,
        next,
        next_on,
        steps: steps(complaint, today),
        more_time: more_time(complaint),
        can_reply_to_outcome: complaint.standing == Standing::Investigated
            && complaint.definition.outcome_reply != OutcomeReply::Confirmed,
        can_ask_for_stage_two: can_ask,
        stage_two_until: window.map(Deadline::due),
        stage_two_late: can_ask && window.is_some_and(|it| today > it.due()),
        answered_until: complaint
            .closed_on()
            .and_then(|on| on.checked_add_days(Days::new(AFTER_CLOSING.into()))),
        can_add_files: takes_files(complaint).is_ok(),
    }
}

/// Lets the person send files while the complaint is looked at (4.2) and once stage 2 is asked for (4.12). After an answer they go with the request for
/// stage 2, and after the end with a message.
pub fn takes_files(complaint: &Complaint) -> Result<(), WrongStanding> {
    match complaint.standing {
        Standing::Received | Standing::Investigated | Standing::Requested | Standing::Reviewed => {
            Ok(())
        }
        Standing::Answered | Standing::Ended(_) => Err(complaint.standing.refusal()),
    }
}

/// Where it is, what is next, and by when.
fn story(complaint: &Complaint, today: NaiveDate) -> (String, String, Option<NaiveDate>) {
    let one = &complaint.stage_one;
    let promised = |deadline: &Deadline, what: &str| {
        let due = deadline.due();
        let text = if deadline.is_overdue(today) {
            format!(
                "We should have {} by {}. We are late, and we are sorry. You can ask us why at any time.",
                past(what),
                words(due)
            )
        } else {
            format!("By {} we will {what}.", words(due))
        };
        (text, Some(due))
    };
    match &complaint.standing {
        Standing::Received => {
            let (next, on) = promised(
                &one.clocks.acknowledgement,
                "tell you whether we can look at your complaint, and what we understand it to be about",
            );
            ("We have received your complaint.".to_owned(), next, on)
        }
        Standing::Investigated => {
            let now = "We are looking into your complaint at stage 1.";
            let (next, on) = respond(one, promised, "send you our stage 1 response");
            (now.to_owned(), next, on)
        }
        Standing::Answered => {
            let on = one.answer.map(|(on, _)| on);
            let now = on.map_or_else(
                || "We have answered your complaint at stage 1.".to_owned(),
                |on| format!("We answered your complaint at stage 1 on {}.", words(on)),
            );
            if let Some(on) = complaint.treated_as_new_on() {
                let next = format!(
                    "You asked for stage 2. On {} we told you that we treat what you wrote as a new complaint. It has a reference of its own, and we write to you about it separately.",
                    words(on)
                );
                return (now, next, None);
            }
            let until = complaint
                .window
                .as_ref()
                .filter(|it| it.is_open())
                .map(Deadline::due);
            let next = until.map_or_else(String::new, |until| {
                if today > until {
                    format!("You had until {} to ask for stage 2. You can still ask, and tell us why it was not possible before; a colleague then decides.", words(until))
                } else {
                    format!("If you do not agree with our response, you can ask for stage 2 until {}.", words(until))
                }
            });
            (now, next, until.filter(|until| today <= *until))
        }
        Standing::Requested | Standing::Reviewed => stage_two(complaint, promised),
        Standing::Ended(ended) => {
            let on = words(ended.on);
            let (now, next) = match &ended.how {
                End::NotAccepted(exclusion) => (
                    format!(
                        "We told you on {on} that we can’t look at this complaint. {}",
                        exclusion.reason.explanation()
                    ),
                    exclusion.signpost.clone(),
                ),
                End::Informally(_) => (
                    format!(
                        "We resolved your complaint with you by telephone on {on}. The call closed it."
                    ),
                    String::new(),
                ),
                End::EscalationRejected(_) => (
                    format!(
                        "We told you on {on} why we did not take your complaint to stage 2. That is the end of our procedure."
                    ),
                    String::new(),
                ),
                End::AtStageTwo(_) => (
                    format!(
                        "We answered your complaint at stage 2 on {on}. That is the end of our procedure."
                    ),
                    String::new(),
                ),
            };
            (now, next, None)
        }
    }
}

fn stage_two(
    complaint: &Complaint,
    promised: impl Fn(&Deadline, &str) -> (String, Option<NaiveDate>),
) -> (String, String, Option<NaiveDate>) {
    let Some(two) = &complaint.stage_two else {
        return (String::new(), String::new(), None);
    };
    if complaint.standing == Standing::Requested {
        let (next, on) = promised(
            &two.record.clocks.acknowledgement,
            "tell you whether your complaint goes to stage 2",
        );
        return ("You asked for stage 2.".to_owned(), next, on);
    }
    let now = "A colleague who had no part in stage 1 is reviewing your complaint at stage 2.";
    let (next, on) = respond(&two.record, promised, "send you our stage 2 response");
    (now.to_owned(), next, on)
}

fn respond(
    record: &StageRecord,
    promised: impl Fn(&Deadline, &str) -> (String, Option<NaiveDate>),
    what: &str,
) -> (String, Option<NaiveDate>) {
    match &record.clocks.response {
        Some(response) => promised(response, what),
        None => (String::new(), None),
    }
}

/// What we will do, as what we should have done.
fn past(what: &str) -> String {
    match what.split_once(' ') {
        Some(("tell", rest)) => format!("told {rest}"),
        Some(("send", rest)) => format!("sent {rest}"),
        _ => what.to_owned(),
    }
}

fn steps(complaint: &Complaint, today: NaiveDate) -> Vec<Step> {
    let one = &complaint.stage_one.clocks;
    let ended_at =
        |stage| matches!(complaint.standing, Standing::Ended(_)) && complaint.stage() == stage;
    let mut steps = vec![
        Step {
            title: "You complained",
            text: "We recorded your complaint.".to_owned(),
            state: StepState::Done,
            on: Some(complaint.received_on),
        },
        of_deadline(
            "We acknowledge it",
            by_letter(
                complaint,
                "what we understand your complaint to be about, the outcome that you want, and when we will respond",
            ),
            Some(&one.acknowledgement),
            complaint.standing == Standing::Received,
            today,
        ),
    ];
    if !ended_at(Stage::One) || one.response.is_some() {
        steps.push(of_deadline(
            "We respond at stage 1",
            "You get a decision on each part of your complaint, and what we will do to put things right.".to_owned(),
            one.response.as_ref(),
            complaint.standing == Standing::Investigated,
            today,
        ));
    }
    match (&complaint.stage_two, &complaint.standing) {
        (Some(two), _) => {
            steps.push(of_deadline(
                "You asked for stage 2",
                "We tell you whether we take it to stage 2.".to_owned(),
                Some(&two.record.clocks.acknowledgement),
                complaint.standing == Standing::Requested,
                today,
            ));
            if !ended_at(Stage::Two) || two.record.clocks.response.is_some() {
                steps.push(of_deadline(
                    "We respond at stage 2",
                    "A colleague who had no part in stage 1 reviews it. This is the end of our procedure.".to_owned(),
                    two.record.clocks.response.as_ref(),
                    complaint.standing == Standing::Reviewed,
                    today,
                ));
            }
        }
        (None, Standing::Ended(_)) => {}
        (None, standing) => steps.push(Step {
            title: "You can ask for stage 2",
            text:
                "If you do not agree with our response, you have 4 weeks to ask for a review of it."
                    .to_owned(),
            state: if *standing == Standing::Answered {
                StepState::Now
            } else {
                StepState::Later
            },
            on: complaint.window.as_ref().map(Deadline::due),
        }),
    }
    if let Standing::Ended(ended) = &complaint.standing {
        steps.push(Step {
            title: "Your complaint is closed",
            text: "We told you why.".to_owned(),
            state: StepState::Done,
            on: Some(ended.on),
        });
    }
    steps
}

/// How the person hears of something.
fn by_letter(complaint: &Complaint, what: &str) -> String {
    let how = match complaint.user.format {
        Format::Email => "You get an email that says",
        Format::Letter => "You get a letter that says",
        Format::LargePrint => "You get a letter in large print that says",
        Format::EasyRead => "You get an easy read letter that says",
    };
    format!("{how} {what}.")
}

fn of_deadline(
    title: &'static str,
    text: String,
    deadline: Option<&Deadline>,
    is_now: bool,
    today: NaiveDate,
) -> Step {
    let met = deadline.and_then(|it| match it.state_on(today) {
        State::Met { on, .. } => Some(on),
        State::Running | State::Paused | State::Withdrawn => None,
    });
    Step {
        title,
        text,
        state: match (met, is_now) {
            (Some(_), _) => StepState::Done,
            (None, true) => StepState::Now,
            (None, false) => StepState::Later,
        },
        on: met.or(deadline.map(Deadline::due)),
    }
}

/// What there was of more time. The reason is given once the person was told by letter; what a senior colleague was asked is for colleagues.
fn more_time(complaint: &Complaint) -> Vec<MoreTime> {
    let stages = [
        (Stage::One, Some(&complaint.stage_one)),
        (
            Stage::Two,
            complaint.stage_two.as_ref().map(|it| &it.record),
        ),
    ];
    let mut all = Vec::new();
    for (stage, record) in stages {
        let Some(response) = record.and_then(|it| it.clocks.response.as_ref()) else {
            continue;
        };
        let untold: Vec<_> = response.untold().collect();
        for entry in response.extensions() {
            let What::Extended {
                working_days,
                reason,
                until,
                ..
            } = &entry.what
            else {
                continue;
            };
            let told = !untold.contains(&entry);
            let reason = match (told, working_days) {
                (true, Some(_)) => reason.clone(),
                (true, None) => "We wrote to you with the reasons.".to_owned(),
                (false, _) => String::new(),
            };
            all.push(MoreTime {
                stage,
                until: *until,
                reason,
            });
        }
    }
    all
}
