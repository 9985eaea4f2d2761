//! What the manager says of a period's figures (7.6): written here, and read with the report.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use proto::service_complaint::v1::{Commentary, WriteCommentaryRequest};

use super::super::Insight;
use super::super::step::{Field, Kind, Typed};
use super::sheet::Sheet;
use super::{Manager, Period, manages, report_of};
use crate::extract::Query;
use crate::form::Form;
use crate::page::Frame;
use crate::problem::Problem;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/reports/commentary";

pub(super) fn router() -> Router<Edge> {
    Router::new().route(
        "/service-complaints/reports/commentary",
        get(ask).post(write),
    )
}

/// A version of what is said, as it is read.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) by: String,
    pub(super) at: String,
}

impl From<Commentary> for Said {
    fn from(commentary: Commentary) -> Self {
        Self {
            text: commentary.text,
            by: commentary.written_by,
            at: words::instant(commentary.written_at.as_ref()),
        }
    }
}

/// Where what is said of a period is written; empty for those who don't write it.
pub(super) fn address(session: &Insight, period: &Period) -> String {
    if manages(session) {
        period.address(ADDRESS, &[])
    } else {
        String::new()
    }
}

fn sheet(period: &Period) -> Sheet {
    let text = Field::text("text", "What do the figures show?", 10_000)
        .hint("Say what has changed and why, what people told us, and what we do about it")
        .missing("Enter what the figures show");
    Sheet {
        address: ADDRESS.to_owned(),
        back: (
            period.address("/service-complaints/reports", &[]).into(),
            "Report of the period",
        ),
        title: "Commentary on the figures",
        button: "Save it",
        intro: "It is read with the report of the period, and goes with its file (policy 7.6). Earlier versions are kept.",
        about: vec![("Period".to_owned(), period.words())],
        fields: vec![Field {
            kind: Kind::Text {
                max: 10_000,
                rows: 15,
            },
            ..text
        }],
        hidden: &["from", "to", "revision"],
    }
}

async fn ask(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Query(typed): Query<Period>,
) -> Result<Response, Problem> {
    let period = typed.known(edge.clock.today());
    let report = report_of(&edge, &session, &period).await?;
    let latest = report.commentaries.into_iter().next().unwrap_or_default();
    let typed = Typed::from_iter([
        ("from", period.from.clone()),
        ("to", period.to.clone()),
        ("revision", latest.revision.to_string()),
        ("text", latest.text),
    ]);
    Ok(sheet(&period).show(frame, &typed).await)
}

async fn write(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let period = Period {
        from: typed.get("from").to_owned(),
        to: typed.get("to").to_owned(),
    };
    let request = WriteCommentaryRequest {
        from: period.from.clone(),
        to: period.to.clone(),
        revision: typed.number("revision"),
        text: typed.text("text"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .write_commentary(session.to("service-complaint", request))
        .await;
    sheet(&period)
        .answer(frame, &typed, sent, "The commentary is saved.")
        .await
}
