//! Profile and settings: the account, its password, and where it is logged in (ID-8).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::access::v1::Role;
use proto::identity::v1::{
    ChangePasswordRequest, CodeDelivery, GetMyLandlordRequest, ListSessionsRequest,
    RevokeSessionRequest,
};
use serde::Deserialize;
use tonic::Code;

use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::Paging;
use crate::{Edge, cookies, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/account", get(profile))
        .route("/account/password", get(ask_password).post(change_password))
        .route("/account/sessions/{id}/end", post(end_session))
}

#[derive(Template, WebTemplate)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    page: Page,
    profile: Profile,
    sessions: Vec<SessionRow>,
    paging: Paging,
}

struct Profile {
    name: String,
    username: String,
    organisation: String,
    role: &'static str,
    contact: &'static str,
    fixed_address: bool,
}

struct SessionRow {
    id: String,
    device: String,
    place: String,
    started: String,
    last_used: String,
    current: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: Page,
    errors: Errors,
    username: String,
}

async fn profile(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = ListSessionsRequest {
        page_token: cursor.page.clone(),
        ..ListSessionsRequest::default()
    };
    let (mut account, mut landlord) = (edge.clients.account.clone(), edge.clients.account.clone());
    let (listed, landlord, (jar, page)) = tokio::join!(
        account.list_sessions(session.to("identity", request)),
        async {
            if session.account.landlord_id.is_empty() {
                return Ok(None);
            }
            landlord
                .get_my_landlord(session.to("identity", GetMyLandlordRequest {}))
                .await
                .map(Some)
        },
        frame.page(Area::Account),
    );
    let to_administrator =
        landlord?.is_some_and(|it| it.into_inner().code_delivery() == CodeDelivery::Administrator);
    let listed = listed?.into_inner();
    let paging = cursor.paging("/account", &[], &listed.next_page_token);
    let rows = listed.sessions.into_iter().map(|it| SessionRow {
        id: it.id,
        device: words::device(&it.user_agent),
        place: it.client_address,
        started: words::instant(it.started_at.as_ref()),
        last_used: words::instant(it.last_active_at.as_ref()),
        current: it.current,
    });
    let profile = Profile {
        name: session.account.name.clone(),
        username: session.account.username.clone(),
        organisation: organisation(&session),
        role: role(session.account.role()),
        contact: if to_administrator && session.account.role() == Role::LandlordSubAccount {
            "Your administrator’s email address"
        } else {
            "Your email address"
        },
        fixed_address: session.is_administrator(),
    };
    Ok((
        jar,
        ProfilePage {
            page,
            profile,
            sessions: rows.collect(),
            paging,
        },
    )
        .into_response())
}

fn organisation(session: &Session) -> String {
    match session.account.landlord_name.as_str() {
        "" => "Housing Ombudsman Service".to_owned(),
        landlord => landlord.to_owned(),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Unspecified => "",
        Role::LandlordAdministrator => "Administrator account",
        Role::LandlordSubAccount => "Sub account",
        Role::Caseworker => "Caseworker",
        Role::ComplaintsInvestigator => "Service complaints investigator",
        Role::CustomerInsightManager => "Customer Insight manager",
        Role::SeniorColleague => "Senior colleague",
        Role::SystemAdministrator => "System administrator",
        Role::IndependentReviewer => "Independent reviewer",
    }
}

async fn ask_password(session: LoggedIn, frame: Frame) -> Response {
    password_page(&session, frame, Errors::none()).await
}

async fn password_page(session: &Session, frame: Frame, errors: Errors) -> Response {
    let (jar, page) = frame.page(Area::Account).await;
    (
        jar,
        PasswordPage {
            page,
            errors,
            username: session.account.username.clone(),
        },
    )
        .into_response()
}

#[derive(Deserialize)]
struct PasswordForm {
    current: String,
    password: String,
    repeated: String,
}

async fn change_password(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let PasswordForm {
        current,
        password,
        repeated,
    } = form;
    let errors = if password == repeated {
        let request = ChangePasswordRequest {
            current_password: current,
            new_password: password,
        };
        match edge
            .clients
            .account
            .clone()
            .change_password(session.to("identity", request))
            .await
        {
            Ok(response) => {
                edge.sessions.forget(&session.secret);
                let jar = cookies::renew(frame.jar, response.into_inner().session_token);
                let flash =
                    Flash::success("Your password is changed. You are logged out everywhere else.");
                return Ok((flash.keep(jar), Redirect::to("/account")).into_response());
            }
            Err(status) => Errors::of_status(
                status,
                &[
                    ("current_password", "current"),
                    ("new_password", "password"),
                ],
            )?,
        }
    } else {
        Errors::one("repeated", "The two passwords are not the same")
    };
    let page = password_page(&session, frame, errors).await;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_session(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(session_id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let request = session.to("identity", RevokeSessionRequest { session_id });
    let flash = match edge.clients.account.clone().revoke_session(request).await {
        Ok(_) => Flash::success("That session has ended."),
        // It may have ended by itself since the page was shown.
        Err(status) if status.code() == Code::NotFound => {
            Flash::important("That session had ended already.")
        }
        Err(status) => return Err(status.into()),
    };
    Ok((flash.keep(frame.jar), Redirect::to("/account")).into_response())
}
