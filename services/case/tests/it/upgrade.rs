//! What the migrations make of the cases that were there before (CA-10).

use sqlx::PgPool;

/// The last migration without stages.
const BEFORE: i64 = 8;

#[sqlx::test(migrations = false)]
async fn ca_10_cases_that_were_there_before_have_the_stages_that_are_known_of_them(db: PgPool) {
    case::MIGRATOR.run_to(BEFORE, &db).await.unwrap();
    for statement in [
        "insert into landlords (id, name) values ('00000000-0000-0000-0000-000000000009', 'Homes')",
        "insert into cases (id, reference, case_type, complainant, representative, landlord_id, subject, status, team, opened_on, closed_on,
             contact, communication_preference, reasonable_adjustments, vulnerabilities)
         select ('00000000-0000-0000-0000-00000000000' || n)::uuid, '20250000' || n, 1, 'Person', '', '00000000-0000-0000-0000-000000000009',
             'Damp', case when n = 4 then 11 else 3 end, 1, '2025-01-02', case when n = 4 then date '2025-02-03' end, '', '', '', ''
         from generate_series(1, 5) n",
        // The first was moved, shortly before midnight in UTC and after it in London; the second was imported; nothing happened on the third; the
        // fourth is closed; on the fifth something happened today.
        "insert into changes (id, case_id, occurred_at, actor, action, details) values
             (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', '2025-05-01T10:00:00Z', 'staff', 'move', '{}'),
             (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', '2025-06-01T23:30:00Z', 'staff', 'move', '{}'),
             (gen_random_uuid(), '00000000-0000-0000-0000-000000000002', '2025-03-04T10:00:00Z', 'client', 'import', '{}')",
        "insert into timeline (id, case_id, occurred_at, title, description, actor) values
             (gen_random_uuid(), '00000000-0000-0000-0000-000000000005', now(), 'Task set', '', '')",
    ] {
        sqlx::query(statement).execute(&db).await.unwrap();
    }

    case::MIGRATOR.run(&db).await.unwrap();

    let stages: Vec<(String, String, bool, bool, bool)> = sqlx::query_as(
        "select right(case_id::text, 1), began_on::text, began_known, expected_on is null,
             active_on between (now() at time zone 'Europe/London')::date - 27 and (now() at time zone 'Europe/London')::date
         from stages where ended_on is null order by case_id",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let stage = |number: &str, began_on: &str, known| {
        (number.to_owned(), began_on.to_owned(), known, true, true)
    };
    assert_eq!(
        stages,
        [
            stage("1", "2025-06-02", true),
            stage("2", "2025-03-04", false),
            stage("3", "2025-01-02", true),
            stage("5", "2025-01-02", true),
        ]
    );
    let today: bool = sqlx::query_scalar(
        "select active_on = (now() at time zone 'Europe/London')::date from stages where right(case_id::text, 1) = '5'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert!(today, "what happened lately is not spread");
}
