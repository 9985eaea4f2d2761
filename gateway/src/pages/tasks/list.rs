//! My tasks: those to be completed, and those that have ended (TA-3).

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use proto::task::v1::{ListTasksRequest, ListTasksResponse, TaskState};
use serde::Deserialize;
use tonic::Status as Refusal;

use super::filter::{Filter, FilterPanel};
use super::row::TaskRow;
use crate::Edge;
use crate::extract::Query;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::view::{Column, Paging};

/// Where the list is.
const ADDRESS: &str = "/tasks";

/// The list of those that have ended.
const ENDED: &str = "ended";

/// Which of the two lists is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    show: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "tasks/mine.html")]
struct MyTasksPage {
    page: Page,
    errors: Errors,
    ended: bool,
    landlord: bool,
    filter: FilterPanel,
    tasks: Vec<TaskRow>,
    columns: [Column; 6],
    paging: Paging,
}

pub(super) async fn mine(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(which): Query<Which>,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let ended = which.show == ENDED;
    // Only open tasks are filtered.
    let filter = if ended {
        Filter::default()
    } else {
        filter.known()
    };
    let request = if ended {
        ListTasksRequest {
            page_token: cursor.page.clone(),
            state: TaskState::Ended.into(),
            ..ListTasksRequest::default()
        }
    } else {
        filter.request(&cursor.page)
    };
    let mut tasks = edge.clients.task.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::Tasks),
        tasks.list_tasks(session.to("task", request)),
    );
    let (status, errors, listed) = answer(listed.map(tonic::Response::into_inner))?;

    let landlord = session.is_landlord();
    let mut kept = vec![("show", if ended { ENDED } else { "" })];
    kept.extend(filter.pairs());
    let rows = listed.tasks.into_iter();
    let mine = MyTasksPage {
        page,
        errors,
        ended,
        landlord,
        tasks: rows.map(|task| TaskRow::new(task, landlord)).collect(),
        columns: columns(ended),
        paging: cursor.paging(ADDRESS, &kept, &listed.next_page_token),
        filter: FilterPanel::new(ADDRESS, filter),
    };
    Ok((status, jar, mine).into_response())
}

/// A list, or what is wrong with the filter that was to make it.
pub(crate) fn answer(
    listed: Result<ListTasksResponse, Refusal>,
) -> Result<(StatusCode, Errors, ListTasksResponse), Problem> {
    let refused = match listed {
        Ok(listed) => return Ok((StatusCode::OK, Errors::none(), listed)),
        Err(refused) => refused,
    };
    let errors = Errors::of_status(refused, &[])?;
    // A page of another list, or of none: nobody typed that.
    if !errors.of("page_token").is_empty() {
        return Err(Problem::NotFound);
    }
    Ok((
        StatusCode::UNPROCESSABLE_ENTITY,
        errors,
        ListTasksResponse::default(),
    ))
}

fn columns(ended: bool) -> [Column; 6] {
    [
        Column::named("Status"),
        Column::named("Complainant"),
        Column::named("Case ref."),
        Column::named("Title"),
        Column {
            sorted: if ended { "" } else { "ascending" },
            ..Column::named("Task due date")
        },
        if ended {
            Column {
                sorted: "descending",
                ..Column::named("Ended on")
            }
        } else {
            Column::named("Actions")
        },
    ]
}
