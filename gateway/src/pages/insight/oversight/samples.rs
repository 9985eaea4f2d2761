//! Random samples of closed complaints: drawn in the open, listed for ever, and taken with every complaint's files (7.4).

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _, stream};
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    DownloadSampleRequest, DownloadSampleResponse, DrawSampleRequest, GetSampleRequest,
    ListSamplesRequest, Sample,
};
use tokio::time;
use tonic::Status as Refusal;

use super::super::Insight;
use super::super::step::{Field, Typed};
use super::csv::Csv;
use super::sheet::Sheet;
use super::{Period, only};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::Form;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::Paging;
use crate::{Edge, words};

const ADDRESS: &str = "/service-complaints/samples";
/// How many complaints the reviewer's report was about.
const USUAL_SIZE: &str = "12";
/// How long the service may send nothing of an archive.
const SILENCE: Duration = Duration::from_secs(30);

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/samples", get(list))
        .route("/service-complaints/samples/new", get(ask).post(draw))
        .route("/service-complaints/samples/{sample}", get(show))
        .route(
            "/service-complaints/samples/{sample}/complaints.csv",
            get(table),
        )
        .route("/service-complaints/samples/{sample}/files.zip", get(files))
}

/// Who draws samples, and takes their files.
fn draws(session: &Insight) -> bool {
    let role = session.role();
    role == Role::CustomerInsightManager || role == Role::IndependentReviewer
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/samples.html")]
struct SamplesPage {
    page: Page,
    draws: bool,
    samples: Vec<Drawn>,
    paging: Paging,
}

/// A drawing.
struct Drawn {
    address: String,
    period: String,
    seed: String,
    population: i32,
    by: String,
    at: String,
}

impl Drawn {
    fn new(sample: &Sample) -> Self {
        let period = Period {
            from: sample.from.clone(),
            to: sample.to.clone(),
        };
        Self {
            address: format!("{ADDRESS}/{}", sample.id),
            period: period.words(),
            seed: sample.seed.clone(),
            population: sample.population,
            by: sample.drawn_by.clone(),
            at: words::instant(sample.drawn_at.as_ref()),
        }
    }
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = ListSamplesRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.oversight.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_samples(session.to("service-complaint", request))
    );
    let listed = listed?.into_inner();
    let samples = SamplesPage {
        page,
        draws: draws(&session),
        samples: listed.samples.iter().map(Drawn::new).collect(),
        paging: cursor.paging(ADDRESS, &[], &listed.next_page_token),
    };
    Ok((jar, samples).into_response())
}

fn drawing() -> Sheet {
    Sheet {
        address: format!("{ADDRESS}/new"),
        back: (ADDRESS.into(), "Samples"),
        title: "Draw a sample",
        button: "Draw it",
        intro: "A random choice among the complaints of which a stage was closed in a period. The same seed draws the same complaints again, and every drawing is recorded, so that nobody draws until the result pleases.",
        about: Vec::new(),
        fields: vec![
            Field::date("from", "First date").hint("For example, 01/10/2024"),
            Field::date("to", "Last date").hint("For example, 31/03/2025. Up to 36 months"),
            Field::number("size", "How many complaints?").hint("1 to 200"),
            Field::line("seed", "Seed").hint(
                "Choose it in the open, by dice for example, before anybody knows what it draws",
            ),
        ],
        hidden: &["request_id"],
    }
}

async fn ask(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
) -> Result<Response, Problem> {
    only(draws(&session))?;
    let period = Period::default().known(edge.clock.today());
    let typed = Typed::from_iter([
        ("request_id", kit::id().to_string()),
        ("from", words::short_date(&period.from)),
        ("to", words::short_date(&period.to)),
        ("size", USUAL_SIZE.to_owned()),
    ]);
    Ok(drawing().show(frame, &typed).await)
}

async fn draw(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    only(draws(&session))?;
    let request = DrawSampleRequest {
        from: typed.date("from"),
        to: typed.date("to"),
        size: typed.number("size"),
        seed: typed.text("seed"),
        request_id: typed.get("request_id").to_owned(),
    };
    let mut client = edge.clients.oversight.clone();
    let drawn = client
        .draw_sample(session.to("service-complaint", request))
        .await;
    match drawn {
        Ok(sample) => {
            let onto = Redirect::to(&format!("{ADDRESS}/{}", sample.into_inner().id));
            let flash = Flash::success("The sample is drawn.");
            Ok((flash.keep(frame.jar), onto).into_response())
        }
        refused => drawing().answer(frame, &typed, refused, "").await,
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/sample.html")]
struct SamplePage {
    page: Page,
    draws: bool,
    drawn: Drawn,
    algorithm: String,
    complaints: Vec<Row>,
}

/// A complaint of a sample.
struct Row {
    reference: String,
    received_on: String,
    closed_on: String,
}

async fn sample(edge: &Edge, session: &Session, sample_id: String) -> Result<Sample, Refusal> {
    let mut client = edge.clients.oversight.clone();
    let request = session.to("service-complaint", GetSampleRequest { sample_id });
    Ok(client.get_sample(request).await?.into_inner())
}

async fn show(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let ((jar, page), found) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        sample(&edge, &session, id)
    );
    let found = found?;
    let sample_page = SamplePage {
        page,
        draws: draws(&session),
        drawn: Drawn::new(&found),
        algorithm: found.algorithm,
        complaints: (found.complaints.into_iter())
            .map(|it| Row {
                reference: it.reference,
                received_on: words::date(&it.received_on),
                closed_on: words::date(&it.closed_on),
            })
            .collect(),
    };
    Ok((jar, sample_page).into_response())
}

async fn table(
    State(edge): State<Edge>,
    session: Insight,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let found = sample(&edge, &session, id).await?;
    let head = ["drawn", "complaint", "received_on", "closed_on"];
    let name = format!("sample-{}-{}", found.from, found.to);
    let mut csv = Csv::new(name, head)?;
    for (at, it) in found.complaints.iter().enumerate() {
        let drawn = (at + 1).to_string();
        let cells = [&drawn, &it.reference, &it.received_on, &it.closed_on];
        csv.row(cells)?;
    }
    csv.finish()
}

async fn files(
    State(edge): State<Edge>,
    session: Insight,
    Path(sample_id): Path<String>,
) -> Result<Response, Problem> {
    only(draws(&session))?;
    let request = DownloadSampleRequest { sample_id };
    let mut client = edge.clients.oversight.clone();
    let pieces = client
        .download_sample(session.to("service-complaint", request))
        .await?
        .into_inner();
    let head = [
        (header::CONTENT_TYPE, "application/zip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"service-complaints-sample.zip\"",
        ),
    ];
    let body = Body::from_stream(passed_on(pieces));
    Ok((head, body).into_response())
}

/// The pieces as they come; a service that falls silent is given up, and the archive is then seen to be broken off.
fn passed_on(
    pieces: impl Stream<Item = Result<DownloadSampleResponse, Refusal>> + Unpin,
) -> impl Stream<Item = Result<Bytes, Refusal>> {
    stream::try_unfold(pieces, |mut pieces| async move {
        let piece = time::timeout(SILENCE, pieces.try_next())
            .await
            .map_err(|_| Refusal::deadline_exceeded("the archive stopped coming"))??;
        Ok(piece.map(|piece| (Bytes::from(piece.content), pieces)))
    })
}
