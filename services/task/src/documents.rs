//! What the document service says about the letters of tasks (TA-1).

use kit::client::Channel;
use proto::document::v1::ResolveDocumentsRequest;
use proto::document::v1::document_service_client::DocumentServiceClient;
use uuid::Uuid;

use crate::error::Error;

/// Asks the document service, as this process and not as the caller.
#[derive(Clone, Debug)]
pub struct Documents(DocumentServiceClient<Channel>);

impl Documents {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(DocumentServiceClient::new(channel))
    }

    /// Whether a document belongs to a case and is neither withdrawn nor quarantined.
    pub async fn has(&self, case_id: Uuid, document_id: Uuid) -> Result<bool, Error> {
        let request = ResolveDocumentsRequest {
            case_id: case_id.to_string(),
            document_ids: vec![document_id.to_string()],
        };
        // A client is a handle: its clones share the connection.
        let found = self
            .0
            .clone()
            .resolve_documents(request)
            .await
            .map_err(Error::DocumentsUnavailable)?
            .into_inner();
        Ok(!found.documents.is_empty())
    }
}
