//! From the wire to a use case and back; no decisions.

mod convert;
mod request;

use kit::page::Page;
use kit::{Caller, Check, status};
use prost::Message as _;
use proto::task::v1::task_service_server::TaskService;
use proto::task::v1::{
    AnswerUnableRequest, CompleteTaskRequest, GetTaskRequest, ImportTasksRequest,
    ImportTasksResponse, ListTaskHistoryRequest, ListTaskHistoryResponse, ListTasksRequest,
    ListTasksResponse, RedateTaskRequest, ReopenTaskRequest, ReportUnableRequest, SetTaskRequest,
    Task, WithdrawTaskRequest,
};
use tonic::{Request, Response, Status};

use crate::app::App;

#[tonic::async_trait]
impl TaskService for App {
    #[tracing::instrument(skip_all, fields(case_id = %request.get_ref().case_id))]
    async fn set_task(&self, request: Request<SetTaskRequest>) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let (request_id, task) =
            request::set(&request, self.today(), self.calendar()).map_err(status)?;
        let seen = self
            .set(&caller, request_id, &request.encode_to_vec(), &task)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all)]
    async fn import_tasks(
        &self,
        request: Request<ImportTasksRequest>,
    ) -> Result<Response<ImportTasksResponse>, Status> {
        let caller = Caller::of(&request);
        let rows =
            request::import(request.get_ref(), self.today(), self.calendar()).map_err(status)?;
        let results = self.import(&caller, rows).await.map_err(status)?;
        let results = results.into_iter().map(convert::imported).collect();
        Ok(Response::new(ImportTasksResponse { results }))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let mut check = Check::new();
        let id = check.uuid("task_id", &request.get_ref().task_id);
        check.done().map_err(status)?;
        let seen = self.get(&caller, id).await.map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all)]
    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let filter = request::filter(&request, &caller).map_err(status)?;
        let page = Page::read(request.page_size, &request.page_token, &filter).map_err(status)?;
        let (tasks, next_page_token) = self.list(&caller, &filter, &page).await.map_err(status)?;
        let tasks = tasks.into_iter().map(convert::task).collect();
        Ok(Response::new(ListTasksResponse {
            tasks,
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn complete_task(
        &self,
        request: Request<CompleteTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let CompleteTaskRequest {
            task_id,
            version,
            completed_on,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("task_id", &task_id);
        let on = check.optional_date("completed_on", &completed_on);
        check.done().map_err(status)?;
        let seen = self
            .complete(&caller, id, version, on)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn list_task_history(
        &self,
        request: Request<ListTaskHistoryRequest>,
    ) -> Result<Response<ListTaskHistoryResponse>, Status> {
        let caller = Caller::of(&request);
        let ListTaskHistoryRequest {
            task_id,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("task_id", &task_id);
        check.done().map_err(status)?;
        let page = Page::read(page_size, &page_token, &id).map_err(status)?;
        let (entries, next_page_token) = self.history(&caller, id, &page).await.map_err(status)?;
        let entries = entries.into_iter().map(convert::history_entry).collect();
        Ok(Response::new(ListTaskHistoryResponse {
            entries,
            next_page_token,
        }))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn reopen_task(
        &self,
        request: Request<ReopenTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let ReopenTaskRequest { task_id, version } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("task_id", &task_id);
        check.done().map_err(status)?;
        let seen = self.reopen(&caller, id, version).await.map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn redate_task(
        &self,
        request: Request<RedateTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let (id, version, due_on, reason) =
            request::redate(request.get_ref(), self.today(), self.calendar()).map_err(status)?;
        let seen = self
            .redate(&caller, id, version, due_on, reason)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn report_unable(
        &self,
        request: Request<ReportUnableRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let ReportUnableRequest {
            task_id,
            version,
            message,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("task_id", &task_id);
        let message = check.long_text("message", &message, 1..=280);
        check.done().map_err(status)?;
        let seen = self
            .report_unable(&caller, id, version, message)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn answer_unable(
        &self,
        request: Request<AnswerUnableRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let (id, version, answer, words) =
            request::answer(request.get_ref(), self.today(), self.calendar()).map_err(status)?;
        let seen = self
            .answer_unable(&caller, id, version, answer, words)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }

    #[tracing::instrument(skip_all, fields(task_id = %request.get_ref().task_id))]
    async fn withdraw_task(
        &self,
        request: Request<WithdrawTaskRequest>,
    ) -> Result<Response<Task>, Status> {
        let caller = Caller::of(&request);
        let WithdrawTaskRequest {
            task_id,
            version,
            reason,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("task_id", &task_id);
        let reason = check.long_text("reason", &reason, 1..=1_000);
        check.done().map_err(status)?;
        let seen = self
            .withdraw(&caller, id, version, reason)
            .await
            .map_err(status)?;
        Ok(Response::new(convert::task(seen)))
    }
}
