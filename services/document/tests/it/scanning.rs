//! DO-4: nothing is given out before a scanner has found it clean.

use std::time::Duration;

use chrono::TimeDelta;
use document::app::scan::{Scanner, Step};
use proto::document::v1::{Document, DocumentQuarantined, DocumentState};
use sqlx::PgPool;
use testkit::{Caller, a_caseworker, eventually, reason};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::clamd::{Answer, FakeClamd};
use crate::given::{NOTE, World, a_note, a_world_that_scans, whole};
use crate::withdrawing::withdraw;

/// Has a world's documents scanned.
pub fn scanner(world: &World, clamd: &FakeClamd) -> Scanner {
    Scanner::new(
        world.app.clone(),
        clamd.client(Duration::from_secs(5)),
        world.added.clone(),
    )
}

async fn is_refused(world: &World, caller: &Caller, document: &Document) {
    let refused = world.download(caller, whole(document)).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NOT_AVAILABLE")
    );
}

async fn state(world: &World, document: &Document) -> DocumentState {
    world
        .get(&a_caseworker(), &document.id)
        .await
        .unwrap()
        .state()
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_document_is_available_once_it_was_found_clean(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (document, landlord) = world.a_document().await;
    assert_eq!(document.state(), DocumentState::Checking);
    assert_eq!(document.state_label, "Being checked for viruses");
    is_refused(&world, &landlord, &document).await;

    let scanner = scanner(&world, &clamd);
    assert_eq!(scanner.step().await.unwrap(), Step::Clean);
    assert_eq!(scanner.step().await.unwrap(), Step::Idle);

    assert_eq!(
        world.download(&landlord, whole(&document)).await.unwrap(),
        NOTE
    );
    assert_eq!(clamd.seen(), [NOTE]);
    let audit: Vec<String> = sqlx::query_scalar("select action from changes order by id")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(audit, ["added", "found_clean"]);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_an_infected_document_is_put_away_for_good_and_both_sides_are_told(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Say(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")).await;
    let (document, landlord) = world.a_document().await;

    assert_eq!(
        scanner(&world, &clamd).step().await.unwrap(),
        Step::Quarantined
    );

    is_refused(&world, &landlord, &document).await;
    is_refused(&world, &a_caseworker(), &document).await;
    assert_eq!(
        world.get(&landlord, &document.id).await.unwrap().state(),
        DocumentState::Quarantined
    );
    assert_eq!(
        outbox::testing::events::<DocumentQuarantined>(&db).await,
        [DocumentQuarantined {
            document_id: document.id.clone(),
            case_id: document.case_id.clone(),
            from_ombudsman: false
        }]
    );
    let detail: String =
        sqlx::query_scalar("select detail from changes where action = 'quarantined'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(detail, "Win.Test.EICAR_HDB-1");
    let current = world.get(&a_caseworker(), &document.id).await.unwrap();
    assert_eq!(
        reason(
            &withdraw(&world, &a_caseworker(), &current)
                .await
                .unwrap_err()
        ),
        "QUARANTINED"
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_whatever_else_the_scanner_does_delays_and_never_lets_a_file_through(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (document, landlord) = world.a_document().await;
    let scanner = scanner(&world, &clamd);

    for answer in [
        Answer::Say(b"INSTREAM size limit exceeded. ERROR\0"),
        Answer::Say(b"stream: Can't allocate memory ERROR\0"),
        Answer::Say(b"\xff\xfe\0\0garbage"),
        Answer::Say(b"stream: OK"),
        Answer::Say(b""),
        Answer::Say(b"stream: OK\0stream: OK\0"),
        Answer::Truncated,
        Answer::HangUp,
    ] {
        clamd.answers(answer.clone());
        assert_eq!(scanner.step().await.unwrap(), Step::Failed, "{answer:?}");
        assert_eq!(
            scanner.step().await.unwrap(),
            Step::Idle,
            "it waits a while after {answer:?}"
        );
        assert_eq!(
            state(&world, &document).await,
            DocumentState::Checking,
            "{answer:?}"
        );
        is_refused(&world, &landlord, &document).await;
        world.clock.advance(TimeDelta::seconds(60));
    }

    clamd.answers(Answer::Ok);
    assert_eq!(scanner.step().await.unwrap(), Step::Clean);
    assert_eq!(state(&world, &document).await, DocumentState::Available);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_an_answer_before_the_end_of_the_file_lets_nothing_through(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::TooSoon).await;
    let (case_id, landlord) = world.a_case().await;
    let scanner = scanner(&world, &clamd);
    // More than the two ends of the connection hold between them: the answer is there before all of it was sent.
    let document = world
        .upload(&landlord, a_note(case_id), &vec![b'a'; 16 * 1024 * 1024])
        .await
        .unwrap();

    for answer in [Answer::TooSoon, Answer::OkAndHangUp] {
        clamd.answers(answer.clone());
        assert_eq!(scanner.step().await.unwrap(), Step::Failed, "{answer:?}");
        world.clock.advance(TimeDelta::seconds(60));
    }

    assert_eq!(state(&world, &document).await, DocumentState::Checking);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn row_48_uploads_go_on_while_the_scanner_is_away_for_ten_minutes_and_are_drained_when_it_is_back(
    db: PgPool,
) {
    let world = a_world_that_scans(&db).await;
    let (case_id, landlord) = world.a_case().await;
    // Port 1 of this machine has nobody behind it.
    let absent = document::clamd::Clamd::new("127.0.0.1:1".to_owned(), Duration::from_secs(5));
    let absent = Scanner::new(world.app.clone(), absent, world.added.clone());
    for minute in 0..10 {
        let content = format!("note {minute}");
        world
            .upload(&landlord, a_note(case_id), content.as_bytes())
            .await
            .unwrap();
        while absent.step().await.unwrap() != Step::Idle {}
        world.clock.advance(TimeDelta::minutes(1));
    }
    let shown = world.list(&landlord, case_id).await.unwrap();
    assert_eq!(shown.len(), 10);
    for document in &shown {
        assert_eq!(document.state_label, "Being checked for viruses");
        is_refused(&world, &landlord, document).await;
    }

    // However often it was tried in vain, each is due again within a minute.
    let clamd = FakeClamd::start(Answer::Ok).await;
    world.clock.advance(TimeDelta::minutes(1));
    let scanner = scanner(&world, &clamd);
    for _ in 0..10 {
        assert_eq!(scanner.step().await.unwrap(), Step::Clean);
    }

    assert_eq!(scanner.step().await.unwrap(), Step::Idle);
    let shown = world.list(&landlord, case_id).await.unwrap();
    assert!(
        shown
            .iter()
            .all(|it| it.state() == DocumentState::Available)
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_silent_or_absent_scanner_delays(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let (document, _) = world.a_document().await;
    for answer in [Answer::Silent, Answer::Dribble] {
        let silent = FakeClamd::start(answer).await;
        let scanner = Scanner::new(
            world.app.clone(),
            silent.client(Duration::from_millis(50)),
            world.added.clone(),
        );
        assert_eq!(scanner.step().await.unwrap(), Step::Failed);
        world.clock.advance(TimeDelta::seconds(60));
    }

    // Port 1 of this machine has nobody behind it.
    let absent = document::clamd::Clamd::new("127.0.0.1:1".to_owned(), Duration::from_secs(5));
    let scanner = Scanner::new(world.app.clone(), absent, world.added.clone());
    assert_eq!(scanner.step().await.unwrap(), Step::Failed);

    assert_eq!(state(&world, &document).await, DocumentState::Checking);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_content_that_is_cut_short_in_the_store_is_not_scanned_as_the_whole(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (document, _) = world.a_document().await;
    std::fs::write(world.folder().join(&document.id), b"What").unwrap();

    assert_eq!(scanner(&world, &clamd).step().await.unwrap(), Step::Failed);

    assert_eq!(state(&world, &document).await, DocumentState::Checking);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_verdict_that_comes_after_its_claim_has_ended_is_not_heard(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let silent = FakeClamd::start(Answer::Silent).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (document, _) = world.a_document().await;
    // A worker that hangs for longer than its claim lasts, as one that is stopped and goes on later does.
    let slow = Scanner::new(
        world.app.clone(),
        silent.client(Duration::from_secs(3)),
        world.added.clone(),
    );
    let hanging = tokio::spawn(async move { slow.step().await.unwrap() });
    eventually("the claim", || async {
        sqlx::query_scalar::<_, bool>("select claim is not null from scans")
            .fetch_one(&db)
            .await
            .unwrap()
            .then_some(())
    })
    .await;

    world.clock.advance(TimeDelta::minutes(2));
    assert_eq!(scanner(&world, &clamd).step().await.unwrap(), Step::Clean);

    // Its failure must not put the document back into the queue.
    assert_eq!(hanging.await.unwrap(), Step::Failed);
    assert_eq!(state(&world, &document).await, DocumentState::Available);
    assert_eq!(world.count("scans").await, 0);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn several_workers_scan_each_document_once(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (case_id, landlord) = world.a_case().await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(scanner(&world, &clamd).run(4, stop.clone()));

    for number in 0..12 {
        world
            .upload(
                &landlord,
                a_note(case_id),
                format!("note {number}").as_bytes(),
            )
            .await
            .unwrap();
    }
    eventually("all to be available", || async {
        let documents = world.list(&landlord, case_id).await.unwrap();
        documents
            .iter()
            .all(|it| it.state() == DocumentState::Available)
            .then_some(())
    })
    .await;
    stop.cancel();
    working.await.unwrap().unwrap();

    assert_eq!(clamd.seen().len(), 12);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_a_document_that_is_withdrawn_while_it_is_checked_stays_withdrawn(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Ok).await;
    let (document, _) = world.a_document().await;

    withdraw(&world, &a_caseworker(), &document).await.unwrap();

    assert_eq!(scanner(&world, &clamd).step().await.unwrap(), Step::Idle);
    assert_eq!(state(&world, &document).await, DocumentState::Withdrawn);
}
