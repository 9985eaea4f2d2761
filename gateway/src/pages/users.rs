//! A landlord's sub-accounts: *create a new user* and *manage your users* (ID-9).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use proto::identity::v1::{
    Account, CodeDelivery, CreateSubAccountRequest, DeactivateSubAccountRequest,
    GetMyLandlordRequest, ListSubAccountsRequest, ListSubAccountsResponse,
    ReactivateSubAccountRequest, ResetSubAccountPasswordRequest, SetCodeDeliveryRequest,
};
use serde::Deserialize;
use tonic::Status;

use crate::Edge;
use crate::extract::Path;
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::{self, Choice};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/users", get(list))
        .route("/users/new", get(ask_new).post(create))
        .route("/users/codes", post(set_code_delivery))
        .route(
            "/users/{id}/reset-password",
            get(ask_reset).post(reset_password),
        )
        .route(
            "/users/{id}/deactivate",
            get(ask_deactivate).post(deactivate),
        )
        .route(
            "/users/{id}/reactivate",
            get(ask_reactivate).post(reactivate),
        )
}

/// The most accounts that a page lists. Only three can be active; a landlord that has had more than a hundred manages the newest.
const MOST: i32 = 100;

#[derive(Template, WebTemplate)]
#[template(path = "users/list.html")]
struct ListPage {
    page: Page,
    users: Vec<UserRow>,
    may_create: bool,
    limit: i32,
    destinations: Vec<Choice>,
    codes_to: String,
    version: i64,
}

struct UserRow {
    id: String,
    name: String,
    username: String,
    status: view::Status,
    active: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "users/new.html")]
struct NewPage {
    page: Page,
    errors: Errors,
    /// Not `name`: a macro's parameter of that name would hide it.
    full_name: String,
    username: String,
    request_id: String,
}

/// What is asked about before it is done.
enum UserAction {
    ResetPassword,
    Deactivate,
    Reactivate,
}

#[derive(Template, WebTemplate)]
#[template(path = "users/confirm.html")]
struct ConfirmPage {
    page: Page,
    errors: Errors,
    action: UserAction,
    user: Account,
    version: i64,
}

async fn sub_accounts(edge: &Edge, session: &Session) -> Result<ListSubAccountsResponse, Status> {
    let request = ListSubAccountsRequest {
        page_size: MOST,
        page_token: String::new(),
    };
    Ok(edge
        .clients
        .account
        .clone()
        .list_sub_accounts(session.to("identity", request))
        .await?
        .into_inner())
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
) -> Result<Response, Problem> {
    let mut identity = edge.clients.account.clone();
    let (listed, landlord, (jar, page)) = tokio::join!(
        sub_accounts(&edge, &session),
        identity.get_my_landlord(session.to("identity", GetMyLandlordRequest {})),
        frame.page(Area::Account),
    );
    let (listed, landlord) = (listed?, landlord?.into_inner());
    let may_create = listed.active < listed.limit;
    let choice = |delivery: CodeDelivery, label: &str| Choice {
        value: delivery.as_str_name().to_owned(),
        label: label.to_owned(),
    };
    let page = ListPage {
        page,
        may_create,
        limit: listed.limit,
        users: listed.accounts.into_iter().map(row).collect(),
        destinations: vec![
            choice(CodeDelivery::OwnAddress, "To each user’s own email address"),
            choice(
                CodeDelivery::Administrator,
                "To the administrator’s email address",
            ),
        ],
        codes_to: match landlord.code_delivery() {
            CodeDelivery::Administrator => CodeDelivery::Administrator,
            CodeDelivery::Unspecified | CodeDelivery::OwnAddress => CodeDelivery::OwnAddress,
        }
        .as_str_name()
        .to_owned(),
        version: landlord.version,
    };
    Ok((jar, page).into_response())
}

fn row(account: Account) -> UserRow {
    let (text, colour) = match (account.active, account.password_set) {
        (false, _) => ("Deactivated", "grey"),
        (true, false) => ("Waiting for a password", "yellow"),
        (true, true) => ("Active", "green"),
    };
    UserRow {
        id: account.id,
        name: account.name,
        username: account.username,
        status: view::Status {
            text: text.to_owned(),
            colour,
        },
        active: account.active,
    }
}

#[derive(Deserialize)]
struct CodesForm {
    codes_to: String,
    version: i64,
}

async fn set_code_delivery(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Form(form): Form<CodesForm>,
) -> Result<Response, Problem> {
    let delivery = CodeDelivery::from_str_name(&form.codes_to).unwrap_or_default();
    let request = SetCodeDeliveryRequest {
        code_delivery: delivery.into(),
        version: form.version,
    };
    edge.clients
        .account
        .clone()
        .set_code_delivery(session.to("identity", request))
        .await?;
    Ok(done(
        frame.jar,
        "We will send your users’ verification codes there from now on.",
    ))
}

fn done(jar: CookieJar, text: impl Into<String>) -> Response {
    (Flash::success(text).keep(jar), Redirect::to("/users")).into_response()
}

async fn ask_new(session: LoggedIn, frame: Frame) -> Result<Response, Problem> {
    if !session.is_administrator() {
        return Err(Problem::NotFound);
    }
    let (jar, page) = frame.page(Area::Account).await;
    let request_id = kit::id().to_string();
    let page = NewPage {
        page,
        errors: Errors::none(),
        full_name: String::new(),
        username: String::new(),
        request_id,
    };
    Ok((jar, page).into_response())
}

#[derive(Deserialize)]
struct NewForm {
    request_id: String,
    name: String,
    username: String,
}

async fn create(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Form(form): Form<NewForm>,
) -> Result<Response, Problem> {
    let NewForm {
        request_id,
        name,
        username,
    } = form;
    let request = CreateSubAccountRequest {
        request_id: request_id.clone(),
        name: name.clone(),
        username: username.clone(),
    };
    let errors = match edge
        .clients
        .account
        .clone()
        .create_sub_account(session.to("identity", request))
        .await
    {
        Ok(account) => {
            let username = account.into_inner().username;
            return Ok(done(
                frame.jar,
                format!("We have emailed {username} a link to create a password."),
            ));
        }
        Err(status) => match reason(&status).as_str() {
            "TOO_MANY_SUB_ACCOUNTS" => Errors::one(
                "",
                "You have as many active sub accounts as you can have. Deactivate one before you create another",
            ),
            "USERNAME_TAKEN" => Errors::one(
                "username",
                "Someone has an account with this email address already",
            ),
            _ => Errors::of_status(status, &[])?,
        },
    };
    let (jar, page) = frame.page(Area::Account).await;
    let page = NewPage {
        page,
        errors,
        full_name: name,
        username,
        request_id,
    };
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, page)).into_response())
}

async fn confirm(
    edge: &Edge,
    session: &Session,
    frame: Frame,
    id: &str,
    action: UserAction,
    errors: Errors,
) -> Result<Response, Problem> {
    let (listed, (jar, page)) =
        tokio::join!(sub_accounts(edge, session), frame.page(Area::Account));
    let user = listed?
        .accounts
        .into_iter()
        .find(|it| it.id == id)
        .ok_or(Problem::NotFound)?;
    let version = user.version;
    Ok((
        jar,
        ConfirmPage {
            page,
            errors,
            action,
            user,
            version,
        },
    )
        .into_response())
}

async fn ask_reset(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    confirm(
        &edge,
        &session,
        frame,
        &id,
        UserAction::ResetPassword,
        Errors::none(),
    )
    .await
}

async fn ask_deactivate(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    confirm(
        &edge,
        &session,
        frame,
        &id,
        UserAction::Deactivate,
        Errors::none(),
    )
    .await
}

async fn ask_reactivate(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    confirm(
        &edge,
        &session,
        frame,
        &id,
        UserAction::Reactivate,
        Errors::none(),
    )
    .await
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct VersionForm {
    version: i64,
}

async fn reset_password(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(account_id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let request = session.to("identity", ResetSubAccountPasswordRequest { account_id });
    let account = edge
        .clients
        .account
        .clone()
        .reset_sub_account_password(request)
        .await?
        .into_inner();
    Ok(done(
        frame.jar,
        format!(
            "We have emailed {} a link to create a new password.",
            account.username
        ),
    ))
}

async fn deactivate(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(account_id): Path<String>,
    Form(VersionForm { version }): Form<VersionForm>,
) -> Result<Response, Problem> {
    let request = session.to(
        "identity",
        DeactivateSubAccountRequest {
            account_id,
            version,
        },
    );
    let account = edge
        .clients
        .account
        .clone()
        .deactivate_sub_account(request)
        .await?
        .into_inner();
    Ok(done(
        frame.jar,
        format!("{} can no longer log in.", account.name),
    ))
}

async fn reactivate(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(account_id): Path<String>,
    Form(VersionForm { version }): Form<VersionForm>,
) -> Result<Response, Problem> {
    let request = ReactivateSubAccountRequest {
        account_id: account_id.clone(),
        version,
    };
    match edge
        .clients
        .account
        .clone()
        .reactivate_sub_account(session.to("identity", request))
        .await
    {
        Ok(account) => Ok(done(
            frame.jar,
            format!("{} can log in again.", account.into_inner().name),
        )),
        Err(status) if reason(&status) == "TOO_MANY_SUB_ACCOUNTS" => {
            let errors = Errors::one(
                "",
                "You have as many active sub accounts as you can have. Deactivate one before you reactivate another",
            );
            let page = confirm(
                &edge,
                &session,
                frame,
                &account_id,
                UserAction::Reactivate,
                errors,
            )
            .await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(status) => Err(status.into()),
    }
}
