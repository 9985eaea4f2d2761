//! The home page: the tasks that are due on open cases, and open cases whether or not they have one (CA-5).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use proto::case::v1::{CaseOrder, CaseState, ListCasesRequest};
use tonic::Code;

use crate::Edge;
use crate::extract::Query;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::pages::cases::CaseRow;
use crate::pages::insight;
use crate::pages::tasks::{self, Filter, FilterPanel, TaskRow};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::{Column, Paging};

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
    tasks: Vec<TaskRow>,
    paging: Paging,
    /// Open cases, on the first page and without filters, which are about tasks.
    cases: Option<OpenCases>,
}

/// The open cases that have something due soonest, whether or not they have a task.
struct OpenCases {
    columns: [Column; 4],
    cases: Vec<CaseRow>,
    /// Whether there are more.
    more: bool,
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
    let is_first = cursor.page.is_empty() && filter.pairs().iter().all(|(_, it)| it.is_empty());
    let ((jar, page), listed, cases) = tokio::join!(
        frame.page(Area::Cases),
        client.list_tasks(session.to("task", request)),
        open_cases(&edge, &session, is_first),
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
        tasks: listed
            .tasks
            .into_iter()
            .map(|task| TaskRow::new(task, session.is_landlord()))
            .collect(),
        cases: cases?,
    };
    Ok((status, jar, home).into_response())
}

/// Whether another try may find what this one did not.
const fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted
    )
}

/// As many open cases as are seen at a glance.
const CASES: i32 = 10;

async fn open_cases(
    edge: &Edge,
    session: &LoggedIn,
    wanted: bool,
) -> Result<Option<OpenCases>, Problem> {
    if !wanted {
        return Ok(None);
    }
    let mut request = ListCasesRequest {
        page_size: CASES,
        state: CaseState::Open.into(),
        order: CaseOrder::NextDue.into(),
        ..ListCasesRequest::default()
    };
    if !session.is_landlord() {
        request.owner_account_id.clone_from(&session.account.id);
    }
    let mut client = edge.clients.case.clone();
    let listed = match client.list_cases(session.to("case", request)).await {
        Ok(listed) => listed.into_inner(),
        // The tasks are shown all the same, with the way to the list of cases.
        Err(status) if is_passing(status.code()) => return Ok(None),
        Err(refused) => return Err(refused.into()),
    };
    Ok(Some(OpenCases {
        columns: [
            Column::named("Complainant"),
            Column::named("Case ref."),
            Column::named("Status"),
            Column {
                sorted: "ascending",
                ..Column::named("Task due date")
            },
        ],
        cases: listed.cases.into_iter().map(CaseRow::from).collect(),
        more: !listed.next_page_token.is_empty(),
    }))
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
