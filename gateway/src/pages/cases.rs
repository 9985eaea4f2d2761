//! Open cases and closed cases (CA-5).

mod filter;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use proto::case::v1::{Case, DescribeWorkflowRequest, DescribeWorkflowResponse, ListCasesResponse};

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
    total: Option<i32>,
    glossary: Glossary,
    paging: Paging,
}

impl CaseListPage {
    /// How many cases there are, where that is known: *1,234 cases*.
    fn count(&self) -> String {
        match self.total {
            None => String::new(),
            Some(1) => "1 case".to_owned(),
            Some(total) => format!("{} cases", words::grouped(total)),
        }
    }

    /// The words for a page without a case.
    fn nothing(&self) -> &'static str {
        match (self.tags.is_empty(), self.closed) {
            // A page ends when it has looked at so many cases, whether or not one of them fits.
            _ if !self.paging.next.is_empty() => {
                "None of the cases looked at so far fits these filters. The next page looks at more."
            }
            (false, _) if self.paging.previous.is_empty() => "No case fits these filters.",
            (false, _) => "No further case fits these filters.",
            (true, true) => {
                "You have no closed cases. A case is here for two years from the day on which we close it."
            }
            (true, false) => {
                "You have no open cases. When we open one about you, it is here, and you get an email."
            }
        }
    }

    fn last_column(&self) -> &'static str {
        last_column(self.closed)
    }
}

/// A case in a list.
pub(crate) struct CaseRow {
    pub(crate) complainant: String,
    pub(crate) landlord: String,
    pub(crate) reference: String,
    pub(crate) case_type: String,
    pub(crate) status: Status,
    pub(crate) last: String,
    /// How close the next due date is; of open cases with a task.
    pub(crate) urgency: Option<Status>,
}

/// What the words of the list mean.
struct Glossary {
    statuses: Vec<Entry>,
    teams: Vec<Entry>,
}

struct Entry {
    label: String,
    meaning: String,
}

impl Glossary {
    fn of(workflow: &DescribeWorkflowResponse) -> Self {
        let entry = |label: &String, meaning: &String| Entry {
            label: label.clone(),
            meaning: meaning.clone(),
        };
        let statuses = workflow.statuses.iter();
        let teams = workflow.teams.iter();
        Self {
            statuses: statuses
                .map(|it| entry(&it.label, &it.explanation))
                .collect(),
            teams: teams.map(|it| entry(&it.label, &it.role)).collect(),
        }
    }
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
    let workflow = workflow?.into_inner();
    let glossary = Glossary::of(&workflow);
    let choices = Choices::of(workflow);
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
        columns: columns(&filter, address, closed, session.is_landlord()),
        filter,
        choices,
        cases: listed.cases.into_iter().map(CaseRow::from).collect(),
        total: listed.total_size,
        glossary,
        paging,
    };
    Ok((status, jar, list).into_response())
}

fn columns(filter: &Filter, address: &str, closed: bool, own: bool) -> [Column; 6] {
    let sortable = |label, key| filter.column(label, key, address, closed);
    [
        sortable("Complainant", "complainant"),
        // A landlord's own cases all have the same one, as closed ones all have one status.
        if own {
            Column::named("Landlord")
        } else {
            sortable("Landlord", "landlord")
        },
        sortable("Case ref.", "reference"),
        sortable("Case Type", "case_type"),
        if closed {
            Column::named("Status")
        } else {
            sortable("Status", "status")
        },
        sortable(last_column(closed), if closed { "closed" } else { "due" }),
    ]
}

fn last_column(closed: bool) -> &'static str {
    if closed { "Closed on" } else { "Task due date" }
}

impl From<Case> for CaseRow {
    fn from(case: Case) -> Self {
        let urgency = case
            .upcoming_tasks
            .first()
            .map(|task| tags::urgency(task.urgency()))
            .filter(|_| case.closed_on.is_empty());
        let last = if case.closed_on.is_empty() {
            &case.next_task_due_on
        } else {
            &case.closed_on
        };
        Self {
            last: words::date(last),
            urgency,
            status: tags::case(case.status(), case.status_label),
            complainant: case.complainant,
            landlord: case.landlord_name,
            reference: case.reference,
            case_type: case.case_type_label,
        }
    }
}
