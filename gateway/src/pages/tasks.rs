//! Tasks: the list of them, each by itself, and what a landlord says about one (TA-3 to TA-5).

mod filter;
mod list;
mod one;
mod row;
mod say;

use axum::Router;
use axum::routing::{get, post};

use crate::Edge;

pub(crate) use filter::{Filter, FilterPanel};
pub(crate) use list::answer;
pub(crate) use row::TaskRow;

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/tasks", get(list::mine))
        .route("/tasks/{id}", get(one::task))
        .route(
            "/tasks/{id}/completed",
            get(say::ask_completed).post(say::complete),
        )
        .route(
            "/tasks/{id}/unable",
            get(say::ask_unable).post(say::report_unable),
        )
        .route("/tasks/{id}/reopen", post(say::reopen))
}
