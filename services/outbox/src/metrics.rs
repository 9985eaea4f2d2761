//! What operators watch.

use std::sync::LazyLock;

use opentelemetry::metrics::{Counter, Gauge};
use opentelemetry::{KeyValue, global};
use sqlx::PgPool;

/// The instruments, made at first use: by then the process has installed its telemetry.
pub(crate) static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

pub(crate) struct Metrics {
    oldest: Gauge<f64>,
    dead: Gauge<u64>,
    published: Counter<u64>,
    handled: Counter<u64>,
}

impl Metrics {
    fn new() -> Self {
        let meter = global::meter("outbox");
        Self {
            oldest: meter
                .f64_gauge("casework.outbox.oldest_seconds")
                .with_unit("s")
                .with_description("How long the oldest unpublished event has waited")
                .build(),
            dead: meter
                .u64_gauge("casework.dead_letters")
                .with_unit("{event}")
                .with_description("Events that wait for an operator")
                .build(),
            published: meter
                .u64_counter("casework.outbox.published")
                .with_unit("{event}")
                .with_description("Events that the broker confirmed")
                .build(),
            handled: meter
                .u64_counter("casework.consumer.handled")
                .with_unit("{event}")
                .with_description("Deliveries, by what became of them")
                .build(),
        }
    }

    pub(crate) fn published(&self, events: usize, database: &KeyValue) {
        self.published.add(
            events.try_into().unwrap_or(u64::MAX),
            std::slice::from_ref(database),
        );
    }

    /// Counts a delivery. The outcome is one of `handled`, `duplicate`, `retried`, `dead` and `skipped`.
    pub(crate) fn handled(&self, consumer: &'static str, subject: &str, outcome: &'static str) {
        self.handled.add(
            1,
            &[
                KeyValue::new("consumer", consumer),
                KeyValue::new("subject", subject.to_owned()),
                KeyValue::new("outcome", outcome),
            ],
        );
    }

    /// Reads from the database how much waits in it.
    pub(crate) async fn measure(&self, pool: &PgPool, database: &KeyValue) -> sqlx::Result<()> {
        // The row with the lowest id stands for the oldest: the index yields it at once however long the backlog is.
        let (oldest, dead): (f64, i64) = sqlx::query_as(
            "select
               coalesce((select extract(epoch from clock_timestamp() - queued_at)::float8
                         from outbox where published_at is null order by id limit 1), 0),
               (select count(*) from dead_letters)",
        )
        .fetch_one(pool)
        .await?;
        self.oldest.record(oldest, std::slice::from_ref(database));
        self.dead.record(
            dead.try_into().unwrap_or_default(),
            std::slice::from_ref(database),
        );
        Ok(())
    }
}

/// Tells the databases apart where several services share a process.
pub(crate) fn database(pool: &PgPool) -> KeyValue {
    let name = pool
        .connect_options()
        .get_database()
        .unwrap_or_default()
        .to_owned();
    KeyValue::new("db.namespace", name)
}
