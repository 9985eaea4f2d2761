//! Telling staff of what is due soon and of what is late (ME-5).

use chrono::Duration;
use messaging::app::sweep::Swept;
use outbox::ticks;
use proto::messaging::v1::{MessagePosted, ReplyApproaching, ReplyOverdue, ReplySettled, Side};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::given::{World, a_world, now};
use crate::replies::owed;

async fn a_question(world: &World) -> Uuid {
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    world
        .post(&a_landlord_administrator(landlord), case, "When?")
        .await;
    case
}

async fn sweep(world: &World) -> Swept {
    world.app.sweep(&CancellationToken::new()).await.unwrap()
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_each_threshold_is_told_once_however_often_it_is_swept(db: PgPool) {
    let world = a_world(&db).await;
    let case = a_question(&world).await;
    assert_eq!(sweep(&world).await, Swept::default());

    // Due on Tuesday 1 July: Thursday 26 June is three working days before.
    world.clock.advance(Duration::days(16));
    assert_eq!(sweep(&world).await.approaching, 1);
    assert_eq!(sweep(&world).await, Swept::default());
    world.clock.advance(Duration::days(5));
    assert_eq!(
        sweep(&world).await,
        Swept::default(),
        "the date itself is in time"
    );
    world.clock.advance(Duration::days(1));
    assert_eq!(sweep(&world).await.overdue, 1);
    assert_eq!(sweep(&world).await, Swept::default());

    let approaching = outbox::testing::events::<ReplyApproaching>(&db).await;
    let overdue = outbox::testing::events::<ReplyOverdue>(&db).await;
    let facts = approaching[0].facts.clone().unwrap();
    assert_eq!((approaching.len(), overdue.len()), (1, 1));
    assert_eq!(
        (facts.case_id.as_str(), facts.due_on.as_str()),
        (case.to_string().as_str(), "2025-07-01")
    );
    assert_eq!(overdue[0].facts, Some(facts));
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_was_not_swept_for_long_is_told_as_late_alone(db: PgPool) {
    let world = a_world(&db).await;
    a_question(&world).await;

    world.clock.advance(Duration::days(40));

    assert_eq!(
        sweep(&world).await,
        Swept {
            overdue: 1,
            ..Swept::default()
        }
    );
    assert_eq!(sweep(&world).await, Swept::default());
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_was_answered_is_told_of_no_more(db: PgPool) {
    let world = a_world(&db).await;
    let case = a_question(&world).await;
    world.post(&a_caseworker(), case, "Tomorrow.").await;

    world.clock.advance(Duration::days(40));

    assert_eq!(sweep(&world).await, Swept::default());
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_three_sweeps_at_once_tell_of_each_once(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..30 {
        a_question(&world).await;
    }
    world.clock.advance(Duration::days(40));

    let swept = futures::future::join_all((0..3).map(|_| sweep(&world))).await;

    assert_eq!(swept.iter().map(|it| it.overdue).sum::<usize>(), 30);
    assert_eq!(outbox::testing::events::<ReplyOverdue>(&db).await.len(), 30);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_sweep_that_dies_in_the_middle_is_made_up_for(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..5 {
        a_question(&world).await;
    }
    world.clock.advance(Duration::days(40));
    // Its claim is lost with its transaction.
    let mut dying = db.begin().await.unwrap();
    sqlx::query("update reply_clocks set noticed = 2")
        .execute(&mut *dying)
        .await
        .unwrap();
    assert_eq!(
        sweep(&world).await.overdue,
        0,
        "claimed rows are stepped over"
    );
    dying.rollback().await.unwrap();

    assert_eq!(sweep(&world).await.overdue, 5);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_minute_wakes_the_sweep(db: PgPool) {
    let world = a_world(&db).await;
    a_question(&world).await;
    world.clock.advance(Duration::days(40));
    let cancel = CancellationToken::new();
    let sweeping = tokio::spawn(world.app.clone().sweep_until(cancel.clone()));
    eventually("the first sweep", || async {
        let told = outbox::testing::events::<ReplyOverdue>(&db).await;
        (!told.is_empty()).then_some(())
    })
    .await;
    a_question(&world).await;
    world.clock.advance(Duration::days(40));

    let minute = ticks::minute(world.clock.now());
    outbox::deliver(&db, &world.app, &minute).await.unwrap();

    eventually("the second sweep", || async {
        let told = outbox::testing::events::<ReplyOverdue>(&db).await;
        (told.len() == 2).then_some(())
    })
    .await;
    cancel.cancel();
    sweeping.await.unwrap().unwrap();
}

/// What the version before writes, which knows of no clocks.
async fn as_the_version_before(db: &PgPool, case: Uuid, side: Side, after: Duration) {
    let (side, owed) = match side {
        Side::Landlord => ("landlord", Some(now() + after)),
        _ => ("ombudsman", None),
    };
    sqlx::query(
        "with conversation as (
             update conversations set last_sent_at = $3, reply_owed_since = $4 where case_id = $1
         )
         insert into messages (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
         values (gen_random_uuid(), $1, $2, 'Pat', 'Text', '{}', '{}', $3, false, 'account:x', gen_random_uuid())",
    )
    .bind(case)
    .bind(side)
    .bind(now() + after)
    .bind(owed)
    .execute(db)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_the_version_before_has_written_is_put_right(db: PgPool) {
    let world = a_world(&db).await;
    let (case, _) = world.a_conversation(kit::id()).await;

    as_the_version_before(&db, case, Side::Landlord, Duration::hours(1)).await;
    assert_eq!(sweep(&world).await.put_right, 1);
    assert_eq!(owed(&world, &a_caseworker()).await[0].due_on, "2025-07-01");

    as_the_version_before(&db, case, Side::Ombudsman, Duration::hours(2)).await;
    assert_eq!(sweep(&world).await.put_right, 1);
    assert!(owed(&world, &a_caseworker()).await.is_empty());
    assert_eq!(outbox::testing::events::<ReplySettled>(&db).await.len(), 1);
    assert_eq!(sweep(&world).await, Swept::default());
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_message_of_the_moment_of_closing_is_put_right(db: PgPool) {
    let world = a_world(&db).await;
    let case = a_question(&world).await;
    sqlx::query("update case_files set closed_on = '2025-06-10' where case_id = $1")
        .bind(case)
        .execute(&db)
        .await
        .unwrap();

    assert_eq!(sweep(&world).await.put_right, 1);

    assert!(owed(&world, &a_caseworker()).await.is_empty());
    assert_eq!(outbox::testing::events::<MessagePosted>(&db).await.len(), 2);
    assert_eq!(sweep(&world).await, Swept::default());
}

/// One conversation whose ledger can't be read keeps no other from being put right, and no notice from being raised.
#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_conversation_that_can_not_be_put_right_ends_no_sweep(db: PgPool) {
    let world = a_world(&db).await;
    let broken = a_question(&world).await;
    sqlx::query(
        "update reply_entries set entry = '{}'
         where reply_id = (select id from reply_clocks where case_id = $1)",
    )
    .bind(broken)
    .execute(&db)
    .await
    .unwrap();
    as_the_version_before(&db, broken, Side::Ombudsman, Duration::hours(1)).await;
    let (later, _) = world.a_conversation(kit::id()).await;
    as_the_version_before(&db, later, Side::Landlord, Duration::hours(1)).await;
    assert_eq!(sweep(&world).await.put_right, 1);
    a_question(&world).await;

    world.clock.advance(Duration::days(40));

    assert_eq!(
        sweep(&world).await,
        Swept {
            overdue: 3,
            ..Swept::default()
        },
        "the broken one's clock runs on, too"
    );
}

/// More conversations than are read at a time whose dates no calendar covers yet.
#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_conversations_that_can_not_be_dated_keep_no_other_waiting(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..101 {
        let (case, _) = world.a_conversation(kit::id()).await;
        as_the_version_before(&db, case, Side::Landlord, Duration::days(70 * 365)).await;
    }
    let (case, _) = world.a_conversation(kit::id()).await;
    as_the_version_before(&db, case, Side::Landlord, Duration::hours(1)).await;

    assert_eq!(sweep(&world).await.put_right, 1);

    let owed = owed(&world, &a_caseworker()).await;
    assert_eq!(
        (owed.len(), owed[0].case_id.clone()),
        (1, case.to_string()),
        "the others wait for their bank holidays"
    );
    assert_eq!(sweep(&world).await, Swept::default());
}
