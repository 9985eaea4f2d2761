//! What can be done next, as a list of tasks, with what is missing and where to fill it in.

use chrono::NaiveDate;
use proto::service_complaint::v1::{
    Complaint, Decision, LetterDraft, LetterKind, OutcomeReply, StageRecord, Standing, Telling,
    TellingKind,
};

use super::super::step::{
    Step, is_open, is_to_tell, present_stage, unexplained, untold, write_letter,
};
use super::super::words as said;
use super::super::{HOME, letters};
use crate::view::Status;
use crate::words;

/// A thing to do.
pub(in crate::pages::insight) struct NextStep {
    pub(in crate::pages::insight) label: String,
    /// Where it is done; empty when it can't be yet.
    pub(in crate::pages::insight) href: String,
    pub(in crate::pages::insight) hint: String,
    pub(in crate::pages::insight) status: Status,
    /// The letter that does it, if it is done by one.
    pub(in crate::pages::insight) letter: Option<LetterKind>,
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

/// For what is done in the place of the task above it.
fn instead() -> Status {
    tag("Or", "grey")
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
    // Who reviews is chosen with the request, and what is over needs somebody only for what comes after.
    let somebody = match complaint.standing() {
        Standing::Requested => false,
        Standing::Ended => complaint.to_be_handed_on,
        _ => true,
    };
    if unhandled && somebody && Step::Assign.fits(complaint) {
        let over = matches!(complaint.standing(), Standing::Answered | Standing::Ended);
        let hint = if complaint.to_be_handed_on && over {
            "Whoever handled it has an interest in it. Somebody else sees to what comes now (policy 3.4, 4.9, 4.21)."
        } else if complaint.to_be_handed_on {
            "Whoever handled it has an interest in it. It does not move on before somebody else has it (policy 3.4)."
        } else {
            "Nobody handles it yet."
        };
        steps.push(step(Step::Assign, complaint, hint));
    }
    match complaint.standing() {
        Standing::Received => before_acknowledgement(&mut steps, complaint, today),
        Standing::Investigated => investigation(&mut steps, complaint, 1, today),
        Standing::Reviewed => investigation(&mut steps, complaint, 2, today),
        Standing::Requested => request(&mut steps, complaint, today),
        Standing::Answered | Standing::Ended | Standing::Unspecified => {}
    }
    // One letter says how all of it stands.
    let told_anyway = stage.is_some_and(|it| !it.update_due_on.is_empty());
    if !complaint.follow_up_due_on.is_empty() && !told_anyway {
        let due = due_by(&complaint.follow_up_due_on, today);
        let hint = format!("How what we promised stands (policy 4.9, 4.19). {due}");
        by_letter(&mut steps, Step::Update, complaint, (hint, to_do()));
    }
    if complaint.waits_for_lesson {
        to_learn(&mut steps, complaint);
    }
    for telling in complaint.tellings.iter().filter(|it| is_to_tell(it)) {
        to_tell(&mut steps, complaint, telling);
    }
    for action in complaint.actions.iter().filter(|it| is_open(it)) {
        if action.to_be_handed_on {
            steps.push(NextStep {
                label: format!("Give to a colleague: {}", action.what),
                href: Step::GiveAction.address_about(&complaint.reference, &action.id),
                hint: format!(
                    "{}. {} is accountable, and has an interest in the complaint (policy 3.4).",
                    due(action.deadline.as_ref(), today),
                    action.owner_name
                ),
                status: to_do(),
                letter: None,
            });
            continue;
        }
        steps.push(NextStep {
            label: format!("Follow up: {}", action.what),
            href: Step::Complete.address_about(&complaint.reference, &action.id),
            hint: format!(
                "{}. {} is accountable.",
                due(action.deadline.as_ref(), today),
                action.owner_name
            ),
            status: to_do(),
            letter: None,
        });
    }
    steps
}

/// What is to be learned from what was upheld: a lesson, or the reason why there is none (6.2).
fn to_learn(steps: &mut Vec<NextStep>, complaint: &Complaint) {
    steps.push(NextStep {
        label: "Record a lesson".to_owned(),
        href: record_lesson(complaint),
        hint: "It was upheld: say what we learn from it, and who does what by when (policy 6.2)."
            .to_owned(),
        status: to_do(),
        letter: None,
    });
    let mut none = step(
        Step::NoLesson,
        complaint,
        "If there is nothing to learn from it.",
    );
    none.status = instead();
    steps.push(none);
}

/// Where a lesson from the complaint is recorded.
fn record_lesson(complaint: &Complaint) -> String {
    words::address(
        "/service-complaints/learning/new",
        &[("complaint", &complaint.reference)],
    )
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
            write_letter(reference, LetterKind::ProgressUpdate),
            "By a progress update (policy 4.9, 4.19).",
        ),
        TellingKind::ActionWithdrawn => (
            "Tell the person that it is no longer needed",
            write_letter(reference, LetterKind::ProgressUpdate),
            "By a progress update, with the reason (policy 4.9, 4.19).",
        ),
        TellingKind::ElementExcluded => (
            "Tell the person that it is not investigated",
            write_letter(reference, LetterKind::ProgressUpdate),
            "By a progress update, at the earliest opportunity (policy 4.6).",
        ),
        TellingKind::Unspecified => return,
    };
    let due = due_on(&telling.due_on, telling.late);
    steps.push(NextStep {
        label: format!("{label}: {}", telling.what),
        href,
        hint: format!("{paragraph} {due}"),
        status: to_do(),
        letter: None,
    });
    steps.push(NextStep {
        label: format!("Record how the person was told: {}", telling.what),
        href: Step::TellOf.address_about(reference, &telling.id),
        hint: "If they were told in another way, such as on a call.".to_owned(),
        status: instead(),
        letter: None,
    });
}

/// By when, in a sentence.
fn due_on(date: &str, late: bool) -> String {
    let due = words::date(date);
    if late {
        format!("It was due on {due}.")
    } else {
        format!("Due on {due}.")
    }
}

/// What the person is to hear about the response while they wait: that it takes longer, and how it stands when it takes longer still.
fn to_hear(steps: &mut Vec<NextStep>, complaint: &Complaint, today: NaiveDate) {
    let stage = present_stage(complaint).cloned().unwrap_or_default();
    if untold(complaint) {
        let tell_by = stage.response.map(|it| it.tell_by).unwrap_or_default();
        let hint = format!(
            "Of the extension, its reason and the new date. The response can’t be sent before that (policy 4.3, 4.16). {}",
            due_by(&tell_by, today)
        );
        by_letter(steps, Step::Tell, complaint, (hint, to_do()));
    }
    if !stage.update_due_on.is_empty() {
        let hint = format!(
            "How it stands, and when to expect the response, which takes longer (policy 3.4, 4.4, 4.17). {}",
            due_by(&stage.update_due_on, today)
        );
        by_letter(steps, Step::Update, complaint, (hint, to_do()));
    }
}

/// By when something is due, and whether that has passed; empty without a date.
fn due_by(date: &str, today: NaiveDate) -> String {
    match date.parse::<NaiveDate>() {
        Ok(day) => due_on(date, day < today),
        Err(_) => String::new(),
    }
}

/// The same, with the letters that are being written: what waits for one leads to its draft, and so does every other draft.
pub(in crate::pages::insight) fn with_drafts(
    mut steps: Vec<NextStep>,
    reference: &str,
    drafts: &[LetterDraft],
) -> Vec<NextStep> {
    for draft in drafts {
        let at = words::instant(draft.changed_at.as_ref());
        let draft_of = NextStep {
            label: format!("Go on with the letter: {}", letters::kind(draft.kind())),
            href: format!("{HOME}/{reference}/letters/drafts/{}", draft.id),
            hint: format!("Not sent yet. Changed by {}, {at}.", draft.changed_by),
            status: to_do(),
            letter: Some(draft.kind()),
        };
        let begun = (steps.iter_mut()).find(|it| it.letter == Some(draft.kind()));
        match begun {
            Some(begun) => *begun = draft_of,
            None => steps.insert(0, draft_of),
        }
    }
    steps
}

/// What is waited for while nothing has to be done, in a sentence; empty when it goes without saying.
pub(in crate::pages::insight) fn waits(complaint: &Complaint) -> String {
    match complaint.standing() {
        Standing::Answered => {
            let until = complaint.escalation_window.as_ref();
            let until = words::date(&until.map(|it| it.due_on.clone()).unwrap_or_default());
            format!(
                "Stage 1 is answered. The person can ask for stage 2 until {until} (policy 4.12). If they do so by telephone, email or letter, record it under “Other steps”."
            )
        }
        Standing::Ended if complaint.finished => {
            "The procedure is over and no action is open. For 4 weeks after the closing we acknowledge what the person writes, and after that we file it (policy 4.21, 4.22)."
                .to_owned()
        }
        Standing::Ended => {
            "The procedure is over. What was promised is followed until it is done (policy 4.9, 4.19)."
                .to_owned()
        }
        _ => String::new(),
    }
}

/// A letter that takes a step, and the step itself for what was told in another way.
fn by_letter(
    steps: &mut Vec<NextStep>,
    step_of: Step,
    complaint: &Complaint,
    (hint, status): (String, Status),
) {
    let ready = status.text != not_yet().text;
    if let Some(kind) = step_of.letter(complaint) {
        steps.push(NextStep {
            label: format!("Write the letter: {}", letters::kind(kind)),
            href: if ready {
                write_letter(&complaint.reference, kind)
            } else {
                String::new()
            },
            hint,
            status,
            letter: Some(kind),
        });
    }
    let mut recorded = step(
        step_of,
        complaint,
        "Only when the person was told in another way: sending the letter records it.",
    );
    recorded.status = instead();
    if !ready {
        recorded.href.clear();
        recorded.status = not_yet();
    }
    steps.push(recorded);
}

/// A request for stage 2: given to somebody, and accepted, refused or treated as a new complaint.
fn request(steps: &mut Vec<NextStep>, complaint: &Complaint, today: NaiveDate) {
    let stage = present_stage(complaint);
    let given = stage.is_some_and(|it| !it.handler_id.is_empty());
    let mut assign = step(
        Step::Assign,
        complaint,
        "Stage 2 goes to a colleague who had no part in stage 1 (policy 4.15).",
    );
    if given {
        assign.status = done();
    }
    steps.push(assign);
    let due = due(stage.and_then(|it| it.acknowledgement.as_ref()), today);
    let first = if given {
        ""
    } else {
        " First give it to a colleague."
    };
    let hint = format!(
        "{due}. Within 5 working days of the request (policy 4.15).{first} Its reasons are under “Findings”, and its files under “Form and files”."
    );
    let status = if given { to_do() } else { not_yet() };
    by_letter(steps, Step::Accept, complaint, (hint, status));
    let kept_from_it = if complaint.had_a_part {
        "You had a part in stage 1. A colleague who had none decides this: give the request to one (policy 3.4, 4.15)."
    } else if complaint.to_be_handed_on {
        "Whoever had it has an interest in it. First give it to a colleague (policy 3.4)."
    } else {
        ""
    };
    if !kept_from_it.is_empty() {
        steps.push(NextStep {
            label: "Reject it, or treat it as a new complaint".to_owned(),
            href: String::new(),
            hint: kept_from_it.to_owned(),
            status: not_yet(),
            letter: None,
        });
        return;
    }
    let hint = "It is no request that stage 2 can answer. This ends the procedure (policy 4.14), so a colleague decides it who had no part in stage 1 (policy 3.4).";
    by_letter(steps, Step::Reject, complaint, (hint.to_owned(), instead()));
    let mut new = step(
        Step::TreatAsNew,
        complaint,
        "What the person asks for is a new complaint (policy 4.13). A colleague decides it who had no part in stage 1 (policy 3.4).",
    );
    new.status = instead();
    steps.push(new);
}

fn step(step: Step, complaint: &Complaint, hint: &str) -> NextStep {
    NextStep {
        label: step.title().to_owned(),
        href: step.address(&complaint.reference),
        hint: hint.to_owned(),
        status: to_do(),
        letter: None,
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
            letter: None,
        });
    }
    let due = due(
        complaint
            .stage_1
            .as_ref()
            .and_then(|it| it.acknowledgement.as_ref()),
        today,
    );
    let first = if complaint.missing.is_empty() {
        ""
    } else {
        " Once all of the above is known."
    };
    let hint = format!("{due}. Within 5 working days of the complaint (policy 4.1).{first}");
    let ready = complaint.missing.is_empty();
    let status = if ready { to_do() } else { not_yet() };
    by_letter(steps, Step::Acknowledge, complaint, (hint, status));
}

fn investigation(steps: &mut Vec<NextStep>, complaint: &Complaint, stage: i32, today: NaiveDate) {
    let reference = &complaint.reference;
    if complaint.outcome_reply() == OutcomeReply::Unspecified && stage == 1 {
        let hint = "The acknowledgement stated it. Ask again, and record what the person says, or that they did not reply.";
        steps.push(step(Step::ReplyToOutcome, complaint, hint));
    }
    to_hear(steps, complaint, today);
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
            letter: None,
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
    let remedies = complaint.remedies.iter();
    let unpromised = remedies.filter(|it| it.stage == stage && it.to_be_promised);
    let unpromised: Vec<_> = unpromised.map(|it| format!("“{}”", it.text)).collect();
    if !unpromised.is_empty() {
        let hint = format!(
            "Say who does it and by when: {} (policy 4.28, 4.29).",
            unpromised.join(", ")
        );
        steps.push(step(Step::Promise, complaint, &hint));
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
    let waits = [
        (undecided, "every point is decided"),
        (upheld && !offered, "what is upheld has a remedy"),
        (
            !unpromised.is_empty(),
            "each remedy has somebody who does it",
        ),
        (late, "what is late has a reason"),
        (untold(complaint), "the person knows of the extension"),
    ];
    let waits: Vec<_> = (waits.iter().filter(|it| it.0)).map(|it| it.1).collect();
    let (hint, status) = if waits.is_empty() {
        let hint = format!("{due}. What it must hold: policy {paragraph}.");
        (hint, to_do())
    } else {
        (format!("{due}. Once {}.", waits.join(", and ")), not_yet())
    };
    by_letter(steps, answer, complaint, (hint, status));
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
        Step::SendLink,
        Step::Correspond,
        Step::Telephone,
        Step::Exclude,
        Step::Declare,
    ]
    .into_iter()
    .filter(|step| step.fits(complaint))
    .map(|step| Link {
        label: step.title(),
        href: step.address(&complaint.reference),
    })
    .chain([Link {
        label: "Write any other letter",
        href: format!("{HOME}/{}/letters/write", complaint.reference),
    }])
    .chain([Link {
        label: "Record a lesson",
        href: record_lesson(complaint),
    }])
    .collect()
}
