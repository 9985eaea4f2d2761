//! Open cases and closed cases (CA-5).

mod filter;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use proto::case::v1::{Case, DescribeWorkflowRequest, ListCasesResponse};

use self::filter::{Choices, Filter, FilterTag};
use crate::extract::Query;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::{Column, Paging, Status};
use crate::{Edge, tags, words};

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/cases/open", get(open))
        .route("/cases/closed", get(closed))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/list.html")]
struct CaseListPage {
    page: Page,
    errors: Errors,
    closed: bool,
    address: &'static str,
    filter: Filter,
    choices: Choices,
    tags: Vec<FilterTag>,
    columns: [Column; 6],
    cases: Vec<CaseRow>,
    paging: Paging,
}

impl CaseListPage {
    fn nothing(&self) -> &'static str {
        if self.closed {
            "You have no closed cases."
        } else {
            "You have no open cases."
        }
    }

    fn last_column(&self) -> &'static str {
        last_column(self.closed)
    }
}

struct CaseRow {
    complainant: String,
    landlord: String,
    reference: String,
    case_type: String,
    status: Status,
    last: String,
}

async fn open(
    edge: State<Edge>,
    session: LoggedIn,
    frame: Frame,
    filter: Query<Filter>,
    cursor: Query<Cursor>,
) -> Result<Response, Problem> {
    list(edge, session, frame, filter, cursor, false).await
}

async fn closed(
    edge: State<Edge>,
    session: LoggedIn,
    frame: Frame,
    filter: Query<Filter>,
    cursor: Query<Cursor>,
) -> Result<Response, Problem> {
    list(edge, session, frame, filter, cursor, true).await
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
    closed: bool,
) -> Result<Response, Problem> {
    let filter = filter.known();
    let request = filter.request(closed, &cursor.page);
    let (mut cases, mut workflow) = (edge.clients.case.clone(), edge.clients.case.clone());
    let ((jar, page), listed, workflow) = tokio::join!(
        frame.page(Area::Cases),
        cases.list_cases(session.to("case", request)),
        workflow.describe_workflow(session.to("case", DescribeWorkflowRequest {})),
    );
    let choices = Choices::of(workflow?.into_inner());
    let (status, errors, listed) = match listed {
        Ok(listed) => (StatusCode::OK, Errors::none(), listed.into_inner()),
        Err(refused) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Errors::of_status(refused, &[])?,
            ListCasesResponse::default(),
        ),
    };
    if !errors.of("page_token").is_empty() {
        return Err(Problem::NotFound);
    }

    let address = if closed {
        "/cases/closed"
    } else {
        "/cases/open"
    };
    let paging = cursor.paging(address, &filter.pairs(), &listed.next_page_token);
    let list = CaseListPage {
        page,
        errors,
        closed,
        address,
        tags: filter.tags(address, &choices),
        columns: columns(&filter, address, closed),
        filter,
        choices,
        cases: listed.cases.into_iter().map(CaseRow::from).collect(),
        paging,
    };
    Ok((status, jar, list).into_response())
}

fn columns(filter: &Filter, address: &str, closed: bool) -> [Column; 6] {
    let sortable = |label, key| filter.column(label, key, address, closed);
    [
        sortable("Complainant", "complainant"),
        Column::named("Landlord"),
        sortable("Case ref.", "reference"),
        Column::named("Case Type"),
        // Closed cases all have the same one.
        if closed {
            Column::named("Status")
        } else {
            sortable("Status", "status")
        },
        if closed {
            Column::named(last_column(closed))
        } else {
            sortable(last_column(closed), "due")
        },
    ]
}

fn last_column(closed: bool) -> &'static str {
    if closed { "Closed on" } else { "Task due date" }
}

impl From<Case> for CaseRow {
    fn from(case: Case) -> Self {
        let last = if case.closed_on.is_empty() {
            &case.next_task_due_on
        } else {
            &case.closed_on
        };
        Self {
            last: words::date(last),
            status: tags::case(case.status(), case.status_label),
            complainant: case.complainant,
            landlord: case.landlord_name,
            reference: case.reference,
            case_type: case.case_type_label,
        }
    }
}
