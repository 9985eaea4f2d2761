//! What goes wrong, as programs read it: RFC 9457's problem details with the same reasons as over gRPC, and nothing of what is behind.

use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, Method as Verb, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::problem::{self, Problem};
use crate::{cookies, form, trace};

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";
/// When to come back, where nobody has said when.
const SOON: Duration = Duration::from_secs(5);

/// A problem to tell a program of.
#[derive(Clone, Debug)]
pub(crate) struct ApiProblem {
    status: StatusCode,
    reason: String,
    detail: String,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    allow: Vec<Verb>,
}

/// A field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Violation {
    /// The field, by its name in JSON.
    pub(crate) field: String,
    /// What is wrong with it, in words.
    pub(crate) description: String,
    /// The same as a stable word.
    pub(crate) reason: String,
}

impl Violation {
    pub(crate) fn new(field: &str, reason: &str, description: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            description: description.into(),
            reason: reason.to_owned(),
        }
    }
}

impl ApiProblem {
    pub(crate) fn new(status: StatusCode, reason: &str, detail: &str) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            violations: Vec::new(),
            retry_after: None,
            allow: Vec::new(),
        }
    }

    /// The request has fields that are wrong.
    pub(crate) fn invalid(violations: Vec<Violation>) -> Self {
        let reason = match violations.as_slice() {
            [only] => only.reason.clone(),
            _ => "INVALID_FIELDS".to_owned(),
        };
        let detail = format!("the request has {} wrong field(s)", violations.len());
        Self {
            violations,
            ..Self::new(StatusCode::BAD_REQUEST, &reason, &detail)
        }
    }

    /// There is something at the address, but not by this verb.
    pub(crate) fn other_verbs(allow: Vec<Verb>) -> Self {
        let detail = "this address is not for this method";
        Self {
            allow,
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail)
        }
    }

    /// What a status of HTTP says, when nothing else is known.
    fn of_status(status: StatusCode) -> Self {
        let (reason, detail) = match status {
            StatusCode::NOT_FOUND => ("NOT_FOUND", "there is nothing here"),
            StatusCode::RANGE_NOT_SATISFIABLE => ("OUT_OF_RANGE", "there are no such bytes"),
            StatusCode::SERVICE_UNAVAILABLE => ("UNAVAILABLE", "try again in a moment"),
            it if it.is_client_error() => ("REFUSED", "the request was refused"),
            _ => ("INTERNAL", "something went wrong on our side"),
        };
        Self::new(status, reason, detail)
    }
}

impl From<Status> for ApiProblem {
    fn from(status: Status) -> Self {
        let http = problem::http_status(status.code());
        // Only what a service of ours has worded is passed on; a broken connection would name hosts and ports.
        let Some(info) = status.get_details_error_info() else {
            return Self::of_status(http);
        };
        let violations = status
            .get_details_bad_request()
            .map(|it| it.field_violations)
            .unwrap_or_default();
        let violation = |it: tonic_types::FieldViolation| Violation {
            reason: info.metadata.get(&it.field).cloned().unwrap_or_default(),
            field: json_path(&it.field),
            description: it.description,
        };
        Self {
            violations: violations.into_iter().map(violation).collect(),
            retry_after: status
                .get_details_retry_info()
                .and_then(|it| it.retry_delay),
            ..Self::new(http, &info.reason, status.message())
        }
    }
}

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::LoggedOut(_) => {
                Self::new(StatusCode::UNAUTHORIZED, "LOGGED_OUT", "log in first")
            }
            Problem::Restricted => Self::new(
                StatusCode::FORBIDDEN,
                "RESTRICTED",
                "your access is restricted; the Portal’s pages say why and until when",
            ),
            Problem::NotOurForm => Self::new(
                StatusCode::FORBIDDEN,
                "NOT_OUR_FORM",
                "the request does not come from the Portal",
            ),
            Problem::BadForm => Self::new(
                StatusCode::BAD_REQUEST,
                "UNREADABLE",
                "the request could not be read to its end",
            ),
            Problem::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "TOO_LARGE",
                "the request is too large",
            ),
            Problem::NotFound => Self::of_status(StatusCode::NOT_FOUND),
            Problem::Refused(status) => {
                let (code, reason) = (status.code(), form::reason(&status));
                tracing::info!(?code, reason, "a service refused");
                status.into()
            }
        }
    }
}

/// RFC 9457's members, and ours.
#[derive(Serialize)]
struct Details<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    reason: &'a str,
    trace: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    violations: &'a [Violation],
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let body = Details {
            // The reason tells problems apart; there is no page to name for each.
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            reason: &self.reason,
            trace: trace::id(),
            violations: &self.violations,
        };
        let mut response = (
            self.status,
            [(header::CONTENT_TYPE, MEDIA_TYPE)],
            Json(body),
        )
            .into_response();
        let headers = response.headers_mut();
        let waits = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        if waits.contains(&self.status) {
            let wait = self.retry_after.unwrap_or(SOON).as_secs().max(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = format!(
                "Cookie realm=\"casework\", cookie-name={}",
                cookies::SESSION
            );
            let scheme = HeaderValue::try_from(scheme).expect("a cookie's name is plain");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        if !self.allow.is_empty() {
            let verbs: Vec<_> = self.allow.iter().map(Verb::as_str).collect();
            let allow = HeaderValue::try_from(verbs.join(", ")).expect("verbs are plain");
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

/// Sees to it that programs are never told of a problem in another form: what is refused before it gets here is written for people.
pub(crate) async fn only_problems(request: Request, next: Next) -> Response {
    let ours = super::is_here(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    let told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it == MEDIA_TYPE);
    if !ours || told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, _) = response.into_parts();
    let mut answer = ApiProblem::of_status(status).into_response();
    for (name, value) in &parts.headers {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// The name of a field in JSON: `staff_details.risk_level` is `staffDetails.riskLevel`.
fn json_path(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut upper = false;
    for letter in field.chars() {
        match letter {
            '_' => upper = true,
            _ if upper => {
                name.extend(letter.to_uppercase());
                upper = false;
            }
            _ => name.push(letter),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::body::{self, Body};
    use axum::{Router, middleware};
    use serde_json::Value;
    use tonic::Code;
    use tonic_types::{ErrorDetails, FieldViolation};
    use tower::ServiceExt as _;

    use super::*;

    async fn told(problem: impl Into<ApiProblem>) -> (StatusCode, Value, String) {
        let response = problem.into().into_response();
        let status = response.status();
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        let wait = response.headers().get(header::RETRY_AFTER);
        let wait = wait.map(|it| it.to_str().unwrap().to_owned());
        let bytes = body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap();
        (status, body, wait.unwrap_or_default())
    }

    #[tokio::test]
    async fn a_refusal_is_told_with_its_reason_and_its_fields_by_their_names_in_json() {
        let reasons =
            HashMap::from([("staff_details.risk_level".to_owned(), "TOO_LONG".to_owned())]);
        let mut details = ErrorDetails::with_error_info("TOO_LONG", "casework", reasons);
        details.set_bad_request(vec![FieldViolation::new(
            "staff_details.risk_level",
            "Shorten it",
        )]);
        let status = Status::with_error_details(
            Code::InvalidArgument,
            "the request has 1 wrong field(s)",
            details,
        );

        let (status, body, _) = told(status).await;

        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["title"], "Bad Request");
        assert_eq!(body["status"], 400);
        assert_eq!(body["reason"], "TOO_LONG");
        assert_eq!(
            body["violations"],
            serde_json::json!([{"field": "staffDetails.riskLevel", "description": "Shorten it", "reason": "TOO_LONG"}])
        );
    }

    #[tokio::test]
    async fn who_is_to_wait_is_told_how_long() {
        let mut details =
            ErrorDetails::with_error_info("TOO_MANY_CODES", "casework", HashMap::new());
        details.set_retry_info(Some(Duration::from_secs(90)));
        let status = Status::with_error_details(Code::ResourceExhausted, "wait", details);

        let (status, body, wait) = told(status).await;

        assert_eq!(
            (status, wait.as_str()),
            (StatusCode::TOO_MANY_REQUESTS, "90")
        );
        assert_eq!(body["reason"], "TOO_MANY_CODES");
        let (status, _, wait) = told(Status::unavailable("away")).await;
        assert_eq!(
            (status, wait.as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "5")
        );
    }

    #[tokio::test]
    async fn what_is_refused_before_the_api_is_told_as_a_problem_there_and_in_words_elsewhere() {
        let busy = async || {
            let wait = [(header::RETRY_AFTER, "2")];
            (StatusCode::SERVICE_UNAVAILABLE, wait, "Very busy")
        };
        let router = Router::new()
            .fallback(busy)
            .layer(middleware::from_fn(only_problems));
        let ask = async |address: &str| {
            let request = Request::get(address).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers()[header::RETRY_AFTER], "2");
            let bytes = body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };

        assert_eq!(ask("/tasks").await, "Very busy");
        assert_eq!(ask("/apiary").await, "Very busy");
        let problem: Value = serde_json::from_str(&ask("/api/v1/tasks").await).unwrap();
        assert_eq!(problem["reason"], "UNAVAILABLE");
        assert_eq!(problem["status"], 503);
    }

    #[tokio::test]
    async fn who_is_restricted_is_told_so() {
        let (status, body, _) = told(Problem::Restricted).await;

        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(body["reason"], "RESTRICTED");
    }

    #[tokio::test]
    async fn what_no_service_has_worded_is_not_passed_on() {
        for code in 1..=16 {
            let status = Status::new(
                Code::from(code),
                "tcp connect to 10.0.0.7:5432: select * from cases",
            );

            let (status, body, _) = told(status).await;

            let text = body.to_string();
            assert!(
                !text.contains("10.0.0.7") && !text.contains("select"),
                "{text}"
            );
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{status}"
            );
            assert_eq!(body["status"], status.as_u16());
            assert!(!body["reason"].as_str().unwrap().is_empty(), "{text}");
        }
    }
}
