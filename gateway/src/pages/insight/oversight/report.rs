//! The report of a period, the rows behind its figures, and the count that proves them (7.1).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    CheckPeriodReportRequest, CheckPeriodReportResponse, Figure, FigureRow, ListFigureRowsRequest,
    Measure, PeriodReport, Share,
};
use serde::Deserialize;
use tonic::Status;

use super::super::Insight;
use super::commentary::{self, Said};
use super::csv::Csv;
use super::{Period, report_of, wrong_period};
use crate::extract::Query;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Paging;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/reports";
const ROWS: &str = "/service-complaints/reports/rows";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/reports", get(report))
        .route("/service-complaints/reports/figures.csv", get(figures))
        .route("/service-complaints/reports/check", get(check))
        .route("/service-complaints/reports/rows", get(rows))
        .route("/service-complaints/reports/rows.csv", get(rows_file))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/report.html")]
struct ReportPage {
    page: Page,
    error: String,
    from: String,
    to: String,
    period: String,
    file: String,
    check: String,
    share: String,
    /// What the manager says of the figures, the newest version first.
    commentaries: Vec<Said>,
    /// Where that is written; empty for those who don't.
    comment: String,
    sections: Vec<Section>,
}

struct Section {
    name: String,
    /// What its figures count, each sentence once.
    definitions: Vec<String>,
    figures: Vec<Line>,
}

struct Line {
    label: String,
    value: String,
    /// The rows behind it; empty when there are none.
    rows: String,
}

async fn report(
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
    let (error, report) = match report {
        Ok(report) => (String::new(), report),
        Err(refused) => (wrong_period(refused)?, PeriodReport::default()),
    };
    let report_page = ReportPage {
        page,
        error,
        from: words::short_date(&period.from),
        to: words::short_date(&period.to),
        period: period.words(),
        file: period.address("/service-complaints/reports/figures.csv", &[]),
        check: period.address("/service-complaints/reports/check", &[]),
        share: share(&report.closed_of_received.unwrap_or_default()),
        commentaries: report.commentaries.into_iter().map(Said::from).collect(),
        comment: commentary::address(&session, &period),
        sections: sections(report.figures, &period),
    };
    Ok((jar, report_page).into_response())
}

fn sections(figures: Vec<Figure>, period: &Period) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for figure in figures {
        if sections.last().is_none_or(|it| it.name != figure.section) {
            sections.push(Section {
                name: figure.section.clone(),
                definitions: Vec::new(),
                figures: Vec::new(),
            });
        }
        let Some(section) = sections.last_mut() else {
            continue;
        };
        if !section.definitions.contains(&figure.definition) {
            section.definitions.push(figure.definition.clone());
        }
        let rows = if figure.rows == 0 {
            String::new()
        } else {
            period.address(ROWS, &[("figure", &figure.key)])
        };
        section.figures.push(Line {
            value: amount(&figure),
            label: figure.label,
            rows,
        });
    }
    sections
}

fn amount(figure: &Figure) -> String {
    match figure.measure() {
        Measure::Pounds => format!("£{}", figure.value),
        Measure::Count | Measure::Unspecified => figure.value.to_string(),
    }
}

/// The share in a sentence, or why there is none.
fn share(share: &Share) -> String {
    if !share.note.is_empty() {
        return format!(
            "There is no share of what the Ombudsman received: {}.",
            share.note
        );
    }
    let (percent, tenths) = (share.tenths_of_percent / 10, share.tenths_of_percent % 10);
    let closed = match share.part {
        1 => "1 complaint was".to_owned(),
        many => format!("{many} complaints were"),
    };
    format!(
        "{closed} investigated and closed at stages 1 and 2, which is {percent}.{tenths} per cent of the {} enquiries and complaints that the Ombudsman received.",
        share.whole
    )
}

async fn figures(
    State(edge): State<Edge>,
    session: Insight,
    Query(typed): Query<Period>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let report = report_of(&edge, &session, &period).await?;
    let mut head = vec!["section", "figure", "key", "value", "counts"];
    head.extend(report.months.iter().map(String::as_str));
    let name = format!("service-complaints-{}-{}", period.from, period.to);
    let mut csv = Csv::new(name, head)?;
    if let Some(said) = report.commentaries.into_iter().next().map(Said::from) {
        let written = format!("{}, {}", said.by, said.at);
        let cells = ["Commentary", &written, "commentary", "", &said.text];
        csv.row(cells.into_iter().chain(report.months.iter().map(|_| "")))?;
    }
    for figure in &report.figures {
        let value = figure.value.to_string();
        let months: Vec<String> = figure.by_month.iter().map(i64::to_string).collect();
        let cells = [
            &figure.section,
            &figure.label,
            &figure.key,
            &value,
            &figure.definition,
        ];
        csv.row(cells.into_iter().chain(&months))?;
    }
    csv.finish()
}

/// Which figure's rows are shown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    figure: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/figure_rows.html")]
struct RowsPage {
    page: Page,
    figure: String,
    label: String,
    definition: String,
    value: String,
    period: String,
    back: String,
    file: String,
    rows: Vec<FigureRow>,
    paging: Paging,
}

async fn list(
    edge: &Edge,
    session: &Session,
    period: &Period,
    figure: &str,
    (page_size, page_token): (i32, String),
) -> Result<(Vec<FigureRow>, String), Status> {
    let request = ListFigureRowsRequest {
        from: period.from.clone(),
        to: period.to.clone(),
        figure: figure.to_owned(),
        page_size,
        page_token,
    };
    let mut client = edge.clients.oversight.clone();
    let page = client.list_figure_rows(session.to("service-complaint", request));
    let page = page.await?.into_inner();
    Ok((page.rows, page.next_page_token))
}

async fn rows(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(typed): Query<Period>,
    Query(Which { figure: key }): Query<Which>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let at = (0, cursor.page.clone());
    let ((jar, page), report, listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        report_of(&edge, &session, &period),
        list(&edge, &session, &period, &key, at)
    );
    let (report, (rows, next)) = (report?, listed?);
    let figure = report.figures.into_iter().find(|it| it.key == key);
    let figure = figure.ok_or(Problem::NotFound)?;
    let of_figure = [("figure", key.as_str())];
    let kept = [
        ("from", period.from.as_str()),
        ("to", period.to.as_str()),
        of_figure[0],
    ];
    let rows_page = RowsPage {
        page,
        value: amount(&figure),
        label: figure.label,
        definition: figure.definition,
        period: period.words(),
        back: period.address(ADDRESS, &[]),
        file: period.address("/service-complaints/reports/rows.csv", &of_figure),
        rows: (rows.into_iter())
            .map(|row| FigureRow {
                on: words::date(&row.on),
                ..row
            })
            .collect(),
        paging: cursor.paging(ROWS, &kept, &next),
        figure: key.clone(),
    };
    Ok((jar, rows_page).into_response())
}

async fn rows_file(
    State(edge): State<Edge>,
    session: Insight,
    Query(typed): Query<Period>,
    Query(Which { figure }): Query<Which>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let mut csv = Csv::new(&figure, ["complaint", "item", "about", "on", "amount"])?;
    let mut token = String::new();
    loop {
        let page = list(&edge, &session, &period, &figure, (100, token));
        let (rows, next) = page.await?;
        for row in rows {
            let amount = row.amount.to_string();
            csv.row([&row.reference, &row.item, &row.about, &row.on, &amount])?;
        }
        if next.is_empty() {
            return csv.finish();
        }
        token = next;
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/report_check.html")]
struct CheckPage {
    page: Page,
    period: String,
    back: String,
    result: CheckPeriodReportResponse,
}

async fn check(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(typed): Query<Period>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let request = CheckPeriodReportRequest {
        from: period.from.clone(),
        to: period.to.clone(),
    };
    let mut client = edge.clients.oversight.clone();
    let ((jar, page), checked) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.check_period_report(session.to("service-complaint", request))
    );
    let check_page = CheckPage {
        page,
        period: period.words(),
        back: period.address(ADDRESS, &[]),
        result: checked?.into_inner(),
    };
    Ok((jar, check_page).into_response())
}
