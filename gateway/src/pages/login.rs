//! Log-in in two steps, and its second factor.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proto::identity::v1::{SendCodeRequest, StartLoginRequest, VerifyCodeRequest};
use serde::{Deserialize, Serialize};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::extract::Query;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::visitor::Visitor;
use crate::{Edge, cookies, words};

/// How long a code lives, in words (ID-5).
const CODE_LIFETIME: &str = "10 minutes";
/// No email address is longer (RFC 5321).
const LONGEST_ADDRESS: usize = 254;
/// What is said of a username that can't be one.
pub(super) const NO_ADDRESS: &str =
    "Enter your username, which is an email address, like name@example.com";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/login", get(ask_username).post(take_username))
        .route("/login/password", get(ask_password).post(take_password))
        .route("/login/verification", get(verification).post(verify))
        .route("/login/verification/send", post(send_code))
}

#[derive(Template, WebTemplate)]
#[template(path = "login/username.html")]
struct UsernamePage {
    page: Page,
    errors: Errors,
    username: String,
    next: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/password.html")]
struct PasswordPage {
    page: Page,
    errors: Errors,
    username: String,
    next: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/verification.html")]
struct VerificationPage {
    page: Page,
    errors: Errors,
    contact: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "login/code.html")]
struct CodePage {
    page: Page,
    errors: Errors,
    contact: String,
    code: String,
    lifetime: &'static str,
}

/// A log-in between its password and its code, as the browser keeps it.
#[derive(Serialize, Deserialize)]
struct Pending {
    token: String,
    contact: String,
    next: String,
    sent: bool,
}

impl Pending {
    fn of(jar: &CookieJar) -> Option<Self> {
        let json = URL_SAFE_NO_PAD
            .decode(jar.get(cookies::LOGIN)?.value())
            .ok()?;
        serde_json::from_slice(&json).ok()
    }

    fn keep(&self, jar: CookieJar) -> CookieJar {
        let json = serde_json::to_vec(self).expect("a pending log-in is plain text");
        cookies::set(jar, cookies::LOGIN, URL_SAFE_NO_PAD.encode(json))
    }
}

#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    pub(super) fn ours(&self) -> &str {
        words::safe_next(&self.next)
    }
}

/// A form with something wrong in it.
pub(super) fn refused(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn ask_username(frame: Frame, Query(next): Query<Next>) -> Response {
    let next = next.ours().to_owned();
    let (jar, page) = frame.page(Area::Other).await;
    (
        jar,
        UsernamePage {
            page,
            errors: Errors::none(),
            username: String::new(),
            next,
        },
    )
        .into_response()
}

#[derive(Deserialize)]
struct UsernameForm {
    username: String,
    next: String,
}

async fn take_username(frame: Frame, Form(form): Form<UsernameForm>) -> Response {
    let UsernameForm { username, next } = form;
    let username = username.trim().to_owned();
    // Whether anyone has this username is not asked here: no answer tells which addresses exist (ID-6).
    if !is_address(&username) {
        let (jar, page) = frame.page(Area::Other).await;
        let errors = Errors::one("username", NO_ADDRESS);
        return (
            jar,
            refused(UsernamePage {
                page,
                errors,
                username,
                next,
            }),
        )
            .into_response();
    }
    let jar = cookies::set(
        frame.jar,
        cookies::USERNAME,
        URL_SAFE_NO_PAD.encode(username),
    );
    (
        jar,
        Redirect::to(&words::with_next("/login/password", &next)),
    )
        .into_response()
}

/// Whether a username could be an email address at all, and fits into a cookie.
pub(super) fn is_address(username: &str) -> bool {
    username.contains('@') && username.len() <= LONGEST_ADDRESS
}

/// The username of the step before.
pub(super) fn username_of(jar: &CookieJar) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(jar.get(cookies::USERNAME)?.value())
        .ok()?;
    String::from_utf8(bytes).ok()
}

async fn ask_password(frame: Frame, Query(next): Query<Next>) -> Response {
    let Some(username) = username_of(&frame.jar) else {
        return Redirect::to(&words::with_next("/login", &next.next)).into_response();
    };
    let next = next.ours().to_owned();
    let (jar, page) = frame.page(Area::Other).await;
    (
        jar,
        PasswordPage {
            page,
            errors: Errors::none(),
            username,
            next,
        },
    )
        .into_response()
}

#[derive(Deserialize)]
struct PasswordForm {
    password: String,
    next: String,
}

async fn take_password(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let Some(username) = username_of(&frame.jar) else {
        return Ok(Redirect::to("/login").into_response());
    };
    let PasswordForm { password, next } = form;
    if password.is_empty() {
        let (jar, page) = frame.page(Area::Other).await;
        let errors = Errors::one("password", "Password is required");
        return Ok((
            jar,
            refused(PasswordPage {
                page,
                errors,
                username,
                next,
            }),
        )
            .into_response());
    }
    let request = StartLoginRequest {
        username: username.clone(),
        password,
        client: Some(client),
        device_token: frame
            .jar
            .get(cookies::DEVICE)
            .map(|it| it.value().to_owned())
            .unwrap_or_default(),
    };
    match edge.clients.login.clone().start_login(request).await {
        Ok(started) => {
            let started = started.into_inner();
            let next = words::safe_next(&next).to_owned();
            let pending = Pending {
                token: started.login_token,
                contact: started.masked_address,
                next,
                sent: false,
            };
            Ok((pending.keep(frame.jar), Redirect::to("/login/verification")).into_response())
        }
        Err(status) => {
            let errors = login_refusal(status)?;
            let (jar, page) = frame.page(Area::Other).await;
            Ok((
                jar,
                refused(PasswordPage {
                    page,
                    errors,
                    username,
                    next,
                }),
            )
                .into_response())
        }
    }
}

/// The words for a refused log-in: the same for whatever was wrong (ID-6).
fn login_refusal(status: Status) -> Result<Errors, Problem> {
    let words = match reason(&status).as_str() {
        "LOGIN_REFUSED" => "Your username or password is not right. If you have tried several times, wait a few minutes, or set a new \
                            password with “Forgot your password?”"
            .to_owned(),
        "TOO_MANY_ATTEMPTS" => format!("There were too many attempts. Try again in {}", wait(&status)),
        _ => return Errors::of_status(status, &[]),
    };
    Ok(Errors::one("password", words))
}

fn wait(status: &Status) -> String {
    let delay = status
        .get_details_retry_info()
        .and_then(|it| it.retry_delay);
    delay.map_or_else(|| "a few minutes".to_owned(), words::wait)
}

/// Begins again, saying why.
fn start_again(jar: CookieJar, address: &str, why: &str) -> Response {
    let jar = cookies::clear(jar, cookies::LOGIN);
    (Flash::important(why).keep(jar), Redirect::to(address)).into_response()
}

const EXPIRED: &str = "Your log-in took too long. Please log in again.";

async fn verification(frame: Frame) -> Response {
    let Some(pending) = Pending::of(&frame.jar) else {
        return Redirect::to("/login").into_response();
    };
    code_page(frame, pending, Errors::none(), String::new()).await
}

async fn code_page(frame: Frame, pending: Pending, errors: Errors, code: String) -> Response {
    let Pending { contact, sent, .. } = pending;
    let (jar, page) = frame.page(Area::Other).await;
    if sent {
        (
            jar,
            CodePage {
                page,
                errors,
                contact,
                code,
                lifetime: CODE_LIFETIME,
            },
        )
            .into_response()
    } else {
        (
            jar,
            VerificationPage {
                page,
                errors,
                contact,
            },
        )
            .into_response()
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn send_code(
    State(edge): State<Edge>,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let Some(pending) = Pending::of(&frame.jar) else {
        return Ok(Redirect::to("/login").into_response());
    };
    let request = SendCodeRequest {
        login_token: pending.token.clone(),
    };
    match edge.clients.login.clone().send_code(request).await {
        Ok(response) => {
            let contact = response.into_inner().masked_address;
            let again = pending.sent;
            let pending = Pending {
                contact,
                sent: true,
                ..pending
            };
            let jar = pending.keep(frame.jar);
            let jar = if again {
                Flash::success("We have sent another code to your email.").keep(jar)
            } else {
                jar
            };
            Ok((jar, Redirect::to("/login/verification")).into_response())
        }
        Err(status) => match reason(&status).as_str() {
            "TOO_MANY_CODES" => {
                let message = format!(
                    "You can ask for another code in {}. Check your junk mail folder too",
                    wait(&status)
                );
                Ok(refused(
                    code_page(frame, pending, Errors::one("", message), String::new()).await,
                ))
            }
            "LOGIN_EXPIRED" => Ok(start_again(frame.jar, "/login", EXPIRED)),
            _ => Err(status.into()),
        },
    }
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

async fn verify(
    State(edge): State<Edge>,
    frame: Frame,
    Visitor(client): Visitor,
    Form(CodeForm { code }): Form<CodeForm>,
) -> Result<Response, Problem> {
    let Some(pending) = Pending::of(&frame.jar) else {
        return Ok(Redirect::to("/login").into_response());
    };
    if code.trim().is_empty() {
        let errors = Errors::one("code", "Enter the 2FA code from the email");
        return Ok(refused(code_page(frame, pending, errors, code).await));
    }
    let former = frame
        .jar
        .get(cookies::SESSION)
        .map(|it| it.value().to_owned());
    let request = VerifyCodeRequest {
        login_token: pending.token.clone(),
        code: code.clone(),
        client: Some(client),
    };
    match edge.clients.login.clone().verify_code(request).await {
        Ok(response) => {
            let response = response.into_inner();
            if let Some(former) = former {
                edge.sessions.end(&former).await;
            }
            let jar = cookies::renew(frame.jar, response.session_token);
            let jar = cookies::keep(jar, cookies::DEVICE, response.device_token);
            let jar = cookies::clear(cookies::clear(jar, cookies::LOGIN), cookies::USERNAME);
            let next = if pending.next.is_empty() {
                "/"
            } else {
                &pending.next
            };
            Ok((jar, Redirect::to(next)).into_response())
        }
        Err(status) => match reason(&status).as_str() {
            "CODE_REFUSED" => {
                let errors = Errors::one(
                    "code",
                    "That code is not right, or no longer works. Check the newest email we sent you",
                );
                Ok(refused(code_page(frame, pending, errors, code).await))
            }
            "LOGIN_EXPIRED" => Ok(start_again(frame.jar, "/login", EXPIRED)),
            "PASSWORD_RESET_REQUIRED" => Ok(start_again(
                frame.jar,
                "/login",
                "Too many codes were wrong. To protect your account we have emailed you a link to set a new password.",
            )),
            _ => {
                let errors = Errors::of_status(status, &[])?;
                Ok(refused(code_page(frame, pending, errors, code).await))
            }
        },
    }
}
