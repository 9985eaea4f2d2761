//! Customer Insight is independent of casework (1.8).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AcknowledgeRequest, Complaint, Deadline, ListComplaintsRequest, StageRecord,
};
use sqlx::PgPool;
use testkit::Caller;
use tonic::Code;

use crate::given::{a_complaint, a_definition, a_world};
use crate::journey::{Journey, PROOF};

fn an_acknowledgement(complaint: &Complaint) -> AcknowledgeRequest {
    AcknowledgeRequest {
        complaint_id: complaint.id.clone(),
        version: complaint.version,
        on: "2025-06-10".to_owned(),
        proof: PROOF.to_owned(),
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_8_any_colleague_records_a_complaint_and_casework_sees_none(db: PgPool) {
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

/// 1.6, 1.8: whoever recorded a complaint can tell the person its reference, and learns nothing of what became of it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_colleague_is_answered_with_the_receipt_alone_however_often_they_ask(db: PgPool) {
    let world = a_world(&db).await;
    for colleague in [
        testkit::a_caseworker(),
        world.senior.clone(),
        testkit::a(Role::SystemAdministrator),
    ] {
        let mut client = world.client(colleague);
        let request = a_complaint();
        let recorded = client.record_complaint(request.clone()).await.unwrap();
        let recorded = recorded.into_inner();

        let mut journey = Journey {
            client: world.investigator(),
            complaint: recorded.clone(),
        };
        journey.refresh().await;
        journey.define(a_definition()).await.unwrap();
        journey.acknowledge("2025-06-10").await.unwrap();
        let again = client.record_complaint(request).await.unwrap();

        let due = recorded.stage_1.clone().unwrap().acknowledgement.unwrap();
        let receipt = Complaint {
            id: recorded.id.clone(),
            reference: recorded.reference.clone(),
            received_on: "2025-06-07".to_owned(),
            stage_1: Some(StageRecord {
                stage: 1,
                acknowledgement: Some(Deadline {
                    due_on: "2025-06-13".to_owned(),
                    ..Deadline::default()
                }),
                ..StageRecord::default()
            }),
            ..Complaint::default()
        };
        assert_eq!(due.due_on, "2025-06-13");
        assert_eq!(recorded, receipt);
        assert_eq!(again.into_inner(), receipt);
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_8_landlords_and_strangers_are_turned_away(db: PgPool) {
    let world = a_world(&db).await;
    let landlord: Caller = testkit::a_landlord_administrator(kit::id());

    let by_landlord = world.client(landlord).record_complaint(a_complaint()).await;
    let by_nobody = world.client(None).record_complaint(a_complaint()).await;

    assert_eq!(by_landlord.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(by_nobody.unwrap_err().code(), Code::Unauthenticated);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_4_the_independent_reviewer_reads_and_changes_nothing(db: PgPool) {
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
