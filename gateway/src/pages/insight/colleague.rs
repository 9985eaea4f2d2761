//! What colleagues outside Customer Insight have to do with service complaints: any of them can record one (1.6), and each sees the actions that they
//! are accountable for (4.29). Nothing else of a complaint is shown to them (1.8).

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    CompleteMyActionRequest, GetMyActionRequest, ListMyActionsRequest, OwnAction,
    ReportMyActionHinderedRequest,
};

use super::record::{self, Place};
use super::step::{Field, FormPage, Typed, filled, problems};
use super::words::{self as said, Due};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::{Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::{Column, Paging};
use crate::{Edge, words};

/// Whose pages these are: staff who do not work on complaints.
pub(super) const OUTSIDE: &[Role] = &[
    Role::Caseworker,
    Role::SeniorColleague,
    Role::SystemAdministrator,
];

/// Where a complaint is recorded.
pub(super) const RECORD: &str = "/record-service-complaint";
/// Where one's actions are.
pub(super) const ACTIONS: &str = "/my-actions";

const PLACE: Place = Place {
    address: RECORD,
    back: ("/", "Home"),
};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/record-service-complaint", get(ask).post(take))
        .route("/record-service-complaint/done", get(done))
        .route("/my-actions", get(list))
        .route("/my-actions/{id}/complete", get(open).post(complete))
        .route(
            "/my-actions/{id}/hindered",
            get(open_hindered).post(hindered),
        )
}

/// A colleague who does not work on complaints.
struct Outside(Arc<Session>);

impl FromRequestParts<Edge> for Outside {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let LoggedIn(session) =
            <LoggedIn as FromRequestParts<Edge>>::from_request_parts(parts, edge).await?;
        if OUTSIDE.contains(&session.account.role()) {
            Ok(Self(session))
        } else {
            Err(Problem::NotFound)
        }
    }
}

async fn ask(
    State(edge): State<Edge>,
    _session: Outside,
    frame: Frame,
) -> Result<Response, Problem> {
    let typed = Typed::from_iter([("request_id", kit::id().to_string())]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = record::form(&edge, &typed, page, Errors::none(), &PLACE);
    Ok((jar, form).into_response())
}

async fn take(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let mut client = edge.clients.service_complaint.clone();
    let request = session.to("service-complaint", record::request(&typed));
    let errors = match client.record_complaint(request).await {
        Ok(receipt) => {
            let receipt = receipt.into_inner();
            let due = receipt.stage_1.unwrap_or_default().acknowledgement;
            let due = words::date(&due.unwrap_or_default().due_on);
            let flash = Flash::success(format!(
                "The complaint is recorded. Its reference is {}. Customer Insight acknowledges it by {due}.",
                receipt.reference
            ));
            let place = Redirect::to("/record-service-complaint/done");
            return Ok((flash.keep(frame.jar), place).into_response());
        }
        Err(refused) => problems(refused)?,
    };
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = record::form(&edge, &typed, page, errors, &PLACE);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/recorded.html")]
struct RecordedPage {
    page: Page,
}

async fn done(_session: Outside, frame: Frame) -> Response {
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    (jar, RecordedPage { page }).into_response()
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/own_actions.html")]
struct ActionsPage {
    page: Page,
    columns: [Column; 4],
    actions: Vec<Row>,
    paging: Paging,
}

struct Row {
    what: String,
    case_reference: String,
    due: Due,
    complete: String,
    hindered: String,
    hindrance: String,
}

impl Row {
    fn new(action: OwnAction, today: NaiveDate) -> Self {
        let deadline = action.deadline.unwrap_or_default();
        Self {
            due: said::deadline(&deadline, today),
            complete: format!("{ACTIONS}/{}/complete", action.id),
            hindered: format!("{ACTIONS}/{}/hindered", action.id),
            hindrance: action.hindrance,
            what: action.what,
            case_reference: action.case_reference,
        }
    }
}

async fn list(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = ListMyActionsRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.colleague.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_my_actions(session.to("service-complaint", request)),
    );
    let listed = listed?.into_inner();
    let today = edge.clock.today();
    let list = ActionsPage {
        page,
        columns: [
            Column::named("Action"),
            Column::named("Case"),
            Column {
                sorted: "ascending",
                ..Column::named("Due")
            },
            Column::named("If you can’t do it"),
        ],
        actions: listed
            .actions
            .into_iter()
            .map(|it| Row::new(it, today))
            .collect(),
        paging: cursor.paging(ACTIONS, &[], &listed.next_page_token),
    };
    Ok((jar, list).into_response())
}

/// One of the person's own actions.
async fn find(edge: &Edge, session: &Session, id: &str) -> Result<OwnAction, Problem> {
    let request = GetMyActionRequest {
        action_id: id.to_owned(),
    };
    let mut client = edge.clients.colleague.clone();
    let found = client.get_my_action(session.to("service-complaint", request));
    Ok(found.await?.into_inner())
}

async fn open(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let action = find(&edge, &session, &id).await?;
    let today = edge.clock.today();
    let typed = Typed::from_iter([("on", today.format("%d/%m/%Y").to_string())]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(&action, &typed, page, Errors::none(), today);
    Ok((jar, form).into_response())
}

async fn complete(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = CompleteMyActionRequest {
        action_id: id.clone(),
        on: typed.date("on"),
        evidence: typed.text("evidence"),
    };
    let mut client = edge.clients.colleague.clone();
    let errors = match client
        .complete_my_action(session.to("service-complaint", request))
        .await
    {
        Ok(_) => {
            let flash =
                Flash::success("The action is completed. Customer Insight sees what you wrote.");
            return Ok((flash.keep(frame.jar), Redirect::to(ACTIONS)).into_response());
        }
        Err(refused) => problems(refused)?,
    };
    let action = find(&edge, &session, &id).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = form(&action, &typed, page, errors, edge.clock.today());
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

async fn open_hindered(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let action = find(&edge, &session, &id).await?;
    let typed = Typed::from_iter([("why", action.hindrance.clone())]);
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = hindered_form(&action, &typed, page, Errors::none());
    Ok((jar, form).into_response())
}

async fn hindered(
    State(edge): State<Edge>,
    Outside(session): Outside,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let request = ReportMyActionHinderedRequest {
        action_id: id.clone(),
        why: typed.text("why"),
    };
    let mut client = edge.clients.colleague.clone();
    let errors = match client
        .report_my_action_hindered(session.to("service-complaint", request))
        .await
    {
        Ok(_) => {
            let flash = Flash::success(
                "Customer Insight is told. The action stays with you until they take it back or agree another with you.",
            );
            return Ok((flash.keep(frame.jar), Redirect::to(ACTIONS)).into_response());
        }
        Err(refused) => problems(refused)?,
    };
    let action = find(&edge, &session, &id).await?;
    let (jar, page) = frame.page(Area::ServiceComplaints).await;
    let form = hindered_form(&action, &typed, page, errors);
    Ok((jar, (StatusCode::UNPROCESSABLE_ENTITY, form)).into_response())
}

fn hindered_form(action: &OwnAction, typed: &Typed, page: Page, errors: Errors) -> FormPage {
    FormPage {
        page,
        errors,
        address: format!("{ACTIONS}/{}/hindered", action.id),
        back: (ACTIONS.to_owned(), "My actions".to_owned()),
        title: "Say what keeps you from an action".to_owned(),
        button: "Tell Customer Insight".to_owned(),
        warning: false,
        intro: vec![
            "The action stays open and due. Whoever handles the complaint takes it back or agrees another with you, and tells the person who complained (policy 4.9).".to_owned(),
        ],
        about: about(action),
        fields: filled(
            vec![
                Field::text("why", "What keeps you from it?", 2_000).missing("Enter what keeps you from it")
                    .hint("Such as a case that another team has now, or a person who can’t be reached"),
            ],
            typed,
        ),
        hidden: Vec::new(),
        changes: Vec::new(),
    }
}

/// What is said of an action above its forms.
fn about(action: &OwnAction) -> Vec<(String, String)> {
    let due = action.deadline.as_ref().map(|it| words::date(&it.due_on));
    let mut about = vec![
        ("Action".to_owned(), action.what.clone()),
        ("Due".to_owned(), due.unwrap_or_default()),
    ];
    if !action.case_reference.is_empty() {
        about.push(("Case".to_owned(), action.case_reference.clone()));
    }
    about
}

fn form(
    action: &OwnAction,
    typed: &Typed,
    page: Page,
    errors: Errors,
    today: NaiveDate,
) -> FormPage {
    let fields = vec![
        Field::past_date("on", "When was it done?", today).hint("For example, 18/10/2024"),
        Field::text("evidence", "What shows that it was done?", 2_000)
            .missing("Enter what shows that it is done")
            .hint("Such as a letter, a note in the case, or a payment"),
    ];
    FormPage {
        page,
        errors,
        address: format!("{ACTIONS}/{}/complete", action.id),
        back: (ACTIONS.to_owned(), "My actions".to_owned()),
        title: "Complete an action".to_owned(),
        button: "Complete it".to_owned(),
        warning: false,
        intro: vec![
            "You are accountable for this action, which was promised in answer to a complaint about our service (policy 4.29).".to_owned(),
        ],
        about: about(action),
        fields: filled(fields, typed),
        hidden: Vec::new(),
        changes: Vec::new(),
    }
}
