//! Reads requests, and names every field that is wrong.

use calendar::Calendar;
use chrono::NaiveDate;
use kit::{Caller, Check, Invalid};
use prost::Message as _;
use proto::task::v1 as pb;
use uuid::Uuid;

use crate::app::Row;
use crate::domain::{
    Answer, Filter, Kind, NewTask, State, Status, Window, wrong_due_date, wrong_import,
};
use crate::wire;

/// So many rows an import has at most.
const ROWS: usize = 500;

/// A task to set today, and the id of the request.
pub fn set(
    request: &pb::SetTaskRequest,
    today: NaiveDate,
    calendar: &Calendar,
) -> Result<(Uuid, NewTask), Invalid> {
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request.request_id);
    let task = NewTask {
        id: kit::id(),
        case_id: check.uuid("case_id", &request.case_id),
        kind: kind(&mut check, request.kind),
        title: check.text("title", &request.title, 1..=200),
        instructions: check.long_text("instructions", &request.instructions, 0..=5_000),
        document_id: check.optional_uuid("document_id", &request.document_id),
        set_on: today,
        due_on: due_date(&mut check, &request.due_on, today, calendar),
        completed_on: None,
    };
    // Any other task is about what the landlord does, and says so itself: a second thing to read would be read by nobody.
    match (&task.document_id, task.kind.is_for_information()) {
        (Some(_), false) if check.is_ok() => {
            let text = "Only a task for information is about a letter or email";
            check.refuse("document_id", text, "NOT_FOR_INFORMATION");
        }
        (None, true) if check.is_ok() => {
            let text = "Choose the letter or email that the task is about";
            check.refuse("document_id", text, "REQUIRED");
        }
        _ => {}
    }
    check.done()?;
    Ok((request_id, task))
}

/// The rows of an import, each by itself.
pub fn import(
    request: &pb::ImportTasksRequest,
    today: NaiveDate,
    calendar: &Calendar,
) -> Result<Vec<Result<Row, Invalid>>, Invalid> {
    if request.tasks.len() > ROWS {
        let most = format!("Import {ROWS} tasks at a time or fewer");
        return Err(Invalid::field("tasks", most, "TOO_MANY"));
    }
    Ok(request
        .tasks
        .iter()
        .map(|row| imported(row, today, calendar))
        .collect())
}

fn imported(row: &pb::ImportedTask, today: NaiveDate, calendar: &Calendar) -> Result<Row, Invalid> {
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &row.request_id);
    let task = NewTask {
        id: kit::id(),
        case_id: check.uuid("case_id", &row.case_id),
        kind: kind(&mut check, row.kind),
        title: check.text("title", &row.title, 1..=200),
        instructions: check.long_text("instructions", &row.instructions, 0..=5_000),
        document_id: None,
        set_on: check.date("set_on", &row.set_on),
        due_on: check.date("due_on", &row.due_on),
        completed_on: check.optional_date("completed_on", &row.completed_on),
    };
    if check.is_ok()
        && let Some((field, (description, reason))) = wrong_import(&task, today, calendar)
    {
        check.refuse(field, description, reason);
    }
    check.done()?;
    Ok(Row {
        request_id,
        request: row.encode_to_vec(),
        task,
    })
}

/// The answer to an *unable to complete*: the task, its version, what is decided, and the words for the landlord.
pub fn answer(
    request: &pb::AnswerUnableRequest,
    today: NaiveDate,
    calendar: &Calendar,
) -> Result<(Uuid, i64, Answer, String), Invalid> {
    let mut check = Check::new();
    let id = check.uuid("task_id", &request.task_id);
    let words = check.long_text("answer", &request.answer, 0..=1_000);
    if request.decision() != pb::UnableDecision::NewDate && !request.due_on.is_empty() {
        check.refuse(
            "due_on",
            "Only the decision for a new date has a due date",
            "NOT_A_NEW_DATE",
        );
    }
    let answer = match request.decision() {
        pb::UnableDecision::NewDate => {
            Answer::NewDate(due_date(&mut check, &request.due_on, today, calendar))
        }
        pb::UnableDecision::Withdrawn => Answer::Withdrawn,
        pb::UnableDecision::Upheld => Answer::Upheld,
        pb::UnableDecision::Unspecified => {
            check.refuse("decision", "Choose what becomes of the task", "REQUIRED");
            Answer::Upheld
        }
    };
    check.done()?;
    Ok((id, request.version, answer, words))
}

/// Another due date: the task, its version, the date and the reason.
pub fn redate(
    request: &pb::RedateTaskRequest,
    today: NaiveDate,
    calendar: &Calendar,
) -> Result<(Uuid, i64, NaiveDate, String), Invalid> {
    let mut check = Check::new();
    let id = check.uuid("task_id", &request.task_id);
    let due_on = due_date(&mut check, &request.due_on, today, calendar);
    let reason = check.long_text("reason", &request.reason, 1..=1_000);
    check.done()?;
    Ok((id, request.version, due_on, reason))
}

/// What a list is asked for.
pub fn filter(request: &pb::ListTasksRequest, caller: &Caller) -> Result<Filter, Invalid> {
    let mut check = Check::new();
    let state = match request.state() {
        pb::TaskState::Unspecified | pb::TaskState::Open => State::Open,
        pb::TaskState::Ended => State::Ended,
        pb::TaskState::AwaitingAnswer => State::AwaitingAnswer,
    };
    let filter = Filter {
        case_id: check.optional_uuid("case_id", &request.case_id),
        state,
        status: wire::status_from(request.status()),
        kind: wire::kind_from(request.kind),
        due: Window {
            from: check.optional_date("due_from", &request.due_from),
            to: check.optional_date("due_to", &request.due_to),
        },
        owner: request.on_own_cases.then(|| account_of(caller)),
    };
    if filter
        .status
        .is_some_and(|it| matches!(it, Status::Completed | Status::Withdrawn))
    {
        let text = "Choose a status that an open task can have";
        check.refuse("status", text, "NOT_OPEN");
    }
    // Ended tasks have indexes in their own order alone.
    if state == State::Ended {
        for (field, asked) in [
            ("status", filter.status.is_some()),
            ("kind", filter.kind.is_some()),
            ("due_from", filter.due.from.is_some()),
            ("due_to", filter.due.to.is_some()),
        ] {
            if asked {
                check.refuse(field, "Only open tasks can be chosen by this", "NOT_OPEN");
            }
        }
    }
    if let (Some(from), Some(to)) = (filter.due.from, filter.due.to)
        && to < from
    {
        let text = "The last due date must not be before the first";
        check.refuse("due_to", text, "BEFORE_THE_FIRST");
    }
    if filter.owner.is_some() && state != State::AwaitingAnswer {
        let text = "Only what awaits an answer can be listed by the owner of the case";
        check.refuse("on_own_cases", text, "NOT_AWAITING_ANSWER");
    }
    check.done()?;
    Ok(filter)
}

/// The account whose cases are the caller's own. Who is nobody owns none.
fn account_of(caller: &Caller) -> Uuid {
    match caller {
        Caller::Person(person) => person.account_id,
        Caller::Client(_) | Caller::Process(_) | Caller::Anonymous => Uuid::nil(),
    }
}

fn kind(check: &mut Check, number: i32) -> Kind {
    wire::kind_from(number).unwrap_or_else(|| {
        check.refuse("kind", "Choose the kind of task", "REQUIRED");
        Kind::RespondToRequest
    })
}

fn due_date(check: &mut Check, value: &str, today: NaiveDate, calendar: &Calendar) -> NaiveDate {
    let mut own = Check::new();
    let due_on = own.date("due_on", value);
    if let Err(Invalid(violations)) = own.done() {
        for wrong in violations {
            check.refuse(&wrong.field, wrong.description, wrong.reason);
        }
    } else if let Some((description, reason)) = wrong_due_date(due_on, today, calendar) {
        check.refuse("due_on", description, reason);
    }
    due_on
}
