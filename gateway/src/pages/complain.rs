//! Complaints about the ombudsman itself, for whoever has no account (SC-1, SC-15): what they are, the form, and the private page of each.

mod check;
mod files;
mod form;
mod link;
mod more_files;
mod request;
mod step;
mod track;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use proto::service_complaint::v1::{
    BeginDraftRequest, DescribePolicyRequest, DescribePolicyResponse, DiscardDraftRequest, Draft,
    Exclusion, Format, GetDraftRequest, GetFactsheetRequest,
};
use serde::Deserialize;
use tonic::Status;

use crate::extract::Query;
use crate::flash::Flash;
use crate::form::{Form, reason};
use crate::page::{Area, Frame, Page};
use crate::pages::download;
use crate::problem::Problem;
use crate::visitor::Visitor;
use crate::{Edge, cookies};

pub(super) use self::check::told;
use self::step::Step;

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complain", get(about))
        .route("/complain/factsheet", get(factsheet))
        .route("/complain/policy", get(policy))
        .route("/complain/factsheet.pdf", get(factsheet_pdf))
        .route("/complain/start", post(start))
        .route("/complain/start-again", post(start_again))
        .route("/complain/landlord", get(about_a_landlord))
        .merge(form::router())
        .merge(files::router())
        .merge(check::router())
        .merge(link::router())
        .merge(more_files::router())
        .merge(request::router())
        .merge(track::router())
}

/// What the policy says of itself, as the templates take it.
struct Policy(DescribePolicyResponse);

impl Policy {
    async fn of(edge: &Edge) -> Result<Self, Problem> {
        let mut complaints = edge.clients.public_complaints.clone();
        let policy = complaints.describe_policy(DescribePolicyRequest {}).await?;
        Ok(Self(policy.into_inner()))
    }

    /// What is not looked at under the policy, of one of its paragraphs.
    fn exclusions(&self, paragraph: &str) -> Vec<&Exclusion> {
        self.0
            .exclusions
            .iter()
            .filter(|it| it.paragraph == paragraph)
            .collect()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/about.html")]
struct AboutPage {
    page: Page,
    policy: Policy,
    /// Where a form that was begun goes on; empty when none was.
    going_on: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/factsheet.html")]
struct FactsheetPage {
    page: Page,
    policy: Policy,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/signpost.html")]
struct SignpostPage {
    page: Page,
}

/// The secret of the form that this browser fills in.
fn draft_token(jar: &CookieJar) -> Option<String> {
    jar.get(cookies::COMPLAINT).map(|it| it.value().to_owned())
}

/// The form that this browser fills in, if there is one that is still kept.
async fn draft_of(edge: &Edge, jar: &CookieJar) -> Result<Option<(String, Draft)>, Problem> {
    let Some(token) = draft_token(jar) else {
        return Ok(None);
    };
    let request = GetDraftRequest {
        draft_token: token.clone(),
    };
    let mut complaints = edge.clients.public_complaints.clone();
    match complaints.get_draft(request).await {
        Ok(draft) => Ok(Some((token, draft.into_inner()))),
        Err(status) if reason(&status) == "NO_SUCH_DRAFT" => Ok(None),
        Err(status) => Err(status.into()),
    }
}

/// Where a form goes on: its first page that is not answered.
fn going_on(draft: &Draft) -> String {
    match Step::first_open(draft) {
        Some(step) => step.address(),
        None => check::ADDRESS.to_owned(),
    }
}

/// Says that there is no form any more, where one can be begun.
fn begin_anew(jar: CookieJar) -> Response {
    let why = "We no longer have your answers. We keep them for 24 hours. Please start again.";
    let jar = cookies::clear(jar, cookies::COMPLAINT);
    (Flash::important(why).keep(jar), Redirect::to("/complain")).into_response()
}

/// What becomes of a refusal that is about the form as a whole.
fn without_form(jar: CookieJar, status: Status) -> Result<Response, Problem> {
    match reason(&status).as_str() {
        "NO_SUCH_DRAFT" => Ok(begin_anew(jar)),
        // Sent meanwhile, in another tab or by a second press.
        "ALREADY_SENT" => Ok((jar, Redirect::to(check::SENT)).into_response()),
        _ => Err(status.into()),
    }
}

/// A form with something wrong in it.
fn refused(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn about(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let jar = frame.jar.clone();
    let (policy, draft, (jar, page)) = tokio::join!(
        Policy::of(&edge),
        draft_of(&edge, &jar),
        frame.page(Area::Other)
    );
    let draft = draft?.map(|(_, draft)| draft);
    let page = AboutPage {
        page,
        policy: policy?,
        going_on: draft
            .filter(|it| it.sent.is_none())
            .map(|it| going_on(&it))
            .unwrap_or_default(),
    };
    Ok((jar, page).into_response())
}

async fn factsheet(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let (policy, (jar, page)) = tokio::join!(Policy::of(&edge), frame.page(Area::Other));
    let page = FactsheetPage {
        page,
        policy: policy?,
    };
    Ok((jar, page).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/policy.html")]
struct PolicyPage {
    page: Page,
    policy: Policy,
}

/// The whole procedure in words of our own, which 1.7 wants published.
async fn policy(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let (policy, (jar, page)) = tokio::join!(Policy::of(&edge), frame.page(Area::Other));
    let page = PolicyPage {
        page,
        policy: policy?,
    };
    Ok((jar, page).into_response())
}

/// In which format the factsheet is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    format: String,
}

async fn factsheet_pdf(
    State(edge): State<Edge>,
    Query(Wanted { format }): Query<Wanted>,
) -> Result<Response, Problem> {
    let (format, name) = match format.as_str() {
        "" => (Format::Letter, "factsheet.pdf"),
        "large-print" => (Format::LargePrint, "factsheet-large-print.pdf"),
        "easy-read" => (Format::EasyRead, "factsheet-easy-read.pdf"),
        _ => return Err(Problem::NotFound),
    };
    let request = GetFactsheetRequest {
        format: format.into(),
    };
    let mut complaints = edge.clients.public_complaints.clone();
    let found = complaints.get_factsheet(request).await?.into_inner();
    download::as_pdf(found.pdf, name)
}

async fn about_a_landlord(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, SignpostPage { page }).into_response()
}

#[derive(Deserialize)]
struct Nothing {}

/// Begins a form, or goes on with the one that this browser has begun.
async fn start(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    if let Some((_, draft)) = draft_of(&edge, &frame.jar).await?
        && draft.sent.is_none()
    {
        return Ok((frame.jar, Redirect::to(&going_on(&draft))).into_response());
    }
    begin(&edge, frame.jar, client.address).await
}

/// Throws away what was answered so far, and begins a form.
async fn start_again(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    if let Some(draft_token) = draft_token(&frame.jar) {
        let mut complaints = edge.clients.public_complaints.clone();
        let discarded = complaints.discard_draft(DiscardDraftRequest { draft_token });
        match discarded.await {
            Ok(_) => {}
            Err(status)
                if ["NO_SUCH_DRAFT", "ALREADY_SENT"].contains(&reason(&status).as_str()) => {}
            Err(status) => return Err(status.into()),
        }
    }
    begin(&edge, frame.jar, client.address).await
}

async fn begin(edge: &Edge, jar: CookieJar, client_address: String) -> Result<Response, Problem> {
    let mut complaints = edge.clients.public_complaints.clone();
    let begun = complaints.begin_draft(BeginDraftRequest { client_address });
    let token = begun.await?.into_inner().draft_token;
    let jar = cookies::set(jar, cookies::COMPLAINT, token);
    Ok((jar, Redirect::to(&Step::ALL[0].address())).into_response())
}
