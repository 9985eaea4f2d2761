//! My tasks, and the two things that a landlord can say about one: it is done, or it can't be done (TA-3 to TA-5).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use proto::task::v1::{
    CompleteTaskRequest, GetTaskRequest, ListTasksRequest, ReportUnableRequest, Task, TaskState,
    TaskStatus, UnableDecision, UnableReport,
};
use serde::Deserialize;
use tonic::Status as Refusal;

use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{self, Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::{Column, Paging, Status};
use crate::{Edge, tags, words};

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/tasks", get(mine))
        .route("/tasks/{id}/completed", get(ask_completed).post(complete))
        .route("/tasks/{id}/unable", get(ask_unable).post(report_unable))
}

/// A task in a list, with all there is to know of it behind *Details*.
pub(crate) struct TaskRow {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) complainant: String,
    pub(crate) landlord: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) kind_explanation: String,
    pub(crate) instructions: String,
    pub(crate) set_on: String,
    pub(crate) due_on: String,
    /// The document that it is about; empty without one.
    pub(crate) document_id: String,
    pub(crate) unable: Option<UnableRow>,
    pub(crate) completed_on: String,
    /// Why it was withdrawn or has another due date.
    pub(crate) ending_reason: String,
    pub(crate) status: Status,
    /// Whether the person can say something about it.
    pub(crate) menu: bool,
}

/// The landlord's word that a task can't be done, and our answer.
pub(crate) struct UnableRow {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) decision: &'static str,
    pub(crate) answer: String,
}

impl TaskRow {
    /// `landlord`: whether a landlord looks at it.
    pub(crate) fn new(task: Task, landlord: bool) -> Self {
        Self {
            menu: landlord && !has_ended(&task),
            status: tags::task(task.status(), task.status_label),
            reference: task.case_reference,
            complainant: task.complainant,
            landlord: task.landlord_name,
            title: task.title,
            kind: task.kind_label,
            kind_explanation: task.kind_explanation,
            instructions: task.instructions,
            set_on: words::date(&task.set_on),
            due_on: words::date(&task.due_on),
            document_id: task.document_id,
            unable: task.unable.map(UnableRow::from),
            completed_on: words::date(&task.completed_on),
            ending_reason: task.ending_reason,
            id: task.id,
        }
    }
}

impl From<UnableReport> for UnableRow {
    fn from(report: UnableReport) -> Self {
        Self {
            decision: match report.decision() {
                UnableDecision::Unspecified => "We will review this and answer you.",
                UnableDecision::NewDate => "We set a new due date.",
                UnableDecision::Withdrawn => "We withdrew the task.",
                UnableDecision::Upheld => "The task still has to be completed.",
            },
            at: words::instant(report.reported_at.as_ref()),
            by: report.reported_by,
            message: report.message,
            answer: report.answer,
        }
    }
}

fn has_ended(task: &Task) -> bool {
    matches!(task.status(), TaskStatus::Completed | TaskStatus::Withdrawn)
}

#[derive(Template, WebTemplate)]
#[template(path = "tasks/mine.html")]
struct MyTasksPage {
    page: Page,
    tasks: Vec<TaskRow>,
    columns: [Column; 6],
    paging: Paging,
}

async fn mine(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<impl IntoResponse, Problem> {
    let request = ListTasksRequest {
        page_token: cursor.page.clone(),
        state: TaskState::Open.into(),
        ..ListTasksRequest::default()
    };
    let mut tasks = edge.clients.task.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Tasks),
        tasks.list_tasks(session.to("task", request)),
    );
    let listed = listed?.into_inner();

    let landlord = session.is_landlord();
    let rows = listed.tasks.into_iter();
    let mine = MyTasksPage {
        page,
        tasks: rows.map(|task| TaskRow::new(task, landlord)).collect(),
        columns: columns(),
        paging: cursor.paging("/tasks", &[], &listed.next_page_token),
    };
    Ok((jar, mine))
}

fn columns() -> [Column; 6] {
    [
        Column::named("Status"),
        Column::named("Complainant"),
        Column::named("Case ref."),
        Column::named("Title"),
        Column {
            sorted: "ascending",
            ..Column::named("Task due date")
        },
        Column::named("Actions"),
    ]
}

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
}

impl From<Task> for TaskName {
    fn from(task: Task) -> Self {
        Self {
            due_on: words::date(&task.due_on),
            id: task.id,
            title: task.title,
            reference: task.case_reference,
        }
    }
}

async fn find(edge: &Edge, session: &Session, id: String) -> Result<Task, Refusal> {
    let request = session.to("task", GetTaskRequest { task_id: id });
    let mut tasks = edge.clients.task.clone();
    Ok(tasks.get_task(request).await?.into_inner())
}

/// Sends the person to where the task can be seen as it is now.
fn show(task: &Task, flash: &Flash, jar: CookieJar) -> Response {
    let address = format!("/cases/{}/tasks", task.case_reference);
    (flash.keep(jar), Redirect::to(&address)).into_response()
}

fn already_ended(task: &Task, jar: CookieJar) -> Response {
    let text = format!("“{}” has already ended: {}", task.title, task.status_label);
    show(task, &Flash::important(text), jar)
}

#[derive(Deserialize)]
struct CompletedForm {
    version: i64,
    #[serde(default)]
    completed_on: String,
}

async fn ask_completed(
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

async fn complete(
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
            let text = format!("“{}” is marked as completed", task.into_inner().title);
            let jar = Flash::success(text).keep(frame.jar);
            return Ok((jar, Redirect::to("/tasks")).into_response());
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
struct UnableForm {
    version: i64,
    #[serde(default)]
    message: String,
}

async fn ask_unable(
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

async fn report_unable(
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
            let jar = Flash::success(text).keep(frame.jar);
            return Ok((jar, Redirect::to("/tasks")).into_response());
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
