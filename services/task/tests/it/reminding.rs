//! TA-7: reminders step up, and stop.

use outbox::testing::events;
use proto::case::v1::Status;
use proto::task::v1::{
    TaskApproaching, TaskEscalated, TaskFinalReminder, TaskOverdue, UnableDecision,
};
use sqlx::PgPool;

use crate::given::{Portal, a_portal, answering};

/// How many of each step have been announced.
async fn steps(db: &PgPool) -> [usize; 4] {
    [
        events::<TaskApproaching>(db).await.len(),
        events::<TaskOverdue>(db).await.len(),
        events::<TaskFinalReminder>(db).await.len(),
        events::<TaskEscalated>(db).await.len(),
    ]
}

async fn swept_on(portal: &Portal, date: &str) -> [usize; 4] {
    portal
        .clock
        .set(format!("{date}T08:00:00Z").parse().unwrap());
    portal.sweep().await;
    portal.sweep().await;
    steps(&portal.db).await
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_each_step_is_announced_once_on_its_day(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-13").await;

    for (date, expected) in [
        ("2025-06-09", [0, 0, 0, 0]),
        ("2025-06-10", [1, 0, 0, 0]),
        ("2025-06-13", [1, 0, 0, 0]),
        ("2025-06-14", [1, 1, 0, 0]),
        ("2025-06-17", [1, 1, 0, 0]),
        ("2025-06-18", [1, 1, 1, 0]),
        ("2025-06-19", [1, 1, 1, 0]),
        ("2025-06-20", [1, 1, 1, 1]),
        ("2025-07-20", [1, 1, 1, 1]),
    ] {
        assert_eq!(swept_on(&portal, date).await, expected, "{date}");
    }
    let facts = events::<TaskEscalated>(&db).await[0].facts.clone().unwrap();
    assert_eq!((facts.task_id, facts.open), (task.id, true));
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_task_that_nobody_swept_for_weeks_has_the_furthest_reminder_and_the_escalation(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-13").await;

    assert_eq!(swept_on(&portal, "2025-07-13").await, [0, 0, 1, 1]);
    assert_eq!(swept_on(&portal, "2025-07-14").await, [0, 0, 1, 1]);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_the_steps_stop_when_the_task_or_the_case_ends(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-13").await;
    let second = portal.a_case_of(portal.landlord).await;
    portal
        .set(&crate::given::setting(&second, "2025-06-13"))
        .await;
    assert_eq!(swept_on(&portal, "2025-06-16").await, [0, 2, 0, 0]);

    portal.completed(&task, "2025-06-16").await;
    portal.case_moves(&second, Status::Closed).await;

    assert_eq!(swept_on(&portal, "2025-07-16").await, [0, 2, 0, 0]);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_the_last_steps_wait_while_the_next_word_is_ours(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-13").await).await;
    assert_eq!(swept_on(&portal, "2025-06-26").await, [0, 1, 0, 0]);

    let upheld = answering(&reported, UnableDecision::Upheld, "");
    portal.staff().answer_unable(upheld).await.unwrap();

    assert_eq!(swept_on(&portal, "2025-06-26").await, [0, 1, 1, 1]);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_new_due_date_begins_at_the_first_step(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-13").await;
    assert_eq!(swept_on(&portal, "2025-06-18").await, [0, 0, 1, 0]);

    portal.redated(&task, "2025-06-30").await;

    for (date, expected) in [
        ("2025-06-20", [0, 0, 1, 0]),
        ("2025-06-25", [1, 0, 1, 0]),
        ("2025-07-01", [1, 1, 1, 0]),
        ("2025-07-03", [1, 1, 2, 0]),
        ("2025-07-07", [1, 1, 2, 1]),
    ] {
        assert_eq!(swept_on(&portal, date).await, expected, "{date}");
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_what_has_passed_is_told_though_the_bank_holidays_of_the_year_are_not_known(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    portal.clock.set("2028-12-29T09:00:00Z".parse().unwrap());
    portal.a_task("2028-12-31").await;
    portal.clock.set("2029-01-02T09:00:00Z".parse().unwrap());

    let refused = portal
        .app
        .sweep(&tokio_util::sync::CancellationToken::new())
        .await;

    assert!(refused.is_err());
    assert_eq!(steps(&db).await, [0, 1, 0, 0]);
}
