//! Who may do what to whose documents (CA-4), and what the service itself may do to its tables.

use chrono::TimeDelta;
use proto::access::v1::Role;
use proto::case::v1::{CaseFacts, CaseMoved};
use proto::document::v1::{DocumentState, IssueDownloadLinkRequest};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use testkit::{Caller, a, a_caseworker, a_client, a_landlord_administrator, a_sub_account, reason};
use tonic::Code;

use crate::given::{NOTE, World, a_note, a_world, a_world_that_scans, facts, whole};
use crate::withdrawing::withdraw;

/// Whether a caller is told of every door that there is no such thing.
async fn sees_nothing(world: &World, caller: &Caller, document: &proto::document::v1::Document) {
    let case_id = document.case_id.parse().unwrap();
    let upload = world
        .upload(caller, a_note(case_id), NOTE)
        .await
        .unwrap_err();
    let list = world.list(caller, case_id).await.unwrap_err();
    for refused in [upload, list] {
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::NotFound, "NO_SUCH_CASE")
        );
    }
    let get = world.get(caller, &document.id).await.unwrap_err();
    let download = world.download(caller, whole(document)).await.unwrap_err();
    let missing = world.get(caller, &kit::id().to_string()).await.unwrap_err();
    let link = IssueDownloadLinkRequest {
        document_id: document.id.clone(),
    };
    let link = world.client(caller).issue_download_link(link).await;
    let link = link.unwrap_err();
    for refused in [&get, &download, &link] {
        assert_eq!(
            (refused.code(), reason(refused).as_str()),
            (Code::NotFound, "NO_SUCH_DOCUMENT")
        );
        assert_eq!(refused.message(), missing.message());
    }
    assert_eq!(world.count("documents").await, 1);
    assert_eq!(world.count("reads").await, 0);
    assert_eq!(world.count("download_links").await, 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn ca_4_another_landlord_finds_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (document, _) = world.a_document().await;

    sees_nothing(&world, &a_landlord_administrator(kit::id()), &document).await;
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn ca_4_a_landlord_whose_portal_is_not_activated_finds_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;

    sees_nothing(&world, &landlord.inactive_landlord(), &document).await;
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn ca_4_two_years_after_its_closing_a_case_takes_its_documents_along(db: PgPool) {
    let world = a_world(&db).await;
    let landlord_id = kit::id();
    let landlord = a_landlord_administrator(landlord_id);
    let open = facts(landlord_id);
    let closed = CaseFacts {
        closed_on: "2025-06-09".to_owned(),
        version: 2,
        ..open.clone()
    };
    world
        .hear(&proto::case::v1::CaseOpened {
            facts: Some(open.clone()),
        })
        .await;
    let document = world
        .upload(&landlord, a_note(open.case_id.parse().unwrap()), NOTE)
        .await
        .unwrap();
    world
        .hear(&CaseMoved {
            facts: Some(closed),
            ..CaseMoved::default()
        })
        .await;

    world.clock.set("2027-06-09T12:00:00Z".parse().unwrap());
    assert!(world.get(&landlord, &document.id).await.is_ok());

    world.clock.advance(TimeDelta::days(1));
    sees_nothing(&world, &landlord, &document).await;
    assert!(world.get(&a_caseworker(), &document.id).await.is_ok());
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn id_9_a_sub_account_works_on_the_landlords_documents(db: PgPool) {
    let world = a_world(&db).await;
    let landlord_id = kit::id();
    let open = facts(landlord_id);
    world
        .hear(&proto::case::v1::CaseOpened {
            facts: Some(open.clone()),
        })
        .await;
    let sub_account = a_sub_account(landlord_id);

    let document = world
        .upload(&sub_account, a_note(open.case_id.parse().unwrap()), NOTE)
        .await
        .unwrap();

    assert_eq!(
        world
            .download(&a_landlord_administrator(landlord_id), whole(&document))
            .await
            .unwrap(),
        NOTE
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn id_12_other_roles_and_scopes_are_refused_at_every_door(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let case_id = document.case_id.parse().unwrap();

    for caller in [
        a(Role::ComplaintsInvestigator),
        a(Role::SystemAdministrator),
        a(Role::IndependentReviewer),
        a_client(&["cases"]),
    ] {
        assert_eq!(
            world.get(&caller, &document.id).await.unwrap_err().code(),
            Code::PermissionDenied
        );
        assert_eq!(
            world.list(&caller, case_id).await.unwrap_err().code(),
            Code::PermissionDenied
        );
        assert_eq!(
            world
                .upload(&caller, a_note(case_id), NOTE)
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
        assert_eq!(
            world
                .download(&caller, whole(&document))
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
    }
    for caller in [landlord, a_client(&["documents"])] {
        assert_eq!(
            withdraw(&world, &caller, &document)
                .await
                .unwrap_err()
                .code(),
            Code::PermissionDenied
        );
    }
}

/// A pool that can do no more than the service's own role.
async fn as_the_service(db: &PgPool) -> PgPool {
    let options = db
        .connect_options()
        .as_ref()
        .clone()
        .options([("role", "document_app")]);
    PgPoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn the_services_own_role_can_do_all_that_the_service_does(db: PgPool) {
    let own = as_the_service(&db).await;
    let world = a_world_that_scans(&own).await;
    let (document, landlord) = world.a_document().await;
    let clamd = crate::clamd::FakeClamd::start(crate::clamd::Answer::Ok).await;

    crate::scanning::scanner(&world, &clamd)
        .step()
        .await
        .unwrap();
    assert_eq!(
        world.download(&landlord, whole(&document)).await.unwrap(),
        NOTE
    );
    let current = world.get(&landlord, &document.id).await.unwrap();
    assert_eq!(
        withdraw(&world, &a_caseworker(), &current)
            .await
            .unwrap()
            .state(),
        DocumentState::Withdrawn
    );
    world.app.remove_orphans().await.unwrap();
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_1_the_audit_can_not_be_changed_by_the_service(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    world.download(&landlord, whole(&document)).await.unwrap();
    let own = as_the_service(&db).await;

    for forbidden in [
        "update changes set actor = 'x'",
        "delete from changes",
        "truncate changes",
        "update reads set actor = 'x'",
        "delete from reads",
        "truncate reads",
        "update documents set sha256 = sha256",
        "delete from documents",
    ] {
        let refused = sqlx::query(forbidden).execute(&own).await.unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().unwrap(),
            "42501",
            "{forbidden}"
        );
    }
}
