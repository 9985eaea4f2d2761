//! Passwords by emailed link: *Forgot your password?*, and the page that the link opens (ID-2, ID-3).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::identity::v1::{
    CheckResetLinkRequest, RequestPasswordResetRequest, ResetPasswordRequest,
};
use serde::Deserialize;
use tonic::Status;

use super::login::{NO_ADDRESS, is_address, refused, username_of};
use crate::Edge;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::visitor::Visitor;

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/forgot-password", get(ask_for_link).post(send_link))
        .route("/forgot-password/sent", get(link_sent))
        .route("/set-password/{token}", get(ask_new_password))
        .route("/set-password", post(set_password))
}

#[derive(Template, WebTemplate)]
#[template(path = "login/forgot.html")]
struct ForgotPage {
    page: Page,
    errors: Errors,
    username: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/forgot_sent.html")]
struct ForgotSentPage {
    page: Page,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/set_password.html")]
struct SetPasswordPage {
    page: Page,
    errors: Errors,
    token: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/link_ended.html")]
struct LinkEndedPage {
    page: Page,
}

async fn ask_for_link(frame: Frame) -> Response {
    let username = username_of(&frame.jar).unwrap_or_default();
    let (jar, page) = frame.page(Area::Other).await;
    (
        jar,
        ForgotPage {
            page,
            errors: Errors::none(),
            username,
        },
    )
        .into_response()
}

#[derive(Deserialize)]
struct ForgotForm {
    username: String,
}

async fn send_link(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(ForgotForm { username }): Form<ForgotForm>,
) -> Result<Response, Problem> {
    let username = username.trim().to_owned();
    let errors = if is_address(&username) {
        let request = RequestPasswordResetRequest {
            username: username.clone(),
            client: Some(client),
        };
        let mut login = edge.clients.login.clone();
        match login.request_password_reset(request).await {
            Ok(_) => return Ok((frame.jar, Redirect::to("/forgot-password/sent")).into_response()),
            Err(status) => Errors::of_status(status, &[])?,
        }
    } else {
        Errors::one("username", NO_ADDRESS)
    };
    let (jar, page) = frame.page(Area::Other).await;
    let page = ForgotPage {
        page,
        errors,
        username,
    };
    Ok((jar, refused(page)).into_response())
}

async fn link_sent(frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::Other).await;
    (jar, ForgotSentPage { page }).into_response()
}

/// Shows the form and uses nothing up: a mail scanner that opens every link does no harm.
async fn ask_new_password(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let request = CheckResetLinkRequest {
        reset_token: token.clone(),
    };
    let checked = edge.clients.login.clone().check_reset_link(request).await;
    match checked {
        Ok(_) => {
            let (jar, page) = frame.page(Area::Other).await;
            Ok((
                jar,
                SetPasswordPage {
                    page,
                    errors: Errors::none(),
                    token,
                },
            )
                .into_response())
        }
        Err(status) => link_ended(frame, status).await,
    }
}

async fn link_ended(frame: Frame, status: Status) -> Result<Response, Problem> {
    if reason(&status) != "LINK_REFUSED" {
        return Err(status.into());
    }
    let (jar, page) = frame.page(Area::Other).await;
    Ok((jar, (StatusCode::GONE, LinkEndedPage { page })).into_response())
}

#[derive(Deserialize)]
struct NewPasswordForm {
    token: String,
    password: String,
    repeated: String,
}

async fn set_password(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(form): Form<NewPasswordForm>,
) -> Result<Response, Problem> {
    let NewPasswordForm {
        token,
        password,
        repeated,
    } = form;
    let errors = if password == repeated {
        let request = ResetPasswordRequest {
            reset_token: token.clone(),
            new_password: password,
            client: Some(client),
        };
        match edge.clients.login.clone().reset_password(request).await {
            Ok(_) => {
                let flash = Flash::success("Your password is set. Log in with it now.");
                return Ok((flash.keep(frame.jar), Redirect::to("/login")).into_response());
            }
            Err(status) if reason(&status) == "LINK_REFUSED" => {
                return link_ended(frame, status).await;
            }
            Err(status) => Errors::of_status(status, &[("new_password", "password")])?,
        }
    } else {
        Errors::one("repeated", "The two passwords are not the same")
    };
    let (jar, page) = frame.page(Area::Other).await;
    Ok((
        jar,
        refused(SetPasswordPage {
            page,
            errors,
            token,
        }),
    )
        .into_response())
}
