//! What the service hears of landlords, staff and tasks, once and again, in order and out of it.

use chrono::TimeDelta;
use outbox::testing::event;
use outbox::{Event, Handler as _, Outcome};
use prost::{Message, Name};
use proto::case::v1::{ListCasesRequest, Urgency};
use proto::identity::v1::LandlordActivated;
use proto::task::v1::{
    TaskChanged, TaskCompleted, TaskFacts, TaskImported, TaskUnableAnswered, TaskUnableReported,
    UnableDecision,
};
use sqlx::PgPool;

use crate::given::{Portal, a_portal, landlord_registered, opening, staff, task, task_set};

/// Everything in the database that an event may change.
async fn state(db: &PgPool) -> Vec<serde_json::Value> {
    let mut state = Vec::new();
    for table in ["landlords", "staff", "tasks", "cases", "timeline"] {
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

/// Delivers an event, sees that it has an effect, and delivers it again, which must have none.
async fn twice<E: Message + Name>(portal: &Portal, message: &E) {
    let delivered: Event = event(message);
    let before = state(&portal.db).await;
    let outcome = outbox::deliver(&portal.db, &portal.app, &delivered)
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Handled);
    let after = state(&portal.db).await;
    assert_ne!(before, after, "{}", E::full_name());

    let outcome = outbox::deliver(&portal.db, &portal.app, &delivered)
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Duplicate);
    assert_eq!(state(&portal.db).await, after, "{}", E::full_name());
}

fn later(facts: &TaskFacts, change: impl FnOnce(&mut TaskFacts)) -> TaskFacts {
    let mut facts = TaskFacts {
        version: facts.version + 1,
        ..facts.clone()
    };
    change(&mut facts);
    facts
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn every_event_has_its_effect_once_however_often_it_is_delivered(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let landlord = kit::id();

    twice(&portal, &landlord_registered(landlord, "Another Landlord")).await;
    let activated = LandlordActivated {
        landlord_id: landlord.to_string(),
        activated_on: "2025-05-01".into(),
    };
    twice(&portal, &activated).await;
    twice(&portal, &staff(kit::id(), "Dani", true)).await;
    let set = task(&case, "2025-06-20");
    twice(&portal, &task_set(&set)).await;
    twice(
        &portal,
        &TaskImported {
            facts: Some(task(&case, "2025-06-21")),
        },
    )
    .await;
    let reported = later(&set, |_| {});
    twice(
        &portal,
        &TaskUnableReported {
            facts: Some(reported.clone()),
            actor: "Ada".into(),
        },
    )
    .await;
    let answered = later(&reported, |it| it.due_on = "2025-07-01".into());
    let decision = UnableDecision::NewDate.into();
    twice(
        &portal,
        &TaskUnableAnswered {
            facts: Some(answered.clone()),
            decision,
            actor: "Casey".into(),
        },
    )
    .await;
    let changed = later(&answered, |it| it.due_on = "2025-07-02".into());
    let reason = "a bank holiday was added".into();
    twice(
        &portal,
        &TaskChanged {
            facts: Some(changed.clone()),
            reason,
            actor: "Casey".into(),
        },
    )
    .await;
    let completed = TaskCompleted {
        facts: Some(later(&changed, |it| it.open = false)),
        completed_on: "2025-06-02".into(),
        actor: "Ada".into(),
        completed_at: None,
    };
    twice(&portal, &completed).await;
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_6_the_timeline_tells_what_happened_to_tasks(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let set = portal.a_task(&case, "2025-06-20").await;
    let reported = later(&set, |_| {});
    portal
        .hears(&TaskUnableReported {
            facts: Some(reported.clone()),
            actor: "Ada".into(),
        })
        .await;
    let answered = later(&reported, |it| it.due_on = "2025-07-01".into());
    let decision = UnableDecision::NewDate.into();
    portal
        .hears(&TaskUnableAnswered {
            facts: Some(answered.clone()),
            decision,
            actor: "Casey".into(),
        })
        .await;
    let withdrawn = later(&answered, |it| it.open = false);
    portal
        .hears(&TaskChanged {
            facts: Some(withdrawn),
            reason: "No longer needed".into(),
            actor: "Casey".into(),
        })
        .await;
    portal
        .hears(&TaskImported {
            facts: Some(task(&case, "2025-06-21")),
        })
        .await;

    let told: Vec<_> = portal
        .timeline(&case)
        .await
        .into_iter()
        .map(|it| (it.title, it.description, it.actor))
        .collect();

    let expected = [
        (
            "Case opened",
            "The case was opened and given to Dispute Support.",
            "Casey Caseworker",
        ),
        (
            "Task withdrawn",
            "“Provide evidence by 2025-06-20”: No longer needed",
            "Casey",
        ),
        (
            "Answer to “unable to complete”",
            "“Provide evidence by 2025-06-20” is now due on 1 July 2025.",
            "Casey",
        ),
        (
            "Unable to complete a task",
            "The landlord is unable to complete “Provide evidence by 2025-06-20”.",
            "Ada",
        ),
        (
            "Task set",
            "“Provide evidence by 2025-06-20”, due on 20 June 2025.",
            "Casey Caseworker",
        ),
    ];
    assert_eq!(
        told,
        expected.map(|(title, text, actor)| (title.into(), text.into(), actor.into()))
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_the_next_due_date_follows_the_open_tasks(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    portal.a_task(&case, "2025-06-20").await;
    let sooner = portal.a_task(&case, "2025-06-13").await;
    let seen = portal.seen(&case).await;
    assert_eq!(
        (seen.next_task_due_on.as_str(), seen.version),
        ("2025-06-13", case.version)
    );

    let done = TaskCompleted {
        facts: Some(later(&sooner, |it| it.open = false)),
        completed_on: "2025-06-02".into(),
        ..Default::default()
    };
    portal.hears(&done).await;
    assert_eq!(portal.seen(&case).await.next_task_due_on, "2025-06-20");

    let listed = portal
        .own()
        .list_cases(ListCasesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.cases[0].next_task_due_on, "2025-06-20");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_what_a_task_was_earlier_and_arrives_later_is_ignored(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let set = task(&case, "2025-06-20");
    let done = TaskCompleted {
        facts: Some(later(&set, |it| it.open = false)),
        completed_on: "2025-06-02".into(),
        ..Default::default()
    };

    portal.hears(&done).await;
    portal.hears(&task_set(&set)).await;

    let seen = portal.seen(&case).await;
    assert_eq!(
        (seen.next_task_due_on.as_str(), seen.upcoming_tasks.len()),
        ("", 0)
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_5_tasks_announced_at_once_leave_the_right_next_due_date(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let (sooner, later) = (task(&case, "2025-06-10"), task(&case, "2025-06-20"));

    let mut first = db.begin().await.unwrap();
    portal
        .app
        .handle(&mut first, &event(&task_set(&sooner)))
        .await
        .unwrap();
    let second = tokio::spawn({
        let (db, app) = (db.clone(), portal.app.clone());
        async move {
            outbox::deliver(&db, &app, &event(&task_set(&later)))
                .await
                .map(drop)
        }
    });
    testkit::eventually("the second to wait for the first", || async {
        let query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let waiting: i64 = sqlx::query_scalar(query).fetch_one(&db).await.unwrap();
        (waiting > 0).then_some(())
    })
    .await;
    first.commit().await.unwrap();
    second.await.unwrap().unwrap();

    assert_eq!(portal.seen(&case).await.next_task_due_on, "2025-06-10");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_6_five_upcoming_tasks_are_shown_and_how_close_each_is_today(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    for due_on in [
        "2025-06-30",
        "2025-06-06",
        "2025-06-05",
        "2025-06-02",
        "2025-07-01",
        "2025-07-02",
    ] {
        portal.a_task(&case, due_on).await;
    }

    let shown = |case: &proto::case::v1::Case| -> Vec<(String, Urgency)> {
        case.upcoming_tasks
            .iter()
            .map(|it| (it.due_on.clone(), it.urgency()))
            .collect()
    };
    let expected = [
        ("2025-06-02".to_owned(), Urgency::Approaching),
        ("2025-06-05".to_owned(), Urgency::Approaching),
        ("2025-06-06".to_owned(), Urgency::Pending),
        ("2025-06-30".to_owned(), Urgency::Pending),
        ("2025-07-01".to_owned(), Urgency::Pending),
    ];
    assert_eq!(shown(&portal.seen(&case).await), expected);

    portal.clock.advance(TimeDelta::days(1));
    let tomorrow = shown(&portal.seen(&case).await);
    assert_eq!(
        (tomorrow[0].1, tomorrow[2].1),
        (Urgency::Overdue, Urgency::Approaching)
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn a_landlord_that_is_activated_before_it_is_named_is_registered_all_the_same(db: PgPool) {
    let portal = a_portal(&db).await;
    let landlord = kit::id();

    let activated = LandlordActivated {
        landlord_id: landlord.to_string(),
        activated_on: "2025-05-01".into(),
    };
    portal.hears(&activated).await;
    let refused = portal
        .staff()
        .open_case(opening(landlord))
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_LANDLORD");

    portal
        .hears(&landlord_registered(landlord, "Late Landlord"))
        .await;
    assert_eq!(
        portal.opened(&opening(landlord)).await.landlord_name,
        "Late Landlord"
    );
    let on: Option<chrono::NaiveDate> =
        sqlx::query_scalar("select activated_on from landlords where id = $1")
            .bind(landlord)
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(on, Some(crate::given::day("2025-05-01")));
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn a_task_of_an_unknown_case_is_tried_again_and_one_without_facts_is_not(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut case = portal.a_case().await;
    case.id = kit::id().to_string();

    let unknown = event(&task_set(&task(&case, "2025-06-20")));
    let retried = outbox::deliver(&db, &portal.app, &unknown)
        .await
        .unwrap_err();
    assert!(!retried.is_hopeless());

    let empty = event(&TaskImported { facts: None });
    let hopeless = outbox::deliver(&db, &portal.app, &empty).await.unwrap_err();
    assert!(hopeless.is_hopeless());
}
