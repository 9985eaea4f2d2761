//! What casework's staff see of cases and landlords do not: who comes to their pages, and what bears on a case's allocation.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use proto::access::v1::Role;
use proto::case::v1::{Allocation, RelatedCase, Sensitivity};

use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::{Edge, words};

/// Whether a role's work is casework.
pub(crate) fn is_casework(role: Role) -> bool {
    matches!(role, Role::Caseworker | Role::SeniorColleague)
}

/// Somebody whose work is casework. For everybody else its pages are not there.
pub(crate) struct Caseworker(Arc<Session>);

impl Caseworker {
    /// Whether they decide what only a senior colleague does.
    pub(crate) fn is_senior(&self) -> bool {
        self.0.account.role() == Role::SeniorColleague
    }
}

impl Deref for Caseworker {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl FromRequestParts<Edge> for Caseworker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let LoggedIn(session) =
            <LoggedIn as FromRequestParts<Edge>>::from_request_parts(parts, edge).await?;
        if is_casework(session.account.role()) {
            Ok(Self(session))
        } else {
            Err(Problem::NotFound)
        }
    }
}

/// How sensitive a case is, in words.
pub(crate) fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Unspecified => "Not assessed yet",
        Sensitivity::Standard => "Standard",
        Sensitivity::Sensitive => "Sensitive",
        Sensitivity::HighlySensitive => "Highly sensitive",
    }
}

/// What bears on when a case is given to an investigator (CA-9).
pub(crate) struct Factors {
    pub(crate) waiting: bool,
    pub(crate) sensitivity: &'static str,
    /// The upheld service complaints, each with its date.
    pub(crate) upheld: Vec<String>,
    /// Why it goes ahead of others, and who approved that; empty otherwise.
    pub(crate) ahead: String,
    pub(crate) reviews: Vec<ReviewRow>,
    /// Closed cases of the same complainant about the same landlord.
    pub(crate) earlier: Vec<RelatedRow>,
    /// Their other open ones.
    pub(crate) open: Vec<RelatedRow>,
}

/// A review of its risk that waits for an answer.
pub(crate) struct ReviewRow {
    pub(crate) id: String,
    pub(crate) complaint: String,
    pub(crate) due_on: String,
    pub(crate) overdue: bool,
}

/// Another case of the same complainant about the same landlord.
pub(crate) struct RelatedRow {
    pub(crate) reference: String,
    /// What it is about, and when it was closed or opened.
    pub(crate) about: String,
}

impl From<RelatedCase> for RelatedRow {
    fn from(case: RelatedCase) -> Self {
        let when = if case.closed_on.is_empty() {
            format!("opened on {}", words::date(&case.opened_on))
        } else {
            format!("closed on {}", words::date(&case.closed_on))
        };
        Self {
            about: format!("{}, {when}", case.subject),
            reference: case.reference,
        }
    }
}

impl From<Allocation> for Factors {
    fn from(allocation: Allocation) -> Self {
        let sensitivity = sensitivity(allocation.sensitivity());
        let upheld = allocation
            .upheld_complaints
            .into_iter()
            .map(|it| format!("{}, upheld on {}", it.reference, words::date(&it.upheld_on)));
        let ahead = allocation
            .ahead
            .map(|it| format!("{} Approved by {}.", it.reason, it.approved_by));
        let reviews = allocation
            .open_risk_reviews
            .into_iter()
            .map(|it| ReviewRow {
                due_on: words::date(&it.due_on),
                overdue: it.overdue,
                id: it.id,
                complaint: it.complaint_reference,
            });
        let related = |cases: Vec<RelatedCase>| cases.into_iter().map(RelatedRow::from).collect();
        Self {
            waiting: allocation.waiting,
            sensitivity,
            upheld: upheld.collect(),
            ahead: ahead.unwrap_or_default(),
            reviews: reviews.collect(),
            earlier: related(allocation.earlier_cases),
            open: related(allocation.other_open_cases),
        }
    }
}
