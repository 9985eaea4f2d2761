//! What happens when something under the service fails.

use chrono::TimeDelta;
use futures::{StreamExt as _, stream};
use proto::document::v1::upload_document_request::Piece;
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;

use crate::given::{NOTE, World, a_note, a_world, pieces, whole};

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_store_that_fails_leaves_nothing_to_be_seen(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let file = a_note(case_id);
    std::fs::remove_dir_all(world.folder()).unwrap();
    std::fs::write(world.folder(), b"in the way").unwrap();

    let refused = world
        .upload(&landlord, file.clone(), NOTE)
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unavailable, "STORE_UNAVAILABLE")
    );
    assert!(world.list(&landlord, case_id).await.unwrap().is_empty());
    assert_eq!(
        (world.count("documents").await, world.count("outbox").await),
        (0, 0)
    );

    std::fs::remove_file(world.folder()).unwrap();
    std::fs::create_dir(world.folder()).unwrap();
    world.app.remove_orphans().await.unwrap();
    assert!(world.is_clean().await);
    let added = world.upload(&landlord, file, NOTE).await.unwrap();
    assert_eq!(
        world.download(&landlord, whole(&added)).await.unwrap(),
        NOTE
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_database_that_fails_after_the_store_leaves_no_object(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    sqlx::query("alter table changes rename to changes_elsewhere")
        .execute(&db)
        .await
        .unwrap();

    let refused = world
        .upload(&landlord, a_note(case_id), NOTE)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::Internal);
    assert!(!format!("{refused:?}").contains("changes"));
    assert!(world.is_clean().await);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn what_a_process_left_behind_that_died_is_swept_and_what_is_under_way_is_not(db: PgPool) {
    let world = a_world(&db).await;
    world.a_case().await;
    let (old, young) = (kit::id(), kit::id());
    for (object, age) in [(old, TimeDelta::hours(3)), (young, TimeDelta::minutes(10))] {
        std::fs::write(world.folder().join(object.to_string()), b"half a fi").unwrap();
        sqlx::query("insert into uploads (object_id, started_at) values ($1, $2)")
            .bind(object)
            .bind(world.clock.now() - age)
            .execute(&db)
            .await
            .unwrap();
    }

    assert_eq!(world.app.remove_orphans().await.unwrap(), 1);
    assert_eq!(world.app.remove_orphans().await.unwrap(), 0);

    assert!(!world.folder().join(old.to_string()).exists());
    assert!(world.folder().join(young.to_string()).exists());
    assert_eq!(world.count("uploads").await, 1);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_an_uploader_that_goes_away_before_the_end_leaves_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let folder = world.folder();

    // One connection for all: it stays open, and only the call is given up.
    let mut client = world.client(&landlord);
    for length in 0..30_usize {
        let (sent, all_sent) = tokio::sync::oneshot::channel();
        let mut pieces = pieces(a_note(case_id), &vec![b'a'; length * 10_000]);
        // The content is all there, but that this was all is never said.
        assert!(matches!(
            pieces.pop().and_then(|it| it.piece),
            Some(Piece::End(_))
        ));
        let unfinished = stream::iter(pieces).chain(stream::once(async {
            let _ = sent.send(());
            std::future::pending().await
        }));
        tokio::select! {
            answer = client.upload_document(unfinished) => panic!("nothing was finished: {answer:?}"),
            _ = all_sent => {}
        }
    }
    let World { served, .. } = world;
    // Stopping waits for the calls that still run.
    served.running.stop().await.unwrap();

    let kept: i64 = sqlx::query_scalar(
        "select (select count(*) from documents) + (select count(*) from uploads)",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(kept, 0);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}
