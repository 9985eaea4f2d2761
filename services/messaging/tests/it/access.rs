//! Who may not: every door, asked by the wrong person.

use chrono::Duration;
use proto::access::v1::Role;
use proto::messaging::v1::{ImportMessagesRequest, ListMessagesRequest, MarkReadRequest};
use sqlx::PgPool;
use testkit::{Caller, a, a_caseworker, a_client, a_landlord_administrator, reason};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::given::{World, a_post, a_world, now};

/// What every method that names a case answers.
async fn answers(world: &World, caller: &Caller, case: Uuid, message_id: &str) -> Vec<Status> {
    let mut client = world.client(caller);
    let list = ListMessagesRequest {
        case_id: case.to_string(),
        ..ListMessagesRequest::default()
    };
    let mark = MarkReadRequest {
        case_id: case.to_string(),
        message_id: message_id.to_owned(),
    };
    vec![
        client
            .post_message(a_post(case, "Let me in."))
            .await
            .unwrap_err(),
        client.list_messages(list).await.unwrap_err(),
        client.mark_read(mark).await.unwrap_err(),
    ]
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn ca_4_another_landlord_can_not_tell_a_case_from_one_that_is_not_there(db: PgPool) {
    let world = a_world(&db).await;
    let (case, first) = world.a_conversation(kit::id()).await;
    let stranger = a_landlord_administrator(kit::id());

    let theirs = answers(&world, &stranger, case, &first.id).await;
    let nowhere = answers(&world, &stranger, kit::id(), &first.id).await;

    for (theirs, nowhere) in theirs.iter().zip(&nowhere) {
        assert_eq!(
            (theirs.code(), reason(theirs).as_str()),
            (Code::NotFound, "NO_SUCH_CASE")
        );
        assert_eq!(
            (theirs.code(), theirs.message(), theirs.details()),
            (nowhere.code(), nowhere.message(), nowhere.details())
        );
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn ca_4_a_landlord_loses_a_closed_case_after_two_years(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, first) = world.a_conversation(landlord).await;
    let ada = a_landlord_administrator(landlord);
    world.close(case, landlord, now().date_naive()).await;
    assert_eq!(world.thread(&ada, case).await.len(), 1);

    world.clock.advance(Duration::days(2 * 365 + 2));

    for refused in answers(&world, &ada, case, &first.id).await {
        assert_eq!(reason(&refused), "NO_SUCH_CASE");
    }
    assert_eq!(
        world.thread(&a_caseworker(), case).await.len(),
        1,
        "staff keep it"
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn id_12_roles_outside_casework_are_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case, first) = world.a_conversation(kit::id()).await;
    let outsiders = [
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::SystemAdministrator,
        Role::IndependentReviewer,
    ];

    for role in outsiders {
        for refused in answers(&world, &a(role), case, &first.id).await {
            assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
        }
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn id_13_a_client_needs_the_scope(db: PgPool) {
    let world = a_world(&db).await;
    let (case, _) = world.a_conversation(kit::id()).await;

    world
        .post(&a_client(&["messages"]), case, "From a system.")
        .await;
    let refused = world
        .client(&a_client(&["tasks"]))
        .post_message(a_post(case, "No."))
        .await
        .unwrap_err();
    let import = world
        .client(&a_client(&["messages"]))
        .import_messages(ImportMessagesRequest::default())
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), import.code()),
        (Code::PermissionDenied, Code::PermissionDenied)
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn wh_1_what_was_sent_and_the_audit_can_not_be_changed_by_the_service(db: PgPool) {
    let world = a_world(&db).await;
    world.a_conversation(kit::id()).await;
    let mut service = db.acquire().await.unwrap();
    sqlx::query("set role messaging_app")
        .execute(&mut *service)
        .await
        .unwrap();

    for forbidden in [
        "update messages set body = 'x'",
        "delete from messages",
        "update changes set actor = 'x'",
        "delete from changes",
        "truncate changes",
    ] {
        let refused = sqlx::query(forbidden)
            .execute(&mut *service)
            .await
            .unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().unwrap(),
            "42501",
            "{forbidden}"
        );
    }
    sqlx::query(
        "select from messages, changes, conversations, case_files, outbox, inbox, dead_letters",
    )
    .execute(&mut *service)
    .await
    .unwrap();
}
