//! DO-3: a folder and an S3-compatible store keep documents alike. Each promise is tried on both.

use chrono::TimeDelta;
use document::config::StoreConfig;
use object_store::aws::AmazonS3Builder;
use object_store::multipart::MultipartStore as _;
use object_store::path::Path;
use proto::document::v1::DownloadDocumentRequest;
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;
use uuid::Uuid;

use crate::given::{NOTE, World, a_note, a_world, a_world_on, whole};
use crate::s3::S3;

const MIB: usize = 1024 * 1024;

/// Text of so many bytes, no two stretches of which are the same for long.
fn text(size: usize) -> Vec<u8> {
    (0..size)
        .map(|at| b'a' + u8::try_from((at / 7 + at / 1000) % 26).unwrap())
        .collect()
}

/// Sizes around where a store begins to write in parts, and around where a part ends.
async fn files_of_every_size_come_back_whole_and_in_ranges(world: &World) {
    let (case_id, landlord) = world.a_case().await;
    for size in [
        1,
        256 * 1024,
        256 * 1024 + 1,
        5 * MIB,
        5 * MIB + 1,
        20 * MIB,
    ] {
        let content = text(size);
        let document = world
            .upload(&landlord, a_note(case_id), &content)
            .await
            .unwrap();
        let got = world.download(&landlord, whole(&document)).await.unwrap();
        assert!(got == content, "{size} bytes come back");

        let middle = size / 2;
        let around = middle.saturating_sub(70_000)..(middle + 70_000).min(size);
        let range = DownloadDocumentRequest {
            document_id: document.id,
            offset: i64::try_from(around.start).unwrap(),
            length: i64::try_from(around.len()).unwrap(),
        };
        let got = world.download(&landlord, range).await.unwrap();
        assert!(got == content[around], "the middle of {size} bytes comes");
    }
    assert_eq!(world.count("uploads").await, 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_a_folder_gives_back_what_it_was_given(db: PgPool) {
    let world = a_world(&db).await;

    files_of_every_size_come_back_whole_and_in_ranges(&world).await;

    assert_eq!(world.objects(), 6);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_an_s3_store_gives_back_what_it_was_given(db: PgPool) {
    let s3 = S3::start().await;
    let world = a_world_on(&db, &s3.config()).await;

    files_of_every_size_come_back_whole_and_in_ranges(&world).await;

    assert_eq!(s3.kept().await, (6, 0));
}

/// Uploads, in parts and at once, to a service whose database fails once the content is stored.
async fn uploads_fail_after_the_store(world: &World) {
    let (case_id, landlord) = world.a_case().await;
    sqlx::query("alter table changes rename to changes_elsewhere")
        .execute(&world.db)
        .await
        .unwrap();
    for content in [NOTE.to_vec(), text(6 * MIB)] {
        let refused = world
            .upload(&landlord, a_note(case_id), &content)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Internal);
    }
    assert_eq!(world.count("uploads").await, 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn an_upload_that_fails_in_the_end_leaves_nothing_in_a_folder(db: PgPool) {
    let world = a_world(&db).await;

    uploads_fail_after_the_store(&world).await;

    assert_eq!(world.objects(), 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn an_upload_that_fails_in_the_end_leaves_nothing_in_an_s3_store(db: PgPool) {
    let s3 = S3::start().await;
    let world = a_world_on(&db, &s3.config()).await;

    uploads_fail_after_the_store(&world).await;

    assert_eq!(s3.kept().await, (0, 0));
}

/// What a process writes down before it writes an object.
async fn begun(world: &World, object_id: Uuid, multipart: Option<&str>) {
    sqlx::query("insert into uploads (object_id, started_at, multipart) values ($1, $2, $3)")
        .bind(object_id)
        .bind(world.clock.now() - TimeDelta::hours(3))
        .bind(multipart)
        .execute(&world.db)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn what_a_process_that_died_had_half_written_into_a_folder_is_swept(db: PgPool) {
    let world = a_world(&db).await;
    let object_id = kit::id();
    begun(&world, object_id, None).await;
    let beside = world.folder().join(format!("{object_id}#1"));
    std::fs::write(&beside, b"half a fi").unwrap();

    assert_eq!(world.app.remove_orphans().await.unwrap(), 1);

    assert_eq!((world.objects(), world.count("uploads").await), (0, 0));
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn what_a_process_that_died_had_half_written_into_an_s3_store_is_swept(db: PgPool) {
    let s3 = S3::start().await;
    let world = a_world_on(&db, &s3.config()).await;
    // As the service does it, up to the moment at which it dies.
    let config: StoreConfig = s3.config();
    let store = config
        .options
        .iter()
        .fold(
            AmazonS3Builder::new().with_bucket_name("documents"),
            |builder, (name, value)| builder.with_config(name.parse().unwrap(), value),
        )
        .with_secret_access_key("of no use elsewhere")
        .build()
        .unwrap();
    let object_id = kit::id();
    let path = Path::from(format!("portal/{object_id}"));
    let multipart = store.create_multipart(&path).await.unwrap();
    store
        .put_part(&path, &multipart, 0, text(5 * MIB).into())
        .await
        .unwrap();
    begun(&world, object_id, Some(&multipart)).await;
    // Another one died between its last part and its document: its parts are an object by now.
    let whole = kit::id();
    let path = Path::from(format!("portal/{whole}"));
    let finished = store.create_multipart(&path).await.unwrap();
    let part = store
        .put_part(&path, &finished, 0, text(100).into())
        .await
        .unwrap();
    store
        .complete_multipart(&path, &finished, vec![part])
        .await
        .unwrap();
    begun(&world, whole, Some(&finished)).await;
    assert_eq!(s3.kept().await, (1, 1));

    assert_eq!(world.app.remove_orphans().await.unwrap(), 2);

    assert_eq!(s3.kept().await, (0, 0));
    assert_eq!(world.count("uploads").await, 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn an_s3_store_that_is_away_costs_one_upload_and_says_to_try_again(db: PgPool) {
    let mut s3 = S3::start().await;
    let world = a_world_on(&db, &s3.config()).await;
    let (case_id, landlord) = world.a_case().await;
    let document = world
        .upload(&landlord, a_note(case_id), NOTE)
        .await
        .unwrap();
    s3.stop().await;

    for content in [NOTE.to_vec(), text(6 * MIB)] {
        let refused = world
            .upload(&landlord, a_note(case_id), &content)
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unavailable, "STORE_UNAVAILABLE")
        );
    }
    let refused = world
        .download(&landlord, whole(&document))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "STORE_UNAVAILABLE");
    assert_eq!(world.list(&landlord, case_id).await.unwrap().len(), 1);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn one_orphan_that_can_not_be_removed_does_not_keep_the_others(db: PgPool) {
    let world = a_world(&db).await;
    let (stuck, other) = (kit::id(), kit::id());
    for object_id in [stuck, other] {
        begun(&world, object_id, None).await;
    }
    // A folder can't be removed as a file is.
    std::fs::create_dir(world.folder().join(stuck.to_string())).unwrap();
    std::fs::write(world.folder().join(other.to_string()), b"half a fi").unwrap();

    assert_eq!(world.app.remove_orphans().await.unwrap(), 1);

    assert!(!world.folder().join(other.to_string()).exists());
    assert_eq!(world.count("uploads").await, 1);
}
