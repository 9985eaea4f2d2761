//! Recommendations of the independent reviewer and of audits, part by part (7.4).

use std::borrow::Cow;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    Acceptance, CompleteRecommendationPartRequest, GetRecommendationRequest,
    ListRecommendationsRequest, PlannedPart, Recommendation, RecommendationPart,
    RecommendationSource, RecommendationStatus, RecordRecommendationRequest,
    RespondToRecommendationRequest,
};
use serde::Deserialize;
use tonic::Status as Refusal;

use super::super::Insight;
use super::super::step::{Answer, Field, Typed};
use super::sheet::{Sheet, done, done_today};
use super::{Filters, Manager, Period, filters, manages};
use crate::extract::{Path, Query};
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::{Paging, Status};
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/recommendations";
const BACK: (Cow<'static, str>, &str) = (Cow::Borrowed(ADDRESS), "Recommendations");

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/recommendations", get(list))
        .route(
            "/service-complaints/recommendations/new",
            get(ask).post(record),
        )
        .route(
            "/service-complaints/recommendations/{recommendation}/respond",
            get(ask_respond).post(respond),
        )
        .route(
            "/service-complaints/recommendations/{recommendation}/{part}/complete",
            get(ask_complete).post(complete),
        )
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/recommendations.html")]
struct RecommendationsPage {
    page: Page,
    manages: bool,
    filters: Filters,
    recommendations: Vec<Row>,
    paging: Paging,
}

struct Row {
    number: String,
    source: &'static str,
    period: String,
    text: String,
    status: Status,
    response: String,
    respond: String,
    parts: Vec<Part>,
}

struct Part {
    text: String,
    responsible: String,
    due: String,
    status: Status,
    evidence: String,
    complete: String,
}

/// Each status with its name in an address and in words, and the colour that repeats it.
const STATUSES: [(RecommendationStatus, &str, &str, &str); 6] = [
    (RecommendationStatus::Unspecified, "", "All", "grey"),
    (RecommendationStatus::Overdue, "overdue", "Overdue", "red"),
    (RecommendationStatus::Open, "open", "Open", "blue"),
    (
        RecommendationStatus::AwaitingResponse,
        "awaiting-response",
        "Awaiting response",
        "yellow",
    ),
    (
        RecommendationStatus::Complete,
        "complete",
        "Complete",
        "green",
    ),
    (
        RecommendationStatus::NotAccepted,
        "not-accepted",
        "Not accepted",
        "grey",
    ),
];

fn tag(text: &str, colour: &'static str) -> Status {
    Status {
        text: text.to_owned(),
        colour,
    }
}

/// Which recommendations are shown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    status: String,
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(which): Query<Which>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let chosen = STATUSES.iter().find(|(_, name, ..)| *name == which.status);
    let (wanted, name, ..) = chosen.ok_or(Problem::NotFound)?;
    let request = ListRecommendationsRequest {
        page_token: cursor.page.clone(),
        status: (*wanted).into(),
        ..ListRecommendationsRequest::default()
    };
    let mut client = edge.clients.oversight.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_recommendations(session.to("service-complaint", request))
    );
    let listed = listed?.into_inner();
    let statuses = STATUSES.map(|(_, key, label, _)| (key, label));
    let manages = manages(&session);
    let recommendations = RecommendationsPage {
        page,
        manages,
        filters: filters(ADDRESS, (name, &[]), statuses),
        recommendations: (listed.recommendations.into_iter())
            .map(|it| Row::new(it, manages))
            .collect(),
        paging: cursor.paging(ADDRESS, &[("status", name)], &listed.next_page_token),
    };
    Ok((jar, recommendations).into_response())
}

impl Row {
    fn new(it: Recommendation, manages: bool) -> Self {
        let standing = it.status();
        let status = STATUSES.iter().find(|(status, ..)| *status == standing);
        let status = status.map_or_else(
            || tag("Not known", "grey"),
            |(.., text, colour)| tag(text, colour),
        );
        let waits = standing == RecommendationStatus::AwaitingResponse;
        let respond = if waits && manages {
            format!("{ADDRESS}/{}/respond", it.id)
        } else {
            String::new()
        };
        Self {
            source: source(it.source()),
            period: Period {
                from: it.period_from,
                to: it.period_to,
            }
            .words(),
            number: it.number,
            text: it.text,
            status,
            response: it.response,
            respond,
            parts: (it.parts.into_iter())
                .map(|part| Part::new(part, &it.id, manages))
                .collect(),
        }
    }
}

fn source(source: RecommendationSource) -> &'static str {
    match source {
        RecommendationSource::Unspecified => "",
        RecommendationSource::IndependentReviewer => "Independent reviewer",
        RecommendationSource::InternalAudit => "Internal audit",
    }
}

impl Part {
    fn new(part: RecommendationPart, recommendation: &str, manages: bool) -> Self {
        let open = part.completed_on.is_empty();
        let status = match (open, part.overdue) {
            (false, _) => tag("Done", "green"),
            (true, true) => tag("Overdue", "red"),
            (true, false) => tag("Open", "blue"),
        };
        let complete = if open && manages {
            format!("{ADDRESS}/{recommendation}/{}/complete", part.id)
        } else {
            String::new()
        };
        Self {
            text: part.text,
            responsible: part.responsible,
            due: words::date(&part.due_on),
            status,
            evidence: part.evidence,
            complete,
        }
    }
}

fn new_recommendation() -> Sheet {
    let sources = [
        RecommendationSource::IndependentReviewer,
        RecommendationSource::InternalAudit,
    ]
    .map(|it| Answer::new(it.as_str_name(), source(it)));
    Sheet {
        address: format!("{ADDRESS}/new"),
        back: BACK,
        title: "Record a recommendation",
        button: "Record it",
        intro: "The findings of the independent reviewer and of audits are followed until they are carried out (policy 7.3, 7.4).",
        about: Vec::new(),
        fields: vec![
            Field::radios("source", "Whose is it?", sources.into()),
            Field::date(
                "period_from",
                "First date of the period that the report is about",
            )
            .hint("For example, 01/10/2024"),
            Field::date("period_to", "Last date of that period").hint("For example, 31/03/2025"),
            Field::line("number", "Its number in the report").hint("For example, 37.1"),
            Field::text("text", "What is recommended?", 5_000).missing("Enter the words"),
        ],
        hidden: &[],
    }
}

async fn ask(_: Manager, frame: Frame) -> Result<Response, Problem> {
    let nothing = Typed::from_iter([("number", String::new())]);
    Ok(new_recommendation().show(frame, &nothing).await)
}

async fn record(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let source = RecommendationSource::from_str_name(typed.get("source")).unwrap_or_default();
    let request = RecordRecommendationRequest {
        source: source.into(),
        period_from: typed.date("period_from"),
        period_to: typed.date("period_to"),
        number: typed.text("number"),
        text: typed.text("text"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .record_recommendation(session.to("service-complaint", request))
        .await;
    new_recommendation()
        .answer(frame, &typed, sent, "The recommendation is recorded.")
        .await
}

async fn recommendation(
    edge: &Edge,
    session: &Session,
    recommendation_id: String,
) -> Result<Recommendation, Refusal> {
    let mut client = edge.clients.oversight.clone();
    let request = GetRecommendationRequest { recommendation_id };
    let found = client.get_recommendation(session.to("service-complaint", request));
    Ok(found.await?.into_inner())
}

fn responding(it: &Recommendation) -> Sheet {
    let answers = [
        (Acceptance::Accepted, "It is accepted"),
        (Acceptance::PartiallyAccepted, "It is accepted in part"),
        (Acceptance::NotAccepted, "It is not accepted"),
    ]
    .map(|(acceptance, words)| Answer::new(acceptance.as_str_name(), words));
    Sheet {
        address: format!("{ADDRESS}/{}/respond", it.id),
        back: BACK,
        title: "Record the response",
        button: "Record it",
        intro: "Say what the management says, and who does what by when.",
        about: vec![(it.number.clone(), it.text.clone())],
        fields: vec![
            Field::radios("acceptance", "What does the management say?", answers.into()),
            Field::text("response", "The response", 10_000),
            Field::text("parts", "What is to be done?", 20_000).hint(
                "Each part on a line of its own: the date, who is responsible, and what, with semicolons between. For example, 31/12/2025; Customer Insight Manager; Communications. Leave it empty if it is not accepted.",
            ),
        ],
        hidden: &["version"],
    }
}

/// A part as it was typed. What a line lacks goes on as nothing, so that the service says so beside the field.
fn planned(line: &str) -> PlannedPart {
    let mut pieces = line.splitn(3, ';').map(str::trim);
    let mut next = || pieces.next().unwrap_or_default().to_owned();
    PlannedPart {
        due_on: words::typed_date(&next()),
        responsible: next(),
        text: next(),
    }
}

async fn ask_respond(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let it = recommendation(&edge, &session, id).await?;
    let typed = Typed::from_iter([("version", it.version.to_string())]);
    Ok(responding(&it).show(frame, &typed).await)
}

async fn respond(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let it = recommendation(&edge, &session, id).await?;
    let acceptance = Acceptance::from_str_name(typed.get("acceptance")).unwrap_or_default();
    let request = RespondToRecommendationRequest {
        recommendation_id: it.id.clone(),
        version: typed.number("version"),
        acceptance: acceptance.into(),
        response: typed.text("response"),
        parts: typed
            .lines("parts")
            .iter()
            .map(|line| planned(line))
            .collect(),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .respond_to_recommendation(session.to("service-complaint", request))
        .await;
    responding(&it)
        .answer(frame, &typed, sent, "The response is recorded.")
        .await
}

fn completing(edge: &Edge, it: &Recommendation, part: &str) -> Option<Sheet> {
    let part = it.parts.iter().find(|each| each.id == part)?;
    Some(Sheet {
        address: format!("{ADDRESS}/{}/{}/complete", it.id, part.id),
        back: BACK,
        title: "Complete a part of a recommendation",
        button: "Complete it",
        intro: "A part is done when evidence shows it.",
        about: vec![
            (it.number.clone(), it.text.clone()),
            (part.responsible.clone(), part.text.clone()),
        ],
        fields: done(edge.clock.today()),
        hidden: &["version"],
    })
}

async fn ask_complete(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path((id, part)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let it = recommendation(&edge, &session, id).await?;
    let sheet = completing(&edge, &it, &part).ok_or(Problem::NotFound)?;
    let typed = done_today(it.version, edge.clock.today());
    Ok(sheet.show(frame, &typed).await)
}

async fn complete(
    State(edge): State<Edge>,
    session: Manager,
    frame: Frame,
    Path((id, part)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let it = recommendation(&edge, &session, id).await?;
    let sheet = completing(&edge, &it, &part).ok_or(Problem::NotFound)?;
    let request = CompleteRecommendationPartRequest {
        recommendation_id: it.id,
        version: typed.number("version"),
        part_id: part,
        on: typed.date("on"),
        evidence: typed.text("evidence"),
    };
    let mut client = edge.clients.oversight.clone();
    let sent = client
        .complete_recommendation_part(session.to("service-complaint", request))
        .await;
    sheet.answer(frame, &typed, sent, "The part is done.").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_16_a_part_is_typed_as_its_date_who_and_what() {
        let part = planned("31/12/2025; Customer Insight Manager; Communications; and letters");

        assert_eq!(part.due_on, "2025-12-31");
        assert_eq!(part.responsible, "Customer Insight Manager");
        assert_eq!(part.text, "Communications; and letters");
        assert_eq!(planned("31/12/2025").text, "");
    }
}
