//! What is known of documents, and who is told.

use chrono::TimeDelta;
use kit::Clock;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::{
    Document, DocumentCategory, DocumentState, ListDocumentsRequest, ListDocumentsResponse,
    NewDocument, ResolveDocumentsRequest,
};
use sqlx::PgPool;
use testkit::{a_caseworker, reason, violations};
use tonic::Code;
use uuid::Uuid;

use crate::given::{NOTE, World, a_file, a_note, a_world};
use crate::withdrawing::withdraw;

async fn page(world: &World, case_id: Uuid, size: i32, token: &str) -> ListDocumentsResponse {
    let request = ListDocumentsRequest {
        case_id: case_id.to_string(),
        page_size: size,
        page_token: token.to_owned(),
        ..ListDocumentsRequest::default()
    };
    world
        .client(&a_caseworker())
        .list_documents(request)
        .await
        .unwrap()
        .into_inner()
}

fn names(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|it| it.name.as_str()).collect()
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn wh_2_a_list_goes_newest_first_page_by_page_to_its_last(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    for number in 1..=5 {
        // Two of them at the same instant.
        if number != 3 {
            Clock::advance(&world.clock, TimeDelta::minutes(1));
        }
        let name = format!("{number}.txt");
        world
            .upload(&landlord, a_file(case_id, &name), name.as_bytes())
            .await
            .unwrap();
    }

    let first = page(&world, case_id, 2, "").await;
    let second = page(&world, case_id, 2, &first.next_page_token).await;
    let last = page(&world, case_id, 2, &second.next_page_token).await;

    assert_eq!(names(&first.documents), ["5.txt", "4.txt"]);
    assert_eq!(names(&second.documents), ["3.txt", "2.txt"]);
    assert_eq!(names(&last.documents), ["1.txt"]);
    assert_eq!(last.next_page_token, "");
    assert_eq!(page(&world, case_id, 5, "").await.next_page_token, "");
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_page_of_another_case_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    let (other, _) = world.a_case().await;
    for _ in 0..2 {
        world
            .upload(&landlord, a_note(case_id), NOTE)
            .await
            .unwrap();
    }
    let token = page(&world, case_id, 1, "").await.next_page_token;

    let request = ListDocumentsRequest {
        case_id: other.to_string(),
        page_size: 1,
        page_token: token,
        ..ListDocumentsRequest::default()
    };
    let refused = world
        .client(&a_caseworker())
        .list_documents(request)
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "BAD_PAGE_TOKEN")
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn me_3_messaging_learns_which_documents_may_be_attached(db: PgPool) {
    let world = a_world(&db).await;
    let (first, landlord) = world.a_document().await;
    let case_id: Uuid = first.case_id.parse().unwrap();
    let second = world
        .upload(&landlord, a_note(case_id), b"second")
        .await
        .unwrap();
    let gone = world
        .upload(&landlord, a_note(case_id), b"gone")
        .await
        .unwrap();
    withdraw(&world, &a_caseworker(), &gone).await.unwrap();
    let (elsewhere, _) = world.a_document().await;
    let mut messaging = DocumentServiceClient::new(world.served.client("messaging", None));

    let request = ResolveDocumentsRequest {
        case_id: case_id.to_string(),
        document_ids: vec![
            second.id.clone(),
            gone.id,
            elsewhere.id,
            kit::id().to_string(),
            first.id.clone(),
        ],
    };
    let found = messaging
        .resolve_documents(request)
        .await
        .unwrap()
        .into_inner()
        .documents;

    let ids: Vec<&str> = found.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, [second.id.as_str(), first.id.as_str()]);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn me_3_no_other_process_and_no_person_may_resolve_documents(db: PgPool) {
    let world = a_world(&db).await;
    let (document, landlord) = world.a_document().await;
    let request = || ResolveDocumentsRequest {
        case_id: document.case_id.clone(),
        document_ids: vec![document.id.clone()],
    };

    for client in [
        world.served.client("case", None),
        world.served.client("gateway", landlord.clone()),
    ] {
        let refused = DocumentServiceClient::new(client)
            .resolve_documents(request())
            .await
            .unwrap_err();
        assert!(
            matches!(
                refused.code(),
                Code::PermissionDenied | Code::Unauthenticated
            ),
            "{refused:?}"
        );
    }

    let mut messaging = DocumentServiceClient::new(world.served.client("messaging", None));
    let many = ResolveDocumentsRequest {
        document_ids: vec![document.id.clone(); 21],
        ..request()
    };
    assert_eq!(
        reason(&messaging.resolve_documents(many).await.unwrap_err()),
        "TOO_MANY"
    );
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn do_1_a_list_can_be_narrowed_to_a_category_and_a_state(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    for (name, category) in [
        ("answer.txt", DocumentCategory::ComplaintResponse),
        ("photo.txt", DocumentCategory::Evidence),
        ("survey.txt", DocumentCategory::Evidence),
    ] {
        Clock::advance(&world.clock, TimeDelta::minutes(1));
        let file = NewDocument {
            category: category.into(),
            ..a_file(case_id, name)
        };
        let added = world
            .upload(&landlord, file, name.as_bytes())
            .await
            .unwrap();
        if name == "photo.txt" {
            withdraw(&world, &a_caseworker(), &added).await.unwrap();
        }
    }
    let narrowed = |category: DocumentCategory, state: DocumentState| {
        let request = ListDocumentsRequest {
            case_id: case_id.to_string(),
            category: category.into(),
            state: state.into(),
            ..ListDocumentsRequest::default()
        };
        let mut client = world.client(&landlord);
        async move {
            client
                .list_documents(request)
                .await
                .unwrap()
                .into_inner()
                .documents
        }
    };
    let (any, evidence) = (DocumentCategory::Unspecified, DocumentCategory::Evidence);

    let all = narrowed(any, DocumentState::Unspecified).await;
    assert_eq!(names(&all), ["survey.txt", "photo.txt", "answer.txt"]);
    let of_category = narrowed(evidence, DocumentState::Unspecified).await;
    assert_eq!(names(&of_category), ["survey.txt", "photo.txt"]);
    let in_state = narrowed(any, DocumentState::Available).await;
    assert_eq!(names(&in_state), ["survey.txt", "answer.txt"]);
    let both = narrowed(evidence, DocumentState::Withdrawn).await;
    assert_eq!(names(&both), ["photo.txt"]);
    let neither = narrowed(DocumentCategory::Policy, DocumentState::Unspecified).await;
    assert!(neither.is_empty());
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_document_is_found_by_a_part_of_its_name(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    for name in ["Repair log.txt", "100%_done.txt", "Survey.txt"] {
        world
            .upload(&landlord, a_file(case_id, name), name.as_bytes())
            .await
            .unwrap();
    }
    let found = async |name: &str| {
        let request = ListDocumentsRequest {
            case_id: case_id.to_string(),
            name: name.to_owned(),
            ..ListDocumentsRequest::default()
        };
        world.client(&landlord).list_documents(request).await
    };
    let named = async |name: &str| {
        let documents = found(name).await.unwrap().into_inner().documents;
        names(&documents)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };

    assert_eq!(named("REPAIR").await, ["Repair log.txt"]);
    // What is a pattern elsewhere is text here.
    assert_eq!(named("%_").await, ["100%_done.txt"]);
    assert!(named("nothing").await.is_empty());
    let refused = found(&"x".repeat(201)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn a_page_of_another_filter_and_a_filter_that_does_not_exist_are_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case_id, landlord) = world.a_case().await;
    for content in [b"one", b"two"] {
        world
            .upload(&landlord, a_note(case_id), content)
            .await
            .unwrap();
    }
    let token = page(&world, case_id, 1, "").await.next_page_token;
    let request = |page_token: &str, category, state| ListDocumentsRequest {
        case_id: case_id.to_string(),
        page_size: 1,
        page_token: page_token.to_owned(),
        category,
        state,
        name: String::new(),
    };
    let mut client = world.client(&landlord);
    let evidence = DocumentCategory::Evidence.into();

    let other_list = client
        .list_documents(request(&token, evidence, 0))
        .await
        .unwrap_err();
    assert_eq!(reason(&other_list), "BAD_PAGE_TOKEN");

    let unknown = client
        .list_documents(request("", 99, -1))
        .await
        .unwrap_err();
    let fields: Vec<String> = violations(&unknown).into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["category", "state"]);
}
