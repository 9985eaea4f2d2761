//! One trace for every request, begun here: what a stranger sends as a trace is not believed.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::KeyValue;
use opentelemetry::trace::TraceContextExt as _;
use tracing::{Instrument as _, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// How long a page may take, with all that it asks for.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long files may take on a slow line.
const TRANSFER: Duration = Duration::from_secs(10 * 60);

/// Runs a request in a span of its own, with its deadline.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = %method,
        http.route = route,
        http.response.status_code = field::Empty,
    );
    let transfers = route.contains("documents") || route.ends_with("/messages");
    let deadline = Instant::now() + if transfers { TRANSFER } else { DEADLINE };

    let started = Instant::now();
    let answer = kit::client::DEADLINE
        .scope(deadline, next.run(request))
        .instrument(span.clone())
        .await;

    let status = answer.status().as_u16();
    span.record("http.response.status_code", status);
    opentelemetry::global::meter("casework")
        .f64_histogram("http.server.request.duration")
        .with_unit("s")
        .build()
        .record(
            started.elapsed().as_secs_f64(),
            &[
                KeyValue::new("http.request.method", method.to_string()),
                KeyValue::new("http.route", route),
                KeyValue::new("http.response.status_code", i64::from(status)),
            ],
        );
    answer
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
