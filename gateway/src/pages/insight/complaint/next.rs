//! What can be done next, as a list of tasks, with what is missing and where to fill it in.

use chrono::NaiveDate;
use proto::service_complaint::v1::{
    Complaint, Decision, OutcomeReply, StageRecord, Standing, Telling, TellingKind,
};

use super::super::step::{Step, is_open, present_stage, unexplained, untold, waits};
use super::super::words as said;
use crate::view::Status;
use crate::words;

/// A thing to do.
pub(in crate::pages::insight) struct NextStep {
    pub(in crate::pages::insight) label: String,
    /// Where it is done; empty when it can't be yet.
    pub(in crate::pages::insight) href: String,
    pub(in crate::pages::insight) hint: String,
    pub(in crate::pages::insight) status: Status,
}

/// Another step that can be taken.
pub(super) struct Link {
    pub(super) label: &'static str,
    pub(super) href: String,
}

fn to_do() -> Status {
    tag("To do", "blue")
}

fn done() -> Status {
    tag("Done", "green")
}

fn not_yet() -> Status {
    tag("Cannot start yet", "grey")
}

fn tag(text: &str, colour: &'static str) -> Status {
    Status {
        text: text.to_owned(),
        colour,
    }
}

/// What is to be done, in order.
pub(in crate::pages::insight) fn steps(complaint: &Complaint, today: NaiveDate) -> Vec<NextStep> {
    let mut steps = Vec::new();
    let stage = present_stage(complaint);
    let unhandled = stage.is_some_and(|it| it.handler_id.is_empty());
    if unhandled && Step::Assign.fits(complaint) && complaint.standing() != Standing::Requested {
        steps.push(step(Step::Assign, complaint, "Nobody handles it yet."));
    }
    match complaint.standing() {
        Standing::Received => before_acknowledgement(&mut steps, complaint, today),
        Standing::Investigated => investigation(&mut steps, complaint, 1, today),
        Standing::Reviewed => investigation(&mut steps, complaint, 2, today),
        Standing::Requested => {
            let due = due(stage.and_then(|it| it.acknowledgement.as_ref()), today);
            let hint = format!("{due}. Accept it within 5 working days (policy 4.15).");
            steps.push(step(Step::Accept, complaint, &hint));
            steps.push(step(
                Step::TreatAsNew,
                complaint,
                "Or: what the person asks for is a new complaint (policy 4.13).",
            ));
            steps.push(step(
                Step::Reject,
                complaint,
                "Or: it is no request that stage 2 can answer. This ends the procedure (policy 4.14).",
            ));
        }
        Standing::Answered | Standing::Ended | Standing::Unspecified => {}
    }
    for telling in complaint.tellings.iter().filter(|it| waits(it)) {
        to_tell(&mut steps, complaint, telling);
    }
    for action in complaint.actions.iter().filter(|it| is_open(it)) {
        steps.push(NextStep {
            label: format!("Follow up: {}", action.what),
            href: Step::Complete.address_about(&complaint.reference, &action.id),
            hint: format!(
                "{}. {} is accountable.",
                due(action.deadline.as_ref(), today),
                action.owner_name
            ),
            status: to_do(),
        });
    }
    steps
}

/// What the person has not heard: by a letter, or in another way that is recorded.
fn to_tell(steps: &mut Vec<NextStep>, complaint: &Complaint, telling: &Telling) {
    let reference = &complaint.reference;
    let letters = format!("/service-complaints/{reference}/letters");
    let (label, href, paragraph) = match telling.kind() {
        TellingKind::LetterRefused => (
            "Send it again",
            format!("{letters}/{}/again", telling.subject_id),
            "The mail server refused it.",
        ),
        TellingKind::ActionDone => (
            "Tell the person that it is done",
            format!("{letters}/write"),
            "By a progress update (policy 4.9, 4.19).",
        ),
        TellingKind::ElementExcluded => (
            "Tell the person that it is not investigated",
            format!("{letters}/write"),
            "By a progress update, at the earliest opportunity (policy 4.6).",
        ),
        TellingKind::Unspecified => return,
    };
    let due = words::date(&telling.due_on);
    let due = if telling.late {
        format!("It was due on {due}.")
    } else {
        format!("Due on {due}.")
    };
    steps.push(NextStep {
        label: format!("{label}: {}", telling.what),
        href,
        hint: format!("{paragraph} {due}"),
        status: to_do(),
    });
    steps.push(NextStep {
        label: format!("Or record how the person was told: {}", telling.what),
        href: Step::TellOf.address_about(reference, &telling.id),
        hint: "If they were told in another way, such as on a call.".to_owned(),
        status: to_do(),
    });
}

fn step(step: Step, complaint: &Complaint, hint: &str) -> NextStep {
    NextStep {
        label: step.title().to_owned(),
        href: step.address(&complaint.reference),
        hint: hint.to_owned(),
        status: to_do(),
    }
}

fn due(deadline: Option<&proto::service_complaint::v1::Deadline>, today: NaiveDate) -> String {
    deadline
        .map(|it| said::deadline(it, today).text)
        .unwrap_or_default()
}

/// What must be known before the acknowledgement, part by part (3.2), and then the acknowledgement.
fn before_acknowledgement(steps: &mut Vec<NextStep>, complaint: &Complaint, today: NaiveDate) {
    const PARTS: [(&str, &str); 7] = [
        ("elements", "Definition, element by element"),
        ("desired_outcome", "Desired outcome, as we understand it"),
        ("early_resolution", "Early resolution considered"),
        ("needs.contact", "Contact"),
        ("needs.communication_preference", "Communication preference"),
        ("needs.reasonable_adjustments", "Reasonable adjustments"),
        ("needs.vulnerabilities", "Vulnerabilities and safeguarding"),
    ];
    let define = Step::Define.address(&complaint.reference);
    for (field, label) in PARTS {
        let missing = complaint.missing.iter().any(|it| it.field == field);
        steps.push(NextStep {
            label: label.to_owned(),
            href: format!("{define}#{field}"),
            hint: String::new(),
            status: if missing { to_do() } else { done() },
        });
    }
    let due = due(
        complaint
            .stage_1
            .as_ref()
            .and_then(|it| it.acknowledgement.as_ref()),
        today,
    );
    let hint = format!("{due}. Within 5 working days of the complaint (policy 4.1).");
    let mut acknowledge = step(Step::Acknowledge, complaint, &hint);
    if !complaint.missing.is_empty() {
        acknowledge.href.clear();
        acknowledge.status = not_yet();
    }
    steps.push(acknowledge);
}

fn investigation(steps: &mut Vec<NextStep>, complaint: &Complaint, stage: i32, today: NaiveDate) {
    let reference = &complaint.reference;
    if complaint.outcome_reply() == OutcomeReply::Unspecified && stage == 1 {
        let hint = "The acknowledgement stated it. Follow up until the person has answered.";
        steps.push(step(Step::ReplyToOutcome, complaint, hint));
    }
    if untold(complaint) {
        let hint = "The response can’t be recorded before that (policy 4.3, 4.16).";
        steps.push(step(Step::Tell, complaint, hint));
    }
    let elements: Vec<_> = complaint
        .elements
        .iter()
        .filter(|it| it.stage == stage)
        .collect();
    let mut undecided = false;
    for element in &elements {
        let decided = element.exclusion.is_some() || element.decision() != Decision::Unspecified;
        undecided |= !decided;
        steps.push(NextStep {
            label: format!("Finding: {}", element.text),
            href: Step::DecideElement.address_about(reference, &element.id),
            hint: match &element.exclusion {
                Some(_) => "Not investigated".to_owned(),
                None if decided => said::decision(element.decision()).text,
                None => String::new(),
            },
            status: if decided { done() } else { to_do() },
        });
    }
    let upheld = elements
        .iter()
        .any(|it| matches!(it.decision(), Decision::Upheld | Decision::PartiallyUpheld));
    let offered = complaint.remedies.iter().any(|it| it.stage == stage);
    if upheld {
        let mut offer = step(
            Step::OfferRemedy,
            complaint,
            "Something is upheld, so the response says what puts it right (policy 4.7, 4.24).",
        );
        if offered {
            offer.status = done();
        }
        steps.push(offer);
    }
    let late = !unexplained(complaint).is_empty();
    if late {
        let hint = "The stage can’t be closed while something late has no reason.";
        steps.push(step(Step::Explain, complaint, hint));
    }
    let (answer, paragraph) = if stage == 1 {
        (Step::AnswerStage1, "4.7")
    } else {
        (Step::AnswerStage2, "4.18")
    };
    let record: Option<&StageRecord> = present_stage(complaint);
    let due = due(record.and_then(|it| it.response.as_ref()), today);
    let hint = format!("{due}. What it must hold: policy {paragraph}.");
    let mut answer = step(answer, complaint, &hint);
    if undecided || (upheld && !offered) || late || untold(complaint) {
        answer.href.clear();
        answer.status = not_yet();
    }
    steps.push(answer);
}

/// The other steps that can be taken now.
pub(super) fn more(complaint: &Complaint) -> Vec<Link> {
    [
        Step::Explain,
        Step::Assign,
        Step::AddElement,
        Step::Extend,
        Step::Update,
        Step::AskSenior,
        Step::RequestStage2,
        Step::Promise,
        Step::Note,
        Step::Correspond,
        Step::Telephone,
        Step::Exclude,
    ]
    .into_iter()
    .filter(|step| step.fits(complaint))
    .map(|step| Link {
        label: step.title(),
        href: step.address(&complaint.reference),
    })
    .chain([Link {
        label: "Record a lesson",
        href: words::address(
            "/service-complaints/learning/new",
            &[("complaint", &complaint.reference)],
        ),
    }])
    .collect()
}
