//! Carries the trace of a request into its events, and on into what they cause.

use std::collections::HashMap;

use opentelemetry::global;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The headers that name the present trace; none outside one.
#[must_use]
pub fn capture() -> HashMap<String, String> {
    let mut headers = HashMap::new();
    global::get_text_map_propagator(|it| {
        it.inject_context(&Span::current().context(), &mut headers);
    });
    headers
}

/// Makes a span part of the trace that an event came from.
#[expect(clippy::implicit_hasher, reason = "headers are always this map")]
pub fn follow(span: &Span, headers: &HashMap<String, String>) {
    let context = global::get_text_map_propagator(|it| it.extract(headers));
    // It fails only where no telemetry is installed, and then there is nothing to follow.
    let _ = span.set_parent(context);
}
