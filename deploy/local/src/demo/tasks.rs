//! What landlords are asked to do, by where a case stands.

use calendar::{Calendar, NotCovered, Urgency};
use chrono::{Days, NaiveDate};
use proto::case::v1::Status;
use proto::task::v1::TaskKind::{
    self, ConfirmCompliance, EscalateComplaint, ForInformation, RecordComplaint, RespondToRequest,
};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::Task;

/// A kind of task with its words. The title is followed by the due date.
struct Pattern {
    kind: TaskKind,
    title: &'static str,
    instructions: &'static str,
}

const fn pattern(kind: TaskKind, title: &'static str, instructions: &'static str) -> Pattern {
    Pattern {
        kind,
        title,
        instructions,
    }
}

const INITIAL: &[Pattern] = &[
    pattern(
        RecordComplaint,
        "Record complaint and update",
        "Record the complaint at stage one and tell us the date.",
    ),
    pattern(
        ForInformation,
        "Read our letter about a new complaint",
        "There is nothing to do but to read the letter.",
    ),
];
const INTERNAL: &[Pattern] = &[
    pattern(
        RecordComplaint,
        "Provide stage one response",
        "Send us a copy of the response that the resident was sent.",
    ),
    pattern(
        EscalateComplaint,
        "Escalate complaint and update",
        "Escalate the complaint to stage two and tell us the date.",
    ),
    pattern(
        EscalateComplaint,
        "Provide stage two response",
        "Send us a copy of the final response.",
    ),
];
const REFERRAL: &[Pattern] = &[
    pattern(
        RespondToRequest,
        "Answer our questions about the complaint",
        "Tell us what the final response covered.",
    ),
    pattern(
        RespondToRequest,
        "Reply to our offer of mediation",
        "Tell us whether you agree to mediation.",
    ),
];
const EVIDENCE: &[Pattern] = &[
    pattern(
        RespondToRequest,
        "Provide evidence",
        "Send us the records that our request lists.",
    ),
    pattern(
        RespondToRequest,
        "Provide repair records",
        "Send us the repair log for the property, for the last three years.",
    ),
];
const WAITING: &[Pattern] = &[pattern(
    ForInformation,
    "Read our update on when the investigation begins",
    "There is nothing to do but to read it.",
)];
const INVESTIGATION: &[Pattern] = &[
    pattern(
        RespondToRequest,
        "Provide further information",
        "Answer the investigator's questions in the messages.",
    ),
    pattern(
        RespondToRequest,
        "Provide the tenancy agreement",
        "Send us the agreement that was in force at the time.",
    ),
];
const ORDERS: &[Pattern] = &[
    pattern(
        ConfirmCompliance,
        "Confirm compliance with our orders",
        "Tell us the dates, and upload what shows it.",
    ),
    pattern(
        ConfirmCompliance,
        "Confirm payment of compensation",
        "Upload what shows that it was paid.",
    ),
];
const REVIEW: &[Pattern] = &[pattern(
    RespondToRequest,
    "Comment on the request for a review",
    "Tell us whether you agree with it, and why.",
)];
const FAILURE: &[Pattern] = &[pattern(
    ConfirmCompliance,
    "Comply with the Complaint Handling Failure Order",
    "Issue the response, and send us a copy.",
)];

/// What is asked at a status.
fn patterns(status: Status) -> &'static [Pattern] {
    match status {
        Status::InitialAssessment | Status::Unspecified => INITIAL,
        Status::InternalProcedure => INTERNAL,
        Status::ReferralAssessment => REFERRAL,
        Status::EvidenceGathering => EVIDENCE,
        Status::AwaitingInvestigation => WAITING,
        Status::UnderInvestigation => INVESTIGATION,
        Status::Determined | Status::AwaitingLandlordAction | Status::Closed => ORDERS,
        Status::Review => REVIEW,
        Status::FailureOrderIssued => FAILURE,
    }
}

/// A title that names the due date, as caseworkers write them: *Provide evidence by 23 March 2023*.
pub fn by(title: &str, due_on: NaiveDate) -> String {
    format!("{title} by {}", due_on.format("%-d %B %Y"))
}

/// A task that is still to be done, of a colour that the day decides.
pub fn open(
    rng: &mut StdRng,
    calendar: &Calendar,
    status: Status,
    urgency: Urgency,
    opened_on: NaiveDate,
    today: NaiveDate,
) -> Result<Task, NotCovered> {
    let due_on = match urgency {
        Urgency::Pending => calendar.add_working_days(today, rng.random_range(4..=25))?,
        Urgency::Approaching => calendar.add_working_days(today, rng.random_range(1..=3))?,
        Urgency::Overdue => {
            let days_open = (today - opened_on).num_days().unsigned_abs();
            let days_over = rng.random_range(1..=45.min(days_open.saturating_sub(2)).max(1));
            today - Days::new(days_over)
        }
    };
    let latest = due_on.min(today);
    let earliest = opened_on.max(latest - Days::new(28));
    let set_on = date_between(rng, earliest, latest);
    Ok(task(rng, status, set_on, due_on, None))
}

/// A task that was done before `end`.
pub fn done(
    rng: &mut StdRng,
    calendar: &Calendar,
    status: Status,
    opened_on: NaiveDate,
    end: NaiveDate,
) -> Result<Task, NotCovered> {
    let set_on = date_between(rng, opened_on, end);
    let due_on = calendar.add_working_days(set_on, rng.random_range(5..=20))?;
    let completed_on = date_between(rng, set_on, end.min(due_on + Days::new(10)));
    Ok(task(rng, status, set_on, due_on, Some(completed_on)))
}

fn task(
    rng: &mut StdRng,
    status: Status,
    set_on: NaiveDate,
    due_on: NaiveDate,
    completed_on: Option<NaiveDate>,
) -> Task {
    let Pattern {
        kind,
        title,
        instructions,
    } = patterns(status)
        .choose(rng)
        .expect("every status has a pattern");
    let title = match kind {
        // What is only to be read has no date that would be missed.
        TaskKind::ForInformation => (*title).to_owned(),
        _ => by(title, due_on),
    };
    Task {
        kind: *kind,
        title,
        instructions: (*instructions).to_owned(),
        set_on,
        due_on,
        completed_on,
    }
}

/// A date from `first` to `last`, both included.
pub fn date_between(rng: &mut StdRng, first: NaiveDate, last: NaiveDate) -> NaiveDate {
    let days = (last - first).num_days().max(0).unsigned_abs();
    first + Days::new(rng.random_range(0..=days))
}
