//! TA-3: lists of tasks, in their order, to their last page.

use proto::case::v1::{CaseFacts, CaseOwnerAssigned};
use proto::task::v1::{ListTasksRequest, Task, TaskKind, TaskState, TaskStatus};
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

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_open_tasks_are_filtered_by_how_they_stand_their_kind_and_when_they_are_due(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let mut dates = Vec::new();
    for due_on in ["2025-06-03", "2025-06-10", "2025-06-11", "2025-06-20"] {
        dates.push(portal.a_task(due_on).await.due_on);
    }
    portal.a_letter().await;
    // Due dates up to Tuesday 10 June are approaching on Thursday 5 June.
    portal.clock.set("2025-06-05T09:00:00Z".parse().unwrap());

    let open = ListTasksRequest::default;
    let standing = |status: TaskStatus| ListTasksRequest {
        status: status.into(),
        kind: TaskKind::RespondToRequest.into(),
        ..open()
    };
    for (request, expected) in [
        (standing(TaskStatus::Overdue), &dates[..1]),
        (standing(TaskStatus::Approaching), &dates[1..2]),
        (standing(TaskStatus::Pending), &dates[2..]),
        (standing(TaskStatus::Unspecified), &dates[..]),
        (
            ListTasksRequest {
                due_from: "2025-06-10".into(),
                due_to: "2025-06-11".into(),
                ..open()
            },
            &dates[1..3],
        ),
        (
            ListTasksRequest {
                due_from: "2025-06-11".into(),
                ..standing(TaskStatus::Approaching)
            },
            &[],
        ),
    ] {
        for mut tasks in [portal.own(), portal.staff()] {
            let found = all(&mut tasks, &request, 1).await;
            let found: Vec<_> = found.into_iter().map(|it| it.due_on).collect();
            assert_eq!(found, expected, "{request:?}");
        }
    }
    let letters = ListTasksRequest {
        kind: TaskKind::ForInformation.into(),
        ..open()
    };
    assert_eq!(all(&mut portal.own(), &letters, 1).await.len(), 1);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_5_a_caseworker_lists_what_awaits_an_answer_on_cases_of_their_own(db: PgPool) {
    let portal = a_workload(&db).await;
    let caseworker = testkit::a_caseworker();
    let request = ListTasksRequest {
        on_own_cases: true,
        ..of(TaskState::AwaitingAnswer)
    };
    let mut own = portal.tasks(&caseworker);
    assert!(all(&mut own, &request, 1).await.is_empty());

    portal
        .hears(&CaseOwnerAssigned {
            facts: Some(CaseFacts {
                owner_account_id: caseworker.id().to_string(),
                version: 2,
                ..portal.case.clone()
            }),
        })
        .await;

    let found = all(&mut own, &request, 1).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].case_id, portal.case.case_id);
    assert!(all(&mut portal.staff(), &request, 1).await.is_empty());
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_a_filter_that_says_nothing_sensible_is_refused_by_its_field(db: PgPool) {
    let portal = a_portal(&db).await;

    for (request, field, why) in [
        (
            ListTasksRequest {
                status: TaskStatus::Completed.into(),
                ..Default::default()
            },
            "status",
            "NOT_OPEN",
        ),
        (
            ListTasksRequest {
                kind: TaskKind::ConfirmCompliance.into(),
                ..of(TaskState::Ended)
            },
            "kind",
            "NOT_OPEN",
        ),
        (
            ListTasksRequest {
                due_to: "31 June".into(),
                ..Default::default()
            },
            "due_to",
            "NOT_A_DATE",
        ),
        (
            ListTasksRequest {
                due_from: "2025-06-02".into(),
                due_to: "2025-06-01".into(),
                ..Default::default()
            },
            "due_to",
            "BEFORE_THE_FIRST",
        ),
        (
            ListTasksRequest {
                on_own_cases: true,
                ..Default::default()
            },
            "on_own_cases",
            "NOT_AWAITING_ANSWER",
        ),
    ] {
        let refused = portal.staff().list_tasks(request).await.unwrap_err();
        assert_eq!(
            (
                violations(&refused)[0].0.as_str(),
                reason(&refused).as_str()
            ),
            (field, why)
        );
    }
}
