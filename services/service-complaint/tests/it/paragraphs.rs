//! The library of standard paragraphs (the reviewer's recommendation 20.3).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddParagraphRequest, ChangeParagraphRequest, ListParagraphsRequest, Paragraph,
    RetireParagraphRequest,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::a_world;
use crate::letters::Letters;

fn a_paragraph() -> AddParagraphRequest {
    AddParagraphRequest {
        request_id: kit::id().to_string(),
        topic: "Delays".to_owned(),
        title: "Waiting for a review".to_owned(),
        text: "Your review waits for {what}.".to_owned(),
    }
}

async fn all(letters: &mut Letters, topic: &str, with_retired: bool) -> Vec<Paragraph> {
    let mut request = ListParagraphsRequest {
        page_size: 5,
        topic: topic.to_owned(),
        with_retired,
        ..ListParagraphsRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let page = letters
            .list_paragraphs(request.clone())
            .await
            .unwrap()
            .into_inner();
        found.extend(page.paragraphs);
        if page.next_page_token.is_empty() {
            return found;
        }
        request.page_token = page.next_page_token;
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_20_3_the_library_starts_with_what_recurs(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());

    let library = all(&mut letters, "", false).await;
    let delays = all(&mut letters, "Delays", false).await;

    assert!(library.len() >= 14, "{}", library.len());
    assert!(delays.iter().all(|it| it.topic == "Delays") && delays.len() >= 3);
    let mut sorted = library.clone();
    sorted.sort_by(|a, b| (&a.topic, &a.title).cmp(&(&b.topic, &b.title)));
    assert_eq!(library.len(), sorted.len());
    let mut ids: Vec<&str> = library.iter().map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), library.len(), "no page repeats what another has");
}

/// The reviewer’s recommendation 20.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_the_manager_adds_changes_and_retires(db: PgPool) {
    let world = a_world(&db).await;
    let mut manager = world.letters(testkit::a(Role::CustomerInsightManager).named("Mae Cole"));
    let request = a_paragraph();

    let added = manager
        .add_paragraph(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = manager
        .add_paragraph(request.clone())
        .await
        .unwrap()
        .into_inner();
    let reused = AddParagraphRequest {
        text: "Another text.".to_owned(),
        ..request
    };
    let reused = manager.add_paragraph(reused).await.unwrap_err();
    let change = ChangeParagraphRequest {
        paragraph_id: added.id.clone(),
        version: added.version,
        topic: added.topic.clone(),
        title: added.title.clone(),
        text: "Your review waits.".to_owned(),
    };
    let changed = manager
        .change_paragraph(change.clone())
        .await
        .unwrap()
        .into_inner();
    let stale = manager.change_paragraph(change).await.unwrap_err();
    let retire = RetireParagraphRequest {
        paragraph_id: added.id.clone(),
        version: changed.version,
    };
    let retired = manager.retire_paragraph(retire).await.unwrap().into_inner();

    assert_eq!(added.id, again.id);
    assert_eq!(added.changed_by, "Mae Cole");
    assert_eq!(reused.code(), Code::AlreadyExists);
    assert_eq!(
        (changed.version, changed.text.as_str()),
        (2, "Your review waits.")
    );
    assert_eq!(stale.code(), Code::Aborted);
    assert!(retired.retired);
    let listed = |found: Vec<Paragraph>| found.iter().any(|it| it.id == added.id);
    assert!(!listed(all(&mut manager, "Delays", false).await));
    assert!(listed(all(&mut manager, "Delays", true).await));
    let versions: Vec<String> = sqlx::query_scalar(
        "select text from paragraph_versions where paragraph_id = $1::uuid order by version",
    )
    .bind(&added.id)
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(
        versions,
        [
            "Your review waits for {what}.",
            "Your review waits.",
            "Your review waits."
        ]
    );
}

/// The reviewer’s recommendation 20.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_paragraph_with_half_a_placeholder_or_by_another_role_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let mut manager = world.letters(testkit::a(Role::CustomerInsightManager));
    let mut investigator = world.letters(world.investigator.clone());
    let half = AddParagraphRequest {
        text: "Your review waits for {what.".to_owned(),
        ..a_paragraph()
    };
    let empty = AddParagraphRequest {
        title: String::new(),
        ..a_paragraph()
    };

    let half = manager.add_paragraph(half).await.unwrap_err();
    let empty = manager.add_paragraph(empty).await.unwrap_err();
    let by_investigator = investigator.add_paragraph(a_paragraph()).await.unwrap_err();
    let nowhere = RetireParagraphRequest {
        paragraph_id: kit::id().to_string(),
        version: 1,
    };
    let nowhere = manager.retire_paragraph(nowhere).await.unwrap_err();

    assert_eq!(reason(&half), "BAD_PLACEHOLDER");
    assert_eq!(violations(&half)[0].0, "text");
    assert_eq!(violations(&empty)[0].0, "title");
    assert_eq!(by_investigator.code(), Code::PermissionDenied);
    assert_eq!(reason(&nowhere), "NO_SUCH_PARAGRAPH");
}
