//! Logs, traces and metrics of a process.

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::{LogFormat, TelemetryConfig};

/// What the libraries under us say of every frame, which would be nine spans in ten.
const NOISE: &str = "info,h2=off,hyper=off,hyper_util=off,tonic=off,tower=off,async_nats=off,rustls=off,reqwest=off";

/// Sends what is still buffered when it is shut down.
#[must_use = "what is buffered is lost without a shutdown"]
pub struct Telemetry {
    tracer: Option<SdkTracerProvider>,
    meter: Option<SdkMeterProvider>,
}

/// Starts telemetry for a process. It can be started once; it needs the tokio runtime when it exports.
pub fn start(process: &str, config: &TelemetryConfig) -> anyhow::Result<Telemetry> {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let filter = || {
        EnvFilter::try_new(&config.log).context("wrong setting: telemetry.log is not a log filter")
    };
    let logs = match config.format {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .with_writer(std::io::stderr)
            .with_filter(filter()?)
            .boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_filter(filter()?)
            .boxed(),
    };
    let registry = tracing_subscriber::registry().with(logs);

    let Some(endpoint) = &config.otlp_endpoint else {
        registry.try_init().context("telemetry was started twice")?;
        return Ok(Telemetry {
            tracer: None,
            meter: None,
        });
    };

    let resource = Resource::builder()
        .with_service_name(format!("casework-{process}"))
        .build();
    let spans = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .context("telemetry.otlp_endpoint")?;
    let tracer = SdkTracerProvider::builder()
        .with_batch_exporter(spans)
        .with_resource(resource.clone())
        .build();
    let metrics = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .context("telemetry.otlp_endpoint")?;
    let meter = SdkMeterProvider::builder()
        .with_periodic_exporter(metrics)
        .with_resource(resource)
        .build();
    opentelemetry::global::set_meter_provider(meter.clone());

    let spans_out = tracing_opentelemetry::layer()
        .with_tracer(tracer.tracer("casework"))
        .with_filter(EnvFilter::new(NOISE));
    registry
        .with(spans_out)
        .try_init()
        .context("telemetry was started twice")?;
    Ok(Telemetry {
        tracer: Some(tracer),
        meter: Some(meter),
    })
}

impl Telemetry {
    /// Sends what is buffered. Call it after the servers have stopped.
    pub fn shutdown(self) {
        // Losing the last spans must not keep a process from ending, and there is no log left to say so.
        if let Some(tracer) = self.tracer {
            let _ = tracer.shutdown();
        }
        if let Some(meter) = self.meter {
            let _ = meter.shutdown();
        }
    }

    /// Sends what is buffered so far, and goes on.
    pub fn flush(&self) -> anyhow::Result<()> {
        if let Some(tracer) = &self.tracer {
            tracer.force_flush().context("could not send the spans")?;
        }
        Ok(())
    }
}
