//! TA-4: a completion that was a mistake is taken back.

use outbox::testing::events;
use proto::case::v1::Status;
use proto::task::v1::{TaskReopened, TaskStatus, UnableDecision};
use sqlx::PgPool;
use task::Swept;
use testkit::reason;
use tonic::Code;

use crate::given::{a_portal, answering, completing, reopening, reporting, withdrawing};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_a_completion_is_taken_back_and_the_task_is_due_as_before(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    assert_eq!(task.reopen_until, "");
    let completed = portal.completed(&task, "2025-06-02").await;
    assert_eq!(completed.reopen_until, "2025-06-03");

    let reopened = portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        (reopened.status(), reopened.due_on.as_str()),
        (TaskStatus::Pending, "2025-06-20")
    );
    assert_eq!(
        (reopened.completed_on.as_str(), reopened.ended_at),
        ("", None)
    );
    assert_eq!(portal.seen(&task).await, reopened);
    let announced = events::<TaskReopened>(&db).await;
    let facts = announced[0].facts.clone().unwrap();
    assert_eq!(
        (announced[0].actor.as_str(), facts.open, facts.version),
        ("Ada Administrator", true, reopened.version)
    );
    assert_eq!(
        portal.completed(&reopened, "2025-06-02").await.status(),
        TaskStatus::Completed
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_a_completion_can_be_taken_back_until_the_end_of_the_next_working_day(db: PgPool) {
    let portal = a_portal(&db).await;
    // Said on a Friday evening in London.
    portal.clock.set("2025-06-06T22:30:00Z".parse().unwrap());
    let completed = portal
        .completed(&portal.a_task("2025-06-20").await, "2025-06-06")
        .await;
    assert_eq!(completed.reopen_until, "2025-06-09");

    portal.clock.set("2025-06-09T23:00:00Z".parse().unwrap());
    assert_eq!(portal.seen(&completed).await.reopen_until, "");
    let refused = portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "TOO_LATE_TO_REOPEN")
    );

    portal.clock.set("2025-06-09T22:59:00Z".parse().unwrap());
    portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap();
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_only_a_completed_task_of_an_open_case_is_reopened(db: PgPool) {
    let portal = a_portal(&db).await;
    let open = portal.a_task("2025-06-20").await;
    let withdrawn = portal
        .staff()
        .withdraw_task(withdrawing(
            &portal.a_task("2025-06-20").await,
            "Not needed",
        ))
        .await
        .unwrap()
        .into_inner();
    let completed = portal
        .completed(&portal.a_task("2025-06-20").await, "2025-06-02")
        .await;

    for task in [open, withdrawn] {
        let refused = portal
            .own()
            .reopen_task(reopening(&task))
            .await
            .unwrap_err();
        assert_eq!(reason(&refused), "NOT_COMPLETED");
    }
    portal.case_moves(&portal.case, Status::Closed).await;
    let refused = portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "CASE_CLOSED");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_report_that_a_completion_came_before_is_answered_after_the_reopening(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;
    let completed = portal.completed(&reported, "2025-06-02").await;

    let reopened = portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap()
        .into_inner();

    let refused = portal
        .own()
        .report_unable(reporting(&reopened, "Still ill"))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "UNABLE_ALREADY_REPORTED");
    let upheld = portal
        .staff()
        .answer_unable(answering(&reopened, UnableDecision::Upheld, ""))
        .await
        .unwrap()
        .into_inner();
    portal
        .own()
        .report_unable(reporting(&upheld, "Still ill"))
        .await
        .unwrap();
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_a_completion_is_taken_back_by_the_landlord_alone_and_as_it_was_seen(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    let completed = portal.completed(&task, "2025-06-02").await;

    let refused = portal
        .strange()
        .reopen_task(reopening(&completed))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_TASK")
    );
    let refused = portal
        .staff()
        .reopen_task(reopening(&completed))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = portal
        .own()
        .reopen_task(reopening(&task))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "STALE");
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_the_reminders_of_a_reopened_task_go_on_where_they_stopped(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-04").await;
    portal.sweep().await;
    portal.clock.set("2025-06-04T09:00:00Z".parse().unwrap());
    let completed = portal
        .own()
        .complete_task(completing(&task, "2025-06-04"))
        .await
        .unwrap()
        .into_inner();
    portal.days_pass(1);
    assert_eq!(portal.sweep().await, Swept::default());

    portal
        .own()
        .reopen_task(reopening(&completed))
        .await
        .unwrap();

    let overdue = Swept {
        overdue: 1,
        ..Swept::default()
    };
    assert_eq!(portal.sweep().await, overdue);
    assert_eq!(portal.sweep().await, Swept::default());
}
