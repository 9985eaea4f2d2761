//! What tests start from.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use kit::Clock;
use kit::config::PeerConfig;
use messaging::app::App;
use messaging::documents::Documents;
use outbox::Outcome;
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened, Status as CaseStatus, Team};
use proto::document::v1::document_service_server::{DocumentService, DocumentServiceServer};
use proto::document::v1::{self as documents};
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::messaging::v1::messaging_service_server::MessagingServiceServer;
use proto::messaging::v1::{
    CountUnreadRequest, ListMessagesRequest, MarkReadRequest, Message, PostMessageRequest,
};
use sqlx::PgPool;
use testkit::{Caller, Channel, Served};
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub type Client = MessagingServiceClient<Channel>;

/// A messaging service with a document service beside it.
pub struct World {
    pub db: PgPool,
    pub clock: Clock,
    pub app: App,
    pub documents: DocumentsOfCases,
    pub messaging: Served,
    _document: Served,
}

/// Half past nine in the morning in London.
pub fn now() -> DateTime<Utc> {
    "2025-06-10T08:30:00Z".parse().unwrap()
}

pub async fn a_world(db: &PgPool) -> World {
    a_world_by(db, Calendar::england_and_wales()).await
}

/// The same, counting by another calendar.
pub async fn a_world_by(db: &PgPool, calendar: Calendar) -> World {
    let clock = Clock::fixed(now());
    let documents = DocumentsOfCases::default();
    let document = {
        let documents = DocumentServiceServer::new(documents.clone());
        testkit::serve_at("document", clock.clone(), |server| {
            server.add_service(documents)
        })
        .await
    };
    let peer = PeerConfig {
        url: document.url(),
    };
    let channel = kit::client::channel(&peer, &testkit::tls("messaging")).unwrap();
    let app = App::new(db.clone(), clock.clone(), Documents::new(channel), calendar);
    let service = app.clone();
    let messaging = testkit::serve_at("messaging", clock.clone(), |server| {
        server.add_service(MessagingServiceServer::new(service))
    })
    .await;
    World {
        db: db.clone(),
        clock,
        app,
        documents,
        messaging,
        _document: document,
    }
}

impl World {
    /// A client as the gateway uses it.
    pub fn client(&self, caller: &Caller) -> Client {
        MessagingServiceClient::new(self.messaging.client("gateway", caller.clone()))
    }

    /// An open case.
    pub async fn a_case(&self, landlord_id: Uuid) -> Uuid {
        self.a_case_of(facts(landlord_id)).await
    }

    /// An open case that somebody owns.
    pub async fn a_case_owned_by(&self, landlord_id: Uuid, owner: &Caller) -> Uuid {
        let facts = CaseFacts {
            owner_account_id: owner.id().to_string(),
            ..facts(landlord_id)
        };
        self.a_case_of(facts).await
    }

    /// A case of some facts.
    pub async fn a_case_of(&self, facts: CaseFacts) -> Uuid {
        let case_id = facts.case_id.parse().unwrap();
        self.hear(&CaseOpened { facts: Some(facts) }).await;
        case_id
    }

    /// Closes a case on a date.
    pub async fn close(&self, case_id: Uuid, landlord_id: Uuid, on: NaiveDate) {
        self.hear(&closing(case_id, landlord_id, on)).await;
    }

    /// Brings an event of another service.
    pub async fn hear<E: prost::Message + prost::Name>(&self, event: &E) {
        outbox::deliver(&self.db, &self.app, &outbox::testing::event(event))
            .await
            .unwrap();
    }

    /// Brings the same event twice, which must be noticed.
    pub async fn hear_twice<E: prost::Message + prost::Name>(&self, event: &E) {
        let event = outbox::testing::event(event);
        let first = outbox::deliver(&self.db, &self.app, &event).await.unwrap();
        let second = outbox::deliver(&self.db, &self.app, &event).await.unwrap();
        assert_eq!((first, second), (Outcome::Handled, Outcome::Duplicate));
    }

    /// A case with a first message from the ombudsman.
    pub async fn a_conversation(&self, landlord_id: Uuid) -> (Uuid, Message) {
        let case_id = self.a_case(landlord_id).await;
        (case_id, self.start(case_id).await)
    }

    /// The ombudsman's first message on a case.
    pub async fn start(&self, case_id: Uuid) -> Message {
        self.post(&testkit::a_caseworker(), case_id, "We have some questions.")
            .await
    }

    /// Sends a message that must be taken.
    pub async fn post(&self, caller: &Caller, case_id: Uuid, body: &str) -> Message {
        self.client(caller)
            .post_message(a_post(case_id, body))
            .await
            .unwrap()
            .into_inner()
    }

    /// The newest messages of a case, as somebody sees them.
    pub async fn thread(&self, caller: &Caller, case_id: Uuid) -> Vec<Message> {
        let request = ListMessagesRequest {
            case_id: case_id.to_string(),
            ..ListMessagesRequest::default()
        };
        self.client(caller)
            .list_messages(request)
            .await
            .unwrap()
            .into_inner()
            .messages
    }

    /// Moves somebody's read mark.
    pub async fn read(&self, caller: &Caller, message: &Message) {
        let request = MarkReadRequest {
            case_id: message.case_id.clone(),
            message_id: message.id.clone(),
        };
        self.client(caller).mark_read(request).await.unwrap();
    }

    /// How many messages somebody has not read, in all and on some cases.
    pub async fn unread(&self, caller: &Caller, case_ids: &[Uuid]) -> (i32, HashMap<String, i32>) {
        let request = CountUnreadRequest {
            case_ids: case_ids.iter().map(Uuid::to_string).collect(),
        };
        let counts = self
            .client(caller)
            .count_unread(request)
            .await
            .unwrap()
            .into_inner();
        (counts.total, counts.by_case)
    }
}

pub fn a_post(case_id: Uuid, body: &str) -> PostMessageRequest {
    PostMessageRequest {
        request_id: kit::id().to_string(),
        case_id: case_id.to_string(),
        body: body.to_owned(),
        ..PostMessageRequest::default()
    }
}

/// What is announced when a case is closed.
pub fn closing(case_id: Uuid, landlord_id: Uuid, on: NaiveDate) -> CaseMoved {
    let facts = CaseFacts {
        case_id: case_id.to_string(),
        status: CaseStatus::Closed.into(),
        closed_on: kit::time::iso(on),
        version: 9,
        ..facts(landlord_id)
    };
    CaseMoved {
        facts: Some(facts),
        ..CaseMoved::default()
    }
}

/// The facts of an open case.
pub fn facts(landlord_id: Uuid) -> CaseFacts {
    CaseFacts {
        case_id: kit::id().to_string(),
        reference: "202512345".to_owned(),
        landlord_id: landlord_id.to_string(),
        landlord_name: "TEST TEST Landlord".to_owned(),
        complainant: "Ms R".to_owned(),
        status: CaseStatus::EvidenceGathering.into(),
        owner_account_id: String::new(),
        opened_on: "2025-01-02".to_owned(),
        closed_on: String::new(),
        version: 1,
        team: Team::Triage.into(),
    }
}

/// Another service's part of the contract: which documents belong to which case.
#[derive(Clone, Default)]
pub struct DocumentsOfCases(Arc<Mutex<Vec<documents::Document>>>);

impl DocumentsOfCases {
    /// Adds a document to a case.
    pub fn add(&self, case_id: Uuid, name: &str) -> Uuid {
        let id = kit::id();
        self.0.lock().unwrap().push(documents::Document {
            id: id.to_string(),
            case_id: case_id.to_string(),
            name: name.to_owned(),
            ..documents::Document::default()
        });
        id
    }

    /// Takes a document away, as a withdrawal does.
    pub fn withdraw(&self, id: Uuid) {
        self.0
            .lock()
            .unwrap()
            .retain(|document| document.id != id.to_string());
    }
}

#[tonic::async_trait]
impl DocumentService for DocumentsOfCases {
    async fn resolve_documents(
        &self,
        request: Request<documents::ResolveDocumentsRequest>,
    ) -> Result<Response<documents::ResolveDocumentsResponse>, Status> {
        let documents::ResolveDocumentsRequest {
            case_id,
            document_ids,
        } = request.into_inner();
        let mut documents = self.0.lock().unwrap().clone();
        documents
            .retain(|document| document.case_id == case_id && document_ids.contains(&document.id));
        Ok(Response::new(documents::ResolveDocumentsResponse {
            documents,
        }))
    }

    type DownloadDocumentStream =
        futures::stream::Empty<Result<documents::DownloadDocumentResponse, Status>>;

    async fn upload_document(
        &self,
        _: Request<tonic::Streaming<documents::UploadDocumentRequest>>,
    ) -> Result<Response<documents::Document>, Status> {
        Err(Status::unimplemented("messaging never uploads"))
    }

    async fn get_document(
        &self,
        _: Request<documents::GetDocumentRequest>,
    ) -> Result<Response<documents::Document>, Status> {
        Err(Status::unimplemented("messaging never asks for one"))
    }

    async fn list_documents(
        &self,
        _: Request<documents::ListDocumentsRequest>,
    ) -> Result<Response<documents::ListDocumentsResponse>, Status> {
        Err(Status::unimplemented("messaging never lists"))
    }

    async fn download_document(
        &self,
        _: Request<documents::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        Err(Status::unimplemented("messaging never downloads"))
    }

    async fn issue_download_link(
        &self,
        _: Request<documents::IssueDownloadLinkRequest>,
    ) -> Result<Response<documents::DownloadLink>, Status> {
        Err(Status::unimplemented("messaging never downloads"))
    }

    async fn withdraw_document(
        &self,
        _: Request<documents::WithdrawDocumentRequest>,
    ) -> Result<Response<documents::Document>, Status> {
        Err(Status::unimplemented("messaging never withdraws"))
    }
}
