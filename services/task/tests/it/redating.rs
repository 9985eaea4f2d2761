//! TA-6: a caseworker gives a task another due date.

use outbox::testing::events;
use proto::task::v1::{
    RedateTaskRequest, TaskApproaching, TaskChanged, TaskStatus, UnableDecision,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, answering, redating};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_task_has_another_due_date_with_the_reason_and_the_landlord_is_told(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-03").await;

    let redated = portal.redated(&task, "2025-06-30").await;

    assert_eq!(
        (redated.due_on.as_str(), redated.status()),
        ("2025-06-30", TaskStatus::Pending)
    );
    assert_eq!(redated.ending_reason, "You asked for more time");
    assert_eq!(portal.seen(&task).await, redated);
    let announced = events::<TaskChanged>(&db).await;
    let facts = announced[0].facts.clone().unwrap();
    assert_eq!(
        (facts.due_on.as_str(), facts.open, facts.version),
        ("2025-06-30", true, redated.version)
    );
    assert_eq!(announced[0].reason, "You asked for more time");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_every_due_date_has_its_own_reminders_and_none_twice(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-03").await;
    portal.sweep().await;

    let task = portal.redated(&task, "2025-06-04").await;
    portal.sweep().await;
    assert_eq!(events::<TaskApproaching>(&db).await.len(), 2);

    portal.redated(&task, "2025-06-03").await;
    portal.sweep().await;
    assert_eq!(events::<TaskApproaching>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_date_that_can_not_be_kept_or_says_nothing_new_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    for (due_on, text, field, why) in [
        ("", "Because", "due_on", "REQUIRED"),
        ("2025-06-01", "Because", "due_on", "IN_THE_PAST"),
        ("2040-01-01", "Because", "due_on", "DATE_NOT_COVERED"),
        ("2025-06-20", "Because", "due_on", "SAME_DATE"),
        ("2025-06-30", " ", "reason", "REQUIRED"),
    ] {
        let request = RedateTaskRequest {
            reason: text.into(),
            ..redating(&task, due_on)
        };
        let refused = portal.staff().redate_task(request).await.unwrap_err();
        assert_eq!(
            (
                violations(&refused)[0].0.as_str(),
                reason(&refused).as_str()
            ),
            (field, why)
        );
    }
    assert_eq!(portal.seen(&task).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_task_that_ended_or_awaits_an_answer_is_not_redated(db: PgPool) {
    let portal = a_portal(&db).await;
    let done = portal
        .completed(&portal.a_task("2025-06-20").await, "2025-06-02")
        .await;
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;

    for (task, why) in [(&done, "TASK_ENDED"), (&reported, "ANSWER_AWAITED")] {
        let refused = portal
            .staff()
            .redate_task(redating(task, "2025-06-30"))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, why)
        );
    }
    let answered = portal
        .staff()
        .answer_unable(answering(&reported, UnableDecision::Upheld, ""))
        .await
        .unwrap()
        .into_inner();
    portal.redated(&answered, "2025-06-30").await;
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_landlord_redates_nothing_and_nobody_what_was_changed_meanwhile(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let refused = portal
        .own()
        .redate_task(redating(&task, "2025-06-30"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    portal.redated(&task, "2025-06-30").await;
    let refused = portal
        .staff()
        .redate_task(redating(&task, "2025-07-30"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}
