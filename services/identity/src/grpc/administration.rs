//! `AdministrationService`: what system administrators and senior colleagues do.

use kit::page::Page;
use kit::time::{instant, timestamp};
use kit::{Caller, Check, status};
use proto::case::v1::Team;
use proto::identity::v1 as pb;
use proto::identity::v1::administration_service_server::AdministrationService;
use tonic::{Request, Response, Status};
use tracing::instrument;
use uuid::Uuid;

use super::{id, staff_role};
use crate::app::{App, NewStaff, Registration, Search, Target, clients};
use crate::domain::Role;

#[tonic::async_trait]
impl AdministrationService for App {
    #[instrument(skip_all)]
    async fn register_landlord(
        &self,
        request: Request<pb::RegisterLandlordRequest>,
    ) -> Result<Response<pb::Landlord>, Status> {
        let caller = Caller::of(&request);
        let pb::RegisterLandlordRequest {
            request_id,
            name,
            administrator_name,
            administrator_username,
        } = request.into_inner();
        let mut check = Check::new();
        let new = Registration {
            request_id: check.uuid("request_id", &request_id),
            name: check.text("name", &name, 1..=200),
            administrator_name: check.text("administrator_name", &administrator_name, 1..=200),
            administrator_username: check.email("administrator_username", &administrator_username),
        };
        check.done().map_err(status)?;

        Ok(Response::new(
            self.register_landlord(&caller, new)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn list_landlords(
        &self,
        request: Request<pb::ListLandlordsRequest>,
    ) -> Result<Response<pb::ListLandlordsResponse>, Status> {
        let pb::ListLandlordsRequest {
            page_size,
            page_token,
            name,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &("landlords", &name)).map_err(status)?;
        let (landlords, next_page_token) = self
            .list_landlords(name.trim(), page)
            .await
            .map_err(status)?;
        let landlords = landlords.into_iter().map(Into::into).collect();
        Ok(Response::new(pb::ListLandlordsResponse {
            landlords,
            next_page_token,
        }))
    }

    #[instrument(skip_all)]
    async fn change_username(
        &self,
        request: Request<pb::ChangeUsernameRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::ChangeUsernameRequest {
            account_id,
            username,
            version,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("account_id", &account_id);
        let username = check.email("username", &username);
        check.done().map_err(status)?;

        Ok(Response::new(
            self.change_username(&caller, id, &username, version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn add_staff(
        &self,
        request: Request<pb::AddStaffRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let role = staff_role(request.role()).unwrap_or_else(|| {
            check.refuse("role", "Choose one of the staff roles", "NOT_A_STAFF_ROLE");
            Role::Caseworker
        });
        let new = NewStaff {
            request_id: check.uuid("request_id", &request.request_id),
            name: check.text("name", &request.name, 1..=200),
            username: check.email("username", &request.username),
            role,
            team: team(&mut check, role, &request.team),
        };
        check.done().map_err(status)?;

        Ok(Response::new(
            self.add_staff(&caller, new).await.map_err(status)?.into(),
        ))
    }

    #[instrument(skip_all)]
    async fn list_accounts(
        &self,
        request: Request<pb::ListAccountsRequest>,
    ) -> Result<Response<pb::ListAccountsResponse>, Status> {
        let pb::ListAccountsRequest {
            page_size,
            page_token,
            username,
        } = request.into_inner();
        let start = username.trim().to_lowercase();
        let page = Page::read(page_size, &page_token, &("accounts", &start)).map_err(status)?;
        let (accounts, next_page_token) = self.list_accounts(&start, page).await.map_err(status)?;
        let accounts = accounts.into_iter().map(Into::into).collect();
        Ok(Response::new(pb::ListAccountsResponse {
            accounts,
            next_page_token,
        }))
    }

    #[instrument(skip_all)]
    async fn deactivate_account(
        &self,
        request: Request<pb::DeactivateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::DeactivateAccountRequest {
            account_id,
            version,
        } = request.into_inner();
        let id = id("account_id", &account_id)?;
        Ok(Response::new(
            self.deactivate_account(&caller, id, version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn reactivate_account(
        &self,
        request: Request<pb::ReactivateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let caller = Caller::of(&request);
        let pb::ReactivateAccountRequest {
            account_id,
            version,
        } = request.into_inner();
        let id = id("account_id", &account_id)?;
        Ok(Response::new(
            self.reactivate_account(&caller, id, version)
                .await
                .map_err(status)?
                .into(),
        ))
    }

    #[instrument(skip_all)]
    async fn end_sessions(
        &self,
        request: Request<pb::EndSessionsRequest>,
    ) -> Result<Response<pb::EndSessionsResponse>, Status> {
        let caller = Caller::of(&request);
        let id = id("account_id", &request.into_inner().account_id)?;
        let ended = self.end_sessions(&caller, id).await.map_err(status)?;
        Ok(Response::new(pb::EndSessionsResponse {
            ended: i32::try_from(ended).unwrap_or(i32::MAX),
        }))
    }

    #[instrument(skip_all)]
    async fn list_locks(
        &self,
        request: Request<pb::ListLocksRequest>,
    ) -> Result<Response<pb::ListLocksResponse>, Status> {
        let pb::ListLocksRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::read(page_size, &page_token, &"locks").map_err(status)?;
        let (locks, next_page_token) = self.list_locks(page).await.map_err(status)?;
        let locks = locks.into_iter().map(|it| pb::Lock {
            account_id: it.account_id.to_string(),
            username: it.username,
            failures: it.failures,
            locked_at: Some(timestamp(it.locked_at)),
            locked_until: Some(timestamp(it.locked_until)),
        });
        Ok(Response::new(pb::ListLocksResponse {
            locks: locks.collect(),
            next_page_token,
        }))
    }

    #[instrument(skip_all)]
    async fn lift_lock(
        &self,
        request: Request<pb::LiftLockRequest>,
    ) -> Result<Response<pb::LiftLockResponse>, Status> {
        let caller = Caller::of(&request);
        let id = id("account_id", &request.into_inner().account_id)?;
        self.lift_lock(&caller, id).await.map_err(status)?;
        Ok(Response::new(pb::LiftLockResponse {}))
    }

    #[instrument(skip_all)]
    async fn restrict(
        &self,
        request: Request<pb::RestrictRequest>,
    ) -> Result<Response<pb::RestrictResponse>, Status> {
        use pb::restrict_request::Target as Wire;

        let caller = Caller::of(&request);
        let pb::RestrictRequest {
            target,
            reason,
            review_on,
        } = request.into_inner();
        let mut check = Check::new();
        let target = match target {
            Some(Wire::AccountId(id)) => Target::Account(check.uuid("account_id", &id)),
            Some(Wire::LandlordId(id)) => Target::Landlord(check.uuid("landlord_id", &id)),
            None => no_target(&mut check),
        };
        let reason = check.long_text("reason", &reason, 1..=1000);
        let review_on = check.date("review_on", &review_on);
        check.done().map_err(status)?;

        let restriction = self
            .restrict(&caller, target, reason, review_on)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::RestrictResponse {
            restriction: Some(restriction.into()),
        }))
    }

    #[instrument(skip_all)]
    async fn lift_restriction(
        &self,
        request: Request<pb::LiftRestrictionRequest>,
    ) -> Result<Response<pb::LiftRestrictionResponse>, Status> {
        use pb::lift_restriction_request::Target as Wire;

        let caller = Caller::of(&request);
        let mut check = Check::new();
        let target = match request.into_inner().target {
            Some(Wire::AccountId(id)) => Target::Account(check.uuid("account_id", &id)),
            Some(Wire::LandlordId(id)) => Target::Landlord(check.uuid("landlord_id", &id)),
            None => no_target(&mut check),
        };
        check.done().map_err(status)?;

        self.lift_restriction(&caller, target)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::LiftRestrictionResponse {}))
    }

    #[instrument(skip_all)]
    async fn register_service_client(
        &self,
        request: Request<pb::RegisterServiceClientRequest>,
    ) -> Result<Response<pb::RegisterServiceClientResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::RegisterServiceClientRequest { name, mut scopes } = request.into_inner();
        scopes.sort_unstable();
        scopes.dedup();
        let mut check = Check::new();
        let name = check.text("name", &name, 1..=200);
        if scopes.is_empty() || !scopes.iter().all(|it| clients::is_known(it)) {
            check.refuse(
                "scopes",
                format!("Choose scopes among {}", clients::known_scopes().join(", ")),
                "NO_SUCH_SCOPE",
            );
        }
        check.done().map_err(status)?;

        let (client, client_secret) = self
            .register_client(&caller, name, scopes)
            .await
            .map_err(status)?
            .reveal();
        let client = pb::ServiceClient {
            id: client.id.to_string(),
            name: client.name,
            scopes: client.scopes,
            active: client.active,
        };
        Ok(Response::new(pb::RegisterServiceClientResponse {
            client: Some(client),
            client_secret,
        }))
    }

    #[instrument(skip_all)]
    async fn search_audit(
        &self,
        request: Request<pb::SearchAuditRequest>,
    ) -> Result<Response<pb::SearchAuditResponse>, Status> {
        let pb::SearchAuditRequest {
            page_size,
            page_token,
            account_id,
            from,
            to,
        } = request.into_inner();
        let mut check = Check::new();
        let search = Search {
            account_id: check.optional_uuid("account_id", &account_id),
            from: instant(from.as_ref()),
            to: instant(to.as_ref()),
        };
        check.done().map_err(status)?;
        let page = Page::read(
            page_size,
            &page_token,
            &("audit", search.account_id, search.from, search.to),
        )
        .map_err(status)?;

        let (rows, next_page_token) = self.search_audit(search, page).await.map_err(status)?;
        let events = rows.into_iter().map(|it| pb::SecurityEvent {
            id: it.id.to_string(),
            occurred_at: Some(timestamp(it.occurred_at)),
            kind: it.kind,
            account_id: it.account_id.map(|id| id.to_string()).unwrap_or_default(),
            username: it.username.unwrap_or_default(),
            actor: it.actor,
            client_address: it.client_address,
            detail: it.detail,
        });
        Ok(Response::new(pb::SearchAuditResponse {
            events: events.collect(),
            next_page_token,
        }))
    }
}

fn no_target(check: &mut Check) -> Target {
    check.refuse("target", "Choose an account or a landlord", "REQUIRED");
    Target::Account(Uuid::nil())
}

/// A caseworker has a team and nobody else has one.
fn team(check: &mut Check, role: Role, team: &str) -> Option<String> {
    let known = Team::from_str_name(team).filter(|it| *it != Team::Unspecified);
    match (role, known) {
        (Role::Caseworker, Some(known)) => Some(known.as_str_name().to_owned()),
        (Role::Caseworker, None) => {
            check.refuse("team", "Choose the caseworker's team", "NO_SUCH_TEAM");
            None
        }
        _ if team.is_empty() => None,
        _ => {
            check.refuse("team", "Only a caseworker has a team", "NO_TEAM_FOR_ROLE");
            None
        }
    }
}
