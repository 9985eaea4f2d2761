//! `LoginService`: what a person does before there is a caller.

use kit::time::timestamp;
use kit::{Check, status};
use proto::identity::v1 as pb;
use proto::identity::v1::login_service_server::LoginService;
use secrecy::SecretString;
use tonic::{Request, Response, Status};
use tracing::instrument;

use super::origin;
use crate::app::{App, Checked, LoggedIn, Started, session};
use crate::domain::password;

/// Longer than any secret that we give out, and than any address.
const LONGEST_LINE: usize = 320;

#[tonic::async_trait]
impl LoginService for App {
    #[instrument(skip_all)]
    async fn start_login(
        &self,
        request: Request<pb::StartLoginRequest>,
    ) -> Result<Response<pb::StartLoginResponse>, Status> {
        let pb::StartLoginRequest {
            username,
            password,
            client,
            device_token,
        } = request.into_inner();
        let mut check = Check::new();
        let username = check.text("username", &username, 1..=LONGEST_LINE);
        // Refused before it is hashed: it can't be anyone's.
        if password::is_too_long(&password) {
            check.refuse("password", "Password is too long", "TOO_LONG");
        }
        let origin = origin(&mut check, client);
        check.done().map_err(status)?;

        let Started {
            token,
            masked_address,
            expires_at,
        } = self
            .start_login(
                &username,
                SecretString::from(password),
                &origin,
                &device_token,
            )
            .await
            .map_err(status)?;
        let expires_at = Some(timestamp(expires_at));
        Ok(Response::new(pb::StartLoginResponse {
            login_token: token,
            masked_address,
            expires_at,
        }))
    }

    #[instrument(skip_all)]
    async fn send_code(
        &self,
        request: Request<pb::SendCodeRequest>,
    ) -> Result<Response<pb::SendCodeResponse>, Status> {
        let pb::SendCodeRequest { login_token } = request.into_inner();
        let (masked_address, resends_left) = self.send_code(&login_token).await.map_err(status)?;
        Ok(Response::new(pb::SendCodeResponse {
            masked_address,
            resends_left,
        }))
    }

    #[instrument(skip_all)]
    async fn verify_code(
        &self,
        request: Request<pb::VerifyCodeRequest>,
    ) -> Result<Response<pb::VerifyCodeResponse>, Status> {
        let pb::VerifyCodeRequest {
            login_token,
            code,
            client,
        } = request.into_inner();
        let mut check = Check::new();
        let origin = origin(&mut check, client);
        check.done().map_err(status)?;

        let LoggedIn {
            session_token,
            device_token,
            account,
        } = self
            .verify_code(&login_token, &code, &origin)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::VerifyCodeResponse {
            session_token,
            device_token,
            account: Some(account.into()),
        }))
    }

    #[instrument(skip_all)]
    async fn request_password_reset(
        &self,
        request: Request<pb::RequestPasswordResetRequest>,
    ) -> Result<Response<pb::RequestPasswordResetResponse>, Status> {
        let pb::RequestPasswordResetRequest { username, client } = request.into_inner();
        let mut check = Check::new();
        let username = check.text("username", &username, 1..=LONGEST_LINE);
        let origin = origin(&mut check, client);
        check.done().map_err(status)?;

        self.request_reset(&username, &origin)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::RequestPasswordResetResponse {}))
    }

    #[instrument(skip_all)]
    async fn check_reset_link(
        &self,
        request: Request<pb::CheckResetLinkRequest>,
    ) -> Result<Response<pb::CheckResetLinkResponse>, Status> {
        let username = self
            .check_link(&request.into_inner().reset_token)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::CheckResetLinkResponse { username }))
    }

    #[instrument(skip_all)]
    async fn reset_password(
        &self,
        request: Request<pb::ResetPasswordRequest>,
    ) -> Result<Response<pb::ResetPasswordResponse>, Status> {
        let pb::ResetPasswordRequest {
            reset_token,
            new_password,
            client,
        } = request.into_inner();
        let mut check = Check::new();
        let origin = origin(&mut check, client);
        check.done().map_err(status)?;

        self.reset_password(&reset_token, SecretString::from(new_password), &origin)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::ResetPasswordResponse {}))
    }

    #[instrument(skip_all)]
    async fn check_session(
        &self,
        request: Request<pb::CheckSessionRequest>,
    ) -> Result<Response<pb::CheckSessionResponse>, Status> {
        let pb::CheckSessionRequest {
            session_token,
            active,
            audiences,
        } = request.into_inner();
        let mut check = Check::new();
        for audience in &audiences {
            known_audience(&mut check, "audiences", audience);
        }
        check.done().map_err(status)?;

        let Checked {
            id,
            account,
            tokens,
            left,
            restriction,
        } = self
            .check_session(&session_token, active, &audiences)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::CheckSessionResponse {
            session_id: id.to_string(),
            account: Some(account.into()),
            tokens: tokens.into_iter().collect(),
            idle_seconds_left: left.idle_seconds,
            absolute_seconds_left: left.absolute_seconds,
            restriction: restriction.map(Into::into),
        }))
    }

    #[instrument(skip_all)]
    async fn end_session(
        &self,
        request: Request<pb::EndSessionRequest>,
    ) -> Result<Response<pb::EndSessionResponse>, Status> {
        self.end_session(&request.into_inner().session_token)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::EndSessionResponse {}))
    }

    #[instrument(skip_all)]
    async fn issue_client_token(
        &self,
        request: Request<pb::IssueClientTokenRequest>,
    ) -> Result<Response<pb::IssueClientTokenResponse>, Status> {
        let pb::IssueClientTokenRequest {
            client_id,
            client_secret,
            audience,
            scopes,
            on_behalf_of,
        } = request.into_inner();
        let mut check = Check::new();
        known_audience(&mut check, "audience", &audience);
        check.done().map_err(status)?;

        let issued = self
            .issue_client_token(&client_id, &client_secret, &audience, scopes, &on_behalf_of)
            .await
            .map_err(status)?;
        let expires_at = Some(timestamp(issued.expires_at));
        Ok(Response::new(pb::IssueClientTokenResponse {
            token: issued.token,
            expires_at,
        }))
    }

    #[instrument(skip_all)]
    async fn get_signing_keys(
        &self,
        _: Request<pb::GetSigningKeysRequest>,
    ) -> Result<Response<pb::GetSigningKeysResponse>, Status> {
        let keys = self.public_keys().iter();
        let keys = keys
            .map(|(id, key)| pb::SigningKey {
                key_id: id.clone(),
                public_key: key.to_vec(),
            })
            .collect();
        Ok(Response::new(pb::GetSigningKeysResponse { keys }))
    }
}

fn known_audience(check: &mut Check, field: &str, audience: &str) {
    if !session::AUDIENCES.contains(&audience) {
        check.refuse(
            field,
            format!(
                "The audience must be one of {}",
                session::AUDIENCES.join(", ")
            ),
            "NO_SUCH_AUDIENCE",
        );
    }
}
