//! What waits for a senior colleague, the oldest first (4.4, 4.17, 2.9).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use proto::service_complaint::v1::{ListApprovalsRequest, PendingApproval};

use super::Insight;
use super::step::Step;
use super::words as said;
use crate::extract::Query;
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::Paging;
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/service-complaints/approvals", get(list))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/approvals.html")]
struct ApprovalsPage {
    page: Page,
    approvals: Vec<Row>,
    paging: Paging,
}

struct Row {
    reference: String,
    name: String,
    matter: &'static str,
    asked_by: String,
    asked_at: String,
    reason: String,
    until: String,
    /// Where it is decided; empty for one's own request.
    decide: String,
}

async fn list(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    if !session.decides() {
        return Err(Problem::NotFound);
    }
    let request = ListApprovalsRequest {
        page_size: 0,
        page_token: cursor.page.clone(),
    };
    let mut client = edge.clients.service_complaint.clone();
    let ((jar, page), listed) = tokio::join!(
        frame.page(Area::ServiceComplaints),
        client.list_approvals(session.to("service-complaint", request)),
    );
    let listed = listed?.into_inner();
    let approvals = ApprovalsPage {
        page,
        approvals: listed
            .approvals
            .into_iter()
            .map(|it| Row::new(it, &session.account.id))
            .collect(),
        paging: cursor.paging(
            "/service-complaints/approvals",
            &[],
            &listed.next_page_token,
        ),
    };
    Ok((jar, approvals).into_response())
}

impl Row {
    fn new(pending: PendingApproval, me: &str) -> Self {
        let approval = pending.approval.unwrap_or_default();
        let decide = if approval.asked_by_id == me {
            String::new()
        } else {
            Step::DecideApproval.address_about(&pending.reference, &approval.id)
        };
        Self {
            matter: said::matter(approval.matter()),
            until: words::date(&approval.until),
            asked_at: words::instant(approval.asked_at.as_ref()),
            asked_by: approval.asked_by,
            reason: approval.reason,
            reference: pending.reference,
            name: pending.service_user,
            decide,
        }
    }
}
