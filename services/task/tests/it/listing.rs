//! TA-3: lists of tasks, in their order, to their last page.

use proto::task::v1::{ListTasksRequest, Task, TaskState};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::{Portal, Tasks, a_portal, setting};

/// Every task of a list, by pages of `page_size`.
async fn all(tasks: &mut Tasks, request: &ListTasksRequest, page_size: i32) -> Vec<Task> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListTasksRequest {
            page_size,
            page_token,
            ..request.clone()
        };
        let page = tasks.list_tasks(request).await.unwrap().into_inner();
        assert!(page.tasks.len() <= usize::try_from(page_size).unwrap());
        found.extend(page.tasks);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

fn of(state: TaskState) -> ListTasksRequest {
    ListTasksRequest {
        state: state.into(),
        ..Default::default()
    }
}

/// Nine tasks on two cases of the landlord's and three of another's; of each case one is completed and one reported.
async fn a_workload(db: &PgPool) -> Portal {
    let portal = a_portal(db).await;
    let other = portal.a_case_of(kit::id()).await;
    let second = portal.a_case_of(portal.landlord).await;
    for (case, days) in [(&portal.case, 10..16), (&second, 12..15), (&other, 11..14)] {
        for day in days {
            let task = portal.set(&setting(case, &format!("2025-06-{day}"))).await;
            if case.case_id == other.case_id {
                continue;
            }
            match day {
                13 => drop(portal.completed(&task, "2025-06-02").await),
                14 => drop(portal.reported(&task).await),
                _ => {}
            }
            portal.clock.advance(chrono::TimeDelta::minutes(1));
        }
    }
    portal
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_open_tasks_are_listed_soonest_due_first_to_the_last_page(db: PgPool) {
    let portal = a_workload(&db).await;

    for (mut tasks, expected) in [(portal.own(), 7), (portal.staff(), 10)] {
        let found = all(&mut tasks, &ListTasksRequest::default(), 2).await;

        assert_eq!(found.len(), expected);
        assert!(found.is_sorted_by_key(|it| (it.due_on.clone(), it.id.clone())));
        assert!(found.iter().all(|it| it.completed_on.is_empty()));
        assert_eq!(found, all(&mut tasks, &of(TaskState::Open), 100).await);
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_ended_tasks_are_listed_latest_first_to_the_last_page(db: PgPool) {
    let portal = a_workload(&db).await;

    let found = all(&mut portal.own(), &of(TaskState::Ended), 1).await;

    assert_eq!(found.len(), 2);
    assert!(
        found[0].id > found[1].id,
        "the one that ended later was set later"
    );
    assert!(found.iter().all(|it| it.completed_on == "2025-06-02"));
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_the_reports_that_await_an_answer_are_listed(db: PgPool) {
    let portal = a_workload(&db).await;

    let found = all(&mut portal.staff(), &of(TaskState::AwaitingAnswer), 1).await;

    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|it| it.unable.is_some() && it.due_on == "2025-06-14")
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_the_tasks_of_one_case_are_listed(db: PgPool) {
    let portal = a_workload(&db).await;
    let request = ListTasksRequest {
        case_id: portal.case.case_id.clone(),
        ..Default::default()
    };

    let found = all(&mut portal.own(), &request, 2).await;

    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|it| it.case_id == portal.case.case_id));
    assert!(all(&mut portal.strange(), &request, 2).await.is_empty());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_2_a_page_token_of_another_list_is_refused(db: PgPool) {
    let portal = a_workload(&db).await;
    let request = ListTasksRequest {
        page_size: 2,
        ..Default::default()
    };
    let page_token = portal
        .own()
        .list_tasks(request)
        .await
        .unwrap()
        .into_inner()
        .next_page_token;

    let other = ListTasksRequest {
        page_token,
        ..of(TaskState::Ended)
    };
    let refused = portal.own().list_tasks(other).await.unwrap_err();

    assert_eq!(reason(&refused), "BAD_PAGE_TOKEN");

    let wrong = ListTasksRequest {
        case_id: "7".into(),
        ..Default::default()
    };
    assert_eq!(
        violations(&portal.own().list_tasks(wrong).await.unwrap_err())[0].0,
        "case_id"
    );
}
