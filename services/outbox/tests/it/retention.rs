//! What is removed, and what never.

use outbox::{Purged, Retention, purge};
use sqlx::PgPool;
use uuid::Uuid;

use crate::given;

/// An id of so many days ago by the database's clock.
async fn id_of(db: &PgPool, days: i32) -> Uuid {
    let millis: i64 = sqlx::query_scalar(
        "select (extract(epoch from now() - make_interval(days => $1)) * 1000)::bigint",
    )
    .bind(days)
    .fetch_one(db)
    .await
    .unwrap();
    uuid::Builder::from_unix_timestamp_millis(millis.try_into().unwrap(), &[7; 10]).into_uuid()
}

async fn an_event(db: &PgPool, days: i32, published: bool) -> Uuid {
    let id = id_of(db, days).await;
    sqlx::query(
        "insert into outbox (id, transport_id, subject, payload, headers, created_at, published_at)
         values ($1, $1, 'casework.case.v1.CaseOpened', '', '{}', now() - make_interval(days => $2),
                 case when $3 then now() - make_interval(days => $2) end)",
    )
    .bind(id)
    .bind(days)
    .bind(published)
    .execute(db)
    .await
    .unwrap();
    id
}

async fn handled(db: &PgPool, days: i32) -> Uuid {
    let id = id_of(db, days).await;
    sqlx::query("insert into inbox (consumer, event_id) values ('noting', $1)")
        .bind(id)
        .execute(db)
        .await
        .unwrap();
    id
}

#[sqlx::test(migrations = false)]
async fn what_is_old_and_done_is_removed_and_nothing_else(db: PgPool) {
    given::a_database(&db).await;
    an_event(&db, 31, true).await;
    let waiting = an_event(&db, 32, false).await;
    let young = an_event(&db, 29, true).await;
    handled(&db, 61).await;
    let remembered = handled(&db, 59).await;

    let purged = purge(&db, Retention::default()).await.unwrap();

    assert_eq!(
        purged,
        Purged {
            outbox: 1,
            inbox: 1
        }
    );
    let left: Vec<Uuid> = sqlx::query_scalar("select id from outbox order by id")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(left, [waiting, young]);
    let left: Vec<Uuid> = sqlx::query_scalar("select event_id from inbox")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(left, [remembered]);
}

#[sqlx::test(migrations = false)]
async fn an_event_that_was_replayed_is_kept_from_its_replay_on(db: PgPool) {
    given::a_database(&db).await;
    let id = an_event(&db, 40, true).await;
    sqlx::query("update outbox set published_at = now()")
        .execute(&db)
        .await
        .unwrap();

    assert_eq!(
        purge(&db, Retention::default()).await.unwrap(),
        Purged::default()
    );

    let left: Vec<Uuid> = sqlx::query_scalar("select id from outbox")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(left, [id]);
}

#[sqlx::test(migrations = false)]
async fn a_large_backlog_is_removed_batch_by_batch(db: PgPool) {
    given::a_database(&db).await;
    sqlx::query(
        "insert into inbox (consumer, event_id)
         select 'noting', ('00000000-0000-7000-8000-' || lpad(to_hex(it), 12, '0'))::uuid from generate_series(1, 12000) it",
    )
    .execute(&db)
    .await
    .unwrap();

    assert_eq!(
        purge(&db, Retention::default()).await.unwrap(),
        Purged {
            outbox: 0,
            inbox: 12_000
        }
    );
}
