//! The files of a sample's complaints, as the reviewer takes them (7.4; the reviewer's report, paragraphs 1 and 4).

use std::io::{Cursor, Read as _};

use proto::access::v1::Role;
use proto::document::v1::{Document, DocumentState};
use proto::service_complaint::v1::{
    AddNoteRequest, DownloadSampleRequest, DrawSampleRequest, Format, Interest, LetterKind,
    LetterWords, NoteKind, Sample,
};
use sqlx::PgPool;
use testkit::reason;
use tonic::{Code, Status};
use zip::ZipArchive;

use crate::desk::Oversight;
use crate::given::{a_definition, a_world};
use crate::letters::send;

type Files = ZipArchive<Cursor<Vec<u8>>>;

async fn drawn(client: &mut Oversight) -> Sample {
    let request = DrawSampleRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
        size: 5,
        seed: "4711".to_owned(),
        request_id: kit::id().to_string(),
    };
    client.draw_sample(request).await.unwrap().into_inner()
}

async fn taken(client: &mut Oversight, sample_id: String) -> Result<Vec<u8>, Status> {
    let request = DownloadSampleRequest { sample_id };
    let mut pieces = client.download_sample(request).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await? {
        assert!(piece.content.len() <= 256 * 1024);
        bytes.extend(piece.content);
    }
    Ok(bytes)
}

fn content(files: &mut Files, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = files.by_name(name).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

fn text(files: &mut Files, name: &str) -> String {
    String::from_utf8(content(files, name)).unwrap()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_4_a_sample_s_archive_holds_each_complaint_s_whole_file_with_its_letters(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded_for(Format::Letter).await;
    journey.define(a_definition()).await.unwrap();
    let kind = LetterKind::Acknowledgement;
    let first = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();
    let note = AddNoteRequest {
        request_id: kit::id().to_string(),
        complaint_id: journey.complaint.id.clone(),
        kind: NoteKind::Contact.into(),
        on: "2025-06-10".to_owned(),
        text: "She prefers mornings".to_owned(),
    };
    world.investigator().add_note(note).await.unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let words = LetterWords {
        summary: "Nobody called you.".to_owned(),
        ..LetterWords::default()
    };
    let kind = LetterKind::Stage1Response;
    let second = send(&mut letters, &mut journey, kind, words).await.unwrap();
    let other = world.answered().await.complaint.reference;
    let large = vec![b'x'; 300 * 1024];
    let id = &journey.complaint.id;
    let file = |state: DocumentState| Document {
        name: "photo.jpg".to_owned(),
        size: 9,
        state: state.into(),
        ..Document::default()
    };
    let clean = file(DocumentState::Available);
    world
        .files
        .came(id, clean.clone(), &[b"first, ", b"second"]);
    let infected = file(DocumentState::Quarantined);
    world.files.came(id, infected, &[]);
    world.files.came(id, clean, &[&large]);
    let reviewer = testkit::a(Role::IndependentReviewer).named("Rae Viewer");
    let mut client = world.oversight(&reviewer);
    let sample = drawn(&mut client).await;

    let archive = taken(&mut client, sample.id.clone()).await.unwrap();

    let mut files = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mine = &journey.complaint.reference;
    let mut names: Vec<_> = files
        .file_names()
        .map(|it| it.unwrap().into_owned())
        .collect();
    names.sort();
    let mut expected: Vec<String> = [
        "complaint.json",
        "complaint.txt",
        "history.txt",
        "notes.txt",
        "letters/01 2025-06-10 acknowledgement.txt",
        "letters/01 2025-06-10 acknowledgement.pdf",
        "letters/02 2025-06-10 stage 1 response.txt",
        "letters/02 2025-06-10 stage 1 response.pdf",
    ]
    .map(|it| format!("{mine}/{it}"))
    .into();
    expected.extend(
        ["complaint.json", "complaint.txt", "history.txt"].map(|it| format!("{other}/{it}")),
    );
    expected.extend(
        ["files.txt", "files/01 photo.jpg", "files/03 photo.jpg"].map(|it| format!("{mine}/{it}")),
    );
    expected.extend(["sample.json", "sample.txt"].map(str::to_owned));
    expected.sort();
    assert_eq!(names, expected);

    let acknowledged = format!("{mine}/letters/01 2025-06-10 acknowledgement");
    assert!(text(&mut files, &format!("{acknowledged}.txt")).ends_with(&first.text));
    assert_eq!(
        content(&mut files, &format!("{acknowledged}.pdf")),
        first.pdf
    );
    let answered = format!("{mine}/letters/02 2025-06-10 stage 1 response.txt");
    assert!(text(&mut files, &answered).ends_with(&second.text));
    let told = text(&mut files, &format!("{mine}/complaint.txt"));
    assert!(told.starts_with(&format!("Reference: {mine}\n")), "{told}");
    assert!(told.contains("Decision: Upheld"), "{told}");
    let history = text(&mut files, &format!("{mine}/history.txt"));
    assert!(
        history.starts_with("10 June 2025, 09:30 – Ines Vestey: "),
        "{history}"
    );
    assert!(text(&mut files, &format!("{mine}/notes.txt")).contains("She prefers mornings"));
    assert!(text(&mut files, "sample.txt").contains("Seed: 4711"));
    let first = text(&mut files, &format!("{mine}/files/01 photo.jpg"));
    assert_eq!(first, "first, second");
    let last = content(&mut files, &format!("{mine}/files/03 photo.jpg"));
    assert_eq!(last, large);
    let list = text(&mut files, &format!("{mine}/files.txt"));
    assert!(
        list.contains("02 photo.jpg") && list.contains("Left out: a virus was found in it"),
        "{list}"
    );
}

/// An archive without the files would look like complaints without any.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_4_an_archive_ends_with_a_reason_when_the_files_cannot_be_had(db: PgPool) {
    let world = a_world(&db).await;
    world.answered().await;
    let reviewer = testkit::a(Role::IndependentReviewer).named("Rae Viewer");
    let mut client = world.oversight(&reviewer);
    let sample = drawn(&mut client).await;

    world.files.goes_down();
    let refused = taken(&mut client, sample.id).await.unwrap_err();

    assert_eq!(refused.code(), Code::Unavailable);
    assert_eq!(reason(&refused), "FILES_UNAVAILABLE");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_4_who_takes_a_sample_s_files_is_recorded_and_only_some_may(db: PgPool) {
    let world = a_world(&db).await;
    world.answered().await;
    let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");
    let sample = drawn(&mut world.oversight(&manager)).await;
    let reads = "select count(*) from reads where actor = $1";

    taken(&mut world.oversight(&manager), sample.id.clone())
        .await
        .unwrap();

    let read: i64 = sqlx::query_scalar(reads)
        .bind(format!("account:{}", manager.id()))
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(read, 1);
    let told: Vec<String> = sqlx::query_scalar(
        "select text from oversight_changes where subject = $1::uuid order by id",
    )
    .bind(&sample.id)
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            "Drew 1 of 1 closed complaints",
            "Took the files of the sample"
        ]
    );
    for caller in [&world.investigator, &world.senior] {
        let refused = taken(&mut world.oversight(caller), sample.id.clone()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let unknown = taken(&mut world.oversight(&manager), kit::id().to_string()).await;
    assert_eq!(reason(&unknown.unwrap_err()), "NO_SUCH_SAMPLE");
}

/// 3.4: the archive holds whole complaints, and a sample without one of its complaints would be none.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_3_4_who_declared_an_interest_in_one_of_them_takes_no_files_of_a_sample(db: PgPool) {
    let world = a_world(&db).await;
    world.answered().await;
    let journey = world.answered().await;
    let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");
    let mut client = world.oversight(&manager);
    let sample = drawn(&mut client).await;
    let mut theirs = journey.seen_by(world.client(manager.clone()));
    theirs.declare(Interest::OwnWork).await.unwrap();

    let refused = taken(&mut client, sample.id.clone()).await.unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(reason(&refused), "CONFLICT_DECLARED");
    let reviewer = testkit::a(Role::IndependentReviewer).named("Rae Viewer");
    let whole = taken(&mut world.oversight(&reviewer), sample.id).await;
    assert!(whole.is_ok());
}
