//! TA-5: a landlord says that a task can't be done.

use outbox::testing::events;
use proto::task::v1::{TaskCompleted, TaskStatus, TaskUnableReported, UnableDecision};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, answering, reporting};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_report_is_kept_and_awaits_an_answer(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let reported = portal.reported(&task).await;

    let report = reported.unable.clone().unwrap();
    assert_eq!(
        (report.message.as_str(), report.reported_by.as_str()),
        ("The contractor is ill", "Ada Administrator")
    );
    assert_eq!(report.decision(), UnableDecision::Unspecified);
    assert_eq!(
        (reported.status(), reported.version),
        (TaskStatus::Pending, 2)
    );
    assert_eq!(portal.seen(&task).await, reported);
    assert_eq!(events::<TaskUnableReported>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_message_has_1_to_280_characters_as_a_person_counts_them(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    for (message, why) in [
        (" \n ".to_owned(), "REQUIRED"),
        ("é".repeat(281), "TOO_LONG"),
    ] {
        let refused = portal
            .own()
            .report_unable(reporting(&task, &message))
            .await
            .unwrap_err();
        assert_eq!(
            (
                violations(&refused)[0].0.as_str(),
                reason(&refused).as_str()
            ),
            ("message", why)
        );
    }
    let longest = "👩‍👩‍👧".repeat(280);
    let reported = portal
        .own()
        .report_unable(reporting(&task, &longest))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(reported.unable.unwrap().message, longest);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_second_report_waits_for_the_answer_to_the_first(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;

    let refused = portal
        .own()
        .report_unable(reporting(&reported, "Still ill"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "UNABLE_ALREADY_REPORTED")
    );

    let upheld = answering(&reported, UnableDecision::Upheld, "");
    let upheld = portal
        .staff()
        .answer_unable(upheld)
        .await
        .unwrap()
        .into_inner();
    let again = portal
        .own()
        .report_unable(reporting(&upheld, "Still ill"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.unable.unwrap().message, "Still ill");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_task_that_was_reported_can_be_completed_all_the_same(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;

    let completed = portal.completed(&reported, "2025-06-02").await;

    assert_eq!(completed.status(), TaskStatus::Completed);
    assert_eq!(events::<TaskCompleted>(&db).await.len(), 1);
    let refused = portal
        .own()
        .report_unable(reporting(&completed, "No"))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "TASK_ENDED");
    let refused = portal
        .staff()
        .answer_unable(answering(&completed, UnableDecision::Upheld, ""))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "TASK_ENDED");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_a_report_on_a_task_that_was_changed_meanwhile_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    portal.reported(&task).await;

    let refused = portal
        .own()
        .report_unable(reporting(&task, "Ill"))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_staff_report_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let refused = portal
        .staff()
        .report_unable(reporting(&task, "Ill"))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}
