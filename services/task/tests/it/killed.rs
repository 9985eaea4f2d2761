//! TA-7: each notice is raised once, though sweeps are killed at the worst moments. A lock that the test holds makes the
//! database wait at that moment.

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use kit::config::DbConfig;
use prost::{Message, Name};
use proto::task::v1::{TaskApproaching, TaskFinalReminder, TaskOverdue};
use sqlx::ConnectOptions as _;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use testkit::{Nats, eventually};
use tokio::process::Child;

use crate::child;
use crate::given::{Portal, a_portal};

/// Something waits for the lock before it goes on.
const WAIT: &str = "create function wait() returns trigger language plpgsql
                    as $$ begin perform pg_advisory_xact_lock_shared(1); return new; end $$;";

/// Where a sweep is stopped: after it has claimed, after it has kept its notices, and while it commits.
const MOMENTS: [&str; 3] = [
    "create trigger hold before insert on notices for each statement execute function wait()",
    "create trigger hold before insert on outbox for each statement execute function wait()",
    "create constraint trigger hold after insert on outbox deferrable initially deferred
     for each row execute function wait()",
];

const LET_GO: &str =
    "drop trigger if exists hold on notices; drop trigger if exists hold on outbox";

/// Holds the lock that `wait()` waits for.
async fn hold(db: &PgPool) -> PoolConnection<Postgres> {
    let mut holder = db.acquire().await.unwrap();
    sqlx::query("select pg_advisory_lock(1)")
        .execute(&mut *holder)
        .await
        .unwrap();
    holder
}

async fn let_go(mut holder: PoolConnection<Postgres>) {
    sqlx::query("select pg_advisory_unlock(1)")
        .execute(&mut *holder)
        .await
        .unwrap();
}

/// Waits until so many sessions wait for the lock.
async fn until_they_wait(db: &PgPool, sessions: i64) {
    eventually("the sweeps to reach the lock", || async {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks join pg_database on pg_database.oid = database
             where locktype = 'advisory' and not granted and datname = current_database()",
        )
        .fetch_one(db)
        .await
        .unwrap();
        (waiting >= sessions).then_some(())
    })
    .await;
}

/// Sets tasks on the portal's case, due on a date.
async fn tasks(portal: &Portal, number: i32, due_on: &str) {
    let case: uuid::Uuid = portal.case.case_id.parse().unwrap();
    let set = sqlx::query(
        "insert into tasks (id, case_id, landlord_id, kind, title, instructions, set_on, set_by, due_on, request_id, request_digest)
         select id, $1, $2, 4, 'Provide evidence', '', '2025-05-01', 'Casey Caseworker', $3::date, id, ''
         from (select gen_random_uuid() as id from generate_series(1, $4)) as new",
    )
    .bind(case)
    .bind(portal.landlord)
    .bind(due_on.parse::<chrono::NaiveDate>().unwrap())
    .bind(number)
    .execute(&portal.db)
    .await
    .unwrap();
    assert_eq!(set.rows_affected(), u64::try_from(number).unwrap());
}

/// How many notices of a threshold there are, and for how many tasks.
async fn notices(db: &PgPool, threshold: i16) -> (i64, i64) {
    sqlx::query_as("select count(*), count(distinct task_id) from notices where threshold = $1")
        .bind(threshold)
        .fetch_one(db)
        .await
        .unwrap()
}

/// How many events of a type were announced, and for how many tasks.
async fn announced<E: Message + Name + Default>(
    db: &PgPool,
    task: impl Fn(E) -> String,
) -> (usize, usize) {
    let events = outbox::testing::events::<E>(db).await;
    let number = events.len();
    let of: std::collections::HashSet<_> = events.into_iter().map(task).collect();
    (number, of.len())
}

/// How many events of a type the broker has.
async fn published<E: Name>(nats: &Nats) -> usize {
    let broker = nats.jetstream().await;
    let stream = broker.jetstream().get_stream("CASEWORK").await.unwrap();
    let subjects = stream
        .info_with_subjects(outbox::subject::<E>())
        .await
        .unwrap();
    let counts: Vec<_> = subjects.try_collect().await.unwrap();
    counts.into_iter().map(|(_, count)| count).sum()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_three_replicas_over_10_000_tasks_with_one_killed_and_six_hours_missed_raise_each_notice_once(
    db: PgPool,
) {
    const TASKS: i32 = 10_000;
    let portal = a_portal(&db).await;
    tasks(&portal, TASKS, "2025-06-13").await;
    sqlx::raw_sql(WAIT).execute(&db).await.unwrap();
    let nats = Nats::start().await;

    // The last sweep is at half past five; the next one, six and a half hours later, is on the day after the due date.
    for (now, threshold) in [("2025-06-13T16:30:00Z", 1), ("2025-06-13T23:00:00Z", 2)] {
        let holder = hold(&db).await;
        sqlx::raw_sql(MOMENTS[0]).execute(&db).await.unwrap();
        let mut replicas: Vec<Child> = (0..3)
            .map(|_| child::replica(&db, &nats, at(now)))
            .collect();
        // Each of them holds a thousand tasks that it has claimed.
        until_they_wait(&db, 3).await;
        replicas.remove(0).kill().await.unwrap();
        let_go(holder).await;

        eventually("every notice to be raised and published", || async {
            let waiting: i64 =
                sqlx::query_scalar("select count(*) from outbox where published_at is null")
                    .fetch_one(&db)
                    .await
                    .unwrap();
            (waiting == 0 && notices(&db, threshold).await.0 == i64::from(TASKS)).then_some(())
        })
        .await;
        for mut replica in replicas {
            replica.kill().await.unwrap();
        }
        sqlx::raw_sql(LET_GO).execute(&db).await.unwrap();
    }

    let all = usize::try_from(TASKS).unwrap();
    for threshold in [1, 2] {
        assert_eq!(notices(&db, threshold).await, (TASKS.into(), TASKS.into()));
    }
    assert_eq!(
        announced(&db, |it: TaskApproaching| it.facts.unwrap().task_id).await,
        (all, all)
    );
    assert_eq!(
        announced(&db, |it: TaskOverdue| it.facts.unwrap().task_id).await,
        (all, all)
    );
    assert_eq!(published::<TaskApproaching>(&nats).await, all);
    assert_eq!(published::<TaskOverdue>(&nats).await, all);
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_sweep_killed_at_any_moment_is_made_up_for_and_nothing_is_told_twice(db: PgPool) {
    const TASKS: i32 = 40;
    const KILLS: i32 = 21;
    let portal = a_portal(&db).await;
    sqlx::raw_sql(WAIT).execute(&db).await.unwrap();
    portal.clock.set(at("2025-06-18T08:00:00Z"));

    for (kill, moment) in (1..=KILLS).zip(MOMENTS.into_iter().cycle()) {
        tasks(&portal, TASKS, "2025-06-13").await;
        sqlx::raw_sql(moment).execute(&db).await.unwrap();
        let holder = hold(&db).await;
        let mut sweeper = child::sweeper(&db, portal.clock.now());
        until_they_wait(&db, 1).await;
        sweeper.kill().await.unwrap();
        let_go(holder).await;
        sqlx::raw_sql(LET_GO).execute(&db).await.unwrap();

        let expected = i64::from(kill * TASKS);
        eventually("another sweep to raise what is missing", || async {
            portal.sweep().await;
            (notices(&db, 3).await.0 == expected).then_some(())
        })
        .await;

        assert_eq!(notices(&db, 3).await, (expected, expected), "{moment}");
        let expected = usize::try_from(expected).unwrap();
        assert_eq!(
            announced(&db, |it: TaskFinalReminder| it.facts.unwrap().task_id).await,
            (expected, expected),
            "{moment}"
        );
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_a_sweep_that_is_stopped_for_long_loses_its_claims_and_its_late_write_is_refused(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    tasks(&portal, 1, "2025-06-03").await;

    // What a sweep does, up to the moment at which its process is stopped.
    let mut stopped = db.begin().await.unwrap();
    sqlx::raw_sql(
        "set local idle_in_transaction_session_timeout = '1ms'; update tasks set noticed = 1",
    )
    .execute(&mut *stopped)
    .await
    .unwrap();

    eventually("another sweep to get the task", || async {
        (portal.sweep().await.approaching == 1).then_some(())
    })
    .await;
    assert!(stopped.commit().await.is_err());
    assert_eq!(notices(&db, 1).await, (1, 1));
}

/// The database ends it, gives the claims back, and refuses what the process writes when it goes on.
#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_7_no_service_holds_its_claims_in_silence_for_longer_than_half_a_minute(db: PgPool) {
    let config = DbConfig {
        url: db.connect_options().to_url_lossy().to_string().into(),
        ..DbConfig::default()
    };

    let pool = kit::db::connect(&config).await.unwrap();

    let limit = "select current_setting('idle_in_transaction_session_timeout')";
    let limit: String = sqlx::query_scalar(limit).fetch_one(&pool).await.unwrap();
    assert_eq!(limit, "30s");
}
