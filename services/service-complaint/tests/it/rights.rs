//! Customer Insight is independent of casework (1.8).

use proto::access::v1::Role;
use proto::service_complaint::v1::{AcknowledgeRequest, Complaint, ListComplaintsRequest};
use sqlx::PgPool;
use testkit::Caller;
use tonic::Code;

use crate::given::{a_complaint, a_world};
use crate::journey::PROOF;

fn an_acknowledgement(complaint: &Complaint) -> AcknowledgeRequest {
    AcknowledgeRequest {
        complaint_id: complaint.id.clone(),
        version: complaint.version,
        on: "2025-06-10".to_owned(),
        proof: PROOF.to_owned(),
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn any_colleague_records_a_complaint_and_casework_sees_none(db: PgPool) {
    let world = a_world(&db).await;
    let mut caseworker = world.client(testkit::a_caseworker());

    let recorded = caseworker
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner();

    let list = caseworker
        .list_complaints(ListComplaintsRequest::default())
        .await;
    let acknowledge = caseworker.acknowledge(an_acknowledgement(&recorded)).await;
    assert_eq!(list.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(acknowledge.unwrap_err().code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn landlords_and_strangers_are_turned_away(db: PgPool) {
    let world = a_world(&db).await;
    let landlord: Caller = testkit::a_landlord_administrator(kit::id());

    let by_landlord = world.client(landlord).record_complaint(a_complaint()).await;
    let by_nobody = world.client(None).record_complaint(a_complaint()).await;

    assert_eq!(by_landlord.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(by_nobody.unwrap_err().code(), Code::Unauthenticated);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn the_independent_reviewer_reads_and_changes_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let recorded = world
        .investigator()
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner();
    let mut reviewer = world.client(testkit::a(Role::IndependentReviewer));

    let list = reviewer
        .list_complaints(ListComplaintsRequest::default())
        .await
        .unwrap();
    let acknowledge = reviewer.acknowledge(an_acknowledgement(&recorded)).await;

    assert_eq!(list.into_inner().complaints.len(), 1);
    assert_eq!(acknowledge.unwrap_err().code(), Code::PermissionDenied);
}
