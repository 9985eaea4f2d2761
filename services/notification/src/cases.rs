//! What case says at the moment of delivery: whom a progress update goes to, and its words (CA-10).

use kit::client::Channel;
use proto::case::v1 as pb;
use proto::case::v1::contact_service_client::ContactServiceClient;
use tonic::Code;
use uuid::Uuid;

use crate::identity::{Addressee, Delivery, DeliveryError};

/// Asks case, as this process.
#[derive(Debug, Clone)]
pub struct Cases(ContactServiceClient<Channel>);

impl Cases {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(ContactServiceClient::new(channel))
    }

    /// Whom an update goes to, and what it says.
    pub async fn prepare(&self, update_id: Uuid) -> Result<Delivery, DeliveryError> {
        let request = pb::GetUpdateDeliveryRequest {
            update_id: update_id.to_string(),
        };
        // A client is a handle: its clones share the connection.
        let found = self.0.clone().get_update_delivery(request).await;
        let pb::GetUpdateDeliveryResponse {
            name,
            address,
            words,
        } = found
            .map_err(|status| match status.code() {
                Code::NotFound => DeliveryError::NothingToSend,
                _ => DeliveryError::Unavailable(status),
            })?
            .into_inner();
        Ok(Delivery {
            update: Some(words),
            ..Delivery::plain(Addressee::without_account(name, address))
        })
    }
}
