//! What PostgreSQL says of each statement that the services run: `auto_explain` sends it to the connection that ran it, and sqlx passes it on as a
//! log line, which is gathered here.

use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::tests::{Portal, SERVICES};
use sqlx::{AssertSqlSafe, Executor as _};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

use crate::caseload;

/// How sqlx calls what the server says.
const NOTICES: &str = "sqlx::postgres::notice";

/// Plans come as notices, with what each step has read. Times of steps are left out, since to measure them takes more time than the steps.
const SETTINGS: [(&str, &str); 7] = [
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
    ("auto_explain.log_buffers", "on"),
    ("auto_explain.log_level", "notice"),
    ("client_min_messages", "notice"),
];

/// A statement that ran, with its plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The statement.
    pub statement: String,
    /// Its plan, as text.
    pub text: String,
    /// How long it took in the database.
    pub milliseconds: f64,
    /// How many pages of 8 KiB were looked at.
    pub buffers: u64,
    /// How many rows its scans have fetched or passed over.
    pub rows: u64,
}

impl Plan {
    /// Reads what `auto_explain` says; `None` for other notices.
    fn read(notice: &str) -> Option<Self> {
        let (duration, rest) = notice
            .strip_prefix("duration: ")?
            .split_once(" ms  plan:\n")?;
        let statement_and_plan = rest.strip_prefix("Query Text: ")?;
        // The plan's first line is the first with an estimate; a statement has none.
        let at = statement_and_plan.find("  (cost=")?;
        let (statement, _) = statement_and_plan[..at].rsplit_once('\n')?;
        let plan = statement_and_plan[statement.len()..].trim_start_matches('\n');
        Some(Self {
            milliseconds: duration.parse().ok()?,
            buffers: buffers(plan),
            rows: rows(plan),
            statement: statement.to_owned(),
            text: plan.to_owned(),
        })
    }
}

/// The pages that the whole plan has looked at: what stands under its first step.
fn buffers(plan: &str) -> u64 {
    let Some(line) = plan
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("Buffers: "))
    else {
        return 0;
    };
    let counts = line
        .split_whitespace()
        .filter_map(|it| it.strip_prefix("hit=").or_else(|| it.strip_prefix("read=")));
    counts.filter_map(|it| it.parse::<u64>().ok()).sum()
}

/// The rows that the plan's scans have fetched, and those that they have fetched for nothing.
fn rows(plan: &str) -> u64 {
    let mut total = 0;
    let mut loops = 0;
    for line in plan.lines() {
        if let Some(actual) = after(line, "(actual rows=") {
            loops = after(line, " loops=").unwrap_or_default();
            // What a bitmap's index finds is fetched by the scan of the heap above it.
            if line.contains(" Scan ") && !line.contains("Bitmap Index Scan") {
                total += actual * loops;
            } else {
                loops = 0;
            }
        } else if let Some(removed) = after(line, "Rows Removed by Filter: ")
            .or_else(|| after(line, "Rows Removed by Index Recheck: "))
        {
            total += removed * loops;
        }
    }
    total
}

/// The number after a mark.
fn after(line: &str, mark: &str) -> Option<u64> {
    let (_, rest) = line.split_once(mark)?;
    let digits = rest.split(|it: char| !it.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Gathers the plans of everything that runs in this process.
#[derive(Clone, Default)]
pub struct Plans(Arc<Mutex<Vec<Plan>>>);

impl Plans {
    /// Begins to listen, once in a process.
    pub fn listen() -> anyhow::Result<Self> {
        let plans = Self::default();
        let notices = Targets::new().with_target(NOTICES, LevelFilter::INFO);
        Registry::default()
            .with(plans.clone().with_filter(notices))
            .try_init()?;
        Ok(plans)
    }

    /// Those that came since the last time.
    pub fn take(&self) -> Vec<Plan> {
        std::mem::take(&mut self.kept())
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Plan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for Plans {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        if let Some(plan) = Plan::read(&message.0) {
            self.kept().push(plan);
        }
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = fmt::format(format_args!("{value:?}"));
        }
    }
}

/// Has the databases of a portal tell how they run statements. Their connections are ended, because settings hold for new ones; the services open
/// others when they need them.
pub async fn switch_on(portal: &Portal) -> anyhow::Result<()> {
    for service in SERVICES {
        let mut connection = caseload::connect(portal, service).await?;
        let name: String = sqlx::query_scalar("select current_database()")
            .fetch_one(&mut connection)
            .await?;
        for (setting, value) in SETTINGS {
            let statement = format!("alter database {name} set {setting} = '{value}'");
            connection.execute(AssertSqlSafe(statement)).await?;
        }
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
        )
        .bind(name)
        .execute(&mut connection)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "duration: 1.250 ms  plan:\n\
        Query Text: select id\nfrom tasks where landlord_id = $1 limit 26\n\
        Limit  (cost=0.42..9.01 rows=26 width=16) (actual rows=26 loops=1)\n  \
        Buffers: shared hit=30 read=4\n  \
        ->  Nested Loop  (cost=0.42..99 rows=150 width=16) (actual rows=26 loops=1)\n        \
        Buffers: shared hit=30 read=4\n        \
        ->  Index Scan using tasks_open on tasks t  (cost=0.42..9 rows=150 width=16) (actual rows=26 loops=1)\n              \
        Filter: (kind = 1)\n              \
        Rows Removed by Filter: 10\n              \
        Buffers: shared hit=4 read=4\n        \
        ->  Index Only Scan using case_files_pkey on case_files  (cost=0.42..1 rows=1 width=16) (actual rows=1 loops=26)\n              \
        Buffers: shared hit=26";

    #[test]
    fn a_plan_is_read_with_what_it_cost() {
        let plan = Plan::read(NOTICE).unwrap();

        assert_eq!(
            plan.statement,
            "select id\nfrom tasks where landlord_id = $1 limit 26"
        );
        assert!(plan.text.starts_with("Limit  (cost="), "{}", plan.text);
        assert_eq!((plan.buffers, plan.rows), (34, 26 + 10 + 26));
        assert!((plan.milliseconds - 1.25).abs() < f64::EPSILON);
    }

    #[test]
    fn another_notice_is_no_plan() {
        assert_eq!(Plan::read("table \"x\" does not exist, skipping"), None);
    }
}
