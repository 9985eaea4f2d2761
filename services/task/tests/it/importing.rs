//! Taking over tasks that were set elsewhere.

use outbox::testing::events;
use proto::case::v1::Status;
use proto::task::v1::{
    ImportTaskResult, ImportTasksRequest, ImportedTask, Task, TaskApproaching, TaskFinalReminder,
    TaskImported, TaskKind, TaskSet, TaskStatus,
};
use sqlx::PgPool;
use task::Swept;
use testkit::reason;
use tonic::Code;

use crate::given::{Portal, a_portal};

fn row(portal: &Portal, due_on: &str) -> ImportedTask {
    ImportedTask {
        request_id: kit::id().to_string(),
        case_id: portal.case.case_id.clone(),
        kind: TaskKind::ConfirmCompliance.into(),
        title: "Confirm compliance".into(),
        instructions: String::new(),
        set_on: "2025-05-01".into(),
        due_on: due_on.into(),
        completed_on: String::new(),
    }
}

async fn import(portal: &Portal, tasks: Vec<ImportedTask>) -> Vec<ImportTaskResult> {
    portal
        .importer()
        .import_tasks(ImportTasksRequest { tasks })
        .await
        .unwrap()
        .into_inner()
        .results
}

async fn seen(portal: &Portal, result: &ImportTaskResult) -> Task {
    portal
        .seen(&Task {
            id: result.task_id.clone(),
            ..Task::default()
        })
        .await
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_tasks_are_taken_over_with_their_dates_and_nobody_is_told(db: PgPool) {
    let portal = a_portal(&db).await;
    let done = ImportedTask {
        completed_on: "2025-05-20".into(),
        ..row(&portal, "2025-05-15")
    };

    let results = import(&portal, vec![row(&portal, "2025-07-01"), done]).await;

    let open = seen(&portal, &results[0]).await;
    assert_eq!(
        (open.set_on.as_str(), open.status()),
        ("2025-05-01", TaskStatus::Pending)
    );
    let done = seen(&portal, &results[1]).await;
    assert_eq!(
        (done.completed_on.as_str(), done.status()),
        ("2025-05-20", TaskStatus::Completed)
    );
    let announced: Vec<_> = events::<TaskImported>(&db)
        .await
        .into_iter()
        .map(|it| it.facts.unwrap().open)
        .collect();
    assert_eq!(announced, [true, false]);
    assert!(events::<TaskSet>(&db).await.is_empty());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_the_same_rows_again_at_once_and_twice_in_a_batch_are_the_same_tasks(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut rows: Vec<_> = (0..100).map(|_| row(&portal, "2025-07-01")).collect();
    rows.push(rows[0].clone());
    let backwards: Vec<_> = rows.iter().rev().cloned().collect();

    let (first, mut second) =
        futures::future::join(import(&portal, rows), import(&portal, backwards)).await;

    second.reverse();
    assert_eq!(first, second);
    assert_eq!(first[0], first[100]);
    assert!(first.iter().all(|it| it.error.is_empty()));
    assert_eq!(events::<TaskImported>(&db).await.len(), 100);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_a_row_that_was_taken_stays_taken_when_its_case_is_closed(db: PgPool) {
    let portal = a_portal(&db).await;
    let row = row(&portal, "2025-07-01");
    let first = import(&portal, vec![row.clone()]).await;
    portal.case_moves(&portal.case, Status::Closed).await;

    assert_eq!(import(&portal, vec![row]).await, first);
    assert_eq!(
        seen(&portal, &first[0]).await.status(),
        TaskStatus::Withdrawn
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_a_bad_row_is_reported_by_its_field_and_stops_no_other(db: PgPool) {
    let portal = a_portal(&db).await;
    let closed = portal.a_case_of(portal.landlord).await;
    let closed = portal.case_moves(&closed, Status::Closed).await;
    let wrong = |change: &dyn Fn(&mut ImportedTask)| {
        let mut row = row(&portal, "2025-07-01");
        change(&mut row);
        row
    };
    let taken = row(&portal, "2025-07-01");
    let rows = vec![
        taken.clone(),
        wrong(&|it| it.request_id = "1".into()),
        wrong(&|it| it.case_id = kit::id().to_string()),
        wrong(&|it| it.case_id.clone_from(&closed.case_id)),
        wrong(&|it| it.kind = 0),
        wrong(&|it| it.title = String::new()),
        wrong(&|it| it.set_on = "2025-06-03".into()),
        wrong(&|it| it.due_on = "2025-04-30".into()),
        wrong(&|it| it.due_on = "2040-01-01".into()),
        wrong(&|it| it.completed_on = "2025-06-03".into()),
        wrong(&|it| it.completed_on = "2025-04-30".into()),
        wrong(&|it| {
            it.request_id.clone_from(&taken.request_id);
            it.title = "Something else".into();
        }),
        wrong(&|it| {
            it.case_id.clone_from(&closed.case_id);
            it.completed_on = "2025-06-01".into();
        }),
    ];

    let results = import(&portal, rows).await;

    let fields: Vec<_> = results.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "",
            "request_id",
            "case_id",
            "case_id",
            "kind",
            "title",
            "set_on",
            "due_on",
            "due_on",
            "completed_on",
            "completed_on",
            "request_id",
            ""
        ]
    );
    assert!(
        results
            .iter()
            .all(|it| it.error.is_empty() != it.task_id.is_empty())
    );
    assert_eq!(events::<TaskImported>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_only_thresholds_that_are_crossed_after_the_import_raise_notices(db: PgPool) {
    let portal = a_portal(&db).await;
    let rows = ["2025-05-20", "2025-06-04", "2025-06-11"]
        .map(|due_on| row(&portal, due_on))
        .to_vec();
    let results = import(&portal, rows).await;

    assert_eq!(portal.sweep().await, Swept::default());

    portal.clock.set("2025-06-10T09:00:00Z".parse().unwrap());
    assert_eq!(
        portal.sweep().await,
        Swept {
            approaching: 1,
            final_reminders: 1,
            ..Swept::default()
        }
    );
    let approaching = events::<TaskApproaching>(&db).await[0]
        .facts
        .clone()
        .unwrap();
    let reminded = events::<TaskFinalReminder>(&db).await[0]
        .facts
        .clone()
        .unwrap();
    assert_eq!(
        (approaching.task_id, reminded.task_id),
        (results[2].task_id.clone(), results[1].task_id.clone())
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_more_than_500_rows_and_callers_without_the_scope_are_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let tasks = vec![row(&portal, "2025-07-01"); 501];

    let refused = portal
        .importer()
        .import_tasks(ImportTasksRequest { tasks })
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "TOO_MANY");

    let refused = portal
        .staff()
        .import_tasks(ImportTasksRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
