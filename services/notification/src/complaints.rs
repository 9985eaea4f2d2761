//! What service-complaint says at the moment of delivery: who complains, where they are written to, and the private link or the letter that goes
//! into the email.

use kit::client::Channel;
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use proto::service_complaint::v1::link_delivery_service_client::LinkDeliveryServiceClient;
use secrecy::SecretString;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::domain::words::ComplaintFacts;
use crate::identity::{Addressee, Delivery, DeliveryError};
use crate::letter::Letter;

/// Asks service-complaint, as this process.
#[derive(Debug, Clone)]
pub struct Complaints {
    links: LinkDeliveryServiceClient<Channel>,
    letters: LetterServiceClient<Channel>,
}

impl Complaints {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self {
            links: LinkDeliveryServiceClient::new(channel.clone()),
            letters: LetterServiceClient::new(channel),
        }
    }

    /// Who gets an email, and its private link, made now.
    pub async fn prepare(&self, request_id: Uuid) -> Result<Delivery, DeliveryError> {
        let request = pb::MintLinkRequest {
            request_id: request_id.to_string(),
        };
        // A client is a handle: its clones share the connection.
        let minted = self.links.clone().mint_link(request).await;
        let minted = minted.map_err(|status| match status.code() {
            Code::FailedPrecondition | Code::NotFound => DeliveryError::NothingToSend,
            _ => DeliveryError::Unavailable(status),
        })?;
        delivery(minted.into_inner())
            .ok_or_else(|| DeliveryError::Unavailable(Status::internal("the answer is incomplete")))
    }

    /// To whom a letter is, and its words exactly as they were sent (SC-12).
    pub async fn letter(&self, id: Uuid) -> Result<(Addressee, Letter), DeliveryError> {
        let request = pb::GetDeliveryRequest {
            letter_id: id.to_string(),
        };
        let found = self.letters.clone().get_delivery(request).await;
        let pb::GetDeliveryResponse {
            name,
            address,
            subject,
            text,
            html,
        } = found
            .map_err(|status| match status.code() {
                Code::NotFound => DeliveryError::NothingToSend,
                _ => DeliveryError::Unavailable(status),
            })?
            .into_inner();
        let to = Addressee::without_account(name, address);
        let letter = Letter {
            subject,
            text,
            html,
        };
        Ok((to, letter))
    }
}

fn delivery(minted: pb::MintLinkResponse) -> Option<Delivery> {
    let pb::MintLinkResponse {
        link_token,
        expires_at,
        name,
        address,
        reference,
        received_on,
        acknowledgement_due_on,
    } = minted;
    Some(Delivery {
        secret: Some((
            SecretString::from(link_token),
            kit::time::instant(expires_at.as_ref())?,
        )),
        complaint: Some(ComplaintFacts {
            reference,
            received_on: received_on.parse().ok()?,
            acknowledged_by: acknowledgement_due_on.parse().ok()?,
        }),
        ..Delivery::plain(Addressee::without_account(name, address))
    })
}
