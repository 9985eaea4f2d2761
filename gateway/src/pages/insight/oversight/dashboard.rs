//! The dashboard of a period: charts, each with its table and its file (7.5, 7.6).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::NaiveDate;
use proto::service_complaint::v1::PeriodReport;

use super::super::Insight;
use super::chart::Chart;
use super::csv::Csv;
use super::{Period, report_of, value, wrong_period};
use crate::extract::{Path, Query};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/dashboard";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/dashboard", get(dashboard))
        .route("/service-complaints/dashboard/{chart}", get(file))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/dashboard.html")]
struct DashboardPage {
    page: Page,
    /// What is wrong with the period that was typed; empty when nothing is.
    error: String,
    from: String,
    to: String,
    period: String,
    charts: Vec<View>,
}

struct View {
    key: &'static str,
    title: &'static str,
    svg: String,
    file: String,
    head: Vec<&'static str>,
    rows: Vec<(String, Vec<i64>)>,
}

async fn dashboard(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(typed): Query<Period>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let ((jar, page), report) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        report_of(&edge, &session, &period)
    );
    let (error, charts) = match report {
        Ok(report) => (String::new(), charts(&report)),
        Err(refused) => (wrong_period(refused)?, Vec::new()),
    };
    let dashboard = DashboardPage {
        page,
        error,
        from: words::short_date(&period.from),
        to: words::short_date(&period.to),
        period: period.words(),
        charts: charts.iter().map(|it| View::new(it, &period)).collect(),
    };
    Ok((jar, dashboard).into_response())
}

async fn file(
    State(edge): State<Edge>,
    session: Insight,
    Path(name): Path<String>,
    Query(typed): Query<Period>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let key = name.strip_suffix(".csv").ok_or(Problem::NotFound)?;
    let report = report_of(&edge, &session, &period).await?;
    let charts = charts(&report);
    let chart = charts.iter().find(|it| it.key == key);
    let chart = chart.ok_or(Problem::NotFound)?;
    let mut head = vec![chart.groups_are];
    head.extend(chart.series.iter().map(|(name, _)| *name));
    let mut csv = Csv::new(chart.key, head)?;
    for (group, values) in rows(chart) {
        let cells: Vec<String> = values.iter().map(i64::to_string).collect();
        csv.row(std::iter::once(&group).chain(&cells))?;
    }
    csv.finish()
}

impl View {
    fn new(chart: &Chart, period: &Period) -> Self {
        let path = format!("{ADDRESS}/{}.csv", chart.key);
        Self {
            key: chart.key,
            title: chart.title,
            svg: chart.svg(),
            file: period.address(&path, &[]),
            head: chart.series.iter().map(|(name, _)| *name).collect(),
            rows: rows(chart),
        }
    }
}

/// A chart's numbers, group by group.
fn rows(chart: &Chart) -> Vec<(String, Vec<i64>)> {
    let row = |(place, group): (usize, &String)| {
        let values = chart.series.iter().map(|(_, values)| values[place]);
        (group.clone(), values.collect())
    };
    chart.groups.iter().enumerate().map(row).collect()
}

fn charts(report: &PeriodReport) -> Vec<Chart> {
    vec![
        months(report),
        counts(report, &CHANNELS),
        counts(report, &TYPES),
        counts(report, &OUTCOMES),
        counts(report, &TIMELINESS),
    ]
}

fn months(report: &PeriodReport) -> Chart {
    let groups: Vec<String> = report.months.iter().map(|it| month(it)).collect();
    let by_month = |keys: &[&str]| -> Vec<i64> {
        let figures: Vec<_> = (report.figures.iter())
            .filter(|it| keys.contains(&it.key.as_str()))
            .collect();
        (0..groups.len())
            .map(|place| figures.iter().filter_map(|it| it.by_month.get(place)).sum())
            .collect()
    };
    let received = by_month(&["received"]);
    let closed = by_month(&["closed.stage_one", "closed.stage_two"]);
    Chart {
        key: "months",
        title: "Complaints received and closed, month by month",
        groups_are: "month",
        series: vec![("Received", received), ("Closed at stage 1 or 2", closed)],
        groups,
    }
}

/// A chart of figures that the report has as they are.
struct Counts {
    key: &'static str,
    title: &'static str,
    groups_are: &'static str,
    groups: &'static [&'static str],
    /// Each with the keys of its figures, in the order of the groups.
    series: &'static [(&'static str, &'static [&'static str])],
}

fn counts(report: &PeriodReport, counts: &Counts) -> Chart {
    let values = |keys: &[&str]| keys.iter().map(|key| value(report, key)).collect();
    Chart {
        key: counts.key,
        title: counts.title,
        groups_are: counts.groups_are,
        groups: counts.groups.iter().map(|&it| it.to_owned()).collect(),
        series: (counts.series.iter())
            .map(|(name, keys)| (*name, values(keys)))
            .collect(),
    }
}

const CHANNELS: Counts = Counts {
    key: "channels",
    title: "How complaints came",
    groups_are: "channel",
    groups: &["Webform", "Email", "Telephone", "Letter", "Colleague"],
    series: &[(
        "Received",
        &[
            "received.channel.webform",
            "received.channel.email",
            "received.channel.telephone",
            "received.channel.letter",
            "received.channel.colleague",
        ],
    )],
};

const TYPES: Counts = Counts {
    key: "types",
    title: "What complaints were about",
    groups_are: "type of complaint",
    groups: &[
        "Process",
        "Conduct",
        "No service",
        "Quality",
        "Not recorded",
    ],
    series: &[(
        "Received",
        &[
            "received.type.process",
            "received.type.conduct",
            "received.type.no_service",
            "received.type.quality",
            "received.type.unrecorded",
        ],
    )],
};

const OUTCOMES: Counts = Counts {
    key: "outcomes",
    title: "Outcomes of both stages",
    groups_are: "outcome",
    groups: &["Upheld", "Partially upheld", "Not upheld"],
    series: &[
        (
            "Stage 1",
            &[
                "outcome.stage_one.upheld",
                "outcome.stage_one.partially_upheld",
                "outcome.stage_one.not_upheld",
            ],
        ),
        (
            "Stage 2",
            &[
                "outcome.stage_two.upheld",
                "outcome.stage_two.partially_upheld",
                "outcome.stage_two.not_upheld",
            ],
        ),
    ],
};

const TIMELINESS: Counts = Counts {
    key: "timeliness",
    title: "Acknowledgements and responses in time and late, at stages 1 and 2",
    groups_are: "promise and stage",
    groups: &[
        "Acknowledged 1",
        "Responded 1",
        "Acknowledged 2",
        "Responded 2",
    ],
    series: &[
        (
            "In time",
            &[
                "acknowledgement.stage_one.in_time",
                "response.stage_one.in_time",
                "acknowledgement.stage_two.in_time",
                "response.stage_two.in_time",
            ],
        ),
        (
            "Late",
            &[
                "acknowledgement.stage_one.late",
                "response.stage_one.late",
                "acknowledgement.stage_two.late",
                "response.stage_two.late",
            ],
        ),
    ],
};

/// A month in words, such as *Oct 2024*.
fn month(iso: &str) -> String {
    let first = NaiveDate::parse_from_str(&format!("{iso}-01"), "%Y-%m-%d");
    first.map_or_else(|_| iso.to_owned(), |it| it.format("%b %Y").to_string())
}
