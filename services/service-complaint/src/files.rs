//! What came with complaints as files, which document keeps.

use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use kit::client::Channel;
use proto::document::v1::ExportComplaintFilesRequest;
use proto::document::v1::complaint_file_service_client::ComplaintFileServiceClient;
pub use proto::document::v1::export_complaint_files_response::Piece;
use tonic::Status;
use uuid::Uuid;

use crate::error::Error;

/// Asks document, as this process.
#[derive(Debug, Clone)]
pub struct Files(ComplaintFileServiceClient<Channel>);

impl Files {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(ComplaintFileServiceClient::new(channel))
    }

    /// The files of a complaint that were not taken back, the oldest first: each is described, and its content follows when it is clean.
    pub async fn of(
        &self,
        complaint_id: Uuid,
    ) -> Result<BoxStream<'static, Result<Piece, Error>>, Error> {
        let request = ExportComplaintFilesRequest {
            complaint_id: complaint_id.to_string(),
        };
        // A client is a handle: its clones share the connection.
        let pieces = self.0.clone().export_complaint_files(request).await;
        let pieces = pieces.map_err(Error::FilesUnavailable)?.into_inner();
        Ok(pieces
            .map_err(Error::FilesUnavailable)
            .and_then(async |it| {
                let nothing = || Status::internal("a piece of an export is empty");
                it.piece.ok_or_else(|| Error::FilesUnavailable(nothing()))
            })
            .boxed())
    }
}
