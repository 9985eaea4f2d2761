//! How many enquiries and complaints the Ombudsman received, month by month: what the published share is a share of (7.1).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::NaiveDate;
use proto::service_complaint::v1::{EnquiryCount, ListEnquiriesRequest, RecordEnquiriesRequest};
use serde::Deserialize;
use tonic::Status as Refusal;

use super::super::Insight;
use super::super::step::{Field, Kind, Typed};
use super::csv::Csv;
use super::sheet::Sheet;
use super::{Manager, Period, manages, report_of};
use crate::extract::Query;
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Paging;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/enquiries";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/enquiries", get(list))
        .route("/service-complaints/enquiries/all.csv", get(file))
        .route(
            "/service-complaints/enquiries/record",
            get(ask).post(record),
        )
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/enquiries.html")]
struct EnquiriesPage {
    page: Page,
    records: bool,
    /// The months of the present half-year that nobody has counted, each with the address of its form.
    missing: Vec<(String, String)>,
    counts: Vec<Row>,
    paging: Paging,
}

struct Row {
    month: String,
    received: String,
    /// Whether a later entry of the month corrects it.
    corrected: bool,
    reason: String,
    by: String,
    at: String,
    /// Where it is corrected; empty when it can't be.
    correct: String,
}

async fn counts(
    edge: &Edge,
    session: &Session,
    page_size: i32,
    page_token: String,
) -> Result<(Vec<EnquiryCount>, String), Refusal> {
    let request = ListEnquiriesRequest {
        page_size,
        page_token,
    };
    let mut client = edge.clients.oversight.clone();
    let page = client.list_enquiries(session.to("service-complaint", request));
    let page = page.await?.into_inner();
    Ok((page.counts, page.next_page_token))
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let period = Period::default().known(edge.clock.today());
    let ((jar, page), listed, report) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        counts(&edge, &session, 0, cursor.page.clone()),
        report_of(&edge, &session, &period)
    );
    let (listed, next) = listed?;
    let share = report?.closed_of_received.unwrap_or_default();
    let records = manages(&session);
    let form = |month: &str| words::address(&format!("{ADDRESS}/record"), &[("month", month)]);
    let missing = share.missing_months.iter();
    let mut rows: Vec<Row> = Vec::new();
    let mut month_before = String::new();
    for count in listed {
        // Of each month the latest entry stands first.
        let corrected = month_before == count.month;
        month_before.clone_from(&count.month);
        rows.push(Row {
            month: month(&count.month),
            received: grouped(count.received),
            corrected,
            reason: count.reason,
            by: count.recorded_by,
            at: words::instant(count.recorded_at.as_ref()),
            correct: if records && !corrected {
                form(&count.month)
            } else {
                String::new()
            },
        });
    }
    let enquiries = EnquiriesPage {
        page,
        records,
        missing: missing.map(|it| (month(it), form(it))).collect(),
        counts: rows,
        paging: cursor.paging(ADDRESS, &[], &next),
    };
    Ok((jar, enquiries).into_response())
}

/// A month in words: `2024-10` is *October 2024*.
fn month(iso: &str) -> String {
    let first: Result<NaiveDate, _> = format!("{iso}-01").parse();
    first.map_or_else(|_| iso.to_owned(), |it| it.format("%B %Y").to_string())
}

fn grouped(number: i64) -> String {
    i32::try_from(number).map_or_else(|_| number.to_string(), words::grouped)
}

/// A month as it was typed, such as 10/2024, as the service takes it.
fn typed_month(typed: &str) -> String {
    let typed = typed.trim();
    match typed.split_once(['/', '.', ' ']) {
        Some((month, year)) => match month.trim().parse::<u32>() {
            Ok(month) => format!("{}-{month:02}", year.trim()),
            Err(_) => typed.to_owned(),
        },
        None => typed.to_owned(),
    }
}

/// A count as it was typed, with commas or spaces between its thousands. What is none goes on as less than nothing, which the service refuses.
fn typed_count(typed: &str) -> i64 {
    let digits: String = typed
        .chars()
        .filter(|it| !matches!(it, ',' | ' ' | '\u{a0}'))
        .collect();
    digits.parse().unwrap_or(-1)
}

fn sheet() -> Sheet {
    let short = |field: Field| Field {
        kind: Kind::Line {
            width: "govuk-input--width-10",
        },
        ..field
    };
    Sheet {
        address: format!("{ADDRESS}/record"),
        back: (ADDRESS.into(), "Enquiries"),
        title: "Record a month’s enquiries",
        button: "Record it",
        intro: "How many enquiries and complaints the Ombudsman received in a month. The report sets what was closed against them. A correction stands beside the entry that it corrects, with its reason.",
        about: Vec::new(),
        fields: vec![
            short(Field::line("month", "Which month?").hint("For example, 10/2024")),
            short(Field::line("received", "How many were received?").hint("For example, 1,752")),
            Field::text(
                "reason",
                "If the month was counted before: why is it corrected?",
                1_000,
            )
            .missing("Enter a reason"),
        ],
        hidden: &[],
    }
}

/// The month that a link to the form is about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    month: String,
}

async fn ask(_: Manager, frame: Frame, Query(about): Query<About>) -> Result<Response, Problem> {
    let month = about.month.split_once('-');
    let typed = month.map(|(year, month)| format!("{month}/{year}"));
    let typed = Typed::from_iter([("month", typed.unwrap_or_default())]);
    Ok(sheet().show(frame, &typed).await)
}

async fn record(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = RecordEnquiriesRequest {
        month: typed_month(typed.get("month")),
        received: typed_count(typed.get("received")),
        reason: typed.text("reason"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .record_enquiries(session.to("service-complaint", request))
        .await;
    sheet()
        .answer(frame, &typed, sent, "The count is recorded.")
        .await
}

async fn file(State(edge): State<Edge>, session: Insight) -> Result<Response, Problem> {
    let head = [
        "month",
        "entry",
        "received",
        "reason",
        "recorded_by",
        "recorded_at",
    ];
    let mut csv = Csv::new("enquiries", head)?;
    let mut token = String::new();
    loop {
        let (counts, next) = counts(&edge, &session, 100, token).await?;
        for it in counts {
            let at = words::machine(it.recorded_at.as_ref());
            let (entry, received) = (it.revision.to_string(), it.received.to_string());
            let cells = [
                &it.month,
                &entry,
                &received,
                &it.reason,
                &it.recorded_by,
                &at,
            ];
            csv.row(cells)?;
        }
        if next.is_empty() {
            return csv.finish();
        }
        token = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_14_a_month_is_taken_as_people_type_it_and_told_in_words() {
        for typed in ["10/2024", "10 2024", "10.2024", "2024-10"] {
            assert_eq!(typed_month(typed), "2024-10", "{typed}");
        }
        assert_eq!(typed_month("3/2025"), "2025-03");
        assert_eq!(typed_month("October"), "October", "the service refuses it");
        assert_eq!(month("2024-10"), "October 2024");
    }

    #[test]
    fn sc_14_a_count_has_commas_and_what_is_none_is_not_nought() {
        assert_eq!(typed_count("1,752"), 1_752);
        assert_eq!(typed_count("0"), 0);
        assert_eq!(typed_count(""), -1);
        assert_eq!(typed_count("many"), -1);
    }
}
