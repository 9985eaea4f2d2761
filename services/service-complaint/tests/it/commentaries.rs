//! What the manager says of a period's figures, read with the report (7.6).

use proto::service_complaint::v1::{Commentary, WriteCommentaryRequest};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::desk::{Desk, Oversight};
use crate::reports::report;

fn saying(text: &str, revision: i32) -> WriteCommentaryRequest {
    WriteCommentaryRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
        revision,
        text: text.to_owned(),
    }
}

async fn written(client: &mut Oversight, text: &str, revision: i32) -> Commentary {
    let written = client.write_commentary(saying(text, revision)).await;
    written.unwrap().into_inner()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_6_a_report_comes_with_the_managers_commentary_in_every_version(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());

    written(&mut manager, "Two were late.", 0).await;
    let second = written(&mut manager, "Two were late,\nas colleagues were ill.", 1).await;
    let again = written(&mut manager, "Two were late,\nas colleagues were ill.", 2).await;

    assert_eq!(second, again, "the same words are no new version");
    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let june = report(&mut reviewer, "2025-06-01", "2025-06-30").await;
    let [latest, first] = june.commentaries.as_slice() else {
        panic!("{:?}", june.commentaries)
    };
    assert_eq!(latest.text, "Two were late,\nas colleagues were ill.");
    assert_eq!(
        (latest.written_by.as_str(), latest.revision),
        ("Max Manager", 2)
    );
    assert!(latest.written_at.is_some());
    assert_eq!(first.text, "Two were late.");
    let other = report(&mut reviewer, "2025-06-01", "2025-06-29").await;
    assert_eq!(other.commentaries, [], "it is about its period alone");
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from oversight_changes where text like '%commentary on 2025-06-01%'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(audited, 2);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_6_a_commentary_replaces_only_words_that_were_seen_and_says_something(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    written(&mut manager, "Two were late.", 0).await;

    let unseen = manager.write_commentary(saying("One was late.", 0)).await;
    let empty = manager.write_commentary(saying(" ", 1)).await;
    let early = WriteCommentaryRequest {
        from: "2025-07-01".to_owned(),
        to: "2025-07-31".to_owned(),
        ..saying("One was late.", 0)
    };
    let early = manager.write_commentary(early).await;

    let unseen = unseen.unwrap_err();
    assert_eq!(
        (unseen.code(), reason(&unseen).as_str()),
        (Code::Aborted, "STALE")
    );
    assert_eq!(violations(&empty.unwrap_err())[0].0, "text");
    let early = early.unwrap_err();
    assert_eq!(reason(&early), "PERIOD_NOT_BEGUN");
    assert_eq!(violations(&early)[0].0, "text");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_6_nobody_but_the_manager_writes_the_commentary(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;

    for caller in [&desk.investigators[0], &desk.senior, &desk.reviewer] {
        let mut client = desk.oversight(caller.clone());
        let refused = client.write_commentary(saying("All is well.", 0)).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
}
