//! Service requests: monitored until they are answered, or are taken for the complaint that they have become (policy 1.3, 1.5, 2.3).

mod step;
mod words;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::service_complaint::v1::{
    GetServiceRequestRequest, ListRequestHistoryRequest, ListServiceRequestsRequest,
    ListServiceRequestsResponse, RelatedComplaint, RequestChange, RequestStanding, ServiceRequest,
};
use serde::Deserialize;

use self::step::Step;
use super::words as said;
use super::{Insight, colleagues};
use crate::extract::{Path, Query};
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::Session;
use crate::view::{Choice, Column, Paging, Status};
use crate::{Edge, words as common};

/// Where the list is.
const ADDRESS: &str = "/service-complaints/requests";
/// The handler that stands for nobody.
const NOBODY: &str = "nobody";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/requests", get(list))
        .route(
            "/service-complaints/requests/new",
            get(step::ask_new).post(step::record),
        )
        .route("/service-complaints/requests/{request}", get(one))
        .route(
            "/service-complaints/requests/{request}/steps/{dealing}",
            get(step::ask).post(step::take),
        )
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/requests.html")]
struct ListPage {
    page: Page,
    errors: Errors,
    records: bool,
    filter: Filter,
    standings: Vec<Choice>,
    handlers: Vec<Choice>,
    columns: [Column; 6],
    requests: Vec<Row>,
    paging: Paging,
}

/// What a person chose to see.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Filter {
    search: String,
    standing: String,
    handler: String,
    late: String,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }

    fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("search", &self.search),
            ("standing", &self.standing),
            ("handler", &self.handler),
            ("late", &self.late),
        ]
    }

    fn request(&self, page: &str) -> ListServiceRequestsRequest {
        let standing = RequestStanding::from_str_name(&self.standing).unwrap_or_default();
        let unassigned = self.handler == NOBODY;
        ListServiceRequestsRequest {
            page_size: 0,
            page_token: page.to_owned(),
            standing: standing.into(),
            handler_id: if unassigned {
                String::new()
            } else {
                self.handler.clone()
            },
            unassigned,
            late: !self.late.is_empty(),
            search: self.search.clone(),
        }
    }
}

struct Row {
    reference: String,
    name: String,
    standing: Status,
    handler: String,
    age: String,
    review: said::Due,
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = session.to("service-complaint", filter.request(&cursor.page));
    let mut client = edge.clients.service_requests.clone();
    let ((jar, page), listed, handlers) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_service_requests(request),
        colleagues(&edge, &session, &[]),
    );
    let (status, errors, listed) = match listed {
        Ok(listed) => (StatusCode::OK, Errors::none(), listed.into_inner()),
        Err(refused) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Errors::of_status(refused, &[("handler_id", "handler")])?,
            ListServiceRequestsResponse::default(),
        ),
    };
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    };
    let standings = words::STANDINGS
        .map(|it| choice(it.as_str_name(), &words::standing(it).text))
        .into_iter();
    let handlers = handlers?;
    let handlers = handlers.iter().map(|it| choice(&it.id, &it.name));
    let list = ListPage {
        page,
        errors,
        records: session.works(),
        standings: std::iter::once(choice("", "All"))
            .chain(standings)
            .collect(),
        handlers: [choice("", "Anyone"), choice(NOBODY, "Nobody yet")]
            .into_iter()
            .chain(handlers)
            .collect(),
        columns: columns(),
        requests: listed.service_requests.into_iter().map(Row::new).collect(),
        paging: cursor.paging(ADDRESS, &filter.pairs(), &listed.next_page_token),
        filter,
    };
    Ok((status, jar, list).into_response())
}

impl Row {
    fn new(request: ServiceRequest) -> Self {
        Self {
            standing: words::standing(request.standing()),
            review: words::review(&request),
            age: words::age(&request),
            name: request.service_user.unwrap_or_default().name,
            handler: request.handler_name,
            reference: request.reference,
        }
    }
}

fn columns() -> [Column; 6] {
    [
        Column::named("Reference"),
        Column::named("Service user"),
        Column::named("Standing"),
        Column::named("Handled by"),
        Column::named("Age"),
        Column {
            sorted: "ascending",
            ..Column::named("Next review")
        },
    ]
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/request.html")]
struct RequestPage {
    page: Page,
    reference: String,
    name: String,
    standing: Status,
    review: said::Due,
    handler: String,
    /// Where each step's form is, and its name.
    steps: Vec<(String, &'static str)>,
    wanted: String,
    /// What is known of it: a name and words.
    facts: Vec<(&'static str, String)>,
    answered_on: String,
    answer: String,
    /// Whether whoever works on it has to tell the person themselves.
    by_hand: bool,
    raised_during: Option<RelatedComplaint>,
    became: Option<RelatedComplaint>,
    changes: Vec<Done>,
    paging: Paging,
}

/// Something that was done.
struct Done {
    text: String,
    by: String,
    at: String,
    at_iso: String,
}

impl Done {
    fn new(change: RequestChange) -> Self {
        Self {
            at: common::instant(change.at.as_ref()),
            at_iso: common::machine(change.at.as_ref()),
            text: said::dated(&change.text),
            by: change.by,
        }
    }
}

/// A request, by what people call it or by its id.
async fn find(
    edge: &Edge,
    session: &Session,
    id_or_reference: &str,
) -> Result<ServiceRequest, tonic::Status> {
    let request = GetServiceRequestRequest {
        service_request_id: id_or_reference.to_owned(),
    };
    let mut client = edge.clients.service_requests.clone();
    let found = client.get_service_request(session.to("service-complaint", request));
    Ok(found.await?.into_inner())
}

async fn one(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let request = find(&edge, &session, &reference).await?;
    let history = ListRequestHistoryRequest {
        service_request_id: request.id.clone(),
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.service_requests.clone();
    let ((jar, page), history) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_request_history(session.to("service-complaint", history))
    );
    let history = history?.into_inner();
    let address = format!("{ADDRESS}/{}", request.reference);
    let steps = if session.works() {
        Step::open(&request)
    } else {
        Vec::new()
    };
    let user = request.service_user.clone().unwrap_or_default();
    let page = RequestPage {
        page,
        standing: words::standing(request.standing()),
        review: words::review(&request),
        steps: (steps.into_iter())
            .map(|it| (it.address(&request.reference), it.title()))
            .collect(),
        facts: words::facts(&request),
        answered_on: common::date(&request.answered_on),
        by_hand: !words::by_email(&user),
        name: user.name,
        handler: request.handler_name,
        wanted: request.wanted,
        answer: request.answer,
        raised_during: request.raised_during,
        became: request.became,
        changes: history.changes.into_iter().map(Done::new).collect(),
        paging: cursor.paging(&address, &[], &history.next_page_token),
        reference: request.reference,
    };
    Ok((jar, page).into_response())
}
