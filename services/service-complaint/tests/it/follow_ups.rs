//! Lessons and recommendations are announced when they are due (SC-13, SC-16).

use futures::future::join_all;
use outbox::testing::events;
use proto::service_complaint::v1::{FollowUpDue, FollowUpKind, FollowUpStep};
use service_complaint::{App, Swept};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::{learning, recommendations};

async fn sweep(app: &App) -> Swept {
    app.sweep(&CancellationToken::new()).await.unwrap()
}

/// What was announced, in order.
async fn told(db: &PgPool) -> Vec<(FollowUpKind, FollowUpStep)> {
    let told = events::<FollowUpDue>(db).await;
    told.iter().map(|it| (it.kind(), it.step())).collect()
}

/// 6.2: three working days before 1 July, the day after, and two working days after.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_that_is_due_is_announced_once_at_each_step(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let lesson = learning::recorded(&desk, &desk.manager).await;

    let mut seen = Vec::new();
    for day in [
        "2025-06-25",
        "2025-06-26",
        "2025-07-01",
        "2025-07-02",
        "2025-07-03",
        "2025-07-30",
    ] {
        desk.on(day);
        sweep(&desk.app).await;
        assert_eq!(sweep(&desk.app).await, Swept::default());
        seen.push(told(&db).await.len());
    }

    assert_eq!(seen, [0, 1, 1, 2, 3, 3]);
    let lesson_is = |step| (FollowUpKind::Lesson, step);
    assert_eq!(
        told(&db).await,
        [
            lesson_is(FollowUpStep::Approaching),
            lesson_is(FollowUpStep::Overdue),
            lesson_is(FollowUpStep::Escalated),
        ]
    );
    let first = events::<FollowUpDue>(&db).await.remove(0);
    assert_eq!(
        (first.follow_up_id, first.due_on, first.owner_id),
        (
            lesson.id,
            "2025-07-01".to_owned(),
            desk.manager.id().to_string()
        )
    );
}

/// 6.2
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_that_is_done_is_announced_no_more(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let lesson = learning::recorded(&desk, &desk.manager).await;
    let mut manager = desk.oversight(desk.manager.clone());
    manager
        .complete_lesson(learning::done(&lesson))
        .await
        .unwrap();

    desk.on("2025-07-30");

    assert_eq!(sweep(&desk.app).await, Swept::default());
    assert!(told(&db).await.is_empty());
}

/// 6.2
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_of_many_sweeps_at_once_one_announces_a_lesson(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    for _ in 0..10 {
        learning::recorded(&desk, &desk.manager).await;
    }
    desk.on("2025-07-02");

    let swept = join_all((0..4).map(|_| sweep(&desk.app))).await;

    assert_eq!(swept.iter().map(|it| it.overdue).sum::<usize>(), 10);
    assert_eq!(told(&db).await.len(), 10);
}

/// 7.4: each part has a deadline of its own, and what was done is announced no more.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_16_each_part_of_a_recommendation_is_announced_until_it_is_done(db: PgPool) {
    let desk = Desk::open(&db, "2025-10-01").await;
    let mut manager = desk.oversight(desk.manager.clone());
    let it = recommendations::with_two_parts(&mut manager).await;

    // The first part is due on 31 December, the second on 31 March.
    desk.on("2026-01-01");
    sweep(&desk.app).await;
    assert_eq!(sweep(&desk.app).await, Swept::default());
    let part = recommendations::completed(&it, 0, "2026-01-01");
    manager.complete_recommendation_part(part).await.unwrap();
    desk.on("2026-02-01");
    sweep(&desk.app).await;
    desk.on("2026-04-30");
    sweep(&desk.app).await;

    let part_is = |step| (FollowUpKind::Recommendation, step);
    assert_eq!(
        told(&db).await,
        [
            part_is(FollowUpStep::Overdue),
            part_is(FollowUpStep::Escalated)
        ],
        "the second, which nobody swept for, of its furthest step alone"
    );
    let all = events::<FollowUpDue>(&db).await;
    assert_eq!(
        (all[0].number.as_str(), all[0].owner_id.as_str()),
        ("37.1", "")
    );
}
