//! TA-6: what happens to tasks when their case moves, and what the service hears of cases, once and again.

use outbox::testing::{event, events};
use outbox::{Event, Handler as _, Outcome};
use prost::{Message, Name};
use proto::case::v1::{CaseFacts, CaseImported, CaseOpened, CaseOwnerAssigned, Status};
use proto::task::v1::{TaskApproaching, TaskChanged, TaskKind, TaskStatus, UnableDecision};
use sqlx::PgPool;

use crate::given::{Portal, a_portal, answering, moved, setting};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_the_open_tasks_of_a_closed_case_are_withdrawn_with_the_reason(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut open = Vec::new();
    for kind in 1..=5 {
        open.push(portal.a_task_of(TaskKind::try_from(kind).unwrap()).await);
    }
    let reported = portal.reported(&portal.a_task("2025-06-20").await).await;
    let done = portal
        .completed(&portal.a_task("2025-06-20").await, "2025-06-02")
        .await;

    portal.case_moves(&portal.case, Status::Closed).await;

    for task in open.iter().chain([&reported]) {
        let seen = portal.seen(task).await;
        assert_eq!(
            (seen.status(), seen.ending_reason.as_str()),
            (TaskStatus::Withdrawn, "The case was closed.")
        );
        assert_eq!(seen.version, task.version + 1);
    }
    assert_eq!(portal.seen(&done).await, done);
    let announced = events::<TaskChanged>(&db).await;
    assert_eq!(announced.len(), 6);
    assert!(
        announced
            .iter()
            .all(|it| it.actor == "Casey Caseworker" && !it.facts.as_ref().unwrap().open)
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_move_withdraws_what_it_makes_pointless_and_leaves_the_rest(db: PgPool) {
    let portal = a_portal(&db).await;
    let record = portal.a_task_of(TaskKind::RecordComplaint).await;
    let respond = portal.a_task_of(TaskKind::RespondToRequest).await;

    let case = portal
        .case_moves(&portal.case, Status::AwaitingInvestigation)
        .await;

    let withdrawn = portal.seen(&record).await;
    assert_eq!(withdrawn.status(), TaskStatus::Withdrawn);
    assert_eq!(
        withdrawn.ending_reason,
        "The complaint has left your complaints procedure, so this is no longer needed."
    );
    assert_eq!(portal.seen(&respond).await, respond);

    portal.case_moves(&case, Status::Determined).await;
    assert_eq!(portal.seen(&respond).await.status(), TaskStatus::Withdrawn);
    assert_eq!(events::<TaskChanged>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_failure_order_gives_what_is_late_five_working_days_from_the_move(db: PgPool) {
    let portal = a_portal(&db).await;
    let late = portal.a_task("2025-06-03").await;
    let early = portal.a_task("2025-06-20").await;

    portal
        .case_moves(&portal.case, Status::FailureOrderIssued)
        .await;

    let redated = portal.seen(&late).await;
    assert_eq!(
        (redated.due_on.as_str(), redated.status()),
        ("2025-06-09", TaskStatus::Pending)
    );
    assert!(
        redated.ending_reason.contains("Failure Order"),
        "{}",
        redated.ending_reason
    );
    assert_eq!(
        portal.seen(&early).await,
        early,
        "no promise is made shorter, and none is announced that was made before"
    );
    let announced = events::<TaskChanged>(&db).await;
    assert_eq!(announced.len(), 1);
    let facts = announced[0].facts.clone().unwrap();
    assert_eq!((facts.due_on.as_str(), facts.open), ("2025-06-09", true));
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_task_that_is_redated_by_a_move_has_its_reminders_anew(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-03").await;
    portal.sweep().await;
    assert_eq!(events::<TaskApproaching>(&db).await.len(), 1);

    portal
        .case_moves(&portal.case, Status::FailureOrderIssued)
        .await;
    portal.sweep().await;
    assert_eq!(events::<TaskApproaching>(&db).await.len(), 1);
    portal.days_pass(2);
    portal.sweep().await;
    assert_eq!(events::<TaskApproaching>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_more_time_does_not_answer_a_report(db: PgPool) {
    let portal = a_portal(&db).await;
    let reported = portal.reported(&portal.a_task("2025-06-03").await).await;

    portal
        .case_moves(&portal.case, Status::FailureOrderIssued)
        .await;

    let redated = portal.seen(&reported).await;
    assert_eq!(redated.due_on, "2025-06-09");
    assert_eq!(redated.unable, reported.unable);
    let answered = answering(&redated, UnableDecision::Upheld, "");
    portal.staff().answer_unable(answered).await.unwrap();
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_move_that_needs_unknown_bank_holidays_is_tried_again_and_changes_nothing(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-03").await;
    let mut late = moved(&CaseFacts {
        status: Status::FailureOrderIssued.into(),
        version: 2,
        ..portal.case.clone()
    });
    late.moved_at = Some(kit::time::timestamp(
        "2028-12-29T09:00:00Z".parse().unwrap(),
    ));

    let retry = outbox::deliver(&db, &portal.app, &event(&late))
        .await
        .unwrap_err();

    assert!(!retry.is_hopeless());
    assert_eq!(portal.seen(&task).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_closing_that_is_heard_of_after_the_reopening_withdraws_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    let closed = CaseFacts {
        status: Status::Closed.into(),
        closed_on: "2025-06-02".into(),
        version: 2,
        ..portal.case.clone()
    };
    let reopened = CaseFacts {
        status: Status::Review.into(),
        version: 3,
        ..portal.case.clone()
    };

    portal.hears(&moved(&reopened)).await;
    portal.hears(&moved(&closed)).await;

    assert_eq!(portal.seen(&task).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_6_a_task_that_is_set_while_its_case_is_being_closed_waits_and_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let closed = CaseFacts {
        status: Status::Closed.into(),
        closed_on: "2025-06-02".into(),
        version: 2,
        ..portal.case.clone()
    };

    let mut closing = db.begin().await.unwrap();
    portal
        .app
        .handle(&mut closing, &event(&moved(&closed)))
        .await
        .unwrap();
    let setting = tokio::spawn({
        let mut tasks = portal.staff();
        let request = setting(&portal.case, "2025-06-20");
        async move { tasks.set_task(request).await }
    });
    someone_waits(&db).await;
    closing.commit().await.unwrap();

    let refused = setting.await.unwrap().unwrap_err();
    assert_eq!(testkit::reason(&refused), "CASE_CLOSED");
}

/// Waits until a statement in this database waits for a lock.
async fn someone_waits(db: &PgPool) {
    testkit::eventually("somebody to wait for a lock", || async {
        let query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let waiting: i64 = sqlx::query_scalar(query).fetch_one(db).await.unwrap();
        (waiting > 0).then_some(())
    })
    .await;
}

/// Delivers an event, sees that it has an effect, and delivers it again, which must have none.
async fn twice<E: Message + Name>(portal: &Portal, message: &E) {
    let delivered: Event = event(message);
    let before = state(&portal.db).await;
    assert_eq!(
        outbox::deliver(&portal.db, &portal.app, &delivered)
            .await
            .unwrap(),
        Outcome::Handled
    );
    let after = state(&portal.db).await;
    assert_ne!(before, after, "{}", E::full_name());

    assert_eq!(
        outbox::deliver(&portal.db, &portal.app, &delivered)
            .await
            .unwrap(),
        Outcome::Duplicate
    );
    assert_eq!(state(&portal.db).await, after, "{}", E::full_name());
}

/// Everything in the database that an event may change.
async fn state(db: &PgPool) -> Vec<serde_json::Value> {
    let mut state = Vec::new();
    for table in ["case_files", "tasks", "changes", "outbox"] {
        let query = format!(
            "select coalesce(json_agg(t order by t), '[]') from (select row_to_json(x)::text t from {table} x) s"
        );
        state.push(
            sqlx::query_scalar(sqlx::AssertSqlSafe(query))
                .fetch_one(db)
                .await
                .unwrap(),
        );
    }
    state
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn every_event_has_its_effect_once_however_often_it_is_delivered(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-20").await;
    let other = CaseFacts {
        case_id: kit::id().to_string(),
        ..portal.case.clone()
    };
    let third = CaseFacts {
        case_id: kit::id().to_string(),
        ..portal.case.clone()
    };

    twice(&portal, &CaseOpened { facts: Some(other) }).await;
    twice(&portal, &CaseImported { facts: Some(third) }).await;
    let owned = CaseFacts {
        owner_account_id: kit::id().to_string(),
        version: 2,
        ..portal.case.clone()
    };
    twice(
        &portal,
        &CaseOwnerAssigned {
            facts: Some(owned.clone()),
        },
    )
    .await;
    let closed = CaseFacts {
        status: Status::Closed.into(),
        closed_on: "2025-06-02".into(),
        version: 3,
        ..owned
    };
    twice(&portal, &moved(&closed)).await;
    assert_eq!(events::<TaskChanged>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn an_event_without_facts_is_not_tried_again(db: PgPool) {
    let portal = a_portal(&db).await;

    let hopeless = outbox::deliver(&db, &portal.app, &event(&CaseOpened { facts: None }))
        .await
        .unwrap_err();

    assert!(hopeless.is_hopeless());
}
