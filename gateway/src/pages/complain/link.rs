//! A new private link, for who lost theirs. The answer is the same whether or not there is such a complaint.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1::AskForLinkRequest;
use serde::Deserialize;
use tonic::Status;

use super::refused;
use crate::Edge;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::visitor::Visitor;

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complain/link", get(ask).post(send))
        .route("/complain/link/sent", get(sent))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/link.html")]
struct LinkPage {
    page: Page,
    errors: Errors,
    typed: Typed,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/link_sent.html")]
struct LinkSentPage {
    page: Page,
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/link_ended.html")]
struct LinkEndedPage {
    page: Page,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    reference: String,
    email: String,
}

async fn ask(frame: Frame) -> Response {
    render(frame, Typed::default(), Errors::none()).await
}

async fn send(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = AskForLinkRequest {
        reference: typed.reference.clone(),
        email: typed.email.clone(),
        client_address: client.address,
    };
    let mut complaints = edge.clients.public_complaints.clone();
    match complaints.ask_for_link(request).await {
        Ok(_) => Ok((frame.jar, Redirect::to("/complain/link/sent")).into_response()),
        Err(status) => {
            let errors = Errors::of_status(status, &[])?;
            Ok(refused(render(frame, typed, errors).await))
        }
    }
}

async fn sent(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, LinkSentPage { page }).into_response()
}

async fn render(frame: Frame, typed: Typed, errors: Errors) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    let page = LinkPage {
        page,
        errors,
        typed,
    };
    (jar, page).into_response()
}

/// Says how to get another link, when it is the link that is wrong.
pub(super) async fn ended(frame: Frame, status: Status) -> Result<Response, Problem> {
    if reason(&status) != "NO_SUCH_LINK" {
        return Err(status.into());
    }
    let (jar, page) = frame.page(Area::Other).await;
    Ok((jar, (StatusCode::GONE, LinkEndedPage { page })).into_response())
}
