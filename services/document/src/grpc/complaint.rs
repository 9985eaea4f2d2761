//! Files of complaints between the wire and the use cases; no decisions.

use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _, future};
use kit::page::Page;
use kit::{Caller, Check};
use proto::document::v1 as pb;
use proto::document::v1::complaint_file_service_server::ComplaintFileService;
use proto::document::v1::export_complaint_files_response::Piece as ExportPiece;
use proto::document::v1::upload_complaint_file_request::Piece as WirePiece;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{in_pieces, uuid};
use crate::app::{About, App, NewFile};
use crate::complaints::Complaints;
use crate::domain::{self, Category, Document, State};
use crate::error::Error;
use crate::spool::Piece;

/// The files of complaints, with what tells whose they are.
#[derive(Debug, Clone)]
pub struct ComplaintFiles {
    app: App,
    complaints: Complaints,
}

impl ComplaintFiles {
    /// The use cases, and whom to ask about secrets.
    #[must_use]
    pub fn new(app: App, complaints: Complaints) -> Self {
        Self { app, complaints }
    }
}

#[tonic::async_trait]
impl ComplaintFileService for ComplaintFiles {
    async fn upload_complaint_file(
        &self,
        request: Request<Streaming<pb::UploadComplaintFileRequest>>,
    ) -> Result<Response<pb::Document>, Status> {
        let caller = Caller::of(&request);
        let mut pieces = request.into_inner();
        let first = pieces.message().await?.and_then(|it| it.piece);
        let Some(WirePiece::File(description)) = first else {
            return Err(kit::status(Error::NoDescription));
        };
        let complaint_id = self.complaints.open_to_change(description.secret.clone());
        let complaint_id = complaint_id.await.map_err(kit::status)?;
        let file = new_file(complaint_id, &description).map_err(kit::status)?;
        let content = Box::pin(pieces.map(piece));
        let document = self
            .app
            .upload_complaint_file(&caller, file, content)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(document.into()))
    }

    async fn list_own_complaint_files(
        &self,
        request: Request<pb::ListOwnComplaintFilesRequest>,
    ) -> Result<Response<pb::ListComplaintFilesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListOwnComplaintFilesRequest {
            secret,
            page_size,
            page_token,
        } = request.into_inner();
        let opened = self.complaints.open(secret).await.map_err(kit::status)?;
        let complaint_id = opened.complaint_id;
        let page = Page::read(page_size, &page_token, &complaint_id).map_err(kit::status)?;
        let listed = self.app.complaint_files(&caller, complaint_id, &page).await;
        listed.map(files).map_err(kit::status)
    }

    async fn list_complaint_files(
        &self,
        request: Request<pb::ListComplaintFilesRequest>,
    ) -> Result<Response<pb::ListComplaintFilesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListComplaintFilesRequest {
            complaint_id,
            page_size,
            page_token,
        } = request.into_inner();
        let complaint_id = uuid("complaint_id", &complaint_id).map_err(kit::status)?;
        let page = Page::read(page_size, &page_token, &complaint_id).map_err(kit::status)?;
        let listed = self.app.complaint_files(&caller, complaint_id, &page).await;
        listed.map(files).map_err(kit::status)
    }

    async fn remove_complaint_file(
        &self,
        request: Request<pb::RemoveComplaintFileRequest>,
    ) -> Result<Response<pb::RemoveComplaintFileResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::RemoveComplaintFileRequest {
            document_id,
            secret,
        } = request.into_inner();
        let document_id = uuid("document_id", &document_id).map_err(kit::status)?;
        let complaint_id = self.complaints.open_to_take_back(secret).await;
        let complaint_id = complaint_id.map_err(kit::status)?;
        self.app
            .remove_complaint_file(&caller, complaint_id, document_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::RemoveComplaintFileResponse {}))
    }

    type DownloadComplaintFileStream =
        BoxStream<'static, Result<pb::DownloadComplaintFileResponse, Status>>;

    async fn download_complaint_file(
        &self,
        request: Request<pb::DownloadComplaintFileRequest>,
    ) -> Result<Response<Self::DownloadComplaintFileStream>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (complaint_id, document_id) =
            ids(&request.complaint_id, &request.document_id).map_err(kit::status)?;
        let content = self
            .app
            .download_complaint_file(&caller, complaint_id, document_id)
            .await
            .map_err(kit::status)?;
        let pieces = in_pieces(content).map(|piece| {
            piece.map(|it| pb::DownloadComplaintFileResponse {
                content: it.content,
            })
        });
        Ok(Response::new(pieces.boxed()))
    }

    async fn issue_complaint_file_link(
        &self,
        request: Request<pb::IssueComplaintFileLinkRequest>,
    ) -> Result<Response<pb::DownloadLink>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (complaint_id, document_id) =
            ids(&request.complaint_id, &request.document_id).map_err(kit::status)?;
        let link = self
            .app
            .link_complaint_file(&caller, complaint_id, document_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(link.into()))
    }

    type ExportComplaintFilesStream =
        BoxStream<'static, Result<pb::ExportComplaintFilesResponse, Status>>;

    async fn export_complaint_files(
        &self,
        request: Request<pb::ExportComplaintFilesRequest>,
    ) -> Result<Response<Self::ExportComplaintFilesStream>, Status> {
        let caller = Caller::of(&request);
        let complaint_id =
            uuid("complaint_id", &request.get_ref().complaint_id).map_err(kit::status)?;
        let found = self.app.all_complaint_files(complaint_id).await;
        let app = self.app.clone();
        // A file is opened when the one before it was taken.
        let pieces = stream::iter(found.map_err(kit::status)?)
            .then(move |file| exported(app.clone(), caller.clone(), file))
            .try_flatten();
        Ok(Response::new(pieces.boxed()))
    }
}

/// A file and its content, which only a clean one has.
async fn exported(
    app: App,
    caller: Caller,
    file: Document,
) -> Result<BoxStream<'static, Result<pb::ExportComplaintFilesResponse, Status>>, Status> {
    let content = match file.state {
        State::Available => {
            let content = app.complaint_file_content(&caller, &file).await;
            in_pieces(content.map_err(kit::status)?)
                .map_ok(|it| ExportPiece::Content(it.content))
                .boxed()
        }
        State::Checking | State::Quarantined | State::Withdrawn => stream::empty().boxed(),
    };
    let described = stream::once(future::ready(Ok(ExportPiece::File(file.into()))));
    let pieces = described.chain(content);
    Ok(pieces
        .map_ok(|it| pb::ExportComplaintFilesResponse { piece: Some(it) })
        .boxed())
}

fn ids(complaint_id: &str, document_id: &str) -> Result<(Uuid, Uuid), kit::Invalid> {
    let mut check = Check::new();
    let complaint_id = check.uuid("complaint_id", complaint_id);
    let document_id = check.uuid("document_id", document_id);
    check.done()?;
    Ok((complaint_id, document_id))
}

fn files(
    (files, next_page_token): (Vec<Document>, String),
) -> Response<pb::ListComplaintFilesResponse> {
    Response::new(pb::ListComplaintFilesResponse {
        files: files.into_iter().map(pb::Document::from).collect(),
        next_page_token,
    })
}

fn new_file(
    complaint_id: Uuid,
    description: &pb::NewComplaintFile,
) -> Result<NewFile, kit::Invalid> {
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &description.request_id);
    check.done()?;
    Ok(NewFile {
        request_id,
        may_be_chosen_again: false,
        case_id: complaint_id,
        about: About::Complaint,
        name: domain::clean(&description.name),
        category: Category::Evidence,
    })
}

fn piece(sent: Result<pb::UploadComplaintFileRequest, Status>) -> Result<Piece, Error> {
    match sent.map(|it| it.piece) {
        Ok(Some(WirePiece::Content(bytes))) => Ok(Piece::Content(bytes.into())),
        Ok(Some(WirePiece::End(pb::End { size }))) => Ok(Piece::End { size }),
        Ok(Some(WirePiece::File(_))) => Err(Error::NoDescription),
        Ok(None) | Err(_) => Err(Error::CutOff),
    }
}
