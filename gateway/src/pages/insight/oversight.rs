//! What the ombudsman learns from complaints about itself, and what it tells of them: the dashboard, the report of a period with the rows
//! behind each figure, lessons and recommendations (6.2, 6.3, 7.1 to 7.6).

mod chart;
mod commentary;
mod csv;
mod dashboard;
mod enquiries;
mod learning;
mod recommendations;
mod report;
mod samples;
mod sheet;
mod themes;

use std::ops::Deref;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use proto::access::v1::Role;
use proto::service_complaint::v1::{GetPeriodReportRequest, PeriodReport};
use serde::Deserialize;
use tonic::{Code, Status};

use super::Insight;
use crate::problem::Problem;
use crate::session::Session;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .merge(dashboard::router())
        .merge(report::router())
        .merge(commentary::router())
        .merge(learning::router())
        .merge(themes::router())
        .merge(recommendations::router())
        .merge(enquiries::router())
        .merge(samples::router())
}

/// The period that a page is about, as it was typed or as a link has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Period {
    from: String,
    to: String,
}

impl Period {
    /// As the service takes it. Nothing typed is the six months that end with the present one: the reviewer reports half-years.
    fn known(&self, today: NaiveDate) -> Self {
        if self.from.is_empty() && self.to.is_empty() {
            return Self::half_year(today).unwrap_or_default();
        }
        Self {
            from: words::typed_date(&self.from),
            to: words::typed_date(&self.to),
        }
    }

    fn half_year(today: NaiveDate) -> Option<Self> {
        let month = today.with_day(1)?;
        let next = month.checked_add_months(Months::new(1))?;
        Some(Self {
            from: kit::time::iso(month.checked_sub_months(Months::new(5))?),
            to: kit::time::iso(next.checked_sub_days(Days::new(1))?),
        })
    }

    /// In words.
    fn words(&self) -> String {
        format!("{} to {}", words::date(&self.from), words::date(&self.to))
    }

    /// The address of a page about the period.
    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![("from", self.from.as_str()), ("to", self.to.as_str())];
        pairs.extend(more);
        words::address(path, &pairs)
    }
}

async fn report_of(
    edge: &Edge,
    session: &Session,
    period: &Period,
) -> Result<PeriodReport, Status> {
    let request = GetPeriodReportRequest {
        from: period.from.clone(),
        to: period.to.clone(),
    };
    let mut client = edge.clients.oversight.clone();
    let report = client.get_period_report(session.to("service-complaint", request));
    Ok(report.await?.into_inner())
}

/// Whether the person keeps what is the manager's alone.
fn manages(session: &Insight) -> bool {
    session.role() == Role::CustomerInsightManager
}

/// The manager, who keeps what is theirs alone. For anybody else such a page is not there.
struct Manager(Insight);

impl Deref for Manager {
    type Target = Insight;

    fn deref(&self) -> &Insight {
        &self.0
    }
}

impl FromRequestParts<Edge> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let session = Insight::from_request_parts(parts, edge).await?;
        only(manages(&session))?;
        Ok(Self(session))
    }
}

/// For whoever may not, a page is not there.
fn only(may: bool) -> Result<(), Problem> {
    if may { Ok(()) } else { Err(Problem::NotFound) }
}

/// A list's filters by status: the label and address of each, and whether it is the chosen one.
type Filters = Vec<(&'static str, String, bool)>;

/// The filters of a list at an address, by what each is called there; what else is chosen is kept.
fn filters(
    address: &str,
    (chosen, kept): (&str, &[(&str, &str)]),
    statuses: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Filters {
    let filter = |(key, label)| {
        let mut pairs = vec![("status", key)];
        pairs.extend(kept);
        (label, words::address(address, &pairs), key == chosen)
    };
    statuses.into_iter().map(filter).collect()
}

/// A figure's value; nought when the report has no such figure.
fn value(report: &PeriodReport, key: &str) -> i64 {
    let figure = report.figures.iter().find(|it| it.key == key);
    figure.map_or(0, |it| it.value)
}

/// What is wrong with a period that was typed, in a sentence; any other refusal is given back.
fn wrong_period(refused: Status) -> Result<String, Status> {
    match refused.code() {
        Code::InvalidArgument => Ok(super::words::sentence(refused.message())),
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_the_half_year_that_ends_with_the_present_month() {
        let today = "2025-03-14".parse().unwrap();

        let period = Period::default().known(today);

        assert_eq!(
            (period.from.as_str(), period.to.as_str()),
            ("2024-10-01", "2025-03-31")
        );
        assert_eq!(period.words(), "1 October 2024 to 31 March 2025");
    }

    #[test]
    fn a_period_is_taken_as_people_type_dates() {
        let typed = Period {
            from: "01/10/2024".to_owned(),
            to: "31/3/2025".to_owned(),
        };

        let period = typed.known("2026-01-01".parse().unwrap());

        assert_eq!(
            period.address("/service-complaints/reports", &[]),
            "/service-complaints/reports?from=2024-10-01&to=2025-03-31"
        );
    }
}
