//! From the wire to a use case and back; no decisions.

mod allocation;
mod contact;
mod convert;
mod ended;
mod request;
mod risk;
mod timeframe;

use kit::page::Page;
use kit::{Caller, Check, status};
use prost::Message as _;
use proto::case::v1::case_service_server::CaseService;
use proto::case::v1::{
    AssignOwnerRequest, Case, DescribeWorkflowRequest, DescribeWorkflowResponse, GetCaseRequest,
    ImportCasesRequest, ImportCasesResponse, ListCasesRequest, ListCasesResponse,
    ListTimelineRequest, ListTimelineResponse, MoveCaseRequest, OpenCaseRequest,
    RecordOutcomeRequest,
};
use tonic::{Request, Response, Status};

use crate::app::App;

#[tonic::async_trait]
impl CaseService for App {
    #[tracing::instrument(skip_all)]
    async fn open_case(&self, request: Request<OpenCaseRequest>) -> Result<Response<Case>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (request_id, case) = request::open(&request, self.today()).map_err(status)?;
        let seen = self
            .open(&caller, request_id, &request.encode_to_vec(), &case)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }

    #[tracing::instrument(skip_all)]
    async fn import_cases(
        &self,
        request: Request<ImportCasesRequest>,
    ) -> Result<Response<ImportCasesResponse>, Status> {
        let caller = Caller::of(&request);
        let rows = request::import(request.get_ref(), self.today()).map_err(status)?;
        let validate_only = request.get_ref().validate_only;
        let results = self
            .import(&caller, rows, validate_only)
            .await
            .map_err(status)?;
        let results = results.into_iter().map(convert::imported).collect();
        Ok(Response::new(ImportCasesResponse { results }))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn get_case(&self, request: Request<GetCaseRequest>) -> Result<Response<Case>, Status> {
        let caller = Caller::of(&request);
        let GetCaseRequest { case_id } = request.into_inner();
        let name = request::name(&case_id).map_err(status)?;
        let seen = self.get(&caller, name).await.map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }

    #[tracing::instrument(skip_all)]
    async fn list_cases(
        &self,
        request: Request<ListCasesRequest>,
    ) -> Result<Response<ListCasesResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let filter = request::filter(&request).map_err(status)?;
        let page = Page::read(request.page_size, &request.page_token, &filter).map_err(status)?;
        let listed = self
            .list(&caller, filter, &page, request.count)
            .await
            .map_err(status)?;
        let cases = listed
            .cases
            .into_iter()
            .map(|seen| convert::case(seen, self.words()))
            .collect();
        Ok(Response::new(ListCasesResponse {
            cases,
            next_page_token: listed.next_page_token,
            total_size: listed.total,
        }))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn move_case(&self, request: Request<MoveCaseRequest>) -> Result<Response<Case>, Status> {
        let caller = Caller::of(&request);
        let (id, version, to) = request::move_to(&request.into_inner()).map_err(status)?;
        let seen = self
            .move_to(&caller, id, version, to)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn assign_owner(
        &self,
        request: Request<AssignOwnerRequest>,
    ) -> Result<Response<Case>, Status> {
        let caller = Caller::of(&request);
        let AssignOwnerRequest {
            case_id,
            version,
            owner_account_id,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("case_id", &case_id);
        let owner = check.uuid("owner_account_id", &owner_account_id);
        check.done().map_err(status)?;
        let seen = self
            .assign_owner(&caller, id, version, owner)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn record_outcome(
        &self,
        request: Request<RecordOutcomeRequest>,
    ) -> Result<Response<Case>, Status> {
        let caller = Caller::of(&request);
        let (id, version, decision) = request::outcome(request.get_ref()).map_err(status)?;
        let seen = self
            .record_outcome(&caller, id, version, decision)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::case(seen, self.words())))
    }

    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn list_timeline(
        &self,
        request: Request<ListTimelineRequest>,
    ) -> Result<Response<ListTimelineResponse>, Status> {
        let caller = Caller::of(&request);
        let ListTimelineRequest {
            case_id,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("case_id", &case_id);
        check.done().map_err(status)?;
        let page = Page::read(page_size, &page_token, &id).map_err(status)?;
        let (entries, next_page_token) = self.timeline(&caller, id, &page).await.map_err(status)?;
        let entries = entries.into_iter().map(convert::timeline_entry).collect();
        Ok(Response::new(ListTimelineResponse {
            entries,
            next_page_token,
        }))
    }

    async fn describe_workflow(
        &self,
        _: Request<DescribeWorkflowRequest>,
    ) -> Result<Response<DescribeWorkflowResponse>, Status> {
        Ok(Response::new(convert::workflow(self.words())))
    }
}
