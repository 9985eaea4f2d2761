//! Document as far as complaints ask it: which files came with them.

use std::sync::{Arc, Mutex};

use futures::stream::{self, BoxStream, StreamExt as _};
use kit::Clock;
use kit::config::PeerConfig;
use proto::document::v1::complaint_file_service_server::{
    ComplaintFileService, ComplaintFileServiceServer,
};
use proto::document::v1::export_complaint_files_response::Piece;
use proto::document::v1::{
    Document, DownloadComplaintFileRequest, DownloadComplaintFileResponse, DownloadLink,
    ExportComplaintFilesRequest, ExportComplaintFilesResponse, IssueComplaintFileLinkRequest,
    ListComplaintFilesRequest, ListComplaintFilesResponse, ListOwnComplaintFilesRequest,
    RemoveComplaintFileRequest, RemoveComplaintFileResponse, UploadComplaintFileRequest,
};
use service_complaint::files::Files;
use testkit::Served;
use tonic::{Request, Response, Status, Streaming};

/// What document would say of each complaint, by its id.
#[derive(Debug, Clone, Default)]
pub struct FakeDocument(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    pieces: Vec<(String, Piece)>,
    is_down: bool,
}

impl FakeDocument {
    /// A file came with a complaint, and can be had in these pieces.
    pub fn came(&self, complaint_id: &str, file: Document, content: &[&[u8]]) {
        let pieces = &mut self.0.lock().unwrap().pieces;
        pieces.push((complaint_id.to_owned(), Piece::File(file)));
        for piece in content {
            pieces.push((complaint_id.to_owned(), Piece::Content(piece.to_vec())));
        }
    }

    /// Answers nothing any more.
    pub fn goes_down(&self) {
        self.0.lock().unwrap().is_down = true;
    }

    /// Serves it, for as long as the first is kept.
    pub async fn serve(&self, clock: &Clock) -> (Served, Files) {
        let served = testkit::serve_at("document", clock.clone(), |server| {
            server.add_service(ComplaintFileServiceServer::new(self.clone()))
        })
        .await;
        let files = files(&served.url());
        (served, files)
    }
}

/// Nobody answers: nothing of the files of complaints is asked.
pub fn nowhere() -> Files {
    files("https://localhost:1")
}

fn files(url: &str) -> Files {
    let peer = PeerConfig {
        url: url.to_owned(),
    };
    Files::new(kit::client::channel(&peer, &testkit::tls("service-complaint")).unwrap())
}

#[tonic::async_trait]
impl ComplaintFileService for FakeDocument {
    type ExportComplaintFilesStream =
        BoxStream<'static, Result<ExportComplaintFilesResponse, Status>>;

    async fn export_complaint_files(
        &self,
        request: Request<ExportComplaintFilesRequest>,
    ) -> Result<Response<Self::ExportComplaintFilesStream>, Status> {
        let wanted = request.into_inner().complaint_id;
        let kept = self.0.lock().unwrap();
        if kept.is_down {
            return Err(Status::unavailable("down"));
        }
        let pieces: Vec<_> = kept
            .pieces
            .iter()
            .filter(|(of, _)| *of == wanted)
            .map(|(_, piece)| {
                Ok(ExportComplaintFilesResponse {
                    piece: Some(piece.clone()),
                })
            })
            .collect();
        Ok(Response::new(stream::iter(pieces).boxed()))
    }

    type DownloadComplaintFileStream =
        BoxStream<'static, Result<DownloadComplaintFileResponse, Status>>;

    async fn download_complaint_file(
        &self,
        _: Request<DownloadComplaintFileRequest>,
    ) -> Result<Response<Self::DownloadComplaintFileStream>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    async fn upload_complaint_file(
        &self,
        _: Request<Streaming<UploadComplaintFileRequest>>,
    ) -> Result<Response<Document>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    async fn list_own_complaint_files(
        &self,
        _: Request<ListOwnComplaintFilesRequest>,
    ) -> Result<Response<ListComplaintFilesResponse>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    async fn list_complaint_files(
        &self,
        _: Request<ListComplaintFilesRequest>,
    ) -> Result<Response<ListComplaintFilesResponse>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    async fn issue_complaint_file_link(
        &self,
        _: Request<IssueComplaintFileLinkRequest>,
    ) -> Result<Response<DownloadLink>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    async fn remove_complaint_file(
        &self,
        _: Request<RemoveComplaintFileRequest>,
    ) -> Result<Response<RemoveComplaintFileResponse>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }
}
