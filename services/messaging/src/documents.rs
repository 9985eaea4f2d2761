//! What the document service says about attachments (ME-3).

use kit::client::Channel;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::{Document, ResolveDocumentsRequest};
use uuid::Uuid;

use crate::domain::Attachment;
use crate::error::Error;

/// Asks the document service, as this process and not as the caller.
#[derive(Debug, Clone)]
pub struct Documents(DocumentServiceClient<Channel>);

impl Documents {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(DocumentServiceClient::new(channel))
    }

    /// The names of documents of a case, in the order asked for; an error when one of them is not of the case or is gone.
    pub async fn resolve(
        &self,
        case_id: Uuid,
        document_ids: &[Uuid],
    ) -> Result<Vec<Attachment>, Error> {
        if document_ids.is_empty() {
            return Ok(Vec::new());
        }
        let request = ResolveDocumentsRequest {
            case_id: case_id.to_string(),
            document_ids: document_ids.iter().map(Uuid::to_string).collect(),
        };
        // A client is a handle: its clones share the connection.
        let found = self
            .0
            .clone()
            .resolve_documents(request)
            .await
            .map_err(Error::DocumentsUnavailable)?
            .into_inner()
            .documents;
        document_ids
            .iter()
            .map(|id| attachment(*id, &found))
            .collect()
    }
}

fn attachment(document_id: Uuid, found: &[Document]) -> Result<Attachment, Error> {
    let id = document_id.to_string();
    let document = found
        .iter()
        .find(|document| document.id == id)
        .ok_or(Error::NoSuchDocument)?;
    Ok(Attachment {
        document_id,
        name: document.name.clone(),
    })
}
