//! One trace and one deadline for every request, begun here: what a stranger sends as a trace is not believed.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use opentelemetry::trace::TraceContextExt as _;
use tracing::{Instrument as _, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::api;

/// How long a page may take, with all that it asks for.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long files may take on a slow line.
const TRANSFER: Duration = Duration::from_mins(10);

/// How much longer a request lives than what it asks of services, so that it can still say that they took too long.
const GRACE: Duration = Duration::from_millis(200);

static TOOK: LazyLock<Histogram<f64>> = LazyLock::new(|| {
    opentelemetry::global::meter("casework")
        .f64_histogram("http.server.request.duration")
        .with_unit("s")
        .build()
});

/// Runs a request in a span of its own, with its deadline.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let route = route(&request);
    let method = known(request.method());
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
    );
    let allowed = if transfers(method, &route) {
        TRANSFER
    } else {
        DEADLINE
    };

    let started = Instant::now();
    let work = kit::client::DEADLINE.scope(started + allowed, next.run(request));
    // A browser that sends its form a byte a minute is given up here too, and its place goes to another.
    let answer = tokio::time::timeout(allowed + GRACE, work.instrument(span.clone()))
        .await
        .unwrap_or_else(|_| too_slow());

    let status = answer.status().as_u16();
    span.record("http.response.status_code", status);
    TOOK.record(
        started.elapsed().as_secs_f64(),
        &[
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ],
    );
    answer
}

/// The path of a request without its values.
fn route(request: &Request) -> String {
    let page = request.extensions().get::<MatchedPath>();
    api::route(request.method(), request.uri().path())
        .or_else(|| page.map(MatchedPath::as_str))
        .unwrap_or("other")
        .to_owned()
}

/// The method, or `_OTHER` for whatever a stranger made up, which must not become a series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

/// Whether files go up or down; the pages around them are as quick as any other.
fn transfers(method: &str, route: &str) -> bool {
    // The messages of pages come with files, and those of programs without.
    let page = !api::is_here(route);
    let up = route.ends_with("/documents")
        || (page && (route.ends_with("/messages") || route == "/complain/form/files"));
    let down = route == "/documents/{id}"
        || route == "/service-complaints/{reference}/files/{id}"
        || route.ends_with("/files.zip")
        || route == "/api/v1/documents/{document_id}/content";
    (method == "POST" && up) || down
}

/// Said without asking anyone, as there is no time left to ask.
fn too_slow() -> Response {
    let text = "This took too long. Please try again in a moment.";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// The id of the present trace, to quote when asking for help; empty when nothing is traced.
pub(crate) fn id() -> String {
    let context = tracing::Span::current().context();
    let span = context.span().span_context().clone();
    if span.is_valid() {
        span.trace_id().to_string()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_have_long_and_a_made_up_method_has_no_name() {
        assert!(transfers("POST", "/cases/{reference}/documents"));
        assert!(transfers("POST", "/cases/{reference}/messages"));
        assert!(transfers("GET", "/documents/{id}"));
        for (verb, path) in [
            (Method::GET, "/api/v1/documents/1/content"),
            (Method::POST, "/api/v1/cases/1/documents"),
        ] {
            let route = api::route(&verb, path).unwrap();
            assert!(transfers(verb.as_str(), route), "{route}");
        }
        assert!(!transfers("GET", "/cases/{reference}/documents"));
        assert!(!transfers("POST", "/login"));
        let message = api::route(&Method::POST, "/api/v1/cases/1/messages").unwrap();
        assert!(!transfers("POST", message), "{message}");

        assert_eq!(known(&Method::POST), "POST");
        assert_eq!(known(&Method::from_bytes(b"MADEUP").unwrap()), "_OTHER");
    }
}
