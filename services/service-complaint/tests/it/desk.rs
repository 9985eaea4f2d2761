//! Customer Insight at work, for what is told about its complaints: people with their clients, and complaints that are driven step by step.

use calendar::Calendar;
use chrono::NaiveDate;
use kit::Clock;
use proto::access::v1::Role;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::complaint_service_server::ComplaintServiceServer;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::oversight_service_server::OversightServiceServer;
use proto::service_complaint::v1::service_request_service_client::ServiceRequestServiceClient;
use proto::service_complaint::v1::service_request_service_server::ServiceRequestServiceServer;
use proto::service_complaint::v1::{
    AcceptEscalationRequest, AcknowledgeRequest, AnswerStage1Request, AnswerStage2Request, Channel,
    Complaint, ComplaintType, DecideElementRequest, Decision, DefineRequest, LatenessCause, Needs,
    OfferRemedyRequest, OutcomeReply, Promise, PromiseActionRequest, RecordComplaintRequest,
    RecordLatenessRequest, RecordOutcomeReplyRequest, Remedy, RemedyKind, RequestEscalationRequest,
    ResolveByTelephoneRequest, ServiceUser, ServiceUserKind,
};
use service_complaint::secret::LinkKey;
use service_complaint::{App, Public};
use sqlx::PgPool;
use testkit::{Caller, Served};
use tonic::Status;

use crate::files;
use crate::given::{RequestClient, announced};
use crate::journey::PROOF;

pub type Complaints = ComplaintServiceClient<testkit::Channel>;
pub type Oversight = OversightServiceClient<testkit::Channel>;

/// The service with the people of Customer Insight.
pub struct Desk {
    pub clock: Clock,
    pub investigators: [Caller; 2],
    pub manager: Caller,
    pub senior: Caller,
    pub reviewer: Caller,
    pub app: App,
    served: Served,
}

impl Desk {
    /// Opens on the morning of a day.
    pub async fn open(db: &PgPool, day: &str) -> Self {
        let clock = Clock::fixed(morning(day.parse().unwrap()));
        let app = App::new(
            db.clone(),
            clock.clone(),
            Calendar::england_and_wales(),
            files::nowhere(),
        );
        let public = Public::new(app.clone(), LinkKey::new(&"k".repeat(32).into()));
        let served = testkit::serve_at("service-complaint", clock.clone(), |server| {
            server
                .add_service(ComplaintServiceServer::new(app.clone()))
                .add_service(OversightServiceServer::new(app.clone()))
                .add_service(ServiceRequestServiceServer::new(public))
        })
        .await;
        let investigator = |name| testkit::a(Role::ComplaintsInvestigator).named(name);
        let investigators = [investigator("Ines Vestey"), investigator("Ruth Weaver")];
        let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");
        for member in investigators.iter().chain([&manager]) {
            announced(db, &app, member, true).await;
        }
        Self {
            clock,
            investigators,
            manager,
            senior: testkit::a(Role::SeniorColleague).named("Sean Orr"),
            reviewer: testkit::a(Role::IndependentReviewer).named("Rae Viewer"),
            app,
            served,
        }
    }

    pub fn complaints(&self, caller: impl Into<Option<Caller>>) -> Complaints {
        ComplaintServiceClient::new(self.served.client("gateway", caller))
    }

    pub fn oversight(&self, caller: impl Into<Option<Caller>>) -> Oversight {
        OversightServiceClient::new(self.served.client("gateway", caller))
    }

    pub fn requests(&self, caller: impl Into<Option<Caller>>) -> RequestClient {
        ServiceRequestServiceClient::new(self.served.client("gateway", caller))
    }

    /// Makes it the morning of a day.
    pub fn on(&self, day: &str) {
        self.clock.set(morning(day.parse().unwrap()));
    }

    /// A complaint that came by telephone on the present day, in the hands of the first investigator.
    pub async fn recorded(&self) -> Drive {
        let client = self.complaints(self.investigators[0].clone());
        let oversight = self.oversight(self.investigators[0].clone());
        let request = a_complaint(Channel::Telephone, self.clock.today());
        Drive::start(client, oversight, request).await
    }

    /// A complaint that was acknowledged and is investigated, with one element.
    pub async fn investigated(&self) -> Drive {
        let mut drive = self.recorded().await;
        let today = self.clock.today();
        drive
            .define(&["The call was not made"], ComplaintType::NoService)
            .await;
        drive.acknowledge(today).await.unwrap();
        drive
    }

    /// A complaint that was answered at stage 1 on the present day.
    pub async fn answered(&self, decision: Decision) -> Drive {
        let mut drive = self.investigated().await;
        drive.decide_all(1, &[decision]).await;
        if decision != Decision::NotUpheld {
            drive.offer(apology()).await;
        }
        drive.answer_stage_1(self.clock.today()).await.unwrap();
        drive
    }
}

/// Nine o'clock of a day in winter, which is as good a time in summer.
pub fn morning(day: NaiveDate) -> chrono::DateTime<chrono::Utc> {
    format!("{day}T09:00:00Z").parse().unwrap()
}

pub fn a_complaint(channel: Channel, received_on: NaiveDate) -> RecordComplaintRequest {
    RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
            ..ServiceUser::default()
        }),
        channel: channel.into(),
        summary: "Nobody called me back.".to_owned(),
        received_on: received_on.to_string(),
        needs: None,
        case_reference: "202312345".to_owned(),
    }
}

pub fn apology() -> Remedy {
    Remedy {
        kind: RemedyKind::Apology.into(),
        text: "An apology for the delay".to_owned(),
        ..Remedy::default()
    }
}

/// A complaint on its way through the procedure, as it was last seen.
pub struct Drive {
    pub complaint: Complaint,
    pub client: Complaints,
    pub oversight: Oversight,
}

impl Drive {
    pub async fn start(
        mut client: Complaints,
        oversight: Oversight,
        request: RecordComplaintRequest,
    ) -> Self {
        let complaint = client.record_complaint(request).await.unwrap().into_inner();
        Self {
            complaint,
            client,
            oversight,
        }
    }

    pub fn target(&self) -> (String, i64) {
        (self.complaint.id.clone(), self.complaint.version)
    }

    /// Keeps what a step answered.
    pub fn saw(
        &mut self,
        answer: Result<tonic::Response<Complaint>, Status>,
    ) -> Result<(), Status> {
        self.complaint = answer?.into_inner();
        Ok(())
    }

    pub async fn define(&mut self, elements: &[&str], complaint_type: ComplaintType) {
        let (complaint_id, version) = self.target();
        let request = DefineRequest {
            complaint_id,
            version,
            elements: elements.iter().map(|&it| it.to_owned()).collect(),
            desired_outcome: "An apology".to_owned(),
            needs: Some(Needs {
                contact: "020 7946 0000".to_owned(),
                communication_preference: "Telephone".to_owned(),
                reasonable_adjustments: "None".to_owned(),
                vulnerabilities: "None".to_owned(),
            }),
            early_resolution: "A call was offered and declined".to_owned(),
            complaint_type: complaint_type.into(),
        };
        let defined = self.client.define(request).await;
        self.saw(defined).unwrap();
    }

    pub async fn acknowledge(&mut self, on: NaiveDate) -> Result<(), Status> {
        let (complaint_id, version) = self.target();
        let request = AcknowledgeRequest {
            complaint_id,
            version,
            on: on.to_string(),
            proof: PROOF.to_owned(),
        };
        let done = self.client.acknowledge(request).await;
        self.saw(done)
    }

    pub async fn confirm_outcome(&mut self) {
        let (complaint_id, version) = self.target();
        let request = RecordOutcomeReplyRequest {
            complaint_id,
            version,
            reply: OutcomeReply::Confirmed.into(),
            ..RecordOutcomeReplyRequest::default()
        };
        let done = self.client.record_outcome_reply(request).await;
        self.saw(done).unwrap();
    }

    /// Decides the elements of a stage, one after the other, beginning again when there are more of them than decisions.
    pub async fn decide_all(&mut self, stage: i32, decisions: &[Decision]) {
        let elements = self.complaint.elements.iter();
        let ids: Vec<String> = elements
            .filter(|it| it.stage == stage)
            .map(|it| it.id.clone())
            .collect();
        for (element_id, decision) in ids.into_iter().zip(decisions.iter().cycle()) {
            let (complaint_id, version) = self.target();
            let request = DecideElementRequest {
                complaint_id,
                version,
                element_id,
                decision: (*decision).into(),
                reason: "The records show it.".to_owned(),
            };
            let done = self.client.decide_element(request).await;
            self.saw(done).unwrap();
        }
    }

    pub async fn offer(&mut self, remedy: Remedy) {
        let (complaint_id, version) = self.target();
        let request = OfferRemedyRequest {
            complaint_id,
            version,
            remedy: Some(remedy),
            affected_all: false,
        };
        let done = self.client.offer_remedy(request).await;
        self.saw(done).unwrap();
    }

    /// Promises the remedy that was offered last.
    pub async fn promise(&mut self, owner: &Caller, due_on: &str) {
        let (complaint_id, version) = self.target();
        let remedy = self.complaint.remedies.last().unwrap();
        let request = PromiseActionRequest {
            complaint_id,
            version,
            what: remedy.text.clone(),
            owner_id: owner.id().to_string(),
            owner_name: "Max Manager".to_owned(),
            due_on: due_on.to_owned(),
            remedy_id: remedy.id.clone(),
        };
        let done = self.client.promise_action(request).await;
        self.saw(done).unwrap();
    }

    pub async fn answer_stage_1(&mut self, on: NaiveDate) -> Result<(), Status> {
        let (complaint_id, version) = self.target();
        let request = AnswerStage1Request {
            complaint_id,
            version,
            on: on.to_string(),
            proof: PROOF.to_owned(),
        };
        let done = self.client.answer_stage1(request).await;
        self.saw(done)
    }

    pub async fn resolve_by_telephone(&mut self, on: NaiveDate) -> Result<(), Status> {
        let (complaint_id, version) = self.target();
        let request = ResolveByTelephoneRequest {
            complaint_id,
            version,
            on: on.to_string(),
            told_it_closes: true,
            note: "A call with the resident".to_owned(),
        };
        let done = self.client.resolve_by_telephone(request).await;
        self.saw(done)
    }

    pub async fn explain(&mut self, stage: i32, promise: Promise) -> Result<(), Status> {
        let (complaint_id, version) = self.target();
        let request = RecordLatenessRequest {
            complaint_id,
            version,
            stage,
            promise: promise.into(),
            cause: LatenessCause::Workload.into(),
            reason: "Two colleagues were ill".to_owned(),
        };
        let done = self.oversight.record_lateness(request).await;
        self.saw(done)
    }

    pub async fn ask_for_stage_2(&mut self, on: NaiveDate) {
        let (complaint_id, version) = self.target();
        let request = RequestEscalationRequest {
            complaint_id,
            version,
            on: on.to_string(),
            reasons: "The second call was not looked at".to_owned(),
            elements: vec!["The second call".to_owned()],
            ..RequestEscalationRequest::default()
        };
        let done = self.client.request_escalation(request).await;
        self.saw(done).unwrap();
    }

    pub async fn accept(&mut self, on: NaiveDate, handler: &Caller) {
        let (complaint_id, version) = self.target();
        let request = AcceptEscalationRequest {
            complaint_id,
            version,
            on: on.to_string(),
            handler_id: handler.id().to_string(),
            handler_name: "Ruth Weaver".to_owned(),
            proof: PROOF.to_owned(),
        };
        let done = self.client.accept_escalation(request).await;
        self.saw(done).unwrap();
    }

    pub async fn answer_stage_2(&mut self, on: NaiveDate) -> Result<(), Status> {
        let (complaint_id, version) = self.target();
        let request = AnswerStage2Request {
            complaint_id,
            version,
            on: on.to_string(),
            summary: "The complaint was about two calls, of which one was not looked at."
                .to_owned(),
            proof: PROOF.to_owned(),
        };
        let done = self.client.answer_stage2(request).await;
        self.saw(done)
    }
}
