//! The dashboard of a period: charts, each with its table and its file (7.5, 7.6).

mod counts;

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
use super::commentary::{self, Said};
use super::csv::Csv;
use super::{Period, report_of, wrong_period};
use crate::extract::{Path, Query};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/dashboard";
/// How many themes have a bar of their own.
const MOST_THEMES: usize = 6;

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
    /// What the manager says of the figures (7.6).
    said: Option<Said>,
    /// Where that is written; empty for those who don't write it.
    comment: String,
    charts: Vec<View>,
    /// The titles of those that nothing was counted for.
    nothing: Vec<&'static str>,
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
    let (error, charts, said) = match report {
        Ok(mut report) => {
            // The newest comes first.
            let said = report.commentaries.drain(..).next().map(Said::from);
            (String::new(), charts(&report), said)
        }
        Err(refused) => (wrong_period(refused)?, Vec::new(), None),
    };
    let (drawn, empty): (Vec<Chart>, Vec<Chart>) =
        charts.into_iter().partition(Chart::says_something);
    let dashboard = DashboardPage {
        page,
        error,
        from: words::short_date(&period.from),
        to: words::short_date(&period.to),
        period: period.words(),
        said,
        comment: commentary::address(&session, &period),
        nothing: empty.iter().map(|it| it.title).collect(),
        charts: drawn.iter().map(|it| View::new(it, &period)).collect(),
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
    let counted = counts::ALL.iter().map(|it| counts::chart(report, it));
    std::iter::once(months(report))
        .chain(counted)
        .chain([lessons(report)])
        .collect()
}

/// The themes that most lessons were recorded under, the fullest first. There may be a hundred, of which a picture has room for a few.
fn lessons(report: &PeriodReport) -> Chart {
    let of_lessons = report.figures.iter();
    let mut themes: Vec<(String, i64)> = of_lessons
        .filter(|it| it.key.starts_with("lesson.") && it.value > 0)
        .map(|it| (it.label.clone(), it.value))
        .collect();
    themes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others: i64 = themes.iter().skip(MOST_THEMES).map(|(_, it)| it).sum();
    themes.truncate(MOST_THEMES);
    if others > 0 {
        themes.push(("Other themes".to_owned(), others));
    }
    let (groups, values) = themes.into_iter().unzip();
    Chart {
        key: "lessons",
        title: "Lessons by theme",
        groups_are: "theme",
        groups,
        series: vec![("Lessons recorded", values)],
    }
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

/// A month in words, such as *Oct 2024*.
fn month(iso: &str) -> String {
    let first = NaiveDate::parse_from_str(&format!("{iso}-01"), "%Y-%m-%d");
    first.map_or_else(|_| iso.to_owned(), |it| it.format("%b %Y").to_string())
}

#[cfg(test)]
mod tests {
    use proto::service_complaint::v1::Figure;

    use super::*;

    fn report(figures: &[(&str, i64)]) -> PeriodReport {
        let figure = |(key, value): &(&str, i64)| Figure {
            key: (*key).to_owned(),
            label: format!("About {key}"),
            value: *value,
            ..Figure::default()
        };
        PeriodReport {
            figures: figures.iter().map(figure).collect(),
            ..PeriodReport::default()
        }
    }

    #[test]
    fn sc_14_7_5_the_dashboard_has_a_chart_of_each_matter_that_is_monitored() {
        let charts = charts(&report(&[]));

        let keys: Vec<&str> = charts.iter().map(|it| it.key).collect();
        assert_eq!(
            keys,
            [
                "months",
                "channels",
                "types",
                "requests",
                "outcomes",
                "elements",
                "timeliness",
                "extensions",
                "remedies",
                "compensation",
                "delivery",
                "missing",
                "lessons",
            ]
        );
        for chart in charts {
            for (name, values) in &chart.series {
                assert_eq!(values.len(), chart.groups.len(), "{} {name}", chart.key);
            }
            assert!(!chart.says_something(), "nothing was counted");
        }
    }

    #[test]
    fn sc_14_6_3_lessons_are_drawn_by_their_fullest_themes_and_the_rest_together() {
        let figures: Vec<(String, i64)> = (1..=8).map(|it| (format!("lesson.t{it}"), it)).collect();
        let mut figures: Vec<(&str, i64)> = figures
            .iter()
            .map(|(key, it)| (key.as_str(), *it))
            .collect();
        figures.push(("lesson.none", 0));

        let chart = lessons(&report(&figures));

        assert_eq!(chart.groups.len(), MOST_THEMES + 1);
        assert_eq!(chart.groups[0], "About lesson.t8");
        assert_eq!(chart.groups.last().unwrap(), "Other themes");
        assert_eq!(chart.series[0].1, [8, 7, 6, 5, 4, 3, 3]);
    }
}
