//! TA-7: each task raises at most one *approaching* and one *overdue* notice per due date.

use std::collections::HashSet;
use std::time::Duration;

use futures::future::join_all;
use outbox::testing::events;
use outbox::ticks;
use proto::task::v1::{
    ImportTasksRequest, ImportedTask, TaskApproaching, TaskKind, TaskOverdue, UnableDecision,
};
use sqlx::PgPool;
use task::Swept;
use tokio_util::sync::CancellationToken;

use crate::given::{Portal, a_portal, answering, withdrawing};

async fn notices(db: &PgPool) -> (usize, usize) {
    (
        events::<TaskApproaching>(db).await.len(),
        events::<TaskOverdue>(db).await.len(),
    )
}

fn at(portal: &Portal, date: &str) {
    portal
        .clock
        .set(format!("{date}T08:00:00Z").parse().unwrap());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_task_raises_each_notice_once_on_the_day_it_falls_due(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-13").await;

    let mut swept = Vec::new();
    for date in [
        "2025-06-09",
        "2025-06-10",
        "2025-06-11",
        "2025-06-13",
        "2025-06-14",
        "2025-06-20",
    ] {
        at(&portal, date);
        portal.sweep().await;
        portal.sweep().await;
        swept.push(notices(&db).await);
    }

    assert_eq!(swept, [(0, 0), (1, 0), (1, 0), (1, 0), (1, 1), (1, 1)]);
    let facts = events::<TaskOverdue>(&db).await[0].facts.clone().unwrap();
    assert_eq!(
        (facts.task_id, facts.open, facts.version),
        (task.id.clone(), true, task.version)
    );
    assert_eq!(
        portal.seen(&task).await.version,
        task.version,
        "a notice is nobody's edit"
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_task_that_nobody_swept_for_days_has_one_notice_that_it_is_overdue(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-13").await;

    at(&portal, "2025-06-17");

    assert_eq!(
        portal.sweep().await,
        Swept {
            approaching: 0,
            overdue: 1,
            ..Swept::default()
        }
    );
    assert_eq!(portal.sweep().await, Swept::default());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_task_that_ended_raises_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    portal
        .completed(&portal.a_task("2025-06-03").await, "2025-06-02")
        .await;
    let withdrawn = portal.a_task("2025-06-03").await;
    portal
        .staff()
        .withdraw_task(withdrawing(&withdrawn, "Not needed"))
        .await
        .unwrap();

    assert_eq!(portal.sweep().await, Swept::default());
    portal.days_pass(9);
    assert_eq!(portal.sweep().await, Swept::default());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_new_due_date_raises_its_own_notices_and_the_old_one_none_again(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut task = portal.a_task("2025-06-03").await;
    portal.sweep().await;
    assert_eq!(notices(&db).await, (1, 0));

    for (due_on, expected) in [
        ("2025-06-04", (2, 0)),
        ("2025-06-03", (2, 0)),
        ("2025-06-30", (2, 0)),
    ] {
        task = portal.reported(&task).await;
        let request = answering(&task, UnableDecision::NewDate, due_on);
        task = portal
            .staff()
            .answer_unable(request)
            .await
            .unwrap()
            .into_inner();
        portal.sweep().await;
        assert_eq!(notices(&db).await, expected, "{due_on}");
    }
    at(&portal, "2025-07-01");
    portal.sweep().await;
    assert_eq!(notices(&db).await, (2, 1));
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_three_sweeps_at_once_over_2000_due_tasks_raise_each_notice_once(db: PgPool) {
    let portal = a_portal(&db).await;
    for _ in 0..4 {
        let tasks = (0..500).map(|_| imported(&portal)).collect();
        portal
            .importer()
            .import_tasks(ImportTasksRequest { tasks })
            .await
            .unwrap();
    }

    for (date, approaching, overdue) in [("2025-07-09", 2_000, 0), ("2025-07-12", 0, 2_000)] {
        at(&portal, date);
        let swept = join_all((0..3).map(|_| {
            let app = portal.app.clone();
            async move {
                tokio::spawn(async move { app.sweep(&CancellationToken::new()).await.unwrap() })
                    .await
                    .unwrap()
            }
        }))
        .await;
        assert_eq!(
            swept.iter().map(|it| it.approaching).sum::<usize>(),
            approaching
        );
        assert_eq!(swept.iter().map(|it| it.overdue).sum::<usize>(), overdue);
    }

    let approaching: Vec<_> = events::<TaskApproaching>(&db)
        .await
        .into_iter()
        .map(|it| it.facts.unwrap().task_id)
        .collect();
    let overdue: Vec<_> = events::<TaskOverdue>(&db)
        .await
        .into_iter()
        .map(|it| it.facts.unwrap().task_id)
        .collect();
    for announced in [approaching, overdue] {
        assert_eq!(announced.len(), 2_000);
        assert_eq!(announced.into_iter().collect::<HashSet<_>>().len(), 2_000);
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_sweep_steps_over_a_task_that_is_being_changed_and_finds_it_later(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-03").await;

    let mut someone = db.begin().await.unwrap();
    let id: uuid::Uuid = task.id.parse().unwrap();
    sqlx::query("select from tasks where id = $1 for update")
        .bind(id)
        .execute(&mut *someone)
        .await
        .unwrap();
    // A sweep that waited would wait for this test itself.
    let swept = tokio::time::timeout(Duration::from_secs(30), portal.sweep())
        .await
        .unwrap();
    assert_eq!(swept, Swept::default());
    someone.rollback().await.unwrap();

    assert_eq!(
        portal.sweep().await,
        Swept {
            approaching: 1,
            overdue: 0,
            ..Swept::default()
        }
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_sweep_whose_transaction_is_lost_is_made_up_for(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-03").await;

    // A notice that can't be announced takes its claim back with it.
    sqlx::query("alter table outbox rename to elsewhere")
        .execute(&db)
        .await
        .unwrap();
    assert!(portal.app.sweep(&CancellationToken::new()).await.is_err());
    sqlx::query("alter table elsewhere rename to outbox")
        .execute(&db)
        .await
        .unwrap();

    assert_eq!(
        portal.sweep().await,
        Swept {
            approaching: 1,
            overdue: 0,
            ..Swept::default()
        }
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_minute_wakes_the_sweep_and_so_does_the_start(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-03").await;

    let cancel = CancellationToken::new();
    let sweeping = tokio::spawn(portal.app.clone().sweep_until(cancel.clone()));
    testkit::eventually("the sweep of the start", || async {
        (notices(&db).await == (1, 0)).then_some(())
    })
    .await;

    portal.days_pass(2);
    outbox::deliver(&db, &portal.app, &ticks::minute(portal.clock.now()))
        .await
        .unwrap();
    testkit::eventually("the sweep of the minute", || async {
        (notices(&db).await == (1, 1)).then_some(())
    })
    .await;

    cancel.cancel();
    sweeping.await.unwrap().unwrap();
}

fn imported(portal: &Portal) -> ImportedTask {
    ImportedTask {
        request_id: kit::id().to_string(),
        case_id: portal.case.case_id.clone(),
        kind: TaskKind::RespondToRequest.into(),
        title: "Provide evidence".into(),
        instructions: String::new(),
        set_on: "2025-05-01".into(),
        due_on: "2025-07-11".into(),
        completed_on: String::new(),
    }
}
