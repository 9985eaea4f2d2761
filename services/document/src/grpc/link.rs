//! Files by links that open one of them each.

use futures::StreamExt as _;
use futures::stream::BoxStream;
use kit::Check;
use proto::document::v1 as pb;
use proto::document::v1::linked_file_service_server::LinkedFileService;
use tonic::{Request, Response, Status};

use super::{in_pieces, range};
use crate::app::App;

#[tonic::async_trait]
impl LinkedFileService for App {
    async fn get_linked_file(
        &self,
        request: Request<pb::GetLinkedFileRequest>,
    ) -> Result<Response<pb::Document>, Status> {
        let file = self.linked(&request.get_ref().token).await;
        let file = file.map_err(kit::status)?;
        Ok(Response::new(file.for_landlord().into()))
    }

    type DownloadLinkedFileStream =
        BoxStream<'static, Result<pb::DownloadLinkedFileResponse, Status>>;

    async fn download_linked_file(
        &self,
        request: Request<pb::DownloadLinkedFileRequest>,
    ) -> Result<Response<Self::DownloadLinkedFileStream>, Status> {
        let pb::DownloadLinkedFileRequest {
            token,
            offset,
            length,
        } = request.into_inner();
        let mut check = Check::new();
        let (offset, length) = range(&mut check, offset, length);
        check.done().map_err(kit::status)?;
        let content = self
            .download_linked(&token, offset, length)
            .await
            .map_err(kit::status)?;
        let pieces = in_pieces(content).map(|piece| {
            piece.map(|it| pb::DownloadLinkedFileResponse {
                content: it.content,
            })
        });
        Ok(Response::new(pieces.boxed()))
    }
}
