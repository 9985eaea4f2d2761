//! DO-6: withdrawing documents.

use proto::document::v1::{Document, DocumentState, DocumentWithdrawn, WithdrawDocumentRequest};
use sqlx::PgPool;
use testkit::{Caller, a_caseworker, a_senior_colleague, reason, violations};
use tonic::{Code, Status};

use crate::given::{NOTE, World, a_note, a_world, whole};

/// Withdraws a document in the version that is given.
pub async fn withdraw(
    world: &World,
    caller: &Caller,
    document: &Document,
) -> Result<Document, Status> {
    let request = WithdrawDocumentRequest {
        document_id: document.id.clone(),
        version: document.version,
        reason: "It is about another resident".to_owned(),
    };
    Ok(world
        .client(caller)
        .withdraw_document(request)
        .await?
        .into_inner())
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_a_withdrawn_document_is_given_to_nobody(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let caseworker = a_caseworker();

    let withdrawn = withdraw(&world, &caseworker, &document).await.unwrap();

    assert_eq!(
        (withdrawn.state(), withdrawn.version),
        (DocumentState::Withdrawn, 2)
    );
    for caller in [&landlord, &caseworker] {
        let refused = world.download(caller, whole(&document)).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "NOT_AVAILABLE")
        );
    }
    assert_eq!(
        outbox::testing::events::<DocumentWithdrawn>(&db).await,
        [DocumentWithdrawn {
            document_id: document.id,
            case_id: document.case_id,
            actor: format!("account:{}", caseworker.id())
        }]
    );
    let audit: Vec<(String, Option<String>)> =
        sqlx::query_as("select action, detail from changes order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(
        audit[1],
        (
            "withdrawn".to_owned(),
            Some("It is about another resident".to_owned())
        )
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_a_landlord_sees_that_a_document_was_withdrawn_and_nothing_of_its_content(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    withdraw(&world, &a_senior_colleague(), &document)
        .await
        .unwrap();

    let seen = world
        .list(&landlord, document.case_id.parse().unwrap())
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (seen.state(), seen.state_label.as_str()),
        (DocumentState::Withdrawn, "Withdrawn")
    );
    assert_eq!(seen.withdrawal_reason, "It is about another resident");
    assert_eq!((seen.sha256.as_str(), seen.size), ("", 0));
    assert_eq!(world.get(&landlord, &document.id).await.unwrap(), seen);

    assert_eq!(
        world
            .get(&a_caseworker(), &document.id)
            .await
            .unwrap()
            .sha256,
        document.sha256
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_a_withdrawn_document_is_no_longer_the_same_as_a_new_one(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    withdraw(&world, &a_caseworker(), &document).await.unwrap();

    let again = world
        .upload(&landlord, a_note(document.case_id.parse().unwrap()), NOTE)
        .await
        .unwrap();

    assert_eq!(again.same_as_document_id, "");
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_a_document_is_withdrawn_once_and_in_the_version_that_was_seen(db: PgPool) {
    let world = a_world(&db).await;
    let (document, _) = world.a_document().await;
    let old = Document {
        version: 7,
        ..document.clone()
    };

    let stale = withdraw(&world, &a_caseworker(), &old).await.unwrap_err();
    assert_eq!(
        (stale.code(), reason(&stale).as_str()),
        (Code::Aborted, "STALE")
    );

    let withdrawn = withdraw(&world, &a_caseworker(), &document).await.unwrap();
    let twice = withdraw(&world, &a_caseworker(), &withdrawn)
        .await
        .unwrap_err();
    assert_eq!(
        (twice.code(), reason(&twice).as_str()),
        (Code::FailedPrecondition, "ALREADY_WITHDRAWN")
    );
    assert_eq!(
        outbox::testing::events::<DocumentWithdrawn>(&db)
            .await
            .len(),
        1
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_a_withdrawal_has_a_reason(db: PgPool) {
    let world = a_world(&db).await;
    let (document, _) = world.a_document().await;

    for reason in [String::new(), " \n ".to_owned(), "x".repeat(1_001)] {
        let request = WithdrawDocumentRequest {
            document_id: document.id.clone(),
            version: 1,
            reason,
        };
        let refused = world
            .client(&a_caseworker())
            .withdraw_document(request)
            .await
            .unwrap_err();
        assert_eq!(violations(&refused)[0].0, "reason");
    }
}
