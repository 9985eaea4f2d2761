//! How emails fare, for the alarms of operators (NO-4).

use std::sync::LazyLock;

use opentelemetry::global;
use opentelemetry::metrics::{Counter, Gauge};

/// The instruments of this process.
pub(crate) struct Metrics {
    /// For how long the oldest email has been waiting.
    pub oldest_unsent_seconds: Gauge<f64>,
    /// Emails that a mail server took.
    pub sent: Counter<u64>,
}

/// Made at first use, which is after telemetry was started.
pub(crate) static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let meter = global::meter("casework");
    Metrics {
        oldest_unsent_seconds: meter
            .f64_gauge("casework.email.oldest_unsent_seconds")
            .with_unit("s")
            .with_description("For how long the oldest email that is not sent has been waiting")
            .build(),
        sent: meter
            .u64_counter("casework.email.sent")
            .with_description("Emails that a mail server took")
            .build(),
    }
});
