//! DO-1 to DO-3: adding files.

use futures::future::join_all;
use futures::stream;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    DocumentAdded, DocumentCategory, DocumentState, End, NewDocument, UploadDocumentRequest,
};
use sqlx::PgPool;
use testkit::{a_caseworker, a_client, reason, violations};
use tonic::Code;

use crate::given::{NOTE, a_file, a_note, a_world, piece, whole};

const LARGEST: usize = 20 * 1024 * 1024;

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_a_file_is_added_with_what_it_is_and_its_fingerprint(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    let document = world
        .upload(&landlord, a_file(case_id, "What was said.TXT"), NOTE)
        .await
        .unwrap();

    assert_eq!(document.name, "What was said.TXT");
    assert_eq!(
        (document.media_type.as_str(), document.type_label.as_str()),
        ("text/plain", "Text file")
    );
    assert_eq!(document.size, i64::try_from(NOTE.len()).unwrap());
    assert_eq!(
        document.sha256,
        "8e24d7f3023a923ff4f14b2e9f0bad269e346bc9200c45f59cde03620e3d7699"
    );
    assert_eq!(document.state(), DocumentState::Available);
    assert_eq!(document.category(), DocumentCategory::Evidence);
    assert_eq!(
        (
            document.category_label.as_str(),
            document.state_label.as_str()
        ),
        ("Evidence", "Available")
    );
    assert_eq!(
        (document.from_ombudsman, document.added_by.as_str()),
        (false, "Ada Administrator")
    );
    assert_eq!(document.version, 1);
    assert_eq!(
        world.download(&landlord, whole(&document)).await.unwrap(),
        NOTE
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_2_twenty_mebibytes_are_taken_and_one_byte_more_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let mut content = vec![b'a'; LARGEST];

    let document = world
        .upload(&landlord, a_note(case_id), &content)
        .await
        .unwrap();
    assert_eq!(document.size, 20_971_520);
    assert_eq!(
        world.download(&landlord, whole(&document)).await.unwrap(),
        content
    );

    content.push(b'a');
    let refused = world
        .upload(&landlord, a_note(case_id), &content)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "TOO_LARGE")
    );
    assert_eq!(
        violations(&refused),
        [(
            "content".to_owned(),
            "The selected file must be 20MB or smaller".to_owned()
        )]
    );
    assert_eq!(
        (
            world.objects(),
            world.count("documents").await,
            world.count("uploads").await
        ),
        (1, 1, 0)
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_2_a_refused_file_says_why_and_leaves_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    for (name, content, expected) in [
        ("empty.txt", &b""[..], "EMPTY"),
        (
            "evidence.pdf",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "COMPRESSED",
        ),
        ("run.bat", b"@echo off", "PROGRAM"),
        ("report.pdf", b"not a pdf", "NOT_ITS_TYPE"),
        ("letter.rtf", b"{\\rtf1}", "TYPE_NOT_ACCEPTED"),
        ("report.pdf", b"%PDF-1.7\nrubbish", "UNREADABLE"),
    ] {
        let refused = world
            .upload(&landlord, a_file(case_id, name), content)
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, expected),
            "{name}"
        );
        assert_eq!(violations(&refused)[0].0, "content", "{name}");
    }
    assert!(world.is_clean().await);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_1_each_of_several_files_succeeds_or_fails_by_itself(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let contents: Vec<Vec<u8>> = (0..8_u8)
        .map(|number| vec![b'a' + number; 1024 * 1024])
        .collect();

    let uploads = contents.iter().enumerate().map(|(number, content)| {
        let name = if number % 4 == 3 {
            "pretends.pdf"
        } else {
            "note.txt"
        };
        world.upload(&landlord, a_file(case_id, name), content)
    });
    let results = join_all(uploads).await;

    let added: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(added, [true, true, true, false, true, true, true, false]);
    for (result, content) in results.iter().zip(&contents) {
        if let Ok(document) = result {
            assert_eq!(
                &world.download(&landlord, whole(document)).await.unwrap(),
                content
            );
        }
    }
    assert_eq!(
        (
            world.objects(),
            world.list(&landlord, case_id).await.unwrap().len()
        ),
        (6, 6)
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_the_same_content_on_the_same_case_says_so(db: PgPool) {
    let world = a_world(&db).await;
    let (first, landlord) = world.a_document().await;
    let case_id = first.case_id.parse().unwrap();

    let again = world
        .upload(&a_caseworker(), a_file(case_id, "other.csv"), NOTE)
        .await
        .unwrap();
    let third = world
        .upload(&landlord, a_note(case_id), NOTE)
        .await
        .unwrap();
    let (other_case, other_landlord) = world.a_case().await;
    let elsewhere = world
        .upload(&other_landlord, a_note(other_case), NOTE)
        .await
        .unwrap();

    assert_eq!(first.same_as_document_id, "");
    assert_eq!(
        (&again.same_as_document_id, again.same_as_name.as_str()),
        (&first.id, "note.txt")
    );
    assert_eq!(world.get(&landlord, &again.id).await.unwrap(), again);
    assert_eq!(third.same_as_document_id, first.id);
    assert_eq!(elsewhere.same_as_document_id, "");
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_two_of_the_same_content_at_once_know_of_each_other(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    let results = join_all((0..6).map(|_| world.upload(&landlord, a_note(case_id), NOTE))).await;

    let first = results
        .iter()
        .filter(|it| it.as_ref().unwrap().same_as_document_id.is_empty())
        .count();
    assert_eq!(first, 1);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_2_a_request_that_comes_twice_adds_one_document(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let file = a_note(case_id);

    let first = world.upload(&landlord, file.clone(), NOTE).await.unwrap();
    let second = world.upload(&landlord, file.clone(), NOTE).await.unwrap();
    assert_eq!(first, second);

    let file = a_note(case_id);
    let at_once = join_all((0..5).map(|_| world.upload(&landlord, file.clone(), b"at once"))).await;
    let ids: std::collections::HashSet<String> =
        at_once.into_iter().map(|it| it.unwrap().id).collect();
    assert_eq!(ids.len(), 1);

    assert_eq!(
        (
            world.objects(),
            world.count("documents").await,
            world.count("uploads").await
        ),
        (2, 2, 0)
    );
    assert_eq!(outbox::testing::events::<DocumentAdded>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_2_a_request_id_is_not_used_for_another_file(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let file = a_note(case_id);
    world.upload(&landlord, file.clone(), NOTE).await.unwrap();

    let other = NewDocument {
        name: "other.txt".to_owned(),
        ..file.clone()
    };
    let refused = world.upload(&landlord, other, NOTE).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "REQUEST_ID_REUSED")
    );

    let corrected = world
        .upload(&landlord, file.clone(), b"What was meant")
        .await;
    assert_eq!(reason(&corrected.unwrap_err()), "REQUEST_ID_REUSED");
    assert_eq!(world.objects(), 1, "nothing of the other files stays");

    let of_somebody_else = world.upload(&a_caseworker(), file, NOTE).await.unwrap();
    assert!(of_somebody_else.from_ombudsman);
}

/// Five requests with one id and three contents: one content is the document, and the others are told so.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_2_of_different_files_under_one_request_id_at_once_one_is_added(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let file = a_note(case_id);
    let contents: [&[u8]; 5] = [b"one", b"two", b"three", b"one", b"two"];

    let results = join_all(contents.map(|it| world.upload(&landlord, file.clone(), it))).await;

    let kept = &world.list(&landlord, case_id).await.unwrap()[0];
    let content = world.download(&landlord, whole(kept)).await.unwrap();
    for (sent, result) in contents.into_iter().zip(results) {
        match result {
            Ok(document) => assert_eq!((document.id, sent), (kept.id.clone(), &content[..])),
            Err(refused) => {
                assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
                assert_ne!(sent, content);
            }
        }
    }
    assert_eq!((world.objects(), world.count("documents").await), (1, 1));
}

/// A form that is sent again with the same file adds nothing, and one with a corrected file adds that.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_2_in_a_form_another_file_may_be_chosen_under_the_same_id(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let file = NewDocument {
        may_be_chosen_again: true,
        ..a_note(case_id)
    };
    let renamed = NewDocument {
        name: "final note.txt".to_owned(),
        ..file.clone()
    };

    let first = world.upload(&landlord, file.clone(), NOTE).await.unwrap();
    let again = world.upload(&landlord, file.clone(), NOTE).await.unwrap();
    let corrected = world
        .upload(&landlord, file, b"What was meant")
        .await
        .unwrap();
    let renamed = world.upload(&landlord, renamed, NOTE).await.unwrap();

    assert_eq!(first, again);
    assert_ne!(first.id, corrected.id);
    assert_eq!(renamed.name, "final note.txt");
    let content = world.download(&landlord, whole(&corrected)).await.unwrap();
    assert_eq!(content, b"What was meant");
    assert_eq!(world.count("documents").await, 3);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_name_is_cleaned_and_never_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    for (given, shown) in [
        ("../../etc/CON.txt", "_CON.txt"),
        ("note\u{202e}gpj.txt", "notegpj.txt"),
        ("two\r\nlines.txt", "two lines.txt"),
        ("\"quoted\".txt", "_quoted_.txt"),
    ] {
        let document = world
            .upload(&landlord, a_file(case_id, given), NOTE)
            .await
            .unwrap();
        assert_eq!(document.name, shown);
    }
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn an_upload_begins_with_its_description_and_goes_on_in_small_pieces(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let send = |messages: Vec<UploadDocumentRequest>| {
        let mut client = world.client(&landlord);
        async move {
            reason(
                &client
                    .upload_document(stream::iter(messages))
                    .await
                    .unwrap_err(),
            )
        }
    };
    let content = |bytes: usize| piece(Piece::Content(vec![b'a'; bytes]));
    let description = piece(Piece::Document(a_note(case_id)));

    assert_eq!(send(vec![]).await, "NO_DESCRIPTION");
    assert_eq!(send(vec![content(3)]).await, "NO_DESCRIPTION");
    assert_eq!(
        send(vec![description.clone(), content(3), description.clone()]).await,
        "NO_DESCRIPTION"
    );
    assert_eq!(
        send(vec![description, content(64 * 1024 + 1)]).await,
        "PIECE_TOO_LARGE"
    );
    assert!(world.is_clean().await);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_3_an_upload_without_the_end_that_fits_it_is_cut_off_and_leaves_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let content = || piece(Piece::Content(NOTE.to_vec()));
    let end = |size| piece(Piece::End(End { size }));
    let size = i64::try_from(NOTE.len()).unwrap();

    for (what, rest) in [
        ("no content", vec![]),
        ("no end", vec![content()]),
        ("an end too early", vec![content(), end(size + 1)]),
        ("an end too late", vec![content(), end(size - 1)]),
        ("a size that is none", vec![content(), end(-size)]),
        (
            "more after the end",
            vec![content(), end(size), piece(Piece::Content(vec![]))],
        ),
        ("two ends", vec![content(), end(size), end(size)]),
        (
            "a piece of nothing",
            vec![content(), UploadDocumentRequest { piece: None }, end(size)],
        ),
    ] {
        let description = piece(Piece::Document(a_note(case_id)));
        let messages = std::iter::once(description).chain(rest);

        let refused = world
            .client(&landlord)
            .upload_document(stream::iter(messages.collect::<Vec<_>>()))
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "CUT_OFF"),
            "{what}"
        );
        assert_eq!(violations(&refused)[0].0, "content", "{what}");
    }
    assert!(world.is_clean().await);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn every_wrong_field_of_a_description_is_named(db: PgPool) {
    let world = a_world(&db).await;
    let (_, landlord) = world.a_case().await;
    let wrong = NewDocument {
        request_id: "1".to_owned(),
        case_id: "2".to_owned(),
        name: String::new(),
        category: 0,
        may_be_chosen_again: false,
    };

    let refused = world.upload(&landlord, wrong, NOTE).await.unwrap_err();

    let fields: Vec<String> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        (refused.code(), fields),
        (
            Code::InvalidArgument,
            vec![
                "request_id".to_owned(),
                "case_id".to_owned(),
                "category".to_owned()
            ]
        )
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_what_was_added_is_announced_and_audited_without_the_files_name(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    let document = world
        .upload(&landlord, a_file(case_id, "canary-in-the-name.txt"), NOTE)
        .await
        .unwrap();

    let announced = outbox::testing::events::<DocumentAdded>(&db).await;
    assert_eq!(
        announced,
        [DocumentAdded {
            document_id: document.id.clone(),
            case_id: case_id.to_string(),
            from_ombudsman: false,
            actor: format!("account:{}", landlord.id()),
            added_at: Some(kit::time::timestamp(world.clock.now())),
        }]
    );
    let named: i64 = sqlx::query_scalar("select count(*) from outbox where position('canary' in encode(payload, 'escape') || headers::text) > 0")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(named, 0);
    let audit: (String, String) =
        sqlx::query_as("select actor, action from changes where document_id = $1::uuid")
            .bind(&document.id)
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(
        audit,
        (format!("account:{}", landlord.id()), "added".to_owned())
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_6_staff_and_service_clients_add_documents_for_the_ombudsman(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;

    for caller in [a_caseworker(), a_client(&["documents"])] {
        let document = world.upload(&caller, a_note(case_id), NOTE).await.unwrap();
        assert!(document.from_ombudsman);
        assert!(
            world
                .get(&landlord, &document.id)
                .await
                .unwrap()
                .from_ombudsman
        );
    }
}
