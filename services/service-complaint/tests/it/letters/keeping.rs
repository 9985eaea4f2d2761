//! Drafts and letters as they are kept, listed, posted, delivered and seen (SC-12).

use outbox::Outcome;
use proto::access::v1::Role;
use proto::notification::v1::EmailRefused;
use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use proto::service_complaint::v1::{
    DiscardLetterDraftRequest, Format, GetDeliveryRequest, GetLetterDraftRequest, GetLetterRequest,
    Letter, LetterKind, LetterSent, LetterWords, ListLettersRequest, ListLettersToPostRequest,
    RecordPostedRequest, SaveLetterDraftRequest,
};
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;

use super::{draft, send, sending};
use crate::given::{a_definition, a_world};

/// 3.4: Paper: a PDF in large print, on the list until staff post it, once.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_on_paper_waits_until_it_is_posted(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut first = world.recorded_for(Format::LargePrint).await;
    let mut second = world.recorded_for(Format::Letter).await;
    let mut by_email = world.recorded().await;
    let mut ids = Vec::new();
    for journey in [&mut first, &mut second, &mut by_email] {
        journey.define(a_definition()).await.unwrap();
        let kind = LetterKind::Acknowledgement;
        let letter = send(&mut letters, journey, kind, LetterWords::default())
            .await
            .unwrap();
        ids.push(letter.id);
    }
    let page = |page_token: String| ListLettersToPostRequest {
        page_size: 1,
        page_token,
    };

    let one = letters
        .list_letters_to_post(page(String::new()))
        .await
        .unwrap()
        .into_inner();
    let two = letters
        .list_letters_to_post(page(one.next_page_token.clone()))
        .await
        .unwrap()
        .into_inner();
    let post = |id: &String| RecordPostedRequest {
        letter_id: id.clone(),
    };
    let posted = letters
        .record_posted(post(&ids[0]))
        .await
        .unwrap()
        .into_inner();
    let again = letters.record_posted(post(&ids[0])).await.unwrap_err();
    let email = letters.record_posted(post(&ids[2])).await.unwrap_err();
    let left = letters
        .list_letters_to_post(page(String::new()))
        .await
        .unwrap()
        .into_inner();

    assert_eq!((&one.letters[0].id, &two.letters[0].id), (&ids[0], &ids[1]));
    assert_eq!(two.next_page_token, "");
    assert!(one.letters[0].pdf.is_empty(), "a list carries no bodies");
    assert!(posted.pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(posted.format(), Format::LargePrint);
    assert_eq!(posted.posted_by, "Ines Vestey");
    assert_eq!(reason(&again), "POSTED_ALREADY");
    assert_eq!(reason(&email), "NOT_FOR_THE_POST");
    assert_eq!(left.letters[0].id, ids[1]);
}

/// 3.4: Only notification asks for the words, and only of what goes by email.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_the_words_are_handed_to_who_delivers_them(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut sent = Vec::new();
    for format in [Format::Email, Format::Letter] {
        let mut journey = world.recorded_for(format).await;
        journey.define(a_definition()).await.unwrap();
        let kind = LetterKind::Acknowledgement;
        let letter = send(&mut letters, &mut journey, kind, LetterWords::default());
        sent.push(letter.await.unwrap());
    }
    let mut notification = LetterServiceClient::new(world.served.client("notification", None));
    let request = |letter: &Letter| GetDeliveryRequest {
        letter_id: letter.id.clone(),
    };

    let delivery = notification
        .get_delivery(request(&sent[0]))
        .await
        .unwrap()
        .into_inner();
    let on_paper = notification
        .get_delivery(request(&sent[1]))
        .await
        .unwrap_err();
    let by_a_person = letters.get_delivery(request(&sent[0])).await.unwrap_err();

    assert_eq!(delivery.address, "asha@example.org");
    assert_eq!(
        (delivery.text, delivery.html),
        (sent[0].text.clone(), sent[0].html.clone())
    );
    assert_eq!(reason(&on_paper), "NO_SUCH_LETTER");
    assert_eq!(by_a_person.code(), Code::PermissionDenied);
}

/// 3.4: Drafts: the same request adds nothing, and of two who write at once one is told.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_draft_is_saved_once_and_never_over_anothers(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    let new = SaveLetterDraftRequest {
        draft_id: kit::id().to_string(),
        version: 0,
        complaint_id: journey.complaint.id.clone(),
        kind: LetterKind::Acknowledgement.into(),
        words: Some(LetterWords::default()),
    };

    let first = letters
        .save_letter_draft(new.clone())
        .await
        .unwrap()
        .into_inner();
    let again = letters
        .save_letter_draft(new.clone())
        .await
        .unwrap()
        .into_inner();
    let edit = SaveLetterDraftRequest {
        version: 1,
        words: Some(LetterWords {
            text: "We are sorry.".to_owned(),
            ..LetterWords::default()
        }),
        ..new.clone()
    };
    let edited = letters
        .save_letter_draft(edit.clone())
        .await
        .unwrap()
        .into_inner();
    let stale = letters.save_letter_draft(edit.clone()).await.unwrap_err();
    let other = SaveLetterDraftRequest {
        kind: LetterKind::Closing.into(),
        ..edit
    };
    let other = letters.save_letter_draft(other).await.unwrap_err();
    let discard = DiscardLetterDraftRequest {
        draft_id: first.id.clone(),
        version: 2,
    };
    letters.discard_letter_draft(discard.clone()).await.unwrap();
    let gone = letters.discard_letter_draft(discard).await.unwrap_err();

    assert_eq!(first, again);
    assert_eq!(edited.version, 2);
    assert_eq!(stale.code(), Code::Aborted);
    assert_eq!(reason(&other), "OTHER_DRAFT");
    assert_eq!(reason(&gone), "NO_SUCH_LETTER_DRAFT");
    journey.refresh().await;
    assert_eq!(journey.complaint.version, 1, "a draft changes no complaint");
}

/// 3.4: Sent twice at once, it is sent once.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_is_sent_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();
    let kind = LetterKind::Acknowledgement;
    let saved = draft(&mut letters, &journey, kind, LetterWords::default()).await;
    let request = sending(&saved, &journey);
    let mut other = letters.clone();

    let (one, two) = tokio::join!(
        letters.send_letter(request.clone()),
        other.send_letter(request.clone())
    );

    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(outbox::testing::events::<LetterSent>(&db).await.len(), 1);
    let gone = letters.send_letter(request).await.unwrap_err();
    assert_eq!(reason(&gone), "NO_SUCH_LETTER_DRAFT");
}

/// 3.4: What was sent can't be changed by the service, nor by a new wording.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_is_kept_exactly_as_it_was_sent(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded_for(Format::Letter).await;
    journey.define(a_definition()).await.unwrap();
    let kind = LetterKind::Acknowledgement;
    let sent = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();
    let mut connection = db.acquire().await.unwrap();
    sqlx::query("set role service_complaint_app")
        .execute(&mut *connection)
        .await
        .unwrap();

    for refused in [
        "update letters set text = ''",
        "update letters set findings = '[]'",
        "update letters set pdf = ''",
        "delete from letters",
        "update paragraph_versions set text = ''",
        "delete from paragraph_versions",
    ] {
        let error = sqlx::query(refused)
            .execute(&mut *connection)
            .await
            .unwrap_err();
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{refused}");
    }
    let request = GetLetterRequest {
        letter_id: sent.id.clone(),
    };
    let got = letters.get_letter(request).await.unwrap().into_inner();
    assert_eq!(got, sent);
}

/// 3.4: Letters and drafts of a complaint, page by page.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_complaints_letters_are_listed_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.investigated().await;
    for day in ["2025-06-11", "2025-06-12", "2025-06-13"] {
        world.on(day);
        let words = LetterWords {
            text: format!("It is {day}."),
            next_update_on: "2025-06-20".to_owned(),
            ..LetterWords::default()
        };
        let kind = LetterKind::ProgressUpdate;
        send(&mut letters, &mut journey, kind, words).await.unwrap();
    }
    draft(
        &mut letters,
        &journey,
        LetterKind::ProgressUpdate,
        LetterWords::default(),
    )
    .await;
    let page = |page_token: String| ListLettersRequest {
        complaint_id: journey.complaint.id.clone(),
        page_size: 2,
        page_token,
    };

    let one = letters
        .list_letters(page(String::new()))
        .await
        .unwrap()
        .into_inner();
    let two = letters
        .list_letters(page(one.next_page_token.clone()))
        .await
        .unwrap()
        .into_inner();

    assert_eq!((one.letters.len(), two.letters.len()), (2, 1));
    assert_eq!((one.drafts.len(), two.drafts.len()), (1, 0));
    assert_eq!(two.next_page_token, "");
    assert!(one.letters[0].sent_at.unwrap().seconds > two.letters[0].sent_at.unwrap().seconds);
}

/// Investigators and their manager write; a senior colleague and the reviewer read; casework and landlords do neither (1.8).
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_who_writes_and_who_reads(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let listing = ListLettersRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListLettersRequest::default()
    };
    let saving = || SaveLetterDraftRequest {
        draft_id: kit::id().to_string(),
        complaint_id: journey.complaint.id.clone(),
        kind: LetterKind::Acknowledgement.into(),
        ..SaveLetterDraftRequest::default()
    };
    let people = [
        (Role::ComplaintsInvestigator, true, true),
        (Role::CustomerInsightManager, true, true),
        (Role::SeniorColleague, true, false),
        (Role::IndependentReviewer, true, false),
        (Role::Caseworker, false, false),
        (Role::SystemAdministrator, false, false),
    ];
    for (role, reads, writes) in people {
        let mut letters = world.letters(testkit::a(role));

        let read = letters.list_letters(listing.clone()).await;
        let written = letters.save_letter_draft(saving()).await;

        assert_eq!(read.is_ok(), reads, "{role:?}");
        assert_eq!(written.is_ok(), writes, "{role:?}");
        for refused in [read.err(), written.err()].into_iter().flatten() {
            assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
        }
    }
    let landlord = testkit::a_landlord_administrator(kit::id());
    let refused = world.letters(landlord).list_letters(listing.clone()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    let nobody = world.letters(None).list_letters(listing).await;
    assert_eq!(nobody.unwrap_err().code(), Code::Unauthenticated);
}

/// 3.4: The address did not exist: whoever opens the complaint sees that the letter did not arrive.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_that_a_mail_server_refused_is_noted_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();
    let kind = LetterKind::Acknowledgement;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();
    let event = outbox::testing::event_at(
        &EmailRefused {
            email_id: kit::id().to_string(),
            letter_id: letter.id.clone(),
            ..EmailRefused::default()
        },
        world.clock.now(),
    );

    let first = outbox::deliver(&db, &world.app, &event).await.unwrap();
    let again = outbox::deliver(&db, &world.app, &event).await.unwrap();

    assert_eq!((first, again), (Outcome::Handled, Outcome::Duplicate));
    let request = GetLetterRequest {
        letter_id: letter.id,
    };
    let got = letters.get_letter(request).await.unwrap().into_inner();
    assert!(got.refused_at.is_some());
    let told: Vec<String> =
        sqlx::query_scalar("select text from changes where action = 'letter_refused'")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(
        told,
        ["The mail server refused the acknowledgement; send it in another way"]
    );
}

/// 3.4: A letter is seen as it would be printed before it is sent; one by email is not, and nobody gets a PDF that did not ask.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_draft_is_seen_as_it_would_be_printed(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::Acknowledgement;
    for (format, printed) in [
        (Format::LargePrint, true),
        (Format::Letter, true),
        (Format::Email, false),
    ] {
        let journey = world.recorded_for(format).await;
        let drafted = draft(&mut letters, &journey, kind, LetterWords::default()).await;
        let ask = |as_pdf| GetLetterDraftRequest {
            draft_id: drafted.id.clone(),
            as_pdf,
        };

        let seen = letters.get_letter_draft(ask(true)).await.unwrap();
        let unasked = letters.get_letter_draft(ask(false)).await.unwrap();

        let pdf = seen.into_inner().pdf;
        assert_eq!(pdf.starts_with(b"%PDF-1.7"), printed, "{format:?}");
        assert!(unasked.into_inner().pdf.is_empty(), "{format:?}");
    }
}
