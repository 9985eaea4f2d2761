//! WH-1: who changed a task.

use proto::case::v1::Status;
use proto::task::v1::UnableDecision;
use sqlx::PgPool;

use crate::given::{a_portal, answering, completing};

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_1_every_change_is_recorded_with_who_and_on_whose_behalf(db: PgPool) {
    let portal = a_portal(&db).await;
    let administrator = portal.administrator();
    let task = portal.reported(&portal.a_task("2025-06-20").await).await;
    let request = answering(&task, UnableDecision::NewDate, "2025-06-30");
    let task = portal
        .staff()
        .answer_unable(request)
        .await
        .unwrap()
        .into_inner();
    portal
        .tasks(&administrator)
        .complete_task(completing(&task, "2025-06-02"))
        .await
        .unwrap();
    portal.a_task("2025-06-20").await;
    portal.case_moves(&portal.case, Status::Closed).await;

    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select action, actor, on_behalf_of from changes order by id")
            .fetch_all(&db)
            .await
            .unwrap();

    let actions: Vec<_> = rows.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        actions,
        [
            "set",
            "report_unable",
            "answer_unable",
            "complete",
            "set",
            "withdraw"
        ]
    );
    assert_eq!(rows[3].1, format!("account:{}", administrator.id()));
    assert_eq!(rows[3].2, Some(format!("landlord:{}", portal.landlord)));
    assert_eq!(
        (rows[5].1.as_str(), rows[5].2.as_deref()),
        ("process:task", Some("Casey Caseworker"))
    );
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_1_the_service_can_add_to_the_audit_and_not_change_it(db: PgPool) {
    let portal = a_portal(&db).await;
    portal.a_task("2025-06-03").await;
    portal.sweep().await;

    for (table, column) in [("changes", "actor"), ("notices", "task_id")] {
        for statement in [
            format!("update {table} set {column} = {column}"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            let mut tx = db.begin().await.unwrap();
            sqlx::query("set local role task_app")
                .execute(&mut *tx)
                .await
                .unwrap();
            let refused = sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
                .execute(&mut *tx)
                .await
                .unwrap_err();
            let code = refused
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .map(std::borrow::Cow::into_owned);
            assert_eq!(code.as_deref(), Some("42501"), "{statement}");
        }
    }
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn wh_1_the_services_role_is_enough_for_everything_it_does(db: PgPool) {
    let restricted = sqlx::postgres::PgPoolOptions::new()
        .max_connections(4)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("set role task_app").execute(connection).await?;
                Ok(())
            })
        })
        .connect_with((*db.connect_options()).clone())
        .await
        .unwrap();

    let portal = a_portal(&restricted).await;
    let task = portal.reported(&portal.a_task("2025-06-03").await).await;
    portal.sweep().await;
    let request = answering(&task, UnableDecision::Upheld, "");
    let task = portal
        .staff()
        .answer_unable(request)
        .await
        .unwrap()
        .into_inner();
    portal.completed(&task, "2025-06-02").await;
    portal.a_task("2025-06-20").await;
    portal.case_moves(&portal.case, Status::Closed).await;

    let changes: i64 = sqlx::query_scalar("select count(*) from changes")
        .fetch_one(&restricted)
        .await
        .unwrap();
    assert_eq!(changes, 6);
}
