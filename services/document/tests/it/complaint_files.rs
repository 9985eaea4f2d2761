//! Files that come with a complaint about the ombudsman itself (SC-1).

use chrono::TimeDelta;
use document::app::scan::Step;
use futures::future::join_all;
use futures::{StreamExt as _, stream};
use proto::access::v1::Role;
use proto::document::v1::complaint_file_service_client::ComplaintFileServiceClient;
use proto::document::v1::complaint_secret::Secret;
use proto::document::v1::export_complaint_files_response::Piece as Exported;
use proto::document::v1::upload_complaint_file_request::Piece;
use proto::document::v1::{
    ComplaintSecret, Document, DocumentAdded, DocumentQuarantined, DownloadComplaintFileRequest,
    End, ExportComplaintFilesRequest, IssueComplaintFileLinkRequest, ListComplaintFilesRequest,
    ListOwnComplaintFilesRequest, NewComplaintFile, RemoveComplaintFileRequest,
    UploadComplaintFileRequest,
};
use proto::service_complaint::v1::{ConflictDeclared, DraftDiscarded};
use sqlx::PgPool;
use testkit::{Caller, Channel, a_caseworker, reason, violations};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::clamd::{Answer, FakeClamd};
use crate::given::{NOTE, World, a_world, a_world_that_scans, patient, whole};
use crate::scanning::scanner;

type Client = ComplaintFileServiceClient<Channel>;

/// The edge, for somebody without an account.
fn nobody(world: &World) -> Client {
    ComplaintFileServiceClient::new(world.served.client("gateway", None))
}

fn of(world: &World, caller: Caller) -> Client {
    ComplaintFileServiceClient::new(world.served.client("gateway", caller))
}

/// What the browser that fills in a form holds.
fn form(complaint_id: Uuid) -> ComplaintSecret {
    draft_token(&format!("draft-{complaint_id}"))
}

fn draft_token(token: &str) -> ComplaintSecret {
    let secret = Some(Secret::DraftToken(token.to_owned()));
    ComplaintSecret { secret }
}

fn link_token(token: &str) -> ComplaintSecret {
    let secret = Some(Secret::LinkToken(token.to_owned()));
    ComplaintSecret { secret }
}

fn a_file(complaint_id: Uuid, name: &str) -> NewComplaintFile {
    NewComplaintFile {
        request_id: kit::id().to_string(),
        name: name.to_owned(),
        secret: Some(form(complaint_id)),
    }
}

async fn upload(world: &World, file: NewComplaintFile, content: &[u8]) -> Result<Document, Status> {
    let size = i64::try_from(content.len()).unwrap();
    let pieces = [
        Piece::File(file),
        Piece::Content(content.to_vec()),
        Piece::End(End { size }),
    ]
    .map(|piece| UploadComplaintFileRequest { piece: Some(piece) });
    let request = patient(stream::iter(pieces));
    Ok(nobody(world)
        .upload_complaint_file(request)
        .await?
        .into_inner())
}

async fn names(world: &World, complaint_id: Uuid) -> Vec<String> {
    let request = ListOwnComplaintFilesRequest {
        secret: Some(form(complaint_id)),
        ..ListOwnComplaintFilesRequest::default()
    };
    let listed = nobody(world)
        .list_own_complaint_files(request)
        .await
        .unwrap();
    listed
        .into_inner()
        .files
        .into_iter()
        .map(|it| it.name)
        .collect()
}

async fn download(
    client: &mut Client,
    complaint_id: Uuid,
    document: &Document,
) -> Result<Vec<u8>, Status> {
    let request = DownloadComplaintFileRequest {
        complaint_id: complaint_id.to_string(),
        document_id: document.id.clone(),
    };
    let mut pieces = client.download_complaint_file(request).await?.into_inner();
    let mut content = Vec::new();
    while let Some(piece) = pieces.next().await {
        content.extend(piece?.content);
    }
    Ok(content)
}

/// Customer Insight has it, and casework neither sees nor hears of it.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_a_file_of_a_complaint_is_for_customer_insight_alone(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();

    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();

    assert_eq!(names(&world, complaint).await, ["note.txt"]);
    assert_eq!(names(&world, kit::id()).await, Vec::<String>::new());
    let mut investigator = of(&world, testkit::a(Role::ComplaintsInvestigator));
    assert_eq!(
        download(&mut investigator, complaint, &added)
            .await
            .unwrap(),
        NOTE
    );
    assert_eq!(world.count("reads").await, 1);
    let elsewhere = download(&mut investigator, kit::id(), &added)
        .await
        .unwrap_err();
    assert_eq!(reason(&elsewhere), "NO_SUCH_DOCUMENT");
    let caseworker = download(&mut of(&world, a_caseworker()), complaint, &added).await;
    assert_eq!(caseworker.unwrap_err().code(), Code::PermissionDenied);
    let stranger = download(&mut nobody(&world), complaint, &added).await;
    assert_eq!(stranger.unwrap_err().code(), Code::Unauthenticated);
    let by_case = world
        .download(&a_caseworker(), whole(&added))
        .await
        .unwrap_err();
    assert_eq!(reason(&by_case), "NO_SUCH_DOCUMENT");
    assert_eq!(
        world.count("outbox").await,
        0,
        "casework is told of nothing"
    );
}

/// A link is made for whoever may read the file, and for nobody else.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_do_5_a_link_to_a_file_of_a_complaint_is_for_customer_insight_alone(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();
    let mut investigator = of(&world, testkit::a(Role::ComplaintsInvestigator));
    let asked = |complaint_id: Uuid| IssueComplaintFileLinkRequest {
        complaint_id: complaint_id.to_string(),
        document_id: added.id.clone(),
    };

    let elsewhere = investigator
        .issue_complaint_file_link(asked(kit::id()))
        .await;
    let mut caseworker = of(&world, a_caseworker());
    let caseworker = caseworker.issue_complaint_file_link(asked(complaint)).await;
    let stranger = nobody(&world)
        .issue_complaint_file_link(asked(complaint))
        .await;

    assert_eq!(reason(&elsewhere.unwrap_err()), "NO_SUCH_DOCUMENT");
    assert_eq!(caseworker.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(stranger.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(world.count("download_links").await, 0);
    investigator
        .issue_complaint_file_link(asked(complaint))
        .await
        .unwrap();
    assert_eq!(world.count("download_links").await, 1);
}

/// 3.4 of the policy: whoever has an interest in a complaint reads nothing of it, and an event that comes twice changes nothing.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_4_3_4_who_has_an_interest_in_a_complaint_reads_none_of_its_files(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();
    let declarer = testkit::a(Role::ComplaintsInvestigator);
    let declared = ConflictDeclared {
        complaint_id: complaint.to_string(),
        declared_by: declarer.id().to_string(),
        ..ConflictDeclared::default()
    };

    world.hear(&declared).await;
    world.hear(&declared).await;

    let mut theirs = of(&world, declarer);
    let list = ListComplaintFilesRequest {
        complaint_id: complaint.to_string(),
        ..ListComplaintFilesRequest::default()
    };
    let link = IssueComplaintFileLinkRequest {
        complaint_id: complaint.to_string(),
        document_id: added.id.clone(),
    };
    let refused = [
        theirs.list_complaint_files(list.clone()).await.unwrap_err(),
        theirs.issue_complaint_file_link(link).await.unwrap_err(),
        download(&mut theirs, complaint, &added).await.unwrap_err(),
    ];
    for refused in refused {
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(reason(&refused), "CONFLICT_DECLARED");
    }
    let mut colleague = of(&world, testkit::a(Role::ComplaintsInvestigator));
    let listed = colleague.list_complaint_files(list).await.unwrap();
    assert_eq!(listed.into_inner().files.len(), 1);
    assert_eq!(names(&world, complaint).await, ["note.txt"]);
}

/// DO-2: the same checks as everywhere, and nothing is kept of what is refused.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_do_2_a_file_that_the_portal_does_not_take_is_refused_with_its_reason(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let file = a_file(complaint, "again.txt");

    let program = upload(&world, a_file(complaint, "tool.exe"), b"MZ\x90\x00 program").await;
    let first = upload(&world, file.clone(), NOTE).await.unwrap();
    let again = upload(&world, file.clone(), NOTE).await.unwrap();
    let other = upload(&world, file, b"Something else").await.unwrap_err();

    assert_eq!(reason(&other), "REQUEST_ID_REUSED");
    assert_eq!(violations(&program.unwrap_err())[0].0, "content");
    assert_eq!(again.id, first.id, "the same request twice adds one file");
    assert_eq!(names(&world, complaint).await, ["again.txt"]);
}

/// The edge's word is not enough: the secret of the form or of the private link says whose files they are.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_without_the_secret_of_a_complaint_nobody_gets_at_its_files(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();
    let wrong = [
        (Some(draft_token(&complaint.to_string())), "NO_SUCH_DRAFT"),
        (
            Some(link_token(&format!("draft-{complaint}"))),
            "NO_SUCH_LINK",
        ),
        (None, "NO_SUCH_DRAFT"),
    ];

    for (secret, expected) in wrong {
        let file = NewComplaintFile {
            secret: secret.clone(),
            ..a_file(complaint, "more.txt")
        };
        let uploaded = upload(&world, file, NOTE).await.unwrap_err();
        let listed = nobody(&world)
            .list_own_complaint_files(ListOwnComplaintFilesRequest {
                secret: secret.clone(),
                ..ListOwnComplaintFilesRequest::default()
            })
            .await
            .unwrap_err();
        let removed = nobody(&world)
            .remove_complaint_file(RemoveComplaintFileRequest {
                document_id: added.id.clone(),
                secret,
            })
            .await
            .unwrap_err();

        for refused in [uploaded, listed, removed] {
            assert_eq!(
                (refused.code(), reason(&refused).as_str()),
                (Code::NotFound, expected)
            );
        }
    }
    assert_eq!(names(&world, complaint).await, ["note.txt"]);
    assert_eq!(world.objects(), 1);
}

/// The private link opens them as the form did, and once they are sent they stay as they are.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_files_that_were_sent_are_seen_and_not_changed(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();
    let by_link = NewComplaintFile {
        secret: Some(link_token(&format!("link-{complaint}"))),
        ..a_file(complaint, "second stage.txt")
    };
    upload(&world, by_link, b"What you missed").await.unwrap();
    let sent = Some(draft_token(&format!("sent-{complaint}")));

    let more = NewComplaintFile {
        secret: sent.clone(),
        ..a_file(complaint, "late.txt")
    };
    let uploaded = upload(&world, more, NOTE).await.unwrap_err();
    let removed = nobody(&world)
        .remove_complaint_file(RemoveComplaintFileRequest {
            document_id: added.id.clone(),
            secret: sent.clone(),
        })
        .await
        .unwrap_err();
    let listed = nobody(&world)
        .list_own_complaint_files(ListOwnComplaintFilesRequest {
            secret: sent,
            ..ListOwnComplaintFilesRequest::default()
        })
        .await
        .unwrap()
        .into_inner();

    assert_eq!(reason(&uploaded), "ALREADY_SENT");
    assert_eq!(reason(&removed), "ALREADY_SENT");
    assert_eq!(listed.files.len(), 2);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_the_files_of_a_complaint_come_in_pages_to_its_last(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    for name in ["1.txt", "2.txt", "3.txt"] {
        let file = a_file(complaint, name);
        upload(&world, file, name.as_bytes()).await.unwrap();
        world.clock.advance(TimeDelta::seconds(1));
    }
    let mut manager = of(&world, testkit::a(Role::CustomerInsightManager));
    let mut request = ListComplaintFilesRequest {
        complaint_id: complaint.to_string(),
        page_size: 2,
        page_token: String::new(),
    };

    let first = manager.list_complaint_files(request.clone()).await.unwrap();
    let first = first.into_inner();
    request.page_token.clone_from(&first.next_page_token);
    let last = manager.list_complaint_files(request.clone()).await.unwrap();
    let last = last.into_inner();
    let of_another = ListComplaintFilesRequest {
        complaint_id: kit::id().to_string(),
        ..request.clone()
    };
    let wrong_list = manager.list_complaint_files(of_another).await.unwrap_err();
    let caseworker = of(&world, a_caseworker())
        .list_complaint_files(request)
        .await
        .unwrap_err();

    let names = |page: &[Document]| page.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&first.files), ["1.txt", "2.txt"]);
    assert_eq!(names(&last.files), ["3.txt"]);
    assert_eq!(last.next_page_token, "");
    assert_eq!(violations(&wrong_list)[0].0, "page_token");
    assert_eq!(caseworker.code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_a_complaint_has_twenty_files_at_the_most(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    for number in 0..20 {
        let file = a_file(complaint, &format!("{number}.txt"));
        upload(&world, file, NOTE).await.unwrap();
    }

    let refused = upload(&world, a_file(complaint, "one more.txt"), NOTE).await;

    assert_eq!(reason(&refused.unwrap_err()), "TOO_MANY_FILES");
    assert_eq!(names(&world, complaint).await.len(), 20);
}

/// Each of them was let in while there was room; when they have come, there is room for one.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_of_files_that_come_at_once_no_more_than_twenty_are_kept(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    for number in 0..19 {
        let file = a_file(complaint, &format!("{number}.txt"));
        upload(&world, file, NOTE).await.unwrap();
    }
    let files = (0..5).map(|number| a_file(complaint, &format!("at once {number}.txt")));

    let added = join_all(files.map(|file| upload(&world, file, NOTE))).await;

    assert_eq!(added.iter().filter(|it| it.is_ok()).count(), 1);
    for refused in added.into_iter().filter_map(Result::err) {
        assert_eq!(reason(&refused), "TOO_MANY_FILES");
    }
    assert_eq!(names(&world, complaint).await.len(), 20);
}

/// The person threw the form away while a file was still on its way: nothing of it stays.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_a_file_that_ends_after_its_form_was_discarded_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let draft = kit::id();
    let discarded = DraftDiscarded {
        draft_id: draft.to_string(),
    };
    world.hear(&discarded).await;
    world.hear(&discarded).await;

    let refused = upload(&world, a_file(draft, "late.txt"), NOTE).await;
    world.clock.advance(TimeDelta::hours(1));
    world.app.remove_orphans().await.unwrap();

    assert_eq!(reason(&refused.unwrap_err()), "FORM_DISCARDED");
    assert_eq!(names(&world, draft).await, Vec::<String>::new());
    assert_eq!(world.objects(), 0);
}

/// Taken back, nothing of it stays: not its name, and not its content.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_a_file_that_was_taken_back_is_gone(db: PgPool) {
    let world = a_world(&db).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "secret diary.txt"), NOTE)
        .await
        .unwrap();
    let remove = |complaint: Uuid| RemoveComplaintFileRequest {
        document_id: added.id.clone(),
        secret: Some(form(complaint)),
    };

    let of_another = nobody(&world)
        .remove_complaint_file(remove(kit::id()))
        .await;
    nobody(&world)
        .remove_complaint_file(remove(complaint))
        .await
        .unwrap();
    nobody(&world)
        .remove_complaint_file(remove(complaint))
        .await
        .unwrap();

    assert_eq!(reason(&of_another.unwrap_err()), "NO_SUCH_DOCUMENT");
    assert_eq!(names(&world, complaint).await, Vec::<String>::new());
    let kept: String =
        sqlx::query_scalar("select string_agg(to_jsonb(d)::text, ' ') from documents d")
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(!kept.contains("diary"), "{kept}");
    assert_eq!(world.app.remove_orphans().await.unwrap(), 1);
    assert_eq!(world.objects(), 0);
}

/// A form that nobody sent takes its files with it, once however often that is told.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_the_files_of_a_form_that_was_not_sent_go(db: PgPool) {
    let world = a_world(&db).await;
    let (draft, other) = (kit::id(), kit::id());
    upload(&world, a_file(draft, "a.txt"), NOTE).await.unwrap();
    upload(&world, a_file(draft, "b.txt"), b"Something else")
        .await
        .unwrap();
    upload(&world, a_file(other, "c.txt"), NOTE).await.unwrap();
    let discarded = DraftDiscarded {
        draft_id: draft.to_string(),
    };

    world.hear(&discarded).await;
    world.hear(&discarded).await;
    world.clock.advance(TimeDelta::hours(1));

    assert_eq!(names(&world, draft).await, Vec::<String>::new());
    assert_eq!(names(&world, other).await, ["c.txt"]);
    assert_eq!(world.app.remove_orphans().await.unwrap(), 2);
    assert_eq!(world.objects(), 1);
}

/// 7.4: whoever archives a sample asks for the files as the process that it is, and nobody else does.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_14_all_files_of_a_complaint_are_exported_and_content_of_clean_ones_alone(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let complaint = kit::id();
    let infected = upload(&world, a_file(complaint, "bad.txt"), NOTE)
        .await
        .unwrap();
    let clamd = FakeClamd::start(Answer::Say(b"stream: Eicar-Test FOUND\0")).await;
    scanner(&world, &clamd).step().await.unwrap();
    let clean = upload(&world, a_file(complaint, "good.txt"), b"Nobody called.")
        .await
        .unwrap();
    let clamd = FakeClamd::start(Answer::Say(b"stream: OK\0")).await;
    scanner(&world, &clamd).step().await.unwrap();
    let waiting = upload(&world, a_file(complaint, "new.txt"), b"It was a Monday.")
        .await
        .unwrap();

    let request = ExportComplaintFilesRequest {
        complaint_id: complaint.to_string(),
    };
    let mut exporter =
        ComplaintFileServiceClient::new(world.served.client("service-complaint", None));
    let mut pieces = exporter
        .export_complaint_files(request.clone())
        .await
        .unwrap()
        .into_inner();
    let mut exported: Vec<(String, Vec<u8>)> = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        match piece.piece.unwrap() {
            Exported::File(file) => exported.push((file.id, Vec::new())),
            Exported::Content(bytes) => exported.last_mut().unwrap().1.extend(bytes),
        }
    }

    assert_eq!(
        exported,
        [
            (infected.id, Vec::new()),
            (clean.id.clone(), b"Nobody called.".to_vec()),
            (waiting.id, Vec::new()),
        ]
    );
    let reads: Vec<(String, String)> = sqlx::query_as("select document_id::text, actor from reads")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(reads, [(clean.id, "process:service-complaint".to_owned())]);
    for mut wrong in [
        of(&world, testkit::a(Role::CustomerInsightManager)),
        nobody(&world),
        ComplaintFileServiceClient::new(world.served.client("messaging", None)),
    ] {
        let refused = wrong.export_complaint_files(request.clone()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
}

/// DO-4: malware in it is put away, and nobody in casework hears of it.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn sc_1_do_4_an_infected_file_of_a_complaint_is_put_away_quietly(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let clamd = FakeClamd::start(Answer::Say(b"stream: Eicar-Test FOUND\0")).await;
    let complaint = kit::id();
    let added = upload(&world, a_file(complaint, "note.txt"), NOTE)
        .await
        .unwrap();

    let scanned = scanner(&world, &clamd).step().await.unwrap();

    assert_eq!(scanned, Step::Quarantined);
    let mut investigator = of(&world, testkit::a(Role::ComplaintsInvestigator));
    let refused = download(&mut investigator, complaint, &added)
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "NOT_AVAILABLE");
    let told = outbox::testing::events::<DocumentQuarantined>(&db).await;
    assert!(told.is_empty());
    let told = outbox::testing::events::<DocumentAdded>(&db).await;
    assert!(told.is_empty());
    assert_eq!(clamd.seen(), [NOTE]);
}
