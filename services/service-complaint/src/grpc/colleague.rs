//! What colleagues outside Customer Insight have to do with complaints: between the wire and the use cases.

use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::colleague_service_server::ColleagueService;
use tonic::{Request, Response, Status};

use super::reader;
use crate::app::{App, OwnAction};
use crate::domain::complaint::Complaint;
use crate::domain::staff::is_of_insight;
use crate::wire::{self, Day};

#[tonic::async_trait]
impl ColleagueService for App {
    async fn list_my_actions(
        &self,
        request: Request<pb::ListMyActionsRequest>,
    ) -> Result<Response<pb::ListMyActionsResponse>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let page =
            Page::read(request.page_size, &request.page_token, &"mine").map_err(kit::status)?;
        let (actions, next_page_token) =
            self.my_actions(&caller, &page).await.map_err(kit::status)?;
        let day = self.day();
        Ok(Response::new(pb::ListMyActionsResponse {
            actions: actions.into_iter().map(|it| own(it, day)).collect(),
            next_page_token,
        }))
    }

    async fn get_my_action(
        &self,
        request: Request<pb::GetMyActionRequest>,
    ) -> Result<Response<pb::OwnAction>, Status> {
        let caller = Caller::of(&request);
        let mut check = Check::new();
        let id = check.uuid("action_id", &request.get_ref().action_id);
        check.done().map_err(kit::status)?;
        let action = self.my_action(&caller, id).await.map_err(kit::status)?;
        Ok(Response::new(own(action, self.day())))
    }

    async fn complete_my_action(
        &self,
        request: Request<pb::CompleteMyActionRequest>,
    ) -> Result<Response<pb::OwnAction>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("action_id", &request.action_id);
        let on = check.date("on", &request.on);
        let evidence = check.long_text("evidence", &request.evidence, 1..=2_000);
        check.done().map_err(kit::status)?;
        let action = self
            .complete_mine(&caller, id, (on, evidence))
            .await
            .map_err(kit::status)?;
        Ok(Response::new(own(action, self.day())))
    }

    async fn report_my_action_hindered(
        &self,
        request: Request<pb::ReportMyActionHinderedRequest>,
    ) -> Result<Response<pb::OwnAction>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("action_id", &request.action_id);
        let why = check.long_text("why", &request.why, 1..=2_000);
        check.done().map_err(kit::status)?;
        let action = self
            .report_mine_hindered(&caller, id, why)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(own(action, self.day())))
    }
}

/// An action as its owner sees it: what the ledger says of who entered it is Customer Insight's.
fn own(action: OwnAction, day: Day<'_>) -> pb::OwnAction {
    let OwnAction {
        promise,
        case_reference,
    } = action;
    // Whoever left it does not see it.
    let action = wire::action(promise, false, day);
    pb::OwnAction {
        id: action.id,
        what: action.what,
        case_reference,
        deadline: action.deadline.map(|it| pb::Deadline {
            entries: Vec::new(),
            ..it
        }),
        evidence: action.evidence,
        withdrawn_because: action.withdrawn_because,
        hindrance: action.hindrance,
    }
}

/// A complaint as it was recorded, for whoever recorded it: the whole for Customer Insight, for everybody else what they tell the person, however it
/// stands by now (1.6, 1.8).
pub(super) fn recorded(caller: &Caller, complaint: Complaint, day: Day<'_>) -> pb::Complaint {
    if caller.person().is_some_and(|it| is_of_insight(it.role)) {
        return wire::complaint(complaint, reader(caller), day);
    }
    let due = complaint.stage_one.clocks.acknowledgement.due();
    pb::Complaint {
        id: complaint.id.to_string(),
        reference: complaint.reference,
        received_on: kit::time::iso(complaint.received_on),
        stage_1: Some(pb::StageRecord {
            stage: 1,
            acknowledgement: Some(pb::Deadline {
                due_on: kit::time::iso(due),
                ..pb::Deadline::default()
            }),
            ..pb::StageRecord::default()
        }),
        ..pb::Complaint::default()
    }
}
