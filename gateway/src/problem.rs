//! What goes wrong, in one place: from a service's refusal to a page that says what to do.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::api::ApiProblem;
use crate::page::{Area, Page};
use crate::pages::errors::ErrorPage;
use crate::{Edge, form, trace, words};

/// What goes wrong. The page that tells it is made by [`render`].
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// Nobody is logged in; where they wanted to go.
    LoggedOut(String),
    /// The person's access is restricted (ID-11).
    Restricted,
    /// The form is not of a page of ours, or of an older log-in.
    NotOurForm,
    /// The form can't be read at all.
    BadForm,
    /// The form is larger than any of ours.
    TooLarge,
    /// There is no such page, or not for this person.
    NotFound,
    /// A service refused.
    Refused(Status),
}

impl Problem {
    /// Nobody is logged in: remembers what they wanted to read, but never what they wanted to send.
    pub(crate) fn logged_out(parts: &Parts) -> Self {
        let next = if parts.method == Method::GET {
            parts.uri.to_string()
        } else {
            String::new()
        };
        Self::LoggedOut(next)
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::LoggedOut(_) => StatusCode::UNAUTHORIZED,
            Self::Restricted | Self::NotOurForm => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            // An id that is none can't be anyone's.
            Self::Refused(status) if status.code() == Code::InvalidArgument => {
                StatusCode::NOT_FOUND
            }
            Self::Refused(status) => http_status(status.code()),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(status) => status
                .get_details_retry_info()
                .and_then(|it| it.retry_delay),
            _ => None,
        }
    }
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a service's refusal is over HTTP.
pub(crate) fn http_status(code: Code) -> StatusCode {
    match code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::InvalidArgument => StatusCode::BAD_REQUEST,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists => StatusCode::CONFLICT,
        Code::OutOfRange => StatusCode::RANGE_NOT_SATISFIABLE,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether the answer is read by a script rather than a person.
pub(crate) fn wants_json(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.starts_with("application/json"))
}

/// Turns problems into what the other side can read: a page, a way to log in, or RFC 9457's JSON.
pub(crate) async fn render(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let json = wants_json(request.headers());
    let (parts, body) = request.into_parts();
    let seen = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    if json {
        return ApiProblem::from(problem).into_response();
    }
    if let Problem::Refused(status) = &problem {
        tracing::info!(code = ?status.code(), reason = form::reason(status), "a service refused");
    }
    let mut response = problem_page(&edge, &seen, &problem).await;
    if let Some(wait) = problem.retry_after() {
        response.headers_mut().insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait.as_secs().max(1)),
        );
    }
    response
}

async fn problem_page(edge: &Edge, seen: &Parts, problem: &Problem) -> Response {
    match problem {
        Problem::LoggedOut(next) => {
            return Redirect::to(&words::with_next("/login", next)).into_response();
        }
        Problem::Refused(status) if status.code() == Code::Unauthenticated => {
            return Redirect::to("/session-ended").into_response();
        }
        Problem::Restricted => return Redirect::to("/restricted").into_response(),
        _ => {}
    }
    let page = Page::plain(edge, seen, Area::Other).await;
    let wait = problem.retry_after().map(words::wait).unwrap_or_default();
    let status = problem.status();
    (
        status,
        ErrorPage {
            page,
            status: status.as_u16(),
            trace: trace::id(),
            declared: matches!(problem, Problem::Refused(status) if form::reason(status) == "CONFLICT_DECLARED"),
            wait,
        },
    )
        .into_response()
}
