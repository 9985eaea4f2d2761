//! CA-10: what complainants are owed is found like any deadline, and reminders of it step up.

use case::Swept;
use futures::future::join_all;
use outbox::testing::events;
use outbox::ticks;
use proto::case::v1::{
    ContactEscalated, ContactFinalReminder, ContactReason, ContactReminder, ContactSettled, Status,
};
use proto::document::v1::DocumentAdded;
use proto::messaging::v1::MessagePosted;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::contacts::{owed_on, promised, promising};
use crate::given::{Portal, a_portal, task, task_set};
use crate::updates::{expects, telling};

fn at(portal: &Portal, instant: &str) {
    portal.clock.set(instant.parse().unwrap());
}

fn on(portal: &Portal, date: &str) {
    at(portal, &format!("{date}T08:00:00Z"));
}

async fn notices(db: &PgPool) -> [usize; 3] {
    [
        events::<ContactReminder>(db).await.len(),
        events::<ContactFinalReminder>(db).await.len(),
        events::<ContactEscalated>(db).await.len(),
    ]
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_is_owed_five_working_days_before_the_expected_date(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;

    on(&portal, "2025-06-08");
    assert_eq!(portal.sweep().await, Swept::default());
    on(&portal, "2025-06-09");
    let swept = portal.sweep().await;
    assert_eq!((swept.owed, swept.reminders), (1, 1));
    assert_eq!(portal.sweep().await, Swept::default());

    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed[0].reason(), ContactReason::Timeframe);
    assert_eq!(owed[0].due_on, "2025-06-09");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_settles_what_is_owed_and_its_new_date_is_watched_in_turn(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    on(&portal, "2025-06-09");
    portal.sweep().await;
    staff
        .give_update(telling(&case, "2025-06-09", "2025-06-30"))
        .await
        .unwrap();
    assert!(owed_on(&portal, &case).await.is_empty());
    on(&portal, "2025-06-22");
    assert_eq!(portal.sweep().await, Swept::default());
    on(&portal, "2025-06-23");
    assert_eq!(portal.sweep().await.owed, 1);

    // The date is not raised for again once the complainant was told that it stays.
    staff
        .give_update(telling(&case, "2025-06-23", ""))
        .await
        .unwrap();
    on(&portal, "2025-07-10");
    assert_eq!(portal.sweep().await, Swept::default());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_is_owed_when_nothing_has_happened_for_28_days(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    on(&portal, "2025-06-10");
    let set = task_set(&task(&case, "2025-06-20"));
    portal.hears_at(&set, portal.clock.now()).await;
    on(&portal, "2025-06-30");
    assert_eq!(
        portal.sweep().await,
        Swept::default(),
        "28 days since opening"
    );
    on(&portal, "2025-07-07");
    assert_eq!(portal.sweep().await, Swept::default());
    on(&portal, "2025-07-08");
    assert_eq!(portal.sweep().await.owed, 1);
    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed[0].reason(), ContactReason::Quiet);
    assert_eq!(owed[0].due_on, "2025-07-08");

    // The update is something that happens; the next silence begins with it.
    portal
        .contacts(&testkit::a_caseworker())
        .give_update(telling(&case, "2025-07-08", ""))
        .await
        .unwrap();
    on(&portal, "2025-08-04");
    assert_eq!(portal.sweep().await, Swept::default());
    on(&portal, "2025-08-05");
    assert_eq!(portal.sweep().await.owed, 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_silence_ends_at_midnight_in_london_when_the_clocks_have_changed(db: PgPool) {
    let portal = a_portal(&db).await;
    on(&portal, "2025-10-20");
    portal.a_case().await;
    on(&portal, "2025-11-16");
    assert_eq!(portal.sweep().await, Swept::default());
    at(&portal, "2025-11-16T23:30:00Z");
    assert_eq!(portal.sweep().await, Swept::default());
    at(&portal, "2025-11-17T00:00:00Z");
    assert_eq!(portal.sweep().await.owed, 1);

    // In summer the day begins an hour earlier than in UTC.
    on(&portal, "2025-03-10");
    portal.a_case().await;
    at(&portal, "2025-04-06T22:59:00Z");
    assert_eq!(portal.sweep().await.owed, 0);
    at(&portal, "2025-04-06T23:00:00Z");
    assert_eq!(portal.sweep().await.owed, 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_what_was_told_a_moment_ago_is_not_likely_to_be_missed(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 5).await;
    let case = portal.a_case().await;

    // It is owed on the date itself, and not before; nobody is reminded when it was told.
    assert_eq!(portal.sweep().await.reminders, 0);
    assert_eq!(owed_on(&portal, &case).await[0].due_on, "2025-06-09");
    on(&portal, "2025-06-09");
    assert_eq!(portal.sweep().await.reminders, 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_expected_date_at_a_weekend_is_seen_in_time(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    staff
        .give_update(telling(&case, "2025-06-02", "2025-06-22"))
        .await
        .unwrap();

    on(&portal, "2025-06-12");
    assert_eq!(portal.sweep().await, Swept::default());
    // Five working days remain after Friday 13 June, until Sunday 22 June.
    on(&portal, "2025-06-13");
    assert_eq!(portal.sweep().await.owed, 1);
    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed[0].due_on, "2025-06-13");
    assert!(!owed[0].overdue);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_stage_that_is_finished_in_time_owes_no_word_of_being_late(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    on(&portal, "2025-06-09");
    portal.sweep().await;
    assert_eq!(owed_on(&portal, &case).await.len(), 1);

    portal.moved(&case, &[Status::InternalProcedure]).await;

    assert!(owed_on(&portal, &case).await.is_empty());
    let settled = events::<ContactSettled>(&db).await.remove(0).facts.unwrap();
    assert!(!settled.open);
    on(&portal, "2025-06-20");
    portal.sweep().await;
    assert_eq!(notices(&db).await, [1, 0, 0]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_messages_and_documents_are_something_that_happens(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    on(&portal, "2025-06-10");
    let message = MessagePosted {
        case_id: case.id.clone(),
        ..MessagePosted::default()
    };
    portal.hears_at(&message, portal.clock.now()).await;
    on(&portal, "2025-06-20");
    let document = DocumentAdded {
        case_id: case.id.clone(),
        ..DocumentAdded::default()
    };
    portal.hears_at(&document, portal.clock.now()).await;
    // What was said before and is heard again, or late, takes nothing back.
    portal
        .hears_at(&message, "2025-06-10T08:00:00Z".parse().unwrap())
        .await;

    on(&portal, "2025-07-17");
    assert_eq!(portal.sweep().await, Swept::default());
    on(&portal, "2025-07-18");
    assert_eq!(portal.sweep().await.owed, 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_year_without_bank_holidays_stops_nothing_that_is_due(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    promised(&portal, &promising(&case, "2025-06-05")).await;
    // The bank holidays of 2029 are not published.
    on(&portal, "2028-12-28");

    let failed = portal
        .app
        .sweep(&CancellationToken::new())
        .await
        .unwrap_err();

    assert_eq!(kit::Failure::reason(&failed), "DATE_NOT_COVERED");
    assert_eq!(notices(&db).await[1], 2, "the final reminders");
    assert_eq!(owed_on(&portal, &case).await.len(), 2, "and it was quiet");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_stages_that_another_version_left_behind_are_put_right(db: PgPool) {
    let portal = a_portal(&db).await;
    let (closed, moved, opened) = (
        portal.a_case().await,
        portal.a_case().await,
        portal.a_case().await,
    );
    // As a version does that keeps no stages.
    for statement in [
        format!(
            "update cases set status = 11, team = 1, closed_on = '2025-06-02' where id = '{}'",
            closed.id
        ),
        format!("update cases set status = 3 where id = '{}'", moved.id),
        format!("delete from stages where case_id = '{}'", opened.id),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&db)
            .await
            .unwrap();
    }

    on(&portal, "2025-06-04");
    assert_eq!(portal.app.mend_stages().await.unwrap(), 2);
    assert_eq!(portal.app.mend_stages().await.unwrap(), 0);

    let standing: Vec<(String, i16, bool)> = sqlx::query_as(
        "select case_id::text, status, began_known from stages where ended_on is null order by case_id",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let (moved, opened) = (moved.id, opened.id);
    assert_eq!(standing, [(moved, 3, false), (opened, 1, false)]);
    // A silence of the closed one is nobody's.
    on(&portal, "2025-09-01");
    assert_eq!(portal.sweep().await.owed, 2);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_closed_case_owes_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    promised(&portal, &promising(&case, "2025-06-03")).await;
    portal.moved(&case, &[Status::Closed]).await;

    on(&portal, "2025-09-01");
    assert_eq!(portal.sweep().await, Swept::default());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_reminders_step_up_once_each(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "2025-06-05")).await;

    let mut seen = Vec::new();
    for date in [
        "2025-06-04",
        "2025-06-05",
        "2025-06-06",
        // Two working days after its date, and four: a weekend lies between.
        "2025-06-08",
        "2025-06-09",
        "2025-06-10",
        "2025-06-11",
        "2025-06-20",
    ] {
        on(&portal, date);
        portal.sweep().await;
        portal.sweep().await;
        seen.push(notices(&db).await);
    }

    assert_eq!(
        seen,
        [
            [0, 0, 0],
            [1, 0, 0],
            [1, 0, 0],
            [1, 0, 0],
            [1, 1, 0],
            [1, 1, 0],
            [1, 1, 1],
            [1, 1, 1]
        ]
    );
    let facts = events::<ContactEscalated>(&db)
        .await
        .remove(0)
        .facts
        .unwrap();
    assert_eq!((facts.contact_id, facts.open), (contact.id, true));
    assert_eq!(facts.due_on, "2025-06-05");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_what_nobody_swept_for_days_is_reminded_of_before_the_seniors_hear(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    promised(&portal, &promising(&case, "2025-06-05")).await;

    // The owner has as long as ever before the seniors hear, over a weekend.
    for (date, seen) in [
        ("2025-06-20", [0, 1, 0]),
        ("2025-06-23", [0, 1, 0]),
        ("2025-06-24", [0, 1, 1]),
    ] {
        on(&portal, date);
        portal.sweep().await;
        assert_eq!(notices(&db).await, seen, "{date}");
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_six_hours_without_a_sweep_over_midnight_change_no_date(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;

    at(&portal, "2025-06-08T21:00:00Z");
    assert_eq!(portal.sweep().await, Swept::default());
    at(&portal, "2025-06-09T03:00:00Z");
    portal.sweep().await;
    assert_eq!(owed_on(&portal, &case).await[0].due_on, "2025-06-09");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_three_replicas_at_once_raise_and_announce_everything_once(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    for _ in 0..40 {
        let case = portal.a_case().await;
        promised(&portal, &promising(&case, "2025-06-05")).await;
    }

    for (date, owed, reminders) in [("2025-06-05", 0, 40), ("2025-06-09", 40, 40)] {
        on(&portal, date);
        let swept = join_all((0..3).map(|_| {
            let app = portal.app.clone();
            async move {
                tokio::spawn(async move { app.sweep(&CancellationToken::new()).await.unwrap() })
                    .await
                    .unwrap()
            }
        }))
        .await;
        assert_eq!(swept.iter().map(|it| it.owed).sum::<usize>(), owed);
        // What a replica raised after another had looked for reminders waits for the next minute.
        let late = portal.sweep().await;
        let announced = swept.iter().map(|it| it.reminders).sum::<usize>();
        assert_eq!(announced + late.reminders, reminders, "{date}");
    }
    let reminders = events::<ContactReminder>(&db).await.into_iter();
    let ids: std::collections::HashSet<_> =
        reminders.map(|it| it.facts.unwrap().contact_id).collect();
    assert_eq!(ids.len(), 80);
    assert_eq!(notices(&db).await[0], 80);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_minute_wakes_the_sweep_and_again_does_no_harm(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    promised(&portal, &promising(&case, "2025-06-05")).await;
    let cancel = CancellationToken::new();
    let sweeping = tokio::spawn(portal.app.clone().sweep_until(cancel.clone()));

    on(&portal, "2025-06-05");
    let minute = ticks::minute(portal.clock.now());
    for _ in 0..2 {
        outbox::deliver(&db, &portal.app, &minute).await.unwrap();
    }
    testkit::eventually("the reminder", || async {
        (notices(&db).await == [1, 0, 0]).then_some(())
    })
    .await;

    cancel.cancel();
    sweeping.await.unwrap().unwrap();
    assert_eq!(notices(&db).await, [1, 0, 0]);
}
