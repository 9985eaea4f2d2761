//! What services do together, each in its own process's place: events, and what one asks of another.

mod progress_updates;
mod risk_reviews;

use proto::case::v1::{Case, CaseType, OpenCaseRequest};
use testkit::eventually;
use tests::Portal;
use tests::colleague::Colleague;

/// A case of a new landlord.
async fn a_case(portal: &Portal, caseworker: &Colleague<'_>) -> Case {
    let landlord = portal
        .register_landlord(
            "TEST TEST Landlord",
            "Dani Rawling",
            "dani@landlord.example",
        )
        .await
        .unwrap();
    let request = OpenCaseRequest {
        request_id: kit::id().to_string(),
        case_type: CaseType::MemberLandlord.into(),
        complainant: "Asha Verma".to_owned(),
        landlord_id: landlord.id,
        subject: "Damp and mould in the bedroom".to_owned(),
        ..OpenCaseRequest::default()
    };
    eventually("the case service hears of the landlord", || async {
        let request = caseworker.to("case", request.clone());
        let opened = caseworker.cases().open_case(request).await;
        opened.ok().map(tonic::Response::into_inner)
    })
    .await
}
