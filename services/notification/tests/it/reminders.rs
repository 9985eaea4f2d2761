//! Reminders stop when there is nothing left to remind of (NO-4).

use chrono::{NaiveDate, TimeDelta};
use proto::messaging::v1::{ReplyFacts, ReplyOverdue, ReplyRedated, ReplySettled};
use proto::task::v1::{
    TaskApproaching, TaskChanged, TaskCompleted, TaskEscalated, TaskFacts, TaskFinalReminder,
    TaskOverdue, TaskSet,
};
use sqlx::PgPool;
use testkit::a_landlord_administrator;
use uuid::Uuid;

use crate::given::{World, a_world, now, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";

async fn subjects(world: &World) -> Vec<String> {
    let mails = world.send().await;
    mails.into_iter().map(|mail| mail.subject).collect()
}

async fn states(db: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select state from emails order by queued_at, id")
        .fetch_all(db)
        .await
        .unwrap()
}

/// A night in which reminders are queued, after which something happens to the task.
async fn at_night(world: &World, case: Uuid) -> TaskFacts {
    world.clock.set("2025-06-10T22:00:00Z".parse().unwrap());
    let facts = task(case, true);
    for reminder in [0, 1, 2] {
        let facts = Some(facts.clone());
        match reminder {
            0 => world.hear(&TaskApproaching { facts }).await,
            1 => world.hear(&TaskOverdue { facts }).await,
            _ => world.hear(&TaskFinalReminder { facts }).await,
        };
    }
    facts
}

fn morning(world: &World) {
    world.clock.set("2025-06-11T06:00:00Z".parse().unwrap());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_reminders_stop_when_the_case_is_closed_also_those_that_wait(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let (case, other) = (
        world.a_case(landlord, None).await,
        world.a_case(landlord, None).await,
    );
    at_night(&world, case).await;
    world
        .hear(&TaskOverdue {
            facts: Some(task(other, true)),
        })
        .await;

    world.close(case, landlord, now().date_naive()).await;
    world
        .hear(&TaskOverdue {
            facts: Some(task(case, true)),
        })
        .await;
    morning(&world);

    let mut said = subjects(&world).await;
    said.sort();
    assert_eq!(
        said,
        [
            "Case status changed: case 202512345",
            "Task overdue: case 202512345"
        ],
        "of the closed case only that it is closed; another case's reminder stays"
    );
    let bell = world.notices(&a_landlord_administrator(landlord)).await;
    assert_eq!(
        bell.len(),
        5,
        "none was raised after the case was closed: {bell:?}"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_reminders_of_a_task_stop_when_it_is_completed(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let facts = at_night(&world, case).await;

    let completed = TaskFacts {
        open: false,
        version: 2,
        ..facts.clone()
    };
    world
        .hear(&TaskCompleted {
            facts: Some(completed),
            ..TaskCompleted::default()
        })
        .await;
    // One that was raised before, and came late.
    world
        .hear(&TaskEscalated {
            facts: Some(facts.clone()),
        })
        .await;
    morning(&world);

    assert_eq!(
        subjects(&world).await,
        ["Task completed: case 202512345"],
        "staff hear of the completion, and the landlord of nothing"
    );
    let mut states = states(&db).await;
    states.sort();
    assert_eq!(states, ["lapsed", "sent"]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_reminders_of_a_due_date_stop_when_the_task_has_another(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let facts = at_night(&world, case).await;

    let redated = TaskFacts {
        due_on: "2025-06-20".to_owned(),
        version: 2,
        ..facts
    };
    world
        .hear(&TaskChanged {
            facts: Some(redated.clone()),
            ..TaskChanged::default()
        })
        .await;
    morning(&world);
    assert_eq!(subjects(&world).await, ["Task changed: case 202512345"]);

    world.clock.set("2025-06-17T08:00:00Z".parse().unwrap());
    world
        .hear(&TaskApproaching {
            facts: Some(redated),
        })
        .await;
    world.gathered();
    assert_eq!(
        subjects(&world).await[1..],
        ["Task due soon: case 202512345"],
        "of the new date it reminds anew"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_a_task_that_ends_takes_its_own_reminders_along_and_no_others(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    let facts = at_night(&world, case).await;
    world
        .hear(&TaskSet {
            facts: Some(task(case, true)),
            ..TaskSet::default()
        })
        .await;
    world
        .hear(&TaskOverdue {
            facts: Some(task(case, true)),
        })
        .await;

    let withdrawn = TaskFacts {
        open: false,
        version: 2,
        ..facts
    };
    world
        .hear(&TaskChanged {
            facts: Some(withdrawn),
            ..TaskChanged::default()
        })
        .await;
    morning(&world);

    assert_eq!(
        subjects(&world).await,
        ["New task, Task overdue, Task changed: case 202512345"]
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn me_5_reminders_of_an_owed_answer_stop_when_it_is_given_or_has_another_date(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;
    let owed = |due_on: NaiveDate| ReplyFacts {
        reply_id: kit::id().to_string(),
        case_id: case.to_string(),
        due_on: kit::time::iso(due_on),
        ..ReplyFacts::default()
    };
    let today = now().date_naive();
    let (answered, redated, late) = (owed(today), owed(today), owed(today));
    world.clock.set("2025-06-10T22:00:00Z".parse().unwrap());
    for facts in [&answered, &redated, &late] {
        let facts = Some(facts.clone());
        world.hear(&ReplyOverdue { facts }).await;
        world.clock.advance(TimeDelta::seconds(1));
    }

    let settled = ReplySettled {
        facts: Some(answered.clone()),
        ..ReplySettled::default()
    };
    world.hear(&settled).await;
    let moved = ReplyFacts {
        due_on: kit::time::iso(today + TimeDelta::days(1)),
        ..redated
    };
    world
        .hear(&ReplyRedated {
            facts: Some(moved),
            ..ReplyRedated::default()
        })
        .await;
    world.clock.advance(TimeDelta::seconds(1));
    world
        .hear(&ReplyOverdue {
            facts: Some(answered),
        })
        .await;
    morning(&world);

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        mails[0].subject,
        "Answer overdue, Answer due on another date: case 202512345"
    );
    assert!(
        mails[0]
            .text
            .contains("- An answer to the landlord is overdue.\r\n"),
        "one of three: {}",
        mails[0].text
    );
}
