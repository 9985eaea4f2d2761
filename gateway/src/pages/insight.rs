//! The Customer Insight workspace: complaints about the ombudsman itself, for the staff who handle them. For everybody else its pages are
//! not there. The numbers in brackets are paragraphs of the published policy.

mod amend;
mod approvals;
mod colleague;
mod complaint;
mod files;
mod letters;
mod lists;
mod monitoring;
mod oversight;
mod record;
mod requests;
mod step;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use proto::access::v1::Role;
use proto::identity::v1::{Colleague, ListColleaguesRequest};
use proto::service_complaint::v1::{Complaint, GetComplaintRequest};
use tonic::Status;

use crate::Edge;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::MenuItem;

/// Who sees the workspace.
const STAFF: &[Role] = &[
    Role::ComplaintsInvestigator,
    Role::CustomerInsightManager,
    Role::SeniorColleague,
    Role::IndependentReviewer,
];
/// Who works on complaints.
const WORKERS: &[Role] = &[Role::ComplaintsInvestigator, Role::CustomerInsightManager];
/// Who decides what a senior colleague is asked (4.4, 4.17, 2.9).
const DECIDERS: &[Role] = &[Role::SeniorColleague, Role::CustomerInsightManager];

/// Where the workspace begins.
pub(crate) const HOME: &str = "/service-complaints";

/// Where all complaints are listed, for everybody who sees the workspace.
const ALL: &str = "/service-complaints/all";

/// The workspace's menu: each page with its address and who sees it.
const MENU: &[(&str, &str, &[Role])] = &[
    ("My complaints", HOME, WORKERS),
    ("All complaints", "/service-complaints/all", STAFF),
    ("Record a complaint", "/service-complaints/record", WORKERS),
    ("Record a complaint", colleague::RECORD, colleague::OUTSIDE),
    ("My actions", colleague::ACTIONS, colleague::OUTSIDE),
    ("Service requests", "/service-complaints/requests", STAFF),
    ("Approvals", "/service-complaints/approvals", DECIDERS),
    ("Monitoring", "/service-complaints/monitoring", STAFF),
    ("Letters to post", "/service-complaints/letters", WORKERS),
    (
        "Standard paragraphs",
        "/service-complaints/paragraphs",
        STAFF,
    ),
    ("Learning", "/service-complaints/learning", STAFF),
    (
        "Recommendations",
        "/service-complaints/recommendations",
        STAFF,
    ),
    ("Dashboard", "/service-complaints/dashboard", STAFF),
    ("Reports", "/service-complaints/reports", STAFF),
    ("Enquiries", "/service-complaints/enquiries", STAFF),
    ("Samples", "/service-complaints/samples", STAFF),
];

/// The parts of a complaint's page: the end of each one's address, and its name.
const TABS: &[(&str, &str)] = &[
    ("", "Complaint"),
    ("/files", "Form and files"),
    ("/clocks", "Clocks"),
    ("/findings", "Findings"),
    ("/remedies", "Remedies and actions"),
    ("/letters", "Letters"),
    ("/notes", "Notes"),
    ("/timeline", "Timeline"),
];

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .merge(lists::router())
        .merge(record::router())
        .merge(amend::router())
        .merge(colleague::router())
        .merge(requests::router())
        .merge(approvals::router())
        .merge(monitoring::router())
        .merge(letters::router())
        .merge(oversight::router())
        .merge(complaint::router())
        .merge(files::router())
        .merge(step::router())
}

/// The workspace's menu for a role; empty for those who don't see it.
pub(crate) fn menu(role: Role) -> Vec<MenuItem> {
    MENU.iter()
        .filter(|(_, _, seen_by)| seen_by.contains(&role))
        .map(|(label, href, _)| MenuItem { label, href })
        .collect()
}

/// Where a role's work begins, when that is in the workspace.
pub(crate) fn home_of(role: Role) -> Option<&'static str> {
    match role {
        Role::ComplaintsInvestigator | Role::CustomerInsightManager => Some(HOME),
        Role::IndependentReviewer => Some("/service-complaints/all"),
        _ => None,
    }
}

/// Somebody who sees the workspace.
struct Insight(Arc<Session>);

impl Deref for Insight {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl Insight {
    fn role(&self) -> Role {
        self.account.role()
    }

    /// Whether the person works on complaints, and does not only read or decide.
    fn works(&self) -> bool {
        WORKERS.contains(&self.role())
    }

    /// Whether the person decides what a senior colleague is asked.
    fn decides(&self) -> bool {
        DECIDERS.contains(&self.role())
    }
}

impl FromRequestParts<Edge> for Insight {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let LoggedIn(session) =
            <LoggedIn as FromRequestParts<Edge>>::from_request_parts(parts, edge).await?;
        if STAFF.contains(&session.account.role()) {
            Ok(Self(session))
        } else {
            Err(Problem::NotFound)
        }
    }
}

/// A complaint, by what people call it or by its id.
async fn find(edge: &Edge, session: &Session, reference: &str) -> Result<Complaint, Status> {
    let request = GetComplaintRequest {
        complaint_id: reference.to_owned(),
    };
    let mut client = edge.clients.service_complaint.clone();
    let found = client.get_complaint(session.to("service-complaint", request));
    Ok(found.await?.into_inner())
}

/// The most pages of colleagues that a choice is made from: a list of more than a thousand names is not chosen from.
const MOST_PAGES: usize = 10;

/// The staff of some roles, by name; all of them without roles.
async fn colleagues(
    edge: &Edge,
    session: &Session,
    roles: &[Role],
) -> Result<Vec<Colleague>, Status> {
    let mut client = edge.clients.account.clone();
    let mut found = Vec::new();
    let mut page_token = String::new();
    for _ in 0..MOST_PAGES {
        let request = ListColleaguesRequest {
            page_size: 100,
            page_token,
            roles: roles.iter().map(|it| (*it).into()).collect(),
        };
        let page = client
            .list_colleagues(session.to("identity", request))
            .await?
            .into_inner();
        found.extend(page.colleagues);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(found)
}
