//! `AccountService`: one's own account, and a landlord's sub-accounts.

use kit::page::Page;
use kit::time::timestamp;
use kit::{Caller, Check, status};
use proto::identity::v1 as pb;
use proto::identity::v1::account_service_server::AccountService;
use secrecy::SecretString;
use tonic::{Request, Response, Status};
use tracing::instrument;

use super::id;
use crate::app::{App, NewSubAccount, OwnSessions, SubAccounts};
use crate::domain::CodeDelivery;
use crate::domain::account::MOST_SUB_ACCOUNTS;

#[tonic::async_trait]
impl AccountService for App {
    #[instrument(skip_all)]
    async fn get_my_account(
        &self,
        request: Request<pb::GetMyAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        Ok(Response::new(
            self.my_account(&caller).await.map_err(status)?.into(),
        ))
    }

    #[instrument(skip_all)]
    async fn change_password(
        &self,
        request: Request<pb::ChangePasswordRequest>,
    ) -> Result<Response<pb::ChangePasswordResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ChangePasswordRequest {
            current_password,
            new_password,
        } = request.into_inner();
        let mut check = Check::new();
        if crate::domain::password::is_too_long(&current_password) {
            check.refuse(
                "current_password",
                "Current password is wrong",
                "WRONG_PASSWORD",
            );
        }
        check.done().map_err(status)?;

        let (current, new) = (
            SecretString::from(current_password),
            SecretString::from(new_password),
        );
        let session_token = self
            .change_password(&caller, current, new)
            .await
            .map_err(status)?
            .reveal();
        Ok(Response::new(pb::ChangePasswordResponse { session_token }))
    }

    #[instrument(skip_all)]
    async fn list_sessions(
        &self,
        request: Request<pb::ListSessionsRequest>,
    ) -> Result<Response<pb::ListSessionsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListSessionsRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &"sessions").map_err(status)?;
        let OwnSessions {
            sessions,
            current,
            next_page_token,
        } = self.list_sessions(&caller, page).await.map_err(status)?;
        let sessions = sessions.into_iter().map(|it| pb::Session {
            current: current == Some(it.id),
            id: it.id.to_string(),
            user_agent: it.user_agent,
            client_address: it.client_address,
            started_at: Some(timestamp(it.started_at)),
            last_active_at: Some(timestamp(it.last_active_at)),
        });
        Ok(Response::new(pb::ListSessionsResponse {
            sessions: sessions.collect(),
            next_page_token,
        }))
    }

    #[instrument(skip_all)]
    async fn revoke_session(
        &self,
        request: Request<pb::RevokeSessionRequest>,
    ) -> Result<Response<pb::RevokeSessionResponse>, Status> {
        let caller = Caller::of(&request);
        let id = id("session_id", &request.into_inner().session_id)?;
        self.revoke_session(&caller, id).await.map_err(status)?;
        Ok(Response::new(pb::RevokeSessionResponse {}))
    }

    #[instrument(skip_all)]
    async fn list_sub_accounts(
        &self,
        request: Request<pb::ListSubAccountsRequest>,
    ) -> Result<Response<pb::ListSubAccountsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListSubAccountsRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &"sub-accounts").map_err(status)?;
        let SubAccounts {
            accounts,
            next_page_token,
            active,
        } = self
            .list_sub_accounts(&caller, page)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::ListSubAccountsResponse {
            accounts: accounts.into_iter().map(Into::into).collect(),
            next_page_token,
            active: i32::try_from(active).unwrap_or(i32::MAX),
            limit: i32::try_from(MOST_SUB_ACCOUNTS).unwrap_or(i32::MAX),
        }))
    }

    #[instrument(skip_all)]
    async fn create_sub_account(
        &self,
        request: Request<pb::CreateSubAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::CreateSubAccountRequest {
            request_id,
            name,
            username,
        } = request.into_inner();
        let mut check = Check::new();
        let new = NewSubAccount {
            request_id: check.uuid("request_id", &request_id),
            name: check.text("name", &name, 1..=200),
            username: check.email("username", &username),
        };
        check.done().map_err(status)?;

        Ok(Response::new(
            self.create_sub_account(&caller, new)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn reset_sub_account_password(
        &self,
        request: Request<pb::ResetSubAccountPasswordRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let id = id("account_id", &request.into_inner().account_id)?;
        Ok(Response::new(
            self.reset_sub_account_password(&caller, id)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn deactivate_sub_account(
        &self,
        request: Request<pb::DeactivateSubAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::DeactivateSubAccountRequest {
            account_id,
            version,
        } = request.into_inner();
        let id = id("account_id", &account_id)?;
        Ok(Response::new(
            self.deactivate_sub_account(&caller, id, version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn reactivate_sub_account(
        &self,
        request: Request<pb::ReactivateSubAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::ReactivateSubAccountRequest {
            account_id,
            version,
        } = request.into_inner();
        let id = id("account_id", &account_id)?;
        Ok(Response::new(
            self.reactivate_sub_account(&caller, id, version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn set_code_delivery(
        &self,
        request: Request<pb::SetCodeDeliveryRequest>,
    ) -> Result<Response<pb::Landlord>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let choice = match request.code_delivery() {
            pb::CodeDelivery::OwnAddress => CodeDelivery::OwnAddress,
            pb::CodeDelivery::Administrator => CodeDelivery::Administrator,
            pb::CodeDelivery::Unspecified => {
                check.refuse(
                    "code_delivery",
                    "Choose where verification codes go",
                    "REQUIRED",
                );
                CodeDelivery::OwnAddress
            }
        };
        check.done().map_err(status)?;

        Ok(Response::new(
            self.set_code_delivery(&caller, choice, request.version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn list_colleagues(
        &self,
        request: Request<pb::ListColleaguesRequest>,
    ) -> Result<Response<pb::ListColleaguesResponse>, Status> {
        let request = request.into_inner();
        let asked: Vec<_> = request.roles().collect();
        let mut roles = Vec::new();
        for role in asked {
            roles.push(super::staff_role(role).ok_or_else(|| {
                status(kit::Invalid::field(
                    "roles",
                    "Ask for staff roles",
                    "NOT_A_STAFF_ROLE",
                ))
            })?);
        }
        let page =
            Page::read(request.page_size, &request.page_token, &request.roles).map_err(status)?;
        let (colleagues, next_page_token) =
            self.list_colleagues(&roles, page).await.map_err(status)?;
        let colleagues = colleagues
            .into_iter()
            .map(|it| pb::Colleague {
                id: it.id.to_string(),
                name: it.name,
                role: proto::access::v1::Role::from(it.role).into(),
            })
            .collect();
        Ok(Response::new(pb::ListColleaguesResponse {
            colleagues,
            next_page_token,
        }))
    }

    #[instrument(skip_all)]
    async fn get_my_landlord(
        &self,
        request: Request<pb::GetMyLandlordRequest>,
    ) -> Result<Response<pb::Landlord>, Status> {
        Ok(Response::new(
            self.my_landlord(&Caller::of(&request))
                .await
                .map_err(status)?
                .into(),
        ))
    }
}
