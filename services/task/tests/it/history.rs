//! TA-3 and WH-1: what has happened to a task, in words.

use proto::case::v1::Status;
use proto::task::v1::{ListTaskHistoryRequest, Task, TaskHistoryEntry, UnableDecision};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Tasks, a_portal, answering, get, reopening};

async fn history(tasks: &mut Tasks, task: &Task, page_size: i32) -> Vec<TaskHistoryEntry> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListTaskHistoryRequest {
            task_id: task.id.clone(),
            page_size,
            page_token,
        };
        let page = tasks.list_task_history(request).await.unwrap().into_inner();
        found.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

fn words(entry: &TaskHistoryEntry) -> [&str; 3] {
    [&entry.title, &entry.actor, &entry.description]
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_a_tasks_history_tells_everything_in_words_newest_first(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-04").await;
    portal.days_pass(1);
    portal.sweep().await;
    portal.clock.advance(chrono::TimeDelta::minutes(1));
    let task = portal.reported(&task).await;
    portal.days_pass(1);
    let request = answering(&task, UnableDecision::NewDate, "2025-06-06");
    let task = portal
        .staff()
        .answer_unable(request)
        .await
        .unwrap()
        .into_inner();
    let task = portal.redated(&task, "2025-06-30").await;
    portal.days_pass(1);
    let task = portal.completed(&task, "2025-06-05").await;
    portal.own().reopen_task(reopening(&task)).await.unwrap();
    portal.days_pass(1);
    portal.case_moves(&portal.case, Status::Closed).await;

    let told = history(&mut portal.own(), &task, 2).await;

    let casey = "Casey Caseworker";
    let ada = "Ada Administrator";
    assert_eq!(
        told.iter().map(words).collect::<Vec<_>>(),
        [
            ["Task withdrawn", casey, "The case was closed."],
            [
                "Task reopened",
                ada,
                "The task is not completed after all. It is due on 30 June 2025."
            ],
            ["Task completed", ada, "Completed on 5 June 2025."],
            [
                "New due date",
                casey,
                "Due on 30 June 2025, not on 6 June 2025.\nYou asked for more time"
            ],
            [
                "Answer: a new due date",
                casey,
                "Due on 6 June 2025, not on 4 June 2025.\nWe understand"
            ],
            ["Unable to complete", ada, "The contractor is ill"],
            ["Reminder", "", "The task is due on 4 June 2025."],
            ["Task set", casey, "Due on 4 June 2025."],
        ]
    );
    assert_eq!(told, history(&mut portal.staff(), &task, 100).await);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_what_seniors_are_told_is_in_the_history_of_staff_alone(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-04").await;
    portal.days_pass(28);
    portal.sweep().await;

    let titles = |entries: Vec<TaskHistoryEntry>| -> Vec<String> {
        entries.into_iter().map(|it| it.title).collect()
    };
    assert_eq!(
        titles(history(&mut portal.own(), &task, 1).await),
        ["Final reminder", "Task set"]
    );
    let mut staff = titles(history(&mut portal.staff(), &task, 1).await);
    staff.sort();
    assert_eq!(
        staff,
        ["Final reminder", "Passed to a senior colleague", "Task set"]
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_4_the_history_of_anothers_task_does_not_exist(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-04").await;
    let request = ListTaskHistoryRequest {
        task_id: task.id.clone(),
        ..Default::default()
    };

    let refused = portal
        .strange()
        .list_task_history(request.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_TASK")
    );
    assert!(portal.strange().get_task(get(&task)).await.is_err());

    let other = portal.a_task("2025-06-04").await;
    portal.completed(&task, "2025-06-02").await;
    let page = ListTaskHistoryRequest {
        page_size: 1,
        ..request
    };
    let token = portal.own().list_task_history(page).await.unwrap();
    let elsewhere = ListTaskHistoryRequest {
        task_id: other.id,
        page_size: 1,
        page_token: token.into_inner().next_page_token,
    };
    let refused = portal.own().list_task_history(elsewhere).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "page_token");
}
