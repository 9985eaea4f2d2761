//! What a new version makes of an older one's data.

use sqlx::migrate::Migrate as _;
use sqlx::{Executor as _, PgPool};
use uuid::Uuid;

/// The last version in which a side as a whole had read a conversation.
const MARKS_OF_SIDES: i64 = 4;

#[sqlx::test(migrations = false)]
async fn me_4_what_somebody_had_read_stays_read(db: PgPool) {
    let (case, ada) = (kit::id(), kit::id());
    let messages = [kit::id(), kit::id(), kit::id()];
    let mut connection = db.acquire().await.unwrap();
    let (before, after): (Vec<_>, Vec<_>) = messaging::MIGRATOR
        .iter()
        .partition(|it| it.version <= MARKS_OF_SIDES);
    connection
        .ensure_migrations_table("_sqlx_migrations")
        .await
        .unwrap();
    for migration in before {
        connection
            .apply("_sqlx_migrations", migration)
            .await
            .unwrap();
    }
    sqlx::query(
        "insert into conversations (case_id, landlord_id, last_sent_at, unread_by_landlord, unread_by_ombudsman)
         values ($1, $1, '2025-06-03', 0, 0)",
    )
    .bind(case)
    .execute(&mut *connection)
    .await
    .unwrap();
    for (day, id) in (1..).zip(messages) {
        sqlx::query(
            "insert into messages (id, case_id, side, author_name, body, document_ids, document_names, sent_at, imported, requested_by, request_id)
             values ($1, $2, 'ombudsman', 'Pat', 'Text', '{}', '{}', make_date(2025, 6, $3), false, 'account:x', $1)",
        )
        .bind(id)
        .bind(case)
        .bind(day)
        .execute(&mut *connection)
        .await
        .unwrap();
    }
    // Ada read the first and then the second, through a helpdesk; a client that reads is nobody.
    for (actor, message) in [
        (format!("account:{ada}"), messages[0]),
        (
            format!("account:{ada} through client:helpdesk"),
            messages[1],
        ),
        ("client:7".to_owned(), messages[2]),
    ] {
        sqlx::query(
            "insert into changes (id, at, actor, action, case_id, message_id) values ($1, now(), $2, 'marked_read', $3, $4)",
        )
        .bind(kit::id())
        .bind(actor)
        .bind(case)
        .bind(message)
        .execute(&mut *connection)
        .await
        .unwrap();
    }

    for migration in after {
        connection
            .apply("_sqlx_migrations", migration)
            .await
            .unwrap();
    }

    let marks: Vec<(Uuid, Uuid, bool)> =
        sqlx::query_as("select account_id, case_id, read_to = '2025-06-02' from read_marks")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(marks, [(ada, case, true)]);
    // The version before goes on writing until the last of its replicas has stopped.
    connection
        .execute(
            "insert into conversations (case_id, landlord_id, last_sent_at, unread_by_landlord, unread_by_ombudsman, reply_owed_since)
             select gen_random_uuid(), gen_random_uuid(), now(), 0, 1, now();
             update conversations set landlord_read_to = now(), unread_by_landlord = 0;",
        )
        .await
        .unwrap();
}
