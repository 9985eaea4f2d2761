//! TA-1: a task for information, the letter or email that it is about, and saying that it was read.

use outbox::testing::events;
use proto::task::v1::{
    ImportTasksRequest, ImportedTask, ListTasksRequest, SetTaskRequest, TaskCompleted, TaskKind,
    TaskSet, TaskStatus,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_portal, completing, informing, setting};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_task_for_information_has_the_letter_that_it_is_about(db: PgPool) {
    let portal = a_portal(&db).await;
    let letter = portal.documents.add(&portal.case.case_id);

    let task = portal.set(&informing(&portal.case, letter.clone())).await;

    assert_eq!(task.document_id, letter);
    assert_eq!(task.completion_label, "I have read this letter");
    assert_eq!(portal.seen(&task).await, task);
    assert_eq!(events::<TaskSet>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_letter_that_is_missing_withdrawn_or_of_another_case_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let other = portal.a_case_of(portal.landlord).await;
    let withdrawn = portal.documents.add(&portal.case.case_id);
    portal.documents.withdraw(&withdrawn);

    for (letter, why) in [
        (String::new(), "REQUIRED"),
        ("7".to_owned(), "NOT_A_UUID"),
        (kit::id().to_string(), "NO_SUCH_DOCUMENT"),
        (portal.documents.add(&other.case_id), "NO_SUCH_DOCUMENT"),
        (withdrawn, "NO_SUCH_DOCUMENT"),
    ] {
        let refused = portal
            .staff()
            .set_task(informing(&portal.case, letter))
            .await
            .unwrap_err();
        assert_eq!(
            (
                refused.code(),
                violations(&refused)[0].0.as_str(),
                reason(&refused).as_str()
            ),
            (Code::InvalidArgument, "document_id", why)
        );
    }
    assert!(events::<TaskSet>(&db).await.is_empty());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_task_of_another_kind_has_no_letter(db: PgPool) {
    let portal = a_portal(&db).await;
    let letter = portal.documents.add(&portal.case.case_id);

    for kind in [
        TaskKind::RecordComplaint,
        TaskKind::EscalateComplaint,
        TaskKind::RespondToRequest,
        TaskKind::ConfirmCompliance,
    ] {
        let request = SetTaskRequest {
            kind: kind.into(),
            document_id: letter.clone(),
            ..setting(&portal.case, "2025-06-20")
        };
        let refused = portal.staff().set_task(request).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_FOR_INFORMATION");
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_the_same_request_gives_the_same_task_though_its_letter_was_withdrawn_since(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let letter = portal.documents.add(&portal.case.case_id);
    let request = informing(&portal.case, letter.clone());
    let task = portal.set(&request).await;
    portal.documents.withdraw(&letter);

    assert_eq!(portal.set(&request).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_1_a_letter_is_acknowledged_today_without_a_date(db: PgPool) {
    let portal = a_portal(&db).await;
    let letter = portal.a_letter().await;
    portal.days_pass(2);

    let read = portal.completed(&letter, "").await;

    assert_eq!(
        (read.status(), read.completed_on.as_str()),
        (TaskStatus::Completed, "2025-06-04")
    );
    assert_eq!(
        events::<TaskCompleted>(&db).await[0].completed_on,
        "2025-06-04"
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_4_any_other_task_needs_the_date_on_which_it_was_completed(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    assert_eq!(task.completion_label, "Task completed");

    let refused = portal
        .own()
        .complete_task(completing(&task, ""))
        .await
        .unwrap_err();

    assert_eq!(
        violations(&refused),
        [(
            "completed_on".to_owned(),
            "Enter the date when the task was completed".to_owned()
        )]
    );
    assert_eq!(portal.seen(&task).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_7_a_task_for_information_from_elsewhere_has_no_letter_to_speak_of(db: PgPool) {
    let portal = a_portal(&db).await;
    let row = ImportedTask {
        request_id: kit::id().to_string(),
        case_id: portal.case.case_id.clone(),
        kind: TaskKind::ForInformation.into(),
        title: "Read the enclosed".into(),
        instructions: String::new(),
        set_on: "2025-05-01".into(),
        due_on: "2025-07-11".into(),
        completed_on: String::new(),
    };

    let request = ImportTasksRequest { tasks: vec![row] };
    portal.importer().import_tasks(request).await.unwrap();

    let tasks = portal.own().list_tasks(ListTasksRequest::default()).await;
    let task = &tasks.unwrap().into_inner().tasks[0];
    assert_eq!(task.completion_label, "I have read this");
    assert_eq!(
        portal.completed(task, "").await.status(),
        TaskStatus::Completed
    );
}
