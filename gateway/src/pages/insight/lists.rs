//! My complaints and all complaints, the next deadline first.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use proto::identity::v1::Colleague;
use proto::service_complaint::v1::{
    Complaint, ListComplaintsRequest, ListComplaintsResponse, Standing,
};
use serde::Deserialize;

use super::words::{self as said, Due};
use super::{HOME, Insight, WORKERS, colleagues};
use crate::extract::Query;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::{Choice, Column, Paging, Status};
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints", get(mine))
        .route("/service-complaints/all", get(all))
}

/// The handler that stands for nobody.
const NOBODY: &str = "nobody";

#[derive(Template, WebTemplate)]
#[template(path = "insight/list.html")]
struct ListPage {
    page: Page,
    errors: Errors,
    mine: bool,
    filter: Filter,
    standings: Vec<Choice>,
    handlers: Vec<Choice>,
    columns: [Column; 6],
    complaints: Vec<Row>,
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
    related: String,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }

    fn pairs(&self) -> [(&'static str, &str); 5] {
        [
            ("search", &self.search),
            ("standing", &self.standing),
            ("handler", &self.handler),
            ("late", &self.late),
            ("related", &self.related),
        ]
    }

    fn request(&self, mine: bool, page: &str) -> ListComplaintsRequest {
        let standing = Standing::from_str_name(&self.standing).unwrap_or_default();
        let unassigned = self.handler == NOBODY;
        ListComplaintsRequest {
            page_size: 0,
            page_token: page.to_owned(),
            standing: standing.into(),
            mine,
            late: !self.late.is_empty(),
            search: self.search.clone(),
            handler_id: if unassigned {
                String::new()
            } else {
                self.handler.clone()
            },
            unassigned,
            related_to: self.related.clone(),
        }
    }
}

struct Row {
    reference: String,
    name: String,
    standing: Status,
    handler: String,
    received_on: String,
    due: Due,
}

async fn mine(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    if !session.works() {
        return Ok(Redirect::to("/service-complaints/all").into_response());
    }
    list(&edge, &session, frame, (true, Filter::default()), &cursor).await
}

async fn all(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    list(&edge, &session, frame, (false, filter), &cursor).await
}

async fn list(
    edge: &Edge,
    session: &Insight,
    frame: Frame,
    (mine, filter): (bool, Filter),
    cursor: &Cursor,
) -> Result<Response, Problem> {
    let request = session.to("service-complaint", filter.request(mine, &cursor.page));
    let mut client = edge.clients.service_complaint.clone();
    let ((jar, page), listed, handlers) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_complaints(request),
        colleagues(edge, session, WORKERS),
    );
    let (status, errors, listed) = match listed {
        Ok(listed) => (StatusCode::OK, Errors::none(), listed.into_inner()),
        Err(refused) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Errors::of_status(refused, &[("handler_id", "handler"), ("related_to", "")])?,
            ListComplaintsResponse::default(),
        ),
    };
    let today = edge.clock.today();
    let address = if mine {
        HOME
    } else {
        "/service-complaints/all"
    };
    let list = ListPage {
        page,
        errors,
        mine,
        standings: standings(),
        handlers: choices_of(&handlers?),
        columns: columns(),
        complaints: listed
            .complaints
            .into_iter()
            .map(|it| Row::new(it, today))
            .collect(),
        paging: cursor.paging(address, &filter.pairs(), &listed.next_page_token),
        filter,
    };
    Ok((status, jar, list).into_response())
}

impl Row {
    fn new(complaint: Complaint, today: chrono::NaiveDate) -> Self {
        let present = match complaint.standing() {
            Standing::Requested | Standing::Reviewed => complaint.stage_2.as_ref(),
            Standing::Ended if complaint.stage_2.is_some() => complaint.stage_2.as_ref(),
            _ => complaint.stage_1.as_ref(),
        };
        Self {
            handler: present
                .map(|it| it.handler_name.clone())
                .unwrap_or_default(),
            standing: said::standing(complaint.standing()),
            due: said::next_due(complaint.next_deadline.as_ref(), today),
            received_on: words::date(&complaint.received_on),
            name: complaint.service_user.unwrap_or_default().name,
            reference: complaint.reference,
        }
    }
}

fn columns() -> [Column; 6] {
    [
        Column::named("Reference"),
        Column::named("Service user"),
        Column::named("Standing"),
        Column::named("Handled by"),
        Column::named("Received"),
        Column {
            sorted: "ascending",
            ..Column::named("Next deadline")
        },
    ]
}

fn standings() -> Vec<Choice> {
    let all = Choice {
        value: String::new(),
        label: "All".to_owned(),
    };
    let each = said::STANDINGS.into_iter().map(|standing| Choice {
        value: standing.as_str_name().to_owned(),
        label: said::standing(standing).text,
    });
    std::iter::once(all).chain(each).collect()
}

fn choices_of(handlers: &[Colleague]) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    };
    let first = [choice("", "Anyone"), choice(NOBODY, "Nobody yet")];
    let each = handlers.iter().map(|it| choice(&it.id, &it.name));
    first.into_iter().chain(each).collect()
}
