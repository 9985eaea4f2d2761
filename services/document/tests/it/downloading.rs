//! DO-5: giving out documents.

use proto::document::v1::DownloadDocumentRequest;
use sqlx::PgPool;
use testkit::{a_caseworker, reason};
use tonic::Code;

use crate::given::{a_note, a_world, whole};

fn range(document_id: &str, offset: i64, length: i64) -> DownloadDocumentRequest {
    DownloadDocumentRequest {
        document_id: document_id.to_owned(),
        offset,
        length,
    }
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_a_download_can_be_resumed_anywhere(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let content: Vec<u8> = (0..300_000_u32)
        .map(|number| b'a' + u8::try_from(number % 26).unwrap())
        .collect();
    let document = world
        .upload(&landlord, a_note(case_id), &content)
        .await
        .unwrap();

    for (offset, length, expected) in [
        (0, 0, 0..300_000),
        (0, 1, 0..1),
        (65_535, 2, 65_535..65_537),
        (150_000, 0, 150_000..300_000),
        (299_999, 5_000, 299_999..300_000),
    ] {
        let got = world
            .download(&landlord, range(&document.id, offset, length))
            .await
            .unwrap();
        assert_eq!(got, content[expected], "{offset} {length}");
    }
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_a_range_past_the_end_or_before_the_beginning_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;

    let past = world
        .download(&landlord, range(&document.id, document.size, 0))
        .await
        .unwrap_err();
    assert_eq!(
        (past.code(), reason(&past).as_str()),
        (Code::OutOfRange, "PAST_THE_END")
    );

    let before = world
        .download(&landlord, range(&document.id, -1, -1))
        .await
        .unwrap_err();
    assert_eq!(before.code(), Code::InvalidArgument);
    assert_eq!(testkit::violations(&before).len(), 2);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_1_every_download_is_recorded_apart_from_the_changes(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let caseworker = a_caseworker();

    world
        .download(&landlord, range(&document.id, 5, 10))
        .await
        .unwrap();
    world.download(&caseworker, whole(&document)).await.unwrap();

    let reads: Vec<(String, i64, i64)> =
        sqlx::query_as("select actor, first_byte, bytes from reads order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(
        reads,
        [
            (format!("account:{}", landlord.id()), 5, 10),
            (format!("account:{}", caseworker.id()), 0, document.size),
        ]
    );
    assert_eq!(world.count("changes").await, 1);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_content_that_is_gone_is_no_document_of_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    std::fs::remove_file(world.folder().join(&document.id)).unwrap();

    let refused = world
        .download(&landlord, whole(&document))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Unavailable, "STORE_UNAVAILABLE")
    );
}
