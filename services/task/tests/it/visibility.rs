//! CA-4: who sees and works on a task, by every door.

use proto::case::v1::Status;
use proto::task::v1::{ListTasksRequest, Task, TaskState};
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;

use crate::given::{Tasks, a_portal, completing, day, get, reporting};

/// Whether the task is seen by each door: the task itself, the lists, and the work on it. They must agree.
async fn sees(tasks: &mut Tasks, task: &Task) -> bool {
    let got = tasks.get_task(get(task)).await;
    if let Err(refused) = &got {
        assert_eq!(
            (refused.code(), reason(refused).as_str()),
            (Code::NotFound, "NO_SUCH_TASK")
        );
    }
    let mut listed = false;
    for state in [TaskState::Open, TaskState::Ended] {
        for case_id in [String::new(), task.case_id.clone()] {
            let request = ListTasksRequest {
                state: state.into(),
                case_id,
                ..Default::default()
            };
            let list = tasks.list_tasks(request).await.unwrap().into_inner().tasks;
            listed |= list.iter().any(|it| it.id == task.id);
        }
    }
    assert_eq!(got.is_ok(), listed);
    listed
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_4_a_landlord_sees_the_tasks_on_its_own_cases_and_nobody_elses(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;

    assert!(sees(&mut portal.own(), &task).await);
    assert!(
        sees(
            &mut portal.tasks(&testkit::a_sub_account(portal.landlord)),
            &task
        )
        .await
    );
    assert!(sees(&mut portal.staff(), &task).await);
    assert!(!sees(&mut portal.strange(), &task).await);
    assert!(
        !sees(
            &mut portal.tasks(&portal.administrator().inactive_landlord()),
            &task
        )
        .await
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_4_another_landlord_works_on_no_task_and_learns_nothing_of_it(db: PgPool) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    let missing = Task {
        id: kit::id().to_string(),
        ..task.clone()
    };

    let refused = portal
        .strange()
        .complete_task(completing(&task, "2025-06-02"))
        .await
        .unwrap_err();
    let absent = portal
        .strange()
        .complete_task(completing(&missing, "2025-06-02"))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_TASK")
    );
    assert_eq!(
        (refused.message(), refused.details()),
        (absent.message(), absent.details())
    );

    let refused = portal
        .strange()
        .report_unable(reporting(&task, "Ill"))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_TASK");
    assert_eq!(portal.seen(&task).await, task);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ca_4_the_tasks_of_a_closed_case_are_seen_for_two_years_and_not_from_before_activation(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let task = portal.a_task("2025-06-20").await;
    portal.case_moves(&portal.case, Status::Closed).await;

    assert!(sees(&mut portal.own(), &task).await);
    let late = portal.administrator().activated_on(day("2025-06-03"));
    portal.days_pass(1);
    assert!(!sees(&mut portal.tasks(&late), &task).await);

    portal.clock.set("2027-06-02T12:00:00Z".parse().unwrap());
    assert!(sees(&mut portal.own(), &task).await);
    portal.clock.set("2027-06-03T12:00:00Z".parse().unwrap());
    assert!(!sees(&mut portal.own(), &task).await);
    assert!(sees(&mut portal.staff(), &task).await);
}
