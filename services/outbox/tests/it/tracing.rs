//! One trace from a request to what its events cause.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use outbox::Policy;
use sqlx::PgPool;
use testkit::{Nats, eventually, traced_by};
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::given::{self, Noting};

#[sqlx::test(migrations = false)]
async fn what_a_consumer_does_belongs_to_the_trace_of_the_request(db: PgPool) {
    given::a_database(&db).await;
    let nats = Nats::start().await;
    let broker = nats.jetstream().await;
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    // Of this thread alone, on which the whole test runs.
    let _traced = traced_by(tracing_subscriber::registry().with(layer));

    given::announced(&db, "202312345")
        .instrument(tracing::info_span!("request"))
        .await;
    let (relay, consumer) = (
        given::relaying(&db, &broker),
        given::consuming(&db, &broker, Noting::default(), Policy::default()),
    );
    given::until_effects(&db, 1).await;
    consumer.stop().await;
    relay.stop().await;

    let (request, consumed) = eventually("both spans", || async {
        let spans = exporter.get_finished_spans().unwrap();
        let named = |name: &str| spans.iter().find(|it| it.name == name).cloned();
        Some((
            named("request")?,
            named("process casework.case.v1.CaseOpened")?,
        ))
    })
    .await;
    assert_eq!(
        consumed.span_context.trace_id(),
        request.span_context.trace_id()
    );
    assert_eq!(consumed.parent_span_id, request.span_context.span_id());
}
