//! What identity says at the moment of delivery: who gets an email, where, and the code or link that goes into it.

use chrono::{DateTime, Utc};
use kit::client::Channel;
use proto::identity::v1 as pb;
use proto::identity::v1::delivery_service_client::DeliveryServiceClient;
use proto::identity::v1::get_recipient_request::To;
use secrecy::SecretString;
use tonic::{Code, Response, Status};
use uuid::Uuid;

use crate::domain::Recipient;
use crate::domain::words::ComplaintFacts;

/// Asks identity, as this process.
#[derive(Debug, Clone)]
pub struct Identity(DeliveryServiceClient<Channel>);

/// Whom an email goes to.
#[derive(Debug)]
pub struct Addressee {
    /// The account; none of a team's address.
    pub account_id: Option<Uuid>,
    /// The name to greet.
    pub name: String,
    /// The email address.
    pub address: String,
    /// Whether the account can log in.
    pub active: bool,
}

impl Addressee {
    /// A team, or somebody without an account.
    #[must_use]
    pub fn without_account(name: String, address: String) -> Self {
        Self {
            account_id: None,
            name,
            address,
            active: true,
        }
    }
}

/// What goes into an email now.
#[derive(Debug)]
pub struct Delivery {
    /// Whom it goes to.
    pub to: Addressee,
    /// The code or the link's token, and when it ends. It is never stored and never printed.
    pub secret: Option<(SecretString, DateTime<Utc>)>,
    /// What it says of a complaint about the ombudsman.
    pub complaint: Option<ComplaintFacts>,
    /// What staff wrote about how a case stands.
    pub update: Option<String>,
    /// The address of the team that reads an answer to it; `None` when nobody does.
    pub team: Option<String>,
}

impl Delivery {
    /// An email whose words need nothing from elsewhere.
    #[must_use]
    pub fn plain(to: Addressee) -> Self {
        Self {
            to,
            secret: None,
            complaint: None,
            update: None,
            team: None,
        }
    }
}

/// Why an email can't go out now.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The log-in or the reset is over, or the account is gone: nothing is left to send.
    #[error("there is nothing to send any more")]
    NothingToSend,
    /// The service that knows did not answer, or not with what was asked.
    #[error("the service that knows did not answer")]
    Unavailable(#[source] Status),
}

impl Identity {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(DeliveryServiceClient::new(channel))
    }

    /// Who gets an email, and its secret, minted now: a newer one ends the older.
    pub async fn prepare(&self, recipient: Recipient) -> Result<Delivery, DeliveryError> {
        // A client is a handle: its clones share the connection.
        let mut client = self.0.clone();
        match recipient {
            Recipient::Login(id) => {
                let request = pb::MintLoginCodeRequest {
                    login_id: id.to_string(),
                };
                let pb::MintLoginCodeResponse {
                    code,
                    recipient,
                    expires_at,
                } = answer(client.mint_login_code(request).await)?;
                delivery(recipient, Some((code, expires_at)))
            }
            Recipient::Reset(id) => {
                let request = pb::MintResetLinkRequest {
                    reset_id: id.to_string(),
                };
                let pb::MintResetLinkResponse {
                    reset_token,
                    recipient,
                    expires_at,
                } = answer(client.mint_reset_link(request).await)?;
                delivery(recipient, Some((reset_token, expires_at)))
            }
            Recipient::Account(id) => {
                recipient_of(&mut client, To::AccountId(id.to_string())).await
            }
            Recipient::Landlord(id) => {
                recipient_of(&mut client, To::LandlordId(id.to_string())).await
            }
            Recipient::FormerAddress(id) => {
                recipient_of(&mut client, To::FormerAddressId(id.to_string())).await
            }
            // No account has it: the settings know a team's address, service-complaint those of its links and letters, and case those of its updates.
            Recipient::Team(_)
            | Recipient::ComplaintLink(_)
            | Recipient::Letter(_)
            | Recipient::Update(_) => Err(DeliveryError::NothingToSend),
        }
    }
}

async fn recipient_of(
    client: &mut DeliveryServiceClient<Channel>,
    to: To,
) -> Result<Delivery, DeliveryError> {
    let recipient = answer(
        client
            .get_recipient(pb::GetRecipientRequest { to: Some(to) })
            .await,
    )?;
    delivery(Some(recipient), None)
}

fn answer<T>(result: Result<Response<T>, Status>) -> Result<T, DeliveryError> {
    match result {
        Ok(response) => Ok(response.into_inner()),
        // NOTHING_TO_SEND, and NO_SUCH_ACCOUNT: identity knows that nobody waits for this email.
        Err(status) if matches!(status.code(), Code::FailedPrecondition | Code::NotFound) => {
            Err(DeliveryError::NothingToSend)
        }
        Err(status) => Err(DeliveryError::Unavailable(status)),
    }
}

fn delivery(
    recipient: Option<pb::Recipient>,
    secret: Option<(String, Option<prost_types::Timestamp>)>,
) -> Result<Delivery, DeliveryError> {
    let incomplete = || DeliveryError::Unavailable(Status::internal("the answer is incomplete"));
    let pb::Recipient {
        account_id,
        name,
        address,
        active,
    } = recipient.ok_or_else(incomplete)?;
    let account_id = Some(account_id.parse().map_err(|_| incomplete())?);
    let secret = match secret {
        Some((secret, ends)) => Some((
            SecretString::from(secret),
            kit::time::instant(ends.as_ref()).ok_or_else(incomplete)?,
        )),
        None => None,
    };
    let to = Addressee {
        account_id,
        name,
        address,
        active,
    };
    Ok(Delivery {
        secret,
        ..Delivery::plain(to)
    })
}
