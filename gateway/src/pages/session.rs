//! A session's end, and what comes before it: how long it has left, one press to keep it, logging out.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_extra::extract::cookie::CookieJar;
use proto::identity::v1::EndSessionRequest;
use serde::{Deserialize, Serialize};
use tonic::Code;

use super::login::Next;
use crate::extract::Query;
use crate::flash::Flash;
use crate::form::Form;
use crate::page::{Area, Frame, Page, PlainFrame};
use crate::problem::Problem;
use crate::session::LoggedIn;
use crate::{Edge, cookies, csrf, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/logout", post(log_out))
        .route("/session/remaining", get(remaining))
        .route("/session/extend", post(extend))
        .route("/session-ended", get(session_ended))
        .route("/restricted", get(restricted))
}

#[derive(Template, WebTemplate)]
#[template(path = "login/session_ended.html")]
struct SessionEndedPage {
    page: Page,
    next: String,
    lives: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/restricted.html")]
struct RestrictedPage {
    page: Page,
    reason: String,
    review_on: String,
}

#[derive(Deserialize)]
struct Nothing {}

async fn log_out(
    State(edge): State<Edge>,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    if let Some(cookie) = frame.jar.get(cookies::SESSION) {
        let secret = cookie.value().to_owned();
        edge.clients
            .login
            .clone()
            .end_session(EndSessionRequest {
                session_token: secret.clone(),
            })
            .await?;
        edge.sessions.forget(&secret);
    }
    let jar = cookies::clear(frame.jar, cookies::SESSION);
    let jar = cookies::set(jar, cookies::BROWSER, cookies::random());
    let clear = [("clear-site-data", "\"cache\", \"storage\"")];
    Ok((
        Flash::success("You have logged out.").keep(jar),
        clear,
        Redirect::to("/login"),
    )
        .into_response())
}

/// How long a session has left, for the script that warns before its end.
#[derive(Serialize)]
struct Remaining {
    seconds: i32,
    /// Whether doing something would give it longer: not when its absolute end is nearer.
    extendable: bool,
}

async fn left(edge: &Edge, jar: &CookieJar, active: bool) -> Result<Json<Remaining>, Problem> {
    let cookie = jar
        .get(cookies::SESSION)
        .ok_or_else(|| Problem::LoggedOut(String::new()))?;
    let session = edge.sessions.ask(cookie.value(), active).await?;
    let (idle, absolute) = (session.idle_seconds_left, session.absolute_seconds_left);
    Ok(Json(Remaining {
        seconds: idle.min(absolute),
        extendable: idle < absolute,
    }))
}

/// Asking is not activity (ID-10).
async fn remaining(State(edge): State<Edge>, jar: CookieJar) -> Result<Json<Remaining>, Problem> {
    left(&edge, &jar, false).await
}

async fn extend(
    State(edge): State<Edge>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Json<Remaining>, Problem> {
    let token = headers
        .get("x-csrf-token")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    if !csrf::matches(&jar, token) {
        return Err(Problem::NotOurForm);
    }
    left(&edge, &jar, true).await
}

/// Where a quiet session has ended. Anybody can link to this address, so opening it neither extends a session that lives nor takes it away.
async fn session_ended(
    State(edge): State<Edge>,
    PlainFrame(frame): PlainFrame,
    Query(next): Query<Next>,
) -> Result<Response, Problem> {
    let next = next.ours().to_owned();
    let lives = match frame.jar.get(cookies::SESSION) {
        Some(cookie) => match edge.sessions.ask(cookie.value(), false).await {
            Ok(_) => true,
            Err(status) if status.code() == Code::Unauthenticated => false,
            Err(status) => return Err(status.into()),
        },
        None => false,
    };
    let (jar, page) = frame.page(Area::Other).await;
    let jar = if lives {
        jar
    } else {
        cookies::clear(jar, cookies::SESSION)
    };
    Ok((jar, SessionEndedPage { page, next, lives }).into_response())
}

async fn restricted(frame: Frame, session: Option<LoggedIn>) -> Response {
    let Some(restriction) = session.and_then(|session| session.restriction.clone()) else {
        return Redirect::to("/").into_response();
    };
    let (jar, page) = frame.page(Area::Other).await;
    let review_on = words::date(&restriction.review_on);
    (
        jar,
        (
            StatusCode::FORBIDDEN,
            RestrictedPage {
                page,
                reason: restriction.reason,
                review_on,
            },
        ),
    )
        .into_response()
}
