//! A complaint is acknowledged (3.2, 4.1, 4.3).

use proto::service_complaint::v1::{
    AcknowledgeComplaintRequest, Complaint, ComplaintAcknowledged, GetComplaintRequest,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{World, a_complaint, a_world, an_acknowledgement};

async fn recorded(world: &World) -> Complaint {
    world
        .investigator()
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_the_acknowledgement_starts_the_clock_of_the_response(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = recorded(&world).await;

    let acknowledged = world
        .investigator()
        .acknowledge_complaint(an_acknowledgement(&complaint))
        .await
        .unwrap()
        .into_inner();

    let (first, second) = (
        acknowledged.acknowledgement.clone().unwrap(),
        acknowledged.response.clone().unwrap(),
    );
    assert_eq!((first.met_on.as_str(), first.late), ("2025-06-10", false));
    assert_eq!((second.due_on.as_str(), second.late), ("2025-06-24", false));
    assert_eq!(acknowledged.version, complaint.version + 1);
    let announced = outbox::testing::events::<ComplaintAcknowledged>(&db).await;
    assert_eq!(announced[0].response_due_on, "2025-06-24");
    // What was answered is what was stored.
    let got = world
        .investigator()
        .get_complaint(GetComplaintRequest {
            complaint_id: complaint.id,
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(got, acknowledged);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_it_can_t_be_acknowledged_while_a_part_is_missing_and_the_error_names_it(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = recorded(&world).await;
    let partial = AcknowledgeComplaintRequest {
        needs: None,
        desired_outcome: " ".to_owned(),
        ..an_acknowledgement(&complaint)
    };

    let refused = world
        .investigator()
        .acknowledge_complaint(partial)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "NOT_READY");
    for part in [
        "the desired outcome",
        "the contact",
        "the communication preference",
        "the reasonable adjustments",
        "the vulnerabilities",
    ] {
        assert!(refused.message().contains(part), "{}", refused.message());
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_1_it_is_acknowledged_once(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = recorded(&world).await;
    let acknowledged = world
        .investigator()
        .acknowledge_complaint(an_acknowledgement(&complaint))
        .await
        .unwrap()
        .into_inner();

    let again = world
        .investigator()
        .acknowledge_complaint(an_acknowledgement(&acknowledged))
        .await
        .unwrap_err();

    assert_eq!(reason(&again), "ALREADY_ACKNOWLEDGED");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn of_two_who_acknowledge_at_once_one_is_told(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = recorded(&world).await;
    let stale = AcknowledgeComplaintRequest {
        version: complaint.version + 1,
        ..an_acknowledgement(&complaint)
    };

    let refused = world
        .investigator()
        .acknowledge_complaint(stale)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::Aborted);
    assert!(
        outbox::testing::events::<ComplaintAcknowledged>(&db)
            .await
            .is_empty()
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_1_it_is_not_acknowledged_before_its_receipt_or_in_the_future(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = recorded(&world).await;

    for acknowledged_on in ["2025-06-06", "2025-06-11", "2025-06-31", ""] {
        let request = AcknowledgeComplaintRequest {
            acknowledged_on: acknowledged_on.to_owned(),
            ..an_acknowledgement(&complaint)
        };
        let refused = world
            .investigator()
            .acknowledge_complaint(request)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{acknowledged_on}");
        assert_eq!(violations(&refused)[0].0, "acknowledged_on");
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn a_complaint_that_does_not_exist_is_not_found(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = Complaint {
        id: kit::id().to_string(),
        ..recorded(&world).await
    };

    let refused = world
        .investigator()
        .acknowledge_complaint(an_acknowledgement(&complaint))
        .await
        .unwrap_err();

    assert_eq!(reason(&refused), "NO_SUCH_COMPLAINT");
}
