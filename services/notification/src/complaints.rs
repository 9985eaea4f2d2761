//! What the service-complaint service says at the moment of delivery: to whom a letter is, and its words (SC-12).

use kit::client::Channel;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::identity::Addressee;
use crate::letter::Letter;

/// Asks the service-complaint service, as this process.
#[derive(Debug, Clone)]
pub struct Complaints(LetterServiceClient<Channel>);

/// Why a letter can't go out now.
#[derive(Debug, thiserror::Error)]
pub enum ComplaintsError {
    /// No letter is to go by email under this id.
    #[error("there is nothing to send")]
    NothingToSend,
    /// The service did not answer.
    #[error("the service-complaint service did not answer")]
    Unavailable(#[source] Status),
}

impl Complaints {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(LetterServiceClient::new(channel))
    }

    /// To whom a letter is, and its words exactly as they were sent.
    pub async fn letter(&self, id: Uuid) -> Result<(Addressee, Letter), ComplaintsError> {
        // A client is a handle: its clones share the connection.
        let mut client = self.0.clone();
        let request = pb::GetDeliveryRequest {
            letter_id: id.to_string(),
        };
        let pb::GetDeliveryResponse {
            name,
            address,
            subject,
            text,
            html,
        } = match client.get_delivery(request).await {
            Ok(response) => response.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                return Err(ComplaintsError::NothingToSend);
            }
            Err(status) => return Err(ComplaintsError::Unavailable(status)),
        };
        let to = Addressee {
            account_id: None,
            name,
            address,
            active: true,
        };
        let letter = Letter {
            subject,
            text,
            html,
        };
        Ok((to, letter))
    }
}
