//! TA-1 and TA-2: setting a task, and how it stands.

use futures::future::join_all;
use outbox::testing::events;
use proto::case::v1::Status;
use proto::task::v1::{SetTaskRequest, TaskSet, TaskStatus};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, setting};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_task_is_set_with_what_the_landlord_needs_to_know_and_is_announced(db: PgPool) {
    let portal = a_portal(&db).await;

    let task = portal.a_task("2025-06-20").await;

    assert_eq!(
        (task.case_reference.as_str(), task.complainant.as_str()),
        ("202500001", "Ada Resident")
    );
    assert_eq!(task.landlord_name, "TEST TEST Landlord");
    assert_eq!(task.kind_label, "Respond to information/evidence request");
    assert!(!task.kind_explanation.is_empty());
    assert_eq!(
        task.instructions,
        "Send us the repair log.\nAnd the letters."
    );
    assert_eq!(
        (task.set_on.as_str(), task.due_on.as_str()),
        ("2025-06-02", "2025-06-20")
    );
    assert_eq!(
        (task.status(), task.status_label.as_str()),
        (TaskStatus::Pending, "Pending/New")
    );
    assert_eq!(task.set_by, "Casey Caseworker");
    let announced = events::<TaskSet>(&db).await;
    let facts = announced[0].facts.clone().unwrap();
    assert_eq!(announced.len(), 1);
    assert_eq!(
        (
            facts.task_id,
            facts.due_on.as_str(),
            facts.open,
            facts.version
        ),
        (task.id, "2025-06-20", true, 1)
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_2_the_status_follows_from_the_dates_at_the_time_of_asking(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-13").await;

    let mut seen = Vec::new();
    for date in ["2025-06-09", "2025-06-10", "2025-06-13", "2025-06-14"] {
        portal
            .clock
            .set(format!("{date}T12:00:00Z").parse().unwrap());
        seen.push(portal.seen(&task).await.status_label);
    }

    assert_eq!(
        seen,
        ["Pending/New", "Approaching", "Approaching", "Overdue"]
    );
    portal.clock.set("2025-06-13T23:30:00Z".parse().unwrap());
    assert_eq!(
        portal.seen(&task).await.status(),
        TaskStatus::Overdue,
        "in London it is tomorrow already"
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_the_same_request_sets_one_task_however_often_it_comes(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = setting(&portal.case, "2025-06-20");

    let set = join_all((0..8).map(|_| portal.set(&request))).await;

    assert!(set.iter().all(|it| *it == set[0]));
    assert_eq!(events::<TaskSet>(&db).await.len(), 1);

    let other = SetTaskRequest {
        title: "Something else".into(),
        ..request
    };
    let refused = portal.staff().set_task(other).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "REQUEST_ID_REUSED")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_closed_case_and_an_unknown_one_get_no_task(db: PgPool) {
    let portal = a_portal(&db).await;
    let closed = portal.case_moves(&portal.case, Status::Closed).await;

    let refused = portal
        .staff()
        .set_task(setting(&closed, "2025-06-20"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "CASE_CLOSED")
    );

    let mut unknown = closed;
    unknown.case_id = kit::id().to_string();
    let refused = portal
        .staff()
        .set_task(setting(&unknown, "2025-06-20"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_CASE")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_due_date_in_the_past_or_beyond_the_known_bank_holidays_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    assert_eq!(
        portal.a_task("2025-06-02").await.status(),
        TaskStatus::Approaching,
        "today is in time"
    );

    let refused = portal
        .staff()
        .set_task(setting(&portal.case, "2025-06-01"))
        .await
        .unwrap_err();
    assert_eq!(
        (
            violations(&refused)[0].0.as_str(),
            reason(&refused).as_str()
        ),
        ("due_on", "IN_THE_PAST")
    );

    let refused = portal
        .staff()
        .set_task(setting(&portal.case, "2035-01-02"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "DATE_NOT_COVERED")
    );
    assert_eq!(violations(&refused)[0].0, "due_on");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_every_wrong_field_is_named(db: PgPool) {
    let portal = a_portal(&db).await;
    let wrong = SetTaskRequest {
        request_id: "1".into(),
        kind: 9,
        title: "x".repeat(201),
        instructions: "x".repeat(5_001),
        due_on: "31 June".into(),
        ..setting(&portal.case, "")
    };

    let refused = portal.staff().set_task(wrong).await.unwrap_err();

    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        ["request_id", "kind", "title", "instructions", "due_on"]
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_landlord_sets_no_tasks(db: PgPool) {
    let portal = a_portal(&db).await;

    let refused = portal
        .own()
        .set_task(setting(&portal.case, "2025-06-20"))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}
