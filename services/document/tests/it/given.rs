//! What tests start from.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use document::app::{App, Scanning};
use document::complaints::Complaints;
use document::config::StoreConfig;
use document::consumers::CaseFiles;
use document::grpc::ComplaintFiles;
use document::objects::Objects;
use document::spool::Spool;
use futures::{StreamExt as _, stream};
use kit::Clock;
use kit::config::PeerConfig;
use proto::case::v1::{CaseFacts, CaseOpened};
use proto::document::v1::complaint_file_service_server::ComplaintFileServiceServer;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::document_service_server::DocumentServiceServer;
use proto::document::v1::linked_file_service_server::LinkedFileServiceServer;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    Document, DocumentCategory, DownloadDocumentRequest, End, GetDocumentRequest,
    ListDocumentsRequest, NewDocument, UploadDocumentRequest,
};
use proto::service_complaint::v1::file_access_service_server::{
    FileAccessService, FileAccessServiceServer,
};
use proto::service_complaint::v1::resolve_file_access_request::Secret;
use proto::service_complaint::v1::{ResolveFileAccessRequest, ResolveFileAccessResponse};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::{Caller, Channel, Served, a_caseworker, a_landlord_administrator};
use tokio::sync::Notify;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub type Client = DocumentServiceClient<Channel>;

/// A document service with a folder of its own.
pub struct World {
    pub db: PgPool,
    pub clock: Clock,
    pub app: App,
    pub added: Arc<Notify>,
    pub served: Served,
    _complaints: Served,
    folder: TempDir,
}

/// A service of complaints whose secrets say what they open: `draft-` or `link-` before the complaint's id, and `sent-` for a form that was sent.
struct FakeComplaints;

#[tonic::async_trait]
impl FileAccessService for FakeComplaints {
    async fn resolve_file_access(
        &self,
        request: Request<ResolveFileAccessRequest>,
    ) -> Result<Response<ResolveFileAccessResponse>, Status> {
        let secret = request.into_inner().secret;
        let (id, can_change) = match &secret {
            Some(Secret::DraftToken(token)) => match token.strip_prefix("sent-") {
                Some(id) => (Some(id), false),
                None => (token.strip_prefix("draft-"), true),
            },
            Some(Secret::LinkToken(token)) => (token.strip_prefix("link-"), true),
            None => (None, false),
        };
        let complaint_id = id.ok_or_else(|| Status::not_found("there is no such form"))?;
        Ok(Response::new(ResolveFileAccessResponse {
            complaint_id: complaint_id.to_owned(),
            can_change,
            can_take_back: matches!(secret, Some(Secret::DraftToken(_))) && can_change,
        }))
    }
}

/// Half past nine in the morning in London.
pub fn now() -> DateTime<Utc> {
    "2025-06-10T08:30:00Z".parse().unwrap()
}

/// A service without a scanner.
pub async fn a_world(db: &PgPool) -> World {
    build(db, false, None).await
}

/// A service without a scanner that keeps its files elsewhere.
pub async fn a_world_on(db: &PgPool, store: &StoreConfig) -> World {
    build(db, false, Some(store)).await
}

/// A service whose documents wait for a scanner, which the test provides.
pub async fn a_world_that_scans(db: &PgPool) -> World {
    build(db, true, None).await
}

async fn build(db: &PgPool, scans: bool, store: Option<&StoreConfig>) -> World {
    let clock = Clock::fixed(now());
    let folder = TempDir::new().unwrap();
    let in_folder = StoreConfig {
        url: format!("file://{}", folder.path().join("documents").display()),
        ..StoreConfig::default()
    };
    let objects = Objects::open(store.unwrap_or(&in_folder)).unwrap();
    let added = Arc::new(Notify::new());
    let scanning = if scans {
        Scanning::On(added.clone())
    } else {
        Scanning::Off
    };
    let app = App::new(
        db.clone(),
        clock.clone(),
        objects,
        Spool::new(None),
        scanning,
    );
    let service = DocumentServiceServer::new(app.clone());
    let linked = LinkedFileServiceServer::new(app.clone());
    let complaints = testkit::serve_at("service-complaint", clock.clone(), |server| {
        server.add_service(FileAccessServiceServer::new(FakeComplaints))
    })
    .await;
    let peer = PeerConfig {
        url: complaints.url(),
    };
    let channel = kit::client::channel(&peer, &testkit::tls("document")).unwrap();
    let of_complaints = ComplaintFiles::new(app.clone(), Complaints::new(channel));
    let of_complaints = ComplaintFileServiceServer::new(of_complaints);
    let served = testkit::serve_at("document", clock.clone(), |server| {
        server
            .add_service(service)
            .add_service(of_complaints)
            .add_service(linked)
    })
    .await;
    World {
        db: db.clone(),
        clock,
        app,
        added,
        served,
        _complaints: complaints,
        folder,
    }
}

impl World {
    /// A client as the gateway uses it.
    pub fn client(&self, caller: &Caller) -> Client {
        DocumentServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// An open case and its landlord's administrator.
    pub async fn a_case(&self) -> (Uuid, Caller) {
        let landlord_id = kit::id();
        let facts = facts(landlord_id);
        let case_id = facts.case_id.parse().unwrap();
        self.hear(&CaseOpened { facts: Some(facts) }).await;
        (case_id, a_landlord_administrator(landlord_id))
    }

    /// Brings an event of another service.
    pub async fn hear<E: prost::Message + prost::Name>(&self, event: &E) {
        outbox::deliver(&self.db, &CaseFiles, &outbox::testing::event(event))
            .await
            .unwrap();
    }

    /// Uploads a file.
    pub async fn upload(
        &self,
        caller: &Caller,
        file: NewDocument,
        content: &[u8],
    ) -> Result<Document, Status> {
        let pieces = patient(stream::iter(pieces(file, content)));
        let added = self.client(caller).upload_document(pieces).await?;
        Ok(added.into_inner())
    }

    /// A case with a document that its landlord added.
    pub async fn a_document(&self) -> (Document, Caller) {
        let (case_id, landlord) = self.a_case().await;
        let document = self.upload(&landlord, a_note(case_id), NOTE).await.unwrap();
        (document, landlord)
    }

    /// A document as somebody sees it.
    pub async fn get(&self, caller: &Caller, document_id: &str) -> Result<Document, Status> {
        let request = GetDocumentRequest {
            document_id: document_id.to_owned(),
        };
        Ok(self
            .client(caller)
            .get_document(request)
            .await?
            .into_inner())
    }

    /// The first page of a case's documents.
    pub async fn list(&self, caller: &Caller, case_id: Uuid) -> Result<Vec<Document>, Status> {
        let request = ListDocumentsRequest {
            case_id: case_id.to_string(),
            ..ListDocumentsRequest::default()
        };
        Ok(self
            .client(caller)
            .list_documents(request)
            .await?
            .into_inner()
            .documents)
    }

    /// What a download gives.
    pub async fn download(
        &self,
        caller: &Caller,
        request: DownloadDocumentRequest,
    ) -> Result<Vec<u8>, Status> {
        let mut pieces = self
            .client(caller)
            .download_document(patient(request))
            .await?
            .into_inner();
        let mut content = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece?.content;
            assert!(piece.len() <= 64 * 1024, "a piece is at most 64 KiB");
            content.extend(piece);
        }
        Ok(content)
    }

    /// The folder that the objects are in.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    /// How many objects there are, finished or not.
    pub fn objects(&self) -> usize {
        std::fs::read_dir(self.folder()).unwrap().count()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(query).fetch_one(&self.db).await.unwrap()
    }

    /// Whether nothing of any file is left anywhere.
    pub async fn is_clean(&self) -> bool {
        self.objects() == 0
            && self.count("documents").await == 0
            && self.count("uploads").await == 0
            && self.count("outbox").await == 0
            && self
                .list(&a_caseworker(), self.any_case().await)
                .await
                .unwrap()
                .is_empty()
    }

    async fn any_case(&self) -> Uuid {
        sqlx::query_scalar("select case_id from case_files limit 1")
            .fetch_one(&self.db)
            .await
            .unwrap()
    }
}

/// A call that may take as long as a busy machine needs for a large file.
pub fn patient<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_mins(5));
    request
}

/// What is in a note.
pub const NOTE: &[u8] = b"What was said on the telephone";

/// A text file for a case.
pub fn a_note(case_id: Uuid) -> NewDocument {
    a_file(case_id, "note.txt")
}

/// A file for a case.
pub fn a_file(case_id: Uuid, name: &str) -> NewDocument {
    NewDocument {
        request_id: kit::id().to_string(),
        case_id: case_id.to_string(),
        name: name.to_owned(),
        category: DocumentCategory::Evidence.into(),
        may_be_chosen_again: false,
    }
}

/// A request for a whole document.
pub fn whole(document: &Document) -> DownloadDocumentRequest {
    DownloadDocumentRequest {
        document_id: document.id.clone(),
        ..DownloadDocumentRequest::default()
    }
}

/// The messages of an upload.
pub fn pieces(file: NewDocument, content: &[u8]) -> Vec<UploadDocumentRequest> {
    let size = i64::try_from(content.len()).unwrap();
    std::iter::once(Piece::Document(file))
        .chain(
            content
                .chunks(64 * 1024)
                .map(|chunk| Piece::Content(chunk.to_vec())),
        )
        .chain(std::iter::once(Piece::End(End { size })))
        .map(piece)
        .collect()
}

/// A message of an upload.
pub fn piece(piece: Piece) -> UploadDocumentRequest {
    UploadDocumentRequest { piece: Some(piece) }
}

/// The facts of an open case.
pub fn facts(landlord_id: Uuid) -> CaseFacts {
    CaseFacts {
        case_id: kit::id().to_string(),
        reference: "202512345".to_owned(),
        landlord_id: landlord_id.to_string(),
        landlord_name: "TEST TEST Landlord".to_owned(),
        complainant: "Robin Resident".to_owned(),
        opened_on: "2025-01-02".to_owned(),
        version: 1,
        ..CaseFacts::default()
    }
}
