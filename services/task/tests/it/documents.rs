//! Another service's part of the contract: which documents belong to which case.

use std::sync::{Arc, Mutex};

use proto::document::v1 as pb;
use proto::document::v1::document_service_server::DocumentService;
use tonic::{Request, Response, Status};

/// The documents of cases.
#[derive(Clone, Default)]
pub struct DocumentsOfCases(Arc<Mutex<Vec<pb::Document>>>);

impl DocumentsOfCases {
    /// Adds a document to a case.
    pub fn add(&self, case_id: &str) -> String {
        let id = kit::id().to_string();
        self.0.lock().unwrap().push(pb::Document {
            id: id.clone(),
            case_id: case_id.to_owned(),
            name: "Our letter.pdf".to_owned(),
            ..pb::Document::default()
        });
        id
    }

    /// Takes a document away, as a withdrawal does.
    pub fn withdraw(&self, id: &str) {
        self.0.lock().unwrap().retain(|document| document.id != id);
    }
}

#[tonic::async_trait]
impl DocumentService for DocumentsOfCases {
    async fn resolve_documents(
        &self,
        request: Request<pb::ResolveDocumentsRequest>,
    ) -> Result<Response<pb::ResolveDocumentsResponse>, Status> {
        let pb::ResolveDocumentsRequest {
            case_id,
            document_ids,
        } = request.into_inner();
        let mut documents = self.0.lock().unwrap().clone();
        documents
            .retain(|document| document.case_id == case_id && document_ids.contains(&document.id));
        Ok(Response::new(pb::ResolveDocumentsResponse { documents }))
    }

    type DownloadDocumentStream =
        futures::stream::Empty<Result<pb::DownloadDocumentResponse, Status>>;

    async fn upload_document(
        &self,
        _: Request<tonic::Streaming<pb::UploadDocumentRequest>>,
    ) -> Result<Response<pb::Document>, Status> {
        Err(Status::unimplemented("tasks never upload"))
    }

    async fn get_document(
        &self,
        _: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::Document>, Status> {
        Err(Status::unimplemented("tasks never ask for one"))
    }

    async fn list_documents(
        &self,
        _: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        Err(Status::unimplemented("tasks never list"))
    }

    async fn download_document(
        &self,
        _: Request<pb::DownloadDocumentRequest>,
    ) -> Result<Response<Self::DownloadDocumentStream>, Status> {
        Err(Status::unimplemented("tasks never download"))
    }

    async fn issue_download_link(
        &self,
        _: Request<pb::IssueDownloadLinkRequest>,
    ) -> Result<Response<pb::DownloadLink>, Status> {
        Err(Status::unimplemented("tasks never download"))
    }

    async fn withdraw_document(
        &self,
        _: Request<pb::WithdrawDocumentRequest>,
    ) -> Result<Response<pb::Document>, Status> {
        Err(Status::unimplemented("tasks never withdraw"))
    }
}
