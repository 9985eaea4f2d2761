//! Who finds the Customer Insight workspace: for everybody else none of its addresses exists, however they are asked.

use axum::http::StatusCode;
use proto::access::v1::Role;

use super::activity::{Portal, ROUTES};

/// Every route of the workspace.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES
        .into_iter()
        .map(|(method, address, _)| (method, address))
        .filter(|(_, address)| address.starts_with("/service-complaints"))
}

/// Whether a role finds each route. What it finds is asked of a service that is away.
async fn found(role: Role) -> Vec<(&'static str, &'static str, bool)> {
    let portal = Portal::start_for(role).await;
    let mut found = Vec::new();
    for (method, address) in routes() {
        let answer = portal.ask(method, address, "lives").await;
        let status = answer.status();
        found.push((method, address, status != StatusCode::NOT_FOUND));
    }
    found
}

/// The forms of recommendations, themes, counts of enquiries, what is said of a period and of the library of paragraphs are the manager's alone.
fn is_the_manager_s(address: &str) -> bool {
    address.starts_with("/service-complaints/recommendations/")
        || address.starts_with("/service-complaints/paragraphs/")
        || address.starts_with("/service-complaints/themes/")
        || address == "/service-complaints/enquiries/record"
        || address == "/service-complaints/reports/commentary"
}

/// Samples are drawn, and their files taken, by the manager and the reviewer.
fn is_drawn(address: &str) -> bool {
    address == "/service-complaints/samples/new" || address.ends_with("/files.zip")
}

/// What only who works on complaints does with letters; a letter and the list of a complaint's letters are read by all.
fn is_written(method: &str, address: &str) -> bool {
    let letters = address.starts_with("/service-complaints/letters")
        || address.contains("/letters/write")
        || address.ends_with("/letters/{id}/again")
        || address.contains("/letters/drafts/");
    letters || method == "POST" && address.contains("/letters/")
}

#[tokio::test]
async fn id_12_for_landlords_caseworkers_and_administrators_the_workspace_is_not_there() {
    for role in [
        Role::LandlordAdministrator,
        Role::LandlordSubAccount,
        Role::Caseworker,
        Role::SystemAdministrator,
        Role::Unspecified,
    ] {
        for (method, address, found) in found(role).await {
            assert!(!found, "{role:?} finds {method} {address}");
        }
    }
}

#[tokio::test]
async fn id_12_an_investigator_finds_all_but_what_a_senior_colleague_or_the_manager_decides() {
    for (method, address, found) in found(Role::ComplaintsInvestigator).await {
        let decides = address.ends_with("/approvals") || address.ends_with("/sign-off");
        let others = is_the_manager_s(address) || is_drawn(address);
        assert_eq!(found, !decides && !others, "{method} {address}");
    }
}

#[tokio::test]
async fn id_12_the_manager_finds_all_of_it() {
    for (method, address, found) in found(Role::CustomerInsightManager).await {
        assert!(found, "{method} {address}");
    }
}

#[tokio::test]
async fn sc_15_a_senior_colleague_and_the_reviewer_find_what_is_read_and_no_form() {
    for (role, decides) in [
        (Role::SeniorColleague, true),
        (Role::IndependentReviewer, false),
    ] {
        for (method, address, found) in found(role).await {
            let form = is_written(method, address)
                || address.contains("/steps/")
                || address.contains("/change/")
                || address.ends_with("/record")
                || address.ends_with("/learning/new")
                || address.ends_with("/requests/new")
                || address.ends_with("/{lesson}/complete")
                || is_the_manager_s(address)
                || (is_drawn(address) && role != Role::IndependentReviewer);
            let deciding = address.ends_with("/approvals") || address.ends_with("/sign-off");
            let expected = !form && (decides || !deciding);
            assert_eq!(found, expected, "{role:?}: {method} {address}");
        }
    }
}

#[tokio::test]
async fn the_workspace_asks_who_has_logged_out_to_log_in() {
    for (method, address) in routes().filter(|(method, _)| *method == "GET") {
        let (router, _folder) = super::edge();
        let request = super::get(&address.replace("{reference}", "SC202600001"));

        let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();

        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{method} {address}");
        let place = answer.headers()["location"].to_str().unwrap();
        assert!(place.starts_with("/login?next="), "{address}: {place}");
    }
}
