//! What was promised and is not done yet, soonest due first (4.9, 4.28 to 4.30).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::NaiveDate;
use proto::service_complaint::v1::{ListActionsRequest, OpenAction};
use serde::Deserialize;

use super::Insight;
use super::step::Step;
use super::words::{self as said, Due};
use crate::Edge;
use crate::extract::Query;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::{Column, Paging};

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/service-complaints/monitoring", get(list))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/monitoring.html")]
struct MonitoringPage {
    page: Page,
    mine: bool,
    works: bool,
    columns: [Column; 4],
    actions: Vec<Row>,
    paging: Paging,
}

struct Row {
    what: String,
    reference: String,
    name: String,
    owner: String,
    due: Due,
    hindrance: String,
    complete: String,
    /// Where it is given to somebody else, when whoever is accountable has an interest in the complaint (3.4); empty otherwise.
    give: String,
}

/// Whose actions are shown: one's own, or those of all.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Whose {
    show: String,
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(Whose { show }): Query<Whose>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let mine = show == "mine";
    let request = ListActionsRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
        mine,
    };
    let mut client = edge.clients.service_complaint.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_actions(session.to("service-complaint", request)),
    );
    let listed = listed?.into_inner();
    let today = edge.clock.today();
    let kept = [("show", if mine { "mine" } else { "" })];
    let monitoring = MonitoringPage {
        page,
        mine,
        works: session.works(),
        columns: [
            Column::named("Action"),
            Column::named("Complaint"),
            Column::named("Accountable"),
            Column {
                sorted: "ascending",
                ..Column::named("Due")
            },
        ],
        actions: listed
            .actions
            .into_iter()
            .map(|it| Row::new(it, today))
            .collect(),
        paging: cursor.paging(
            "/service-complaints/monitoring",
            &kept,
            &listed.next_page_token,
        ),
    };
    Ok((jar, monitoring).into_response())
}

impl Row {
    fn new(open: OpenAction, today: NaiveDate) -> Self {
        let action = open.action.unwrap_or_default();
        let deadline = action.deadline.unwrap_or_default();
        Self {
            due: said::deadline(&deadline, today),
            complete: Step::Complete.address_about(&open.reference, &action.id),
            give: if action.to_be_handed_on {
                Step::GiveAction.address_about(&open.reference, &action.id)
            } else {
                String::new()
            },
            what: action.what,
            hindrance: action.hindrance,
            owner: action.owner_name,
            reference: open.reference,
            name: open.service_user,
        }
    }
}
