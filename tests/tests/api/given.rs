//! A landlord with one of everything.

use kit::token::Claims;
use kit::{Clock, Person};
use proto::access::v1::Role;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{Case, CaseType, OpenCaseRequest};
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    Document, DocumentCategory, DocumentState, End, GetDocumentRequest, NewDocument,
    UploadDocumentRequest,
};
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{Landlord, RegisterLandlordRequest};
use proto::messaging::v1::PostMessageRequest;
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{SetTaskRequest, TaskKind};
use serde_json::{Value, json};
use testkit::eventually;
use tests::Portal;

use crate::program::Program;

/// What methods and pages are asked about, by its ids.
#[derive(Clone, Debug)]
pub struct Things {
    pub landlord: String,
    pub case: String,
    pub reference: String,
    pub task: String,
    pub message: String,
    pub document: String,
    pub notice: String,
    pub sub_account: String,
    pub session: String,
}

impl Things {
    /// Ids of nothing at all, of the same lengths as the real ones.
    pub fn missing() -> Self {
        let id = || kit::id().to_string();
        Self {
            landlord: id(),
            case: id(),
            reference: "209900001".to_owned(),
            task: id(),
            message: id(),
            document: id(),
            notice: id(),
            sub_account: id(),
            session: id(),
        }
    }

    pub fn all(&self) -> [&str; 9] {
        [
            &self.landlord,
            &self.case,
            &self.reference,
            &self.task,
            &self.message,
            &self.document,
            &self.notice,
            &self.sub_account,
            &self.session,
        ]
    }
}

/// A landlord, its people in their programs, and what it has.
pub struct House<'a> {
    pub landlord: Landlord,
    pub administrator: Program<'a>,
    pub sub_account: Program<'a>,
    pub things: Things,
}

/// Makes a landlord; `mark` stands in every text of its own.
pub async fn a_house<'a>(portal: &'a Portal, mark: &str) -> House<'a> {
    let domain = format!("{}.example", mark.to_lowercase());
    let username = format!("administrator@{domain}");
    let landlord = register(portal, mark, &username).await;
    let mut administrator = Program::new(portal);
    administrator.forget_password(&username).await;
    administrator.log_in_for_the_first_time(&username).await;
    let username = format!("colleague@{domain}");
    let account = json!({
        "requestId": kit::id().to_string(), "name": format!("Sam {mark}"), "username": username,
    });
    let account = administrator.done("/api/v1/sub-accounts", account).await;
    // Its link comes by itself.
    let mut sub_account = Program::new(portal);
    sub_account.log_in_for_the_first_time(&username).await;

    let case = open_case(portal, &landlord, mark).await;
    let task = set_task(portal, &case, mark).await;
    let document = add_document(portal, &case, mark).await;
    let message = post_message(portal, &case, &[&document.id], mark).await;
    let notice = first(&mut administrator, "/api/v1/notices", "notices").await;
    let session = first(&mut administrator, "/api/v1/account/sessions", "sessions").await;
    House {
        things: Things {
            landlord: landlord.id.clone(),
            case: case.id,
            reference: case.reference,
            task,
            message,
            document: document.id,
            notice,
            sub_account: account["id"].as_str().unwrap().to_owned(),
            session,
        },
        landlord,
        administrator,
        sub_account,
    }
}

/// A token of a landlord's person, as identity signs it.
pub fn a_person(portal: &Portal, landlord: &Landlord, role: Role, audience: &str) -> String {
    let person = Person {
        account_id: landlord.administrator_account_id.parse().unwrap(),
        name: "Dani Rawling".to_owned(),
        role,
        landlord: Some(kit::Seat {
            landlord_id: landlord.id.parse().unwrap(),
            landlord_name: landlord.name.clone(),
            activated_on: Some(Clock::system().today()),
        }),
        team: None,
        session_id: Some(kit::id()),
        through: None,
    };
    let claims = Claims::person(&person, audience, Clock::system().now());
    portal.signer.sign(&claims).unwrap()
}

fn a_caseworker(portal: &Portal, audience: &str) -> String {
    let person = Person {
        account_id: kit::id(),
        name: "Cas Worker".to_owned(),
        role: Role::Caseworker,
        landlord: None,
        team: Some("TEAM_TRIAGE".to_owned()),
        session_id: Some(kit::id()),
        through: None,
    };
    let claims = Claims::person(&person, audience, Clock::system().now());
    portal.signer.sign(&claims).unwrap()
}

async fn register(portal: &Portal, mark: &str, username: &str) -> Landlord {
    let client = kit::Client {
        client_id: kit::id(),
        name: "Operators".to_owned(),
        scopes: vec!["accounts".to_owned()],
    };
    let claims = Claims::client(&client, "identity", Clock::system().now());
    let request = RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: format!("{mark} TEST Landlord"),
        administrator_name: format!("Dani {mark}"),
        administrator_username: username.to_owned(),
    };
    let request = kit::client::bearer(request, &portal.signer.sign(&claims).unwrap());
    let channel = portal.channel("identity", "casework").unwrap();
    let registered = AdministrationServiceClient::new(channel)
        .register_landlord(request)
        .await;
    registered.unwrap().into_inner()
}

pub async fn open_case(portal: &Portal, landlord: &Landlord, mark: &str) -> Case {
    let cases = CaseServiceClient::new(portal.channel("case", "gateway").unwrap());
    eventually("the landlord to be known to cases", || async {
        let request = OpenCaseRequest {
            request_id: kit::id().to_string(),
            case_type: CaseType::MemberLandlord.into(),
            complainant: format!("Avery {mark}"),
            landlord_id: landlord.id.clone(),
            subject: format!("Damp, says {mark}"),
            ..OpenCaseRequest::default()
        };
        let request = kit::client::bearer(request, &a_caseworker(portal, "case"));
        let opened = cases.clone().open_case(request).await;
        opened.ok().map(tonic::Response::into_inner)
    })
    .await
}

pub async fn set_task(portal: &Portal, case: &Case, mark: &str) -> String {
    let tasks = TaskServiceClient::new(portal.channel("task", "gateway").unwrap());
    let due_on = Clock::system().today() + chrono::Days::new(30);
    eventually("the case to be known to tasks", || async {
        let request = SetTaskRequest {
            request_id: kit::id().to_string(),
            case_id: case.id.clone(),
            kind: TaskKind::RespondToRequest.into(),
            title: format!("Send the records of {mark}"),
            due_on: kit::time::iso(due_on),
            ..SetTaskRequest::default()
        };
        let request = kit::client::bearer(request, &a_caseworker(portal, "task"));
        let set = tasks.clone().set_task(request).await;
        set.ok().map(|it| it.into_inner().id)
    })
    .await
}

pub async fn add_document(portal: &Portal, case: &Case, mark: &str) -> Document {
    let documents = DocumentServiceClient::new(portal.channel("document", "gateway").unwrap());
    let content = format!("What {mark} wrote.\n").into_bytes();
    let added = eventually("the case to be known to documents", || async {
        let pieces = [
            Piece::Document(NewDocument {
                request_id: kit::id().to_string(),
                case_id: case.id.clone(),
                name: format!("{mark}.txt"),
                category: DocumentCategory::Evidence.into(),
                may_be_chosen_again: false,
            }),
            Piece::Content(content.clone()),
            Piece::End(End {
                size: i64::try_from(content.len()).unwrap(),
            }),
        ];
        let pieces = pieces.map(|piece| UploadDocumentRequest { piece: Some(piece) });
        let request = kit::client::bearer(
            tokio_stream::iter(pieces),
            &a_caseworker(portal, "document"),
        );
        let added = documents.clone().upload_document(request).await;
        added.ok().map(tonic::Response::into_inner)
    })
    .await;
    eventually("the document to be checked", || async {
        let request = GetDocumentRequest {
            document_id: added.id.clone(),
        };
        let request = kit::client::bearer(request, &a_caseworker(portal, "document"));
        let document = documents.clone().get_document(request).await.unwrap();
        let document = document.into_inner();
        (document.state() == DocumentState::Available).then_some(document)
    })
    .await
}

pub async fn post_message(portal: &Portal, case: &Case, documents: &[&str], mark: &str) -> String {
    let messages = MessagingServiceClient::new(portal.channel("messaging", "gateway").unwrap());
    eventually("the case to be known to messages", || async {
        let request = PostMessageRequest {
            request_id: kit::id().to_string(),
            case_id: case.id.clone(),
            body: format!("Good morning, {mark}."),
            document_ids: documents.iter().map(|it| (*it).to_owned()).collect(),
            ..PostMessageRequest::default()
        };
        let request = kit::client::bearer(request, &a_caseworker(portal, "messaging"));
        let sent = messages.clone().post_message(request).await;
        sent.ok().map(|it| it.into_inner().id)
    })
    .await
}

/// The id of the first thing of a list, once there is one.
pub async fn first(program: &mut Program<'_>, address: &str, list: &str) -> String {
    let program = tokio::sync::Mutex::new(program);
    eventually(list, || async {
        let (_, listed) = program.lock().await.get(address).await;
        let id = listed[list].as_array()?.first()?["id"].as_str()?;
        Some(id.to_owned())
    })
    .await
}

/// The OpenAPI document.
pub async fn document(portal: &Portal) -> Value {
    let (status, document) = Program::new(portal).get("/api/v1/openapi.json").await;
    assert_eq!(status, 200);
    document
}
