//! Taking over messages that were sent elsewhere.

use chrono::{DateTime, Duration, Utc};
use messaging::app::sweep::Swept;
use proto::messaging::v1::{
    ImportMessageResult, ImportMessagesRequest, ImportedMessage, MessagePosted, ReplyOutcome,
    ReplySettled, ReplyUrgency, Side,
};
use sqlx::PgPool;
use testkit::{a_caseworker, a_client, a_landlord_administrator, reason};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use uuid::Uuid;

use crate::given::{World, a_world, now};
use crate::replies::owed;

fn row(case: Uuid, side: Side, body: &str, sent_at: DateTime<Utc>) -> ImportedMessage {
    ImportedMessage {
        request_id: kit::id().to_string(),
        case_id: case.to_string(),
        side: side.into(),
        author_name: "Pat".to_owned(),
        body: body.to_owned(),
        sent_at: Some(kit::time::timestamp(sent_at)),
    }
}

async fn import(world: &World, messages: &[ImportedMessage]) -> Vec<ImportMessageResult> {
    let request = ImportMessagesRequest {
        messages: messages.to_vec(),
    };
    world
        .client(&a_client(&["import"]))
        .import_messages(request)
        .await
        .unwrap()
        .into_inner()
        .results
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn imported_messages_are_history_that_nobody_is_told_of(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let case = world.a_case(landlord).await;
    let ada = a_landlord_administrator(landlord);
    let rows = [
        row(case, Side::Landlord, "Second.", now() - Duration::days(2)),
        row(case, Side::Ombudsman, "First.", now() - Duration::days(3)),
    ];

    let results = import(&world, &rows).await;

    assert!(
        results
            .iter()
            .all(|it| it.error.is_empty() && !it.message_id.is_empty()),
        "{results:?}"
    );
    let thread = world.thread(&ada, case).await;
    assert_eq!(
        thread
            .iter()
            .map(|it| (it.body.as_str(), it.read))
            .collect::<Vec<_>>(),
        [("Second.", true), ("First.", true)]
    );
    assert_eq!(world.unread(&ada, &[case]).await.0, 0);
    assert!(
        outbox::testing::events::<MessagePosted>(&db)
            .await
            .is_empty()
    );
    world
        .post(&ada, case, "A landlord can go on from there.")
        .await;
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn importing_again_takes_nothing_twice(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let rows = [
        row(case, Side::Ombudsman, "First.", now()),
        row(case, Side::Ombudsman, "Second.", now()),
    ];

    let first = import(&world, &rows).await;
    let again = import(&world, &[rows[1].clone(), rows[1].clone(), rows[0].clone()]).await;

    assert_eq!(
        [&again[0], &again[1], &again[2]],
        [&first[1], &first[1], &first[0]]
    );
    let kept: i64 = sqlx::query_scalar("select count(*) from messages")
        .fetch_one(&db)
        .await
        .unwrap();
    let audited: i64 = sqlx::query_scalar("select count(*) from changes where action = 'imported'")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!((kept, audited), (2, 2));
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_wrong_row_is_named_and_stops_no_other(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let good = row(case, Side::Ombudsman, "Good.", now());
    let rows = [
        good.clone(),
        ImportedMessage {
            request_id: "7".into(),
            ..good.clone()
        },
        row(kit::id(), Side::Ombudsman, "Of no case.", now()),
        row(case, Side::Unspecified, "Of no side.", now()),
        row(case, Side::Ombudsman, "", now()),
        row(
            case,
            Side::Ombudsman,
            "Tomorrow.",
            now() + Duration::days(1),
        ),
        ImportedMessage {
            sent_at: None,
            ..row(case, Side::Ombudsman, "Never.", now())
        },
        ImportedMessage {
            author_name: " ".into(),
            ..row(case, Side::Ombudsman, "By nobody.", now())
        },
        ImportedMessage {
            body: "Other words.".into(),
            ..good
        },
    ];

    let results = import(&world, &rows).await;

    let fields: Vec<_> = results.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "",
            "request_id",
            "case_id",
            "side",
            "body",
            "sent_at",
            "sent_at",
            "author_name",
            "request_id"
        ],
        "{results:?}"
    );
    assert!(
        results[1..]
            .iter()
            .all(|it| it.message_id.is_empty() && !it.error.is_empty())
    );
    let kept: Vec<String> = sqlx::query_scalar("select body from messages")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(kept, ["Good."]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn more_than_500_rows_are_refused(db: PgPool) {
    let world = a_world(&db).await;
    let request = ImportMessagesRequest {
        messages: vec![ImportedMessage::default(); 501],
    };

    let refused = world
        .client(&a_client(&["import"]))
        .import_messages(request)
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "TOO_MANY")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_an_imported_question_without_an_answer_is_owed_one(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let asked = now() - Duration::days(5);
    let again = asked + Duration::days(1);

    import(&world, &[row(case, Side::Landlord, "Still?", again)]).await;
    assert_eq!(since(&world).await, [again]);
    // History may come in any order.
    import(&world, &[row(case, Side::Landlord, "Why?", asked)]).await;
    assert_eq!(since(&world).await, [asked]);

    let answered = asked + Duration::hours(1);
    import(&world, &[row(case, Side::Ombudsman, "Because.", answered)]).await;
    assert_eq!(since(&world).await, [again]);
    let settled: Vec<_> = outbox::testing::events::<ReplySettled>(&db)
        .await
        .iter()
        .map(ReplySettled::outcome)
        .collect();
    assert_eq!(settled, [ReplyOutcome::Replaced, ReplyOutcome::Answered]);
    import(&world, &[row(case, Side::Ombudsman, "Yes.", now())]).await;
    assert!(since(&world).await.is_empty());
}

/// Since when landlords await answers.
async fn since(world: &World) -> Vec<DateTime<Utc>> {
    owed(world, &a_caseworker())
        .await
        .iter()
        .map(|it| kit::time::instant(it.awaited_since.as_ref()).unwrap())
        .collect()
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_was_overdue_elsewhere_is_listed_and_told_to_nobody(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let asked = now() - Duration::days(60);

    import(&world, &[row(case, Side::Landlord, "Hello?", asked)]).await;
    let swept = world.app.sweep(&CancellationToken::new()).await.unwrap();

    assert_eq!(swept, Swept::default());
    let owed = owed(&world, &a_caseworker()).await;
    assert_eq!(owed[0].urgency(), ReplyUrgency::Overdue);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_nobody_waits_for_an_answer_on_a_closed_case(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let case = world.a_case(landlord).await;
    world.close(case, landlord, now().date_naive()).await;
    let long_ago = "2016-05-03T09:00:00Z".parse().unwrap();

    let results = import(&world, &[row(case, Side::Landlord, "Hello?", long_ago)]).await;

    assert_eq!(results[0].error, "");
    assert!(owed(&world, &a_caseworker()).await.is_empty());
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_question_of_a_year_without_known_bank_holidays_is_refused_on_an_open_case(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let long_ago = "2016-05-03T09:00:00Z".parse().unwrap();

    let results = import(
        &world,
        &[
            row(case, Side::Landlord, "Hello?", long_ago),
            row(case, Side::Ombudsman, "Good morning.", long_ago),
        ],
    )
    .await;

    let fields: Vec<_> = results.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["sent_at", ""], "{results:?}");
}
