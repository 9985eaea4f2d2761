//! `DeliveryService`: what notification asks at the moment of delivery.

use kit::time::timestamp;
use kit::{Check, status};
use proto::identity::v1 as pb;
use proto::identity::v1::delivery_service_server::DeliveryService;
use proto::identity::v1::get_recipient_request::To;
use tonic::{Request, Response, Status};
use tracing::instrument;

use crate::app::{App, Minted};

#[tonic::async_trait]
impl DeliveryService for App {
    #[instrument(skip_all)]
    async fn mint_login_code(
        &self,
        request: Request<pb::MintLoginCodeRequest>,
    ) -> Result<Response<pb::MintLoginCodeResponse>, Status> {
        let mut check = Check::new();
        let login_id = check.uuid("login_id", &request.into_inner().login_id);
        check.done().map_err(status)?;

        let Minted {
            secret,
            recipient,
            expires_at,
        } = self.mint_code(login_id).await.map_err(status)?;
        Ok(Response::new(pb::MintLoginCodeResponse {
            code: secret,
            recipient: Some(recipient.into()),
            expires_at: Some(timestamp(expires_at)),
        }))
    }

    #[instrument(skip_all)]
    async fn mint_reset_link(
        &self,
        request: Request<pb::MintResetLinkRequest>,
    ) -> Result<Response<pb::MintResetLinkResponse>, Status> {
        let mut check = Check::new();
        let reset_id = check.uuid("reset_id", &request.into_inner().reset_id);
        check.done().map_err(status)?;

        let Minted {
            secret,
            recipient,
            expires_at,
        } = self.mint_link(reset_id).await.map_err(status)?;
        Ok(Response::new(pb::MintResetLinkResponse {
            reset_token: secret,
            recipient: Some(recipient.into()),
            expires_at: Some(timestamp(expires_at)),
        }))
    }

    #[instrument(skip_all)]
    async fn get_recipient(
        &self,
        request: Request<pb::GetRecipientRequest>,
    ) -> Result<Response<pb::Recipient>, Status> {
        let mut check = Check::new();
        let to = request.into_inner().to;
        let id = match &to {
            Some(To::AccountId(id)) => check.uuid("account_id", id),
            Some(To::LandlordId(id)) => check.uuid("landlord_id", id),
            Some(To::FormerAddressId(id)) => check.uuid("former_address_id", id),
            None => {
                check.refuse("to", "Say whom the email is for", "REQUIRED");
                uuid::Uuid::nil()
            }
        };
        check.done().map_err(status)?;

        let recipient = match to {
            Some(To::LandlordId(_)) => self.administrator_of(id).await,
            Some(To::FormerAddressId(_)) => self.holder_at_former_address(id).await,
            Some(To::AccountId(_)) | None => self.holder_of(id).await,
        };
        Ok(Response::new(recipient.map_err(status)?.into()))
    }
}
