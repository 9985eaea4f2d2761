//! WH-1: who changed and who read a case.

use proto::case::v1::{ListTimelineRequest, Status};
use sqlx::PgPool;

use crate::given::{a_portal, get, timeline};

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_every_change_is_recorded_with_who_and_what(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let caller = testkit::a_senior_colleague().through("Triage desk");

    let request = crate::given::a_move(&case, Status::Closed);
    portal.cases(&caller).move_case(request).await.unwrap();

    let rows: Vec<(String, String, serde_json::Value)> =
        sqlx::query_as("select action, actor, details from changes order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].0, "open");
    let (action, actor, details) = &rows[1];
    assert_eq!(action, "move");
    assert_eq!(
        *actor,
        format!("account:{} through client:Triage desk", caller.id())
    );
    assert_eq!(details["status"]["from"], "INITIAL_ASSESSMENT");
    assert_eq!(details["status"]["to"], "CLOSED");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_reads_are_recorded_apart_and_a_refused_one_is_none(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let administrator = portal.administrator();

    let mut cases = portal.cases(&administrator);
    cases.get_case(get(&case)).await.unwrap();
    cases.list_timeline(timeline(&case)).await.unwrap();
    portal.strange().get_case(get(&case)).await.unwrap_err();

    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select what, actor, on_behalf_of from reads order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    let actor = format!("account:{}", administrator.id());
    let landlord = Some(format!("landlord:{}", portal.landlord));
    assert_eq!(
        rows,
        [
            ("case".to_owned(), actor.clone(), landlord.clone()),
            ("timeline".to_owned(), actor, landlord)
        ]
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_the_service_can_add_to_the_audit_and_not_change_it(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    portal.seen(&case).await;

    let changed = [
        ("changes", "actor"),
        ("reads", "actor"),
        ("timeline", "actor"),
        ("progress_updates", "words"),
        ("progress_updates", "address"),
    ];
    for (table, column) in changed {
        for statement in [
            format!("update {table} set {column} = 'nobody'"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            let mut tx = db.begin().await.unwrap();
            sqlx::query("set local role case_app")
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

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_the_services_role_is_enough_for_everything_it_does(db: PgPool) {
    let restricted = sqlx::postgres::PgPoolOptions::new()
        .max_connections(4)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("set role case_app").execute(connection).await?;
                Ok(())
            })
        })
        .connect_with((*db.connect_options()).clone())
        .await
        .unwrap();

    let portal = a_portal(&restricted).await;
    let case = portal.a_case().await;
    portal.a_task(&case, "2025-06-20").await;
    let moved = portal.moved(&case, &[Status::ReferralAssessment]).await;

    assert_eq!(portal.seen(&case).await.next_task_due_on, "2025-06-20");
    assert_eq!(portal.timeline(&moved).await.len(), 3);
    for _ in 1..=2 {
        let sent = crate::updates::sent(&portal, &moved).await;
        portal.hears(&crate::updates::refused(&sent.id)).await;
    }
    assert_eq!(crate::contacts::owed_on(&portal, &moved).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_6_the_timeline_is_paged_newest_first_to_its_last_page(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    portal
        .moved(
            &case,
            &[
                Status::InternalProcedure,
                Status::ReferralAssessment,
                Status::Closed,
                Status::Review,
            ],
        )
        .await;

    let mut titles = Vec::new();
    let mut pages = 0;
    let mut page_token = String::new();
    loop {
        let request = ListTimelineRequest {
            page_size: 2,
            page_token,
            ..timeline(&case)
        };
        let page = portal
            .own()
            .list_timeline(request)
            .await
            .unwrap()
            .into_inner();
        pages += 1;
        titles.extend(page.entries.into_iter().map(|it| it.title));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }

    assert_eq!(pages, 3);
    let mut expected = vec!["Status changed"; 4];
    expected.push("Case opened");
    assert_eq!(titles, expected);
}
