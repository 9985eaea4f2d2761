//! The home page: open cases with the tasks that are due on them (CA-5).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use proto::task::v1::Task;
use tonic::Code;

use crate::extract::Query;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::pages::insight;
use crate::pages::tasks::{self, Filter, FilterPanel};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::{Column, Paging, Status};
use crate::{Edge, tags, words};

pub(crate) fn router() -> Router<Edge> {
    Router::new().route("/", get(home))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/home.html")]
struct HomePage {
    page: Page,
    errors: Errors,
    name: String,
    filter: FilterPanel,
    columns: [Column; 7],
    tasks: Vec<HomeTask>,
    paging: Paging,
}

struct HomeTask {
    id: String,
    complainant: String,
    landlord: String,
    reference: String,
    title: String,
    set_on: String,
    due_on: String,
    status: Status,
}

async fn home(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let filter = filter.known();
    let request = filter.request(&cursor.page);
    let mut client = edge.clients.task.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Cases),
        client.list_tasks(session.to("task", request)),
    );
    // Whose work is not on cases has another home: the workspace of Customer Insight, or the account.
    if let Err(refused) = &listed
        && refused.code() == Code::PermissionDenied
    {
        let place = insight::home_of(session.account.role()).unwrap_or("/account");
        return Ok((jar, Redirect::to(place)).into_response());
    }
    let (status, errors, listed) = tasks::answer(listed.map(tonic::Response::into_inner))?;

    let account = &session.account;
    let name = if session.is_landlord() {
        account.landlord_name.clone()
    } else {
        account.name.clone()
    };
    let home = HomePage {
        page,
        errors,
        name,
        columns: columns(),
        paging: cursor.paging("/", &filter.pairs(), &listed.next_page_token),
        filter: FilterPanel::new("/", filter),
        tasks: listed.tasks.into_iter().map(HomeTask::from).collect(),
    };
    Ok((status, jar, home).into_response())
}

fn columns() -> [Column; 7] {
    [
        Column::named("Complainant"),
        Column::named("Landlord"),
        Column::named("Case ref."),
        Column::named("Task Title"),
        Column::named("Date"),
        Column {
            sorted: "ascending",
            ..Column::named("Task due date")
        },
        Column::named("Status"),
    ]
}

impl From<Task> for HomeTask {
    fn from(task: Task) -> Self {
        Self {
            status: tags::task(task.status(), task.status_label),
            id: task.id,
            complainant: task.complainant,
            landlord: task.landlord_name,
            reference: task.case_reference,
            title: task.title,
            set_on: words::date(&task.set_on),
            due_on: words::date(&task.due_on),
        }
    }
}
