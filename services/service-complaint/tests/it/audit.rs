//! Who did what, and who read what, is written down for good (WH-1).

use sqlx::PgPool;

use crate::given::a_world;

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_1_changes_and_reads_are_recorded_apart(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.refresh().await;

    let changes: Vec<String> = sqlx::query_scalar("select action from changes order by id")
        .fetch_all(&db)
        .await
        .unwrap();
    let readers: Vec<String> = sqlx::query_scalar("select actor from reads")
        .fetch_all(&db)
        .await
        .unwrap();

    assert_eq!(changes, ["recorded", "defined", "acknowledged"]);
    assert_eq!(readers.len(), 1);
    assert!(readers[0].starts_with("account:"), "{readers:?}");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_1_the_services_role_can_only_add_to_audit_and_ledgers(db: PgPool) {
    let mut connection = db.acquire().await.unwrap();
    sqlx::query("set role service_complaint_app")
        .execute(&mut *connection)
        .await
        .unwrap();

    for refused in [
        "update changes set actor = 'nobody'",
        "delete from changes",
        "update reads set actor = 'nobody'",
        "delete from reads",
        "update ledger_entries set entry = '{}'",
        "delete from ledger_entries",
        "delete from complaints",
        "update conflicts set reason = 'none'",
        "delete from conflicts",
    ] {
        let error = sqlx::query(refused)
            .execute(&mut *connection)
            .await
            .unwrap_err();
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        assert_eq!(
            code.as_deref(),
            Some("42501"),
            "{refused}: insufficient privilege"
        );
    }
    for allowed in [
        "select from complaints",
        // The sweep says so of what it announced.
        "update conflicts set announced = true",
    ] {
        sqlx::query(allowed)
            .execute(&mut *connection)
            .await
            .unwrap();
    }
}
