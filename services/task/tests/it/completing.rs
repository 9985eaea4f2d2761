//! TA-4: completing a task.

use futures::future::join_all;
use outbox::testing::events;
use proto::task::v1::{TaskCompleted, TaskStatus};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, completing, withdrawing};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_a_task_is_completed_on_the_date_the_landlord_gives(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    portal.days_pass(30);

    let completed = portal.completed(&task, "2025-06-18").await;

    assert_eq!(
        (completed.status(), completed.status_label.as_str()),
        (TaskStatus::Completed, "Completed")
    );
    assert_eq!(
        (completed.completed_on.as_str(), completed.version),
        ("2025-06-18", 2)
    );
    assert_eq!(portal.seen(&task).await, completed);
    let announced = &events::<TaskCompleted>(&db).await[0];
    assert_eq!(
        (announced.completed_on.as_str(), announced.actor.as_str()),
        ("2025-06-18", "Ada Administrator")
    );
    assert!(!announced.facts.as_ref().unwrap().open);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_the_date_is_not_in_the_future_and_not_before_the_task_was_set(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    portal.days_pass(1);

    for (date, why) in [
        ("2025-06-04", "IN_THE_FUTURE"),
        ("2025-06-01", "BEFORE_IT_WAS_SET"),
        ("2025-06-31", "NOT_A_DATE"),
        ("", "REQUIRED"),
    ] {
        let refused = portal
            .own()
            .complete_task(completing(&task, date))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, why)
        );
        assert_eq!(violations(&refused)[0].0, "completed_on");
    }
    assert_eq!(
        portal.completed(&task, "2025-06-02").await.completed_on,
        "2025-06-02"
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_a_task_that_has_ended_is_not_completed(db: PgPool) {
    let portal = a_portal(&db).await;
    let completed = portal.a_task("2025-06-20").await;
    let completed = portal.completed(&completed, "2025-06-02").await;
    let withdrawn = portal.a_task("2025-06-20").await;
    let withdrawn = portal
        .staff()
        .withdraw_task(withdrawing(&withdrawn, "Not needed"))
        .await
        .unwrap()
        .into_inner();

    for ended in [completed, withdrawn] {
        let refused = portal
            .own()
            .complete_task(completing(&ended, "2025-06-02"))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "TASK_ENDED")
        );
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_of_many_completions_at_once_one_is_kept(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let completions = join_all((0..8).map(|_| {
        let mut tasks = portal.own();
        let request = completing(&task, "2025-06-02");
        async move { tasks.complete_task(request).await }
    }))
    .await;

    assert_eq!(completions.iter().filter(|it| it.is_ok()).count(), 1);
    let refusals = completions.iter().filter_map(|it| it.as_ref().err());
    assert!(refusals.into_iter().all(|it| reason(it) == "STALE"));
    assert_eq!(events::<TaskCompleted>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_staff_complete_no_tasks(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    let refused = portal
        .staff()
        .complete_task(completing(&task, "2025-06-02"))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}
