//! What is put right after a complaint came in: between the wire and the use cases.

use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::amendment_service_server::AmendmentService;
use tonic::{Request, Response, Status};

use super::request::{named_user, needs, service_user, target};
use crate::app::{App, CountedAgain};
use crate::domain::complaint::ComplaintType;
use crate::wire::Said as _;

#[tonic::async_trait]
impl AmendmentService for App {
    async fn correct_person(
        &self,
        request: Request<pb::CorrectPersonRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let user = request.service_user.unwrap_or_default();
        // What is left unsaid at intake is settled later; here it would undo what is known.
        if user.kind().said().is_none() {
            check.refuse(
                "service_user.kind",
                "Choose what the person is to us",
                "REQUIRED",
            );
        }
        let user = if user.format().said().is_none() {
            let sentence = "Choose how letters are sent";
            check.refuse("service_user.format", sentence, "REQUIRED");
            named_user(&mut check, user)
        } else {
            service_user(&mut check, user)
        };
        let case_reference = check.text("case_reference", &request.case_reference, 0..=30);
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let corrected = (user, case_reference);
        self.answer(
            &caller,
            self.correct_person(&caller, target, corrected, reason)
                .await,
        )
    }

    async fn correct_needs(
        &self,
        request: Request<pb::CorrectNeedsRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let needs = needs(&mut check, request.needs.unwrap_or_default());
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        self.answer(
            &caller,
            self.correct_needs(&caller, target, needs, reason).await,
        )
    }

    async fn correct_type(
        &self,
        request: Request<pb::CorrectTypeRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let complaint_type = request.complaint_type().said();
        if complaint_type.is_none() {
            check.refuse("complaint_type", "Choose what it is about", "REQUIRED");
        }
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let complaint_type = complaint_type.unwrap_or(ComplaintType::Process);
        self.answer(
            &caller,
            self.correct_type(&caller, target, complaint_type, reason)
                .await,
        )
    }

    async fn reword_element(
        &self,
        request: Request<pb::RewordElementRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.complaint_id, request.version);
        let element_id = check.uuid("element_id", &request.element_id);
        let text = check.long_text("text", &request.text, 1..=1_000);
        let reason = check.long_text("reason", &request.reason, 1..=1_000);
        check.done().map_err(kit::status)?;
        let worded = (element_id, text);
        self.answer(
            &caller,
            self.reword_element(&caller, target, worded, reason).await,
        )
    }

    async fn recount_deadlines(
        &self,
        request: Request<pb::RecountDeadlinesRequest>,
    ) -> Result<Response<pb::RecountDeadlinesResponse>, Status> {
        let caller = Caller::of(&request);
        let CountedAgain {
            recounted,
            redated,
            failed,
        } = self.recount_deadlines(&caller).await.map_err(kit::status)?;
        Ok(Response::new(pb::RecountDeadlinesResponse {
            recounted,
            redated,
            failed,
        }))
    }
}
