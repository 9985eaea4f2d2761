//! What a landlord says about a task: it is done, it can't be done, or it is not done after all (TA-4, TA-5).

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use proto::task::v1::{
    CompleteTaskRequest, GetTaskRequest, ReopenTaskRequest, ReportUnableRequest, Task, TaskKind,
};
use serde::Deserialize;
use tonic::Status as Refusal;

use super::row::has_ended;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{self, Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::{Edge, words};

#[derive(Template, WebTemplate)]
#[template(path = "tasks/completed.html")]
struct CompletedPage {
    page: Page,
    errors: Errors,
    task: TaskName,
    version: i64,
    completed_on: String,
    today: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "tasks/unable.html")]
struct UnablePage {
    page: Page,
    errors: Errors,
    task: TaskName,
    version: i64,
    message: String,
}

/// The task that a form is about.
struct TaskName {
    id: String,
    title: String,
    reference: String,
    due_on: String,
    /// The letter that it is about; empty without one.
    document_id: String,
    /// What is said by completing it.
    completion: String,
    /// Whether completing it says that its letter was read, and asks for no date.
    to_be_read: bool,
}

impl From<Task> for TaskName {
    fn from(task: Task) -> Self {
        Self {
            to_be_read: task.kind() == TaskKind::ForInformation,
            due_on: words::date(&task.due_on),
            id: task.id,
            title: task.title,
            reference: task.case_reference,
            document_id: task.document_id,
            completion: task.completion_label,
        }
    }
}

/// One task that the person may see.
pub(super) async fn find(edge: &Edge, session: &Session, id: String) -> Result<Task, Refusal> {
    let request = session.to("task", GetTaskRequest { task_id: id });
    let mut tasks = edge.clients.task.clone();
    Ok(tasks.get_task(request).await?.into_inner())
}

/// Sends the person to where the task can be seen as it is now.
fn show(task: &Task, flash: &Flash, jar: CookieJar) -> Response {
    let address = format!("/tasks/{}", task.id);
    (flash.keep(jar), Redirect::to(&address)).into_response()
}

fn already_ended(task: &Task, jar: CookieJar) -> Response {
    let text = format!("“{}” has already ended: {}", task.title, task.status_label);
    show(task, &Flash::important(text), jar)
}

#[derive(Deserialize)]
pub(super) struct CompletedForm {
    version: i64,
    #[serde(default)]
    completed_on: String,
}

pub(super) async fn ask_completed(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let ((jar, page), task) = tokio::join!(frame.page(Area::Tasks), find(&edge, &session, id));
    let task = task?;
    if has_ended(&task) {
        return Ok(already_ended(&task, jar));
    }
    let form = CompletedPage {
        page,
        errors: Errors::none(),
        version: task.version,
        task: task.into(),
        completed_on: String::new(),
        today: today(&edge),
    };
    Ok((jar, form).into_response())
}

pub(super) async fn complete(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<CompletedForm>,
) -> Result<Response, Problem> {
    let request = CompleteTaskRequest {
        task_id: id.clone(),
        version: form.version,
        completed_on: words::typed_date(&form.completed_on),
    };
    let mut tasks = edge.clients.task.clone();
    let refusal = match tasks.complete_task(session.to("task", request)).await {
        Ok(task) => {
            let task = task.into_inner();
            let text = if task.kind() == TaskKind::ForInformation {
                format!("We have noted that you have read “{}”", task.title)
            } else {
                format!("“{}” is marked as completed", task.title)
            };
            return Ok(show(&task, &Flash::success(text), frame.jar));
        }
        Err(refusal) => refusal,
    };
    if form::reason(&refusal) == "TASK_ENDED" {
        let task = find(&edge, &session, id).await?;
        return Ok(already_ended(&task, frame.jar));
    }

    let errors = Errors::of_status(refusal, &[])?;
    let ((jar, page), task) = tokio::join!(frame.page(Area::Tasks), find(&edge, &session, id));
    let form = CompletedPage {
        page,
        errors,
        version: form.version,
        task: task?.into(),
        completed_on: form.completed_on,
        today: today(&edge),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, jar, form).into_response())
}

/// Today as the date field takes it.
fn today(edge: &Edge) -> String {
    words::short_date(&kit::time::iso(edge.clock.today()))
}

#[derive(Deserialize)]
pub(super) struct UnableForm {
    version: i64,
    #[serde(default)]
    message: String,
}

pub(super) async fn ask_unable(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let ((jar, page), task) = tokio::join!(frame.page(Area::Tasks), find(&edge, &session, id));
    let task = task?;
    if has_ended(&task) {
        return Ok(already_ended(&task, jar));
    }
    let form = UnablePage {
        page,
        errors: Errors::none(),
        version: task.version,
        task: task.into(),
        message: String::new(),
    };
    Ok((jar, form).into_response())
}

pub(super) async fn report_unable(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<UnableForm>,
) -> Result<Response, Problem> {
    let request = ReportUnableRequest {
        task_id: id.clone(),
        version: form.version,
        message: form.message.clone(),
    };
    let mut tasks = edge.clients.task.clone();
    let refusal = match tasks.report_unable(session.to("task", request)).await {
        Ok(task) => {
            let task = task.into_inner();
            let text = format!(
                "We have your message about “{}”. The caseworker will review it and contact you",
                task.title
            );
            return Ok(show(&task, &Flash::success(text), frame.jar));
        }
        Err(refusal) => refusal,
    };
    match form::reason(&refusal).as_str() {
        "TASK_ENDED" => {
            let task = find(&edge, &session, id).await?;
            return Ok(already_ended(&task, frame.jar));
        }
        "UNABLE_ALREADY_REPORTED" => {
            let task = find(&edge, &session, id).await?;
            let text = format!(
                "You have already told us that you can’t complete “{}”. We will answer you",
                task.title
            );
            return Ok(show(&task, &Flash::important(text), frame.jar));
        }
        _ => {}
    }

    let errors = Errors::of_status(refusal, &[])?;
    let ((jar, page), task) = tokio::join!(frame.page(Area::Tasks), find(&edge, &session, id));
    let form = UnablePage {
        page,
        errors,
        version: form.version,
        task: task?.into(),
        message: form.message,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, jar, form).into_response())
}

#[derive(Deserialize)]
pub(super) struct ReopenForm {
    version: i64,
}

pub(super) async fn reopen(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ReopenForm>,
) -> Result<Response, Problem> {
    let request = ReopenTaskRequest {
        task_id: id.clone(),
        version: form.version,
    };
    let mut tasks = edge.clients.task.clone();
    let refusal = match tasks.reopen_task(session.to("task", request)).await {
        Ok(task) => {
            let task = task.into_inner();
            let text = format!("“{}” is open again", task.title);
            return Ok(show(&task, &Flash::success(text), frame.jar));
        }
        Err(refusal) => refusal,
    };
    let why = match form::reason(&refusal).as_str() {
        "TOO_LATE_TO_REOPEN" => {
            "It is too late to reopen the task. Please tell us in a message on the case"
        }
        "CASE_CLOSED" => "The case is closed, so the task can’t be reopened",
        // Pressed twice, or by somebody else meanwhile.
        "NOT_COMPLETED" => "The task is not completed",
        _ => return Err(refusal.into()),
    };
    let task = find(&edge, &session, id).await?;
    Ok(show(&task, &Flash::important(why), frame.jar))
}
