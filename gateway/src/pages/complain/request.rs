//! Somebody without an account asks for something rather than complains (policy 1.3, 2.3): one page, and what happens next.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    BeginRequestFormRequest, Format, SendRequestFormRequest, ServiceUser, ServiceUserKind,
};
use serde::Deserialize;
use tonic::{Code, Status};

use super::refused;
use super::step::{Choice, KINDS};
use crate::Edge;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::visitor::Visitor;

/// Where it is told what happens next.
const SENT: &str = "/complain/request/sent";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complain/request", get(ask).post(send))
        .route("/complain/request/sent", get(sent))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/request.html")]
struct RequestPage {
    page: Page,
    errors: Errors,
    typed: Typed,
    kinds: [Choice; 4],
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/request_sent.html")]
struct SentPage {
    page: Page,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// When the form was begun, signed by the service.
    form_token: String,
    name: String,
    kind: String,
    wanted: String,
    case_reference: String,
    email: String,
    telephone: String,
    postal_address: String,
    /// The field that people don't see.
    website: String,
}

/// What the service calls the fields of the form.
const FIELDS: [(&str, &str); 5] = [
    ("service_user.name", "name"),
    ("service_user.kind", "kind"),
    ("service_user.email", "email"),
    ("service_user.telephone", "telephone"),
    ("service_user.postal_address", "postal_address"),
];

async fn token(edge: &Edge) -> Result<String, Status> {
    let mut requests = edge.clients.service_requests.clone();
    let begun = requests.begin_request_form(BeginRequestFormRequest {});
    Ok(begun.await?.into_inner().form_token)
}

async fn ask(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let typed = Typed {
        form_token: token(&edge).await?,
        ..Typed::default()
    };
    Ok(render(frame, typed, Errors::none()).await)
}

async fn send(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(mut typed): Form<Typed>,
) -> Result<Response, Problem> {
    let kind = ServiceUserKind::from_str_name(&typed.kind).unwrap_or_default();
    let format = if typed.email.trim().is_empty() {
        Format::Letter
    } else {
        Format::Email
    };
    let request = SendRequestFormRequest {
        form_token: typed.form_token.clone(),
        service_user: Some(ServiceUser {
            name: typed.name.clone(),
            kind: kind.into(),
            email: typed.email.trim().to_owned(),
            telephone: typed.telephone.clone(),
            postal_address: typed.postal_address.replace("\r\n", "\n"),
            format: format.into(),
        }),
        wanted: typed.wanted.replace("\r\n", "\n"),
        case_reference: typed.case_reference.clone(),
        left_empty: typed.website.clone(),
        client_address: client.address,
    };
    let mut requests = edge.clients.service_requests.clone();
    let status = match requests.send_request_form(request).await {
        Ok(sent) => {
            let sent = sent.into_inner();
            let how = if sent.by_email {
                "We are sending you an email with it."
            } else {
                "Please write it down."
            };
            let text = format!(
                "We have your request. Your reference is {}. {how}",
                sent.reference
            );
            let jar = Flash::success(text).keep(frame.jar);
            return Ok((jar, Redirect::to(SENT)).into_response());
        }
        Err(status) => status,
    };
    let errors = match (status.code(), reason(&status).as_str()) {
        (Code::InvalidArgument, _) => Errors::of_status(status, &FIELDS)?,
        (_, "AUTOMATED") => Errors::one(
            "",
            "It looked as if a program had filled in the form. Switch off what fills in forms by itself, wait a few seconds, and send it again",
        ),
        (_, "NO_SUCH_FORM") => {
            typed.form_token = token(&edge).await?;
            Errors::one(
                "",
                "You opened this page more than 24 hours ago. Check what you wrote, and send it again",
            )
        }
        _ => return Err(status.into()),
    };
    Ok(refused(render(frame, typed, errors).await))
}

async fn sent(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, SentPage { page }).into_response()
}

async fn render(frame: Frame, typed: Typed, errors: Errors) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    let page = RequestPage {
        page,
        errors,
        typed,
        kinds: KINDS,
    };
    (jar, page).into_response()
}
