//! Who finds casework's own pages: for everybody else none of their addresses exists.

use axum::http::StatusCode;
use proto::access::v1::Role;

use super::activity::{Portal, ROUTES};

/// The pages about who is given a case, and about its risk.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let addresses = ROUTES
        .into_iter()
        .map(|(method, address, _)| (method, address));
    addresses.filter(|(_, it)| {
        it.starts_with("/allocation") || *it == "/risk-reviews" || it.ends_with("/risk")
    })
}

async fn found(role: Role) -> Vec<(&'static str, &'static str, bool)> {
    let portal = Portal::start_for(role).await;
    let mut found = Vec::new();
    for (method, address) in routes() {
        let answer = portal.ask(method, address, "lives").await;
        found.push((method, address, answer.status() != StatusCode::NOT_FOUND));
    }
    found
}

#[tokio::test]
async fn ca_9_allocation_and_risk_are_casework_s_alone() {
    for role in [
        Role::LandlordAdministrator,
        Role::LandlordSubAccount,
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::IndependentReviewer,
        Role::SystemAdministrator,
        Role::Unspecified,
    ] {
        for (method, address, found) in found(role).await {
            assert!(!found, "{role:?} finds {method} {address}");
        }
    }
}

#[tokio::test]
async fn ca_9_only_a_senior_colleague_finds_the_forms_that_move_a_case_ahead() {
    for (role, senior) in [(Role::Caseworker, false), (Role::SeniorColleague, true)] {
        let all = found(role).await;
        assert_eq!(all.len(), 9);
        for (method, address, found) in all {
            let deciding = address.ends_with("/ahead") || address.ends_with("/in-turn");
            assert_eq!(found, senior || !deciding, "{role:?}: {method} {address}");
        }
    }
}
