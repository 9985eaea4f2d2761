//! Service requests between the wire and the use cases; no decisions.

use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1 as pb;
use proto::service_complaint::v1::service_request_service_server::ServiceRequestService;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::reader;
use super::request::named_user;
use crate::app::{Answering, Complaining, Position, Public, RequestIntake, Wanted, Wanting};
use crate::domain::complaint::{Channel, ServiceUser};
use crate::error::Error;
use crate::store::requests::{RequestFilter, WholeRequest};
use crate::wire::{self, Said as _, requests as words};

/// Longer than any token of a form that we give out.
const LONGEST_TOKEN: usize = 128;
/// The longest network address as text.
const LONGEST_ADDRESS: usize = 64;

type Answer<T> = Result<Response<T>, Status>;

impl Public {
    fn one(&self, request: Result<WholeRequest, Error>) -> Answer<pb::ServiceRequest> {
        let request = request.map_err(kit::status)?;
        Ok(Response::new(words::service_request(
            request,
            self.app().day(),
        )))
    }
}

fn target(check: &mut Check, id: &str, version: i64) -> (Uuid, i64) {
    (check.uuid("service_request_id", id), version)
}

fn channel(check: &mut Check, channel: pb::Channel) -> Channel {
    let channel = channel.said();
    if channel.is_none() {
        check.refuse("channel", "Choose how it came", "REQUIRED");
    }
    channel.unwrap_or(Channel::Colleague)
}

/// Somebody who asks for something and can be told what was done.
fn asker(check: &mut Check, user: Option<pb::ServiceUser>) -> ServiceUser {
    let user = named_user(check, user.unwrap_or_default());
    let reached = [&user.email, &user.telephone, &user.postal_address];
    if reached.iter().all(|it| it.is_empty()) {
        let text = "Give an email address, a telephone number or a postal address";
        check.refuse("service_user.email", text, "REQUIRED");
    }
    user
}

/// What is asked for; `sentence` asks for it in the words of who is asked.
fn wanted(check: &mut Check, value: &str, sentence: &str) -> String {
    if value.trim().is_empty() {
        check.refuse("wanted", sentence, "REQUIRED");
    }
    check.long_text("wanted", value, 0..=5_000)
}

#[tonic::async_trait]
impl ServiceRequestService for Public {
    async fn record_service_request(
        &self,
        request: Request<pb::RecordServiceRequestRequest>,
    ) -> Answer<pb::ServiceRequest> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let intake = RequestIntake {
            request_id: check.uuid("request_id", &request.request_id),
            channel: channel(&mut check, request.channel()),
            wanted: wanted(&mut check, &request.wanted, "Enter what is asked for"),
            received_on: check.date("received_on", &request.received_on),
            case_reference: check.text("case_reference", &request.case_reference, 0..=30),
            user: asker(&mut check, request.service_user),
            raised_during: None,
        };
        check.done().map_err(kit::status)?;
        self.one(self.app().record_request(&caller, intake).await)
    }

    async fn get_service_request(
        &self,
        request: Request<pb::GetServiceRequestRequest>,
    ) -> Answer<pb::ServiceRequest> {
        let caller = Caller::of(&request);
        let id = request.into_inner().service_request_id;
        self.one(self.app().request(&caller, id.trim()).await)
    }

    async fn list_service_requests(
        &self,
        request: Request<pb::ListServiceRequestsRequest>,
    ) -> Answer<pb::ListServiceRequestsResponse> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let filter = RequestFilter {
            standing: words::standing(request.standing()),
            handler: check.optional_uuid("handler_id", &request.handler_id),
            unassigned: request.unassigned,
            due_before: request.late.then(|| self.app().today()),
            search: check.text("search", &request.search, 0..=200),
        };
        check.done().map_err(kit::status)?;
        let page = Page::<Position>::read(request.page_size, &request.page_token, &filter)
            .map_err(kit::status)?;
        let (requests, next_page_token) = self
            .app()
            .requests(&caller, &filter, &page)
            .await
            .map_err(kit::status)?;
        let day = self.app().day();
        Ok(Response::new(pb::ListServiceRequestsResponse {
            service_requests: (requests.into_iter())
                .map(|it| words::service_request(it, day))
                .collect(),
            next_page_token,
        }))
    }

    async fn list_request_history(
        &self,
        request: Request<pb::ListRequestHistoryRequest>,
    ) -> Answer<pb::ListRequestHistoryResponse> {
        let request = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("service_request_id", &request.service_request_id);
        check.done().map_err(kit::status)?;
        let page = Page::read(request.page_size, &request.page_token, &id).map_err(kit::status)?;
        let (rows, next_page_token) = self
            .app()
            .request_history(id, &page)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::ListRequestHistoryResponse {
            changes: rows.into_iter().map(words::request_change).collect(),
            next_page_token,
        }))
    }

    async fn assign_service_request(
        &self,
        request: Request<pb::AssignServiceRequestRequest>,
    ) -> Answer<pb::ServiceRequest> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.service_request_id, request.version);
        let handler = check.uuid("handler_id", &request.handler_id);
        check.done().map_err(kit::status)?;
        self.one(self.app().assign_request(&caller, target, handler).await)
    }

    async fn review_service_request(
        &self,
        request: Request<pb::ReviewServiceRequestRequest>,
    ) -> Answer<pb::ServiceRequest> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.service_request_id, request.version);
        let note = check.long_text("note", &request.note, 1..=2_000);
        check.done().map_err(kit::status)?;
        self.one(self.app().review_request(&caller, target, &note).await)
    }

    async fn answer_service_request(
        &self,
        request: Request<pb::AnswerServiceRequestRequest>,
    ) -> Answer<pb::ServiceRequest> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.service_request_id, request.version);
        let on = check.date("on", &request.on);
        let answering = Answering {
            on,
            answer: check.long_text("answer", &request.answer, 1..=5_000),
            findings_confirmed: request.findings_confirmed,
        };
        check.done().map_err(kit::status)?;
        self.one(self.app().answer_request(&caller, target, answering).await)
    }

    async fn turn_into_complaint(
        &self,
        request: Request<pb::TurnIntoComplaintRequest>,
    ) -> Answer<pb::TurnIntoComplaintResponse> {
        let caller = Caller::of(&request);
        let request = request.into_inner();
        let mut check = Check::new();
        let target = target(&mut check, &request.service_request_id, request.version);
        let complaining = Complaining {
            channel: channel(&mut check, request.channel()),
            summary: check.long_text("summary", &request.summary, 1..=10_000),
            received_on: check.date("received_on", &request.received_on),
        };
        check.done().map_err(kit::status)?;
        let (request, complaint) = self
            .app()
            .turn_into_complaint(&caller, target, complaining)
            .await
            .map_err(kit::status)?;
        let day = self.app().day();
        Ok(Response::new(pb::TurnIntoComplaintResponse {
            service_request: Some(words::service_request(request, day)),
            complaint: Some(wire::complaint(complaint, reader(&caller), day)),
        }))
    }

    async fn begin_request_form(
        &self,
        _: Request<pb::BeginRequestFormRequest>,
    ) -> Answer<pb::BeginRequestFormResponse> {
        let (form_token, expires_at) = self.begin_request();
        Ok(Response::new(pb::BeginRequestFormResponse {
            form_token,
            expires_at: Some(kit::time::timestamp(expires_at)),
        }))
    }

    async fn send_request_form(
        &self,
        request: Request<pb::SendRequestFormRequest>,
    ) -> Answer<pb::SendRequestFormResponse> {
        let request = request.into_inner();
        if request.form_token.len() > LONGEST_TOKEN {
            return Err(kit::status(Error::NoSuchForm));
        }
        let mut check = Check::new();
        let wanting = Wanting {
            token: request.form_token,
            user: asker(&mut check, request.service_user),
            wanted: wanted(&mut check, &request.wanted, "Enter what you want us to do"),
            case_reference: check.text("case_reference", &request.case_reference, 0..=30),
            left_empty: request.left_empty,
            address: check.text(
                "client_address",
                &request.client_address,
                0..=LONGEST_ADDRESS,
            ),
        };
        check.done().map_err(kit::status)?;
        let Wanted {
            reference,
            by_email,
        } = self.send_request(wanting).await.map_err(kit::status)?;
        Ok(Response::new(pb::SendRequestFormResponse {
            reference,
            by_email,
        }))
    }
}
