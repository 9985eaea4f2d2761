//! DO-5: links to the content of single files, for a host that nobody is logged in at.

use chrono::TimeDelta;
use futures::StreamExt as _;
use proto::document::v1::linked_file_service_client::LinkedFileServiceClient;
use proto::document::v1::{
    DownloadLink, DownloadLinkedFileRequest, GetLinkedFileRequest, IssueDownloadLinkRequest,
};
use sqlx::PgPool;
use testkit::{Caller, Channel, a_caseworker, reason};
use tonic::{Code, Status};

use crate::given::{NOTE, World, a_note, a_world, a_world_that_scans};
use crate::withdrawing::withdraw;

/// The edge, for whoever holds a link.
fn anybody(world: &World) -> LinkedFileServiceClient<Channel> {
    LinkedFileServiceClient::new(world.served.client("gateway", None))
}

async fn issue(world: &World, caller: &Caller, document_id: &str) -> Result<DownloadLink, Status> {
    let request = IssueDownloadLinkRequest {
        document_id: document_id.to_owned(),
    };
    let issued = world.client(caller).issue_download_link(request).await;
    Ok(issued?.into_inner())
}

async fn part(world: &World, token: &str, offset: i64, length: i64) -> Result<Vec<u8>, Status> {
    let request = DownloadLinkedFileRequest {
        token: token.to_owned(),
        offset,
        length,
    };
    let mut pieces = anybody(world)
        .download_linked_file(request)
        .await?
        .into_inner();
    let mut content = Vec::new();
    while let Some(piece) = pieces.next().await {
        content.extend(piece?.content);
    }
    Ok(content)
}

/// What every door of links says to a secret.
async fn refusals(world: &World, token: &str) -> [(Code, String); 2] {
    let request = GetLinkedFileRequest {
        token: token.to_owned(),
    };
    let get = anybody(world).get_linked_file(request).await.unwrap_err();
    let download = part(world, token, 0, 0).await.unwrap_err();
    [get, download].map(|refused| (refused.code(), reason(&refused)))
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_whoever_holds_a_link_downloads_one_file_as_who_asked_for_it(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;

    let link = issue(&world, &landlord, &document.id).await.unwrap();

    let request = GetLinkedFileRequest {
        token: link.token.clone(),
    };
    let file = anybody(&world).get_linked_file(request).await.unwrap();
    let file = file.into_inner();
    assert_eq!((file.name.as_str(), file.size), ("note.txt", document.size));
    assert_eq!(part(&world, &link.token, 0, 0).await.unwrap(), NOTE);
    assert_eq!(part(&world, &link.token, 5, 3).await.unwrap(), &NOTE[5..8]);
    let readers: Vec<String> = sqlx::query_scalar("select distinct actor from reads")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(readers, [format!("account:{}", landlord.id())]);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_what_is_kept_of_a_link_does_not_open_anything(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let link = issue(&world, &landlord, &document.id).await.unwrap();

    let kept: Vec<u8> = sqlx::query_scalar("select token_hash from download_links")
        .fetch_one(&db)
        .await
        .unwrap();

    assert_ne!(kept, link.token.as_bytes());
    let kept = hex::encode(kept);
    for wrong in ["", "x", kept.as_str(), document.id.as_str()] {
        let no = (Code::NotFound, "NO_SUCH_LINK".to_owned());
        assert_eq!(refusals(&world, wrong).await, [no.clone(), no], "{wrong}");
    }
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_a_link_ends_after_a_minute_and_is_forgotten(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let link = issue(&world, &landlord, &document.id).await.unwrap();

    world.clock.advance(TimeDelta::seconds(59));
    assert_eq!(part(&world, &link.token, 0, 0).await.unwrap(), NOTE);
    world.app.forget_ended_links().await.unwrap();
    assert_eq!(world.count("download_links").await, 1);

    world.clock.advance(TimeDelta::seconds(1));
    let no = (Code::NotFound, "NO_SUCH_LINK".to_owned());
    assert_eq!(refusals(&world, &link.token).await, [no.clone(), no]);
    world.app.forget_ended_links().await.unwrap();
    assert_eq!(world.count("download_links").await, 0);
}

/// What its maker may see is looked at when a link is made, and within its minute no more.
#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_whoever_lost_the_right_makes_no_link_and_one_that_was_made_has_its_minute(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let link = issue(&world, &landlord, &document.id).await.unwrap();
    sqlx::query("update case_files set landlord_id = gen_random_uuid()")
        .execute(&db)
        .await
        .unwrap();

    let refused = issue(&world, &landlord, &document.id).await.unwrap_err();

    assert_eq!(reason(&refused), "NO_SUCH_DOCUMENT");
    assert_eq!(part(&world, &link.token, 0, 0).await.unwrap(), NOTE);
    world.clock.advance(TimeDelta::seconds(60));
    let no = (Code::NotFound, "NO_SUCH_LINK".to_owned());
    assert_eq!(refusals(&world, &link.token).await, [no.clone(), no]);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_do_6_only_what_can_be_downloaded_has_a_link_that_works(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let link = issue(&world, &landlord, &document.id).await.unwrap();

    withdraw(&world, &a_caseworker(), &document).await.unwrap();

    let no = (Code::FailedPrecondition, "NOT_AVAILABLE".to_owned());
    assert_eq!(
        refusals(&world, &link.token).await,
        [no.clone(), no.clone()]
    );
    let again = issue(&world, &landlord, &document.id).await.unwrap_err();
    assert_eq!((again.code(), reason(&again)), no);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_4_a_document_that_is_being_checked_has_no_link(db: PgPool) {
    let world = a_world_that_scans(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let document = world.upload(&landlord, a_note(case_id), NOTE).await;

    let refused = issue(&world, &landlord, &document.unwrap().id).await;

    assert_eq!(reason(&refused.unwrap_err()), "NOT_AVAILABLE");
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_5_a_part_past_the_end_or_before_the_beginning_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let link = issue(&world, &landlord, &document.id).await.unwrap();

    let past = part(&world, &link.token, document.size, 0).await;
    assert_eq!(past.unwrap_err().code(), Code::OutOfRange);
    let before = part(&world, &link.token, -1, -1).await.unwrap_err();
    assert_eq!(testkit::violations(&before).len(), 2);
}
