//! What tests start from.

use calendar::Calendar;
use kit::Clock;
use proto::access::v1::Role;
use proto::identity::v1::StaffChanged;
use proto::service_complaint::v1::amendment_service_client::AmendmentServiceClient;
use proto::service_complaint::v1::amendment_service_server::AmendmentServiceServer;
use proto::service_complaint::v1::colleague_service_client::ColleagueServiceClient;
use proto::service_complaint::v1::colleague_service_server::ColleagueServiceServer;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::complaint_service_server::ComplaintServiceServer;
use proto::service_complaint::v1::file_access_service_client::FileAccessServiceClient;
use proto::service_complaint::v1::file_access_service_server::FileAccessServiceServer;
use proto::service_complaint::v1::letter_service_server::LetterServiceServer;
use proto::service_complaint::v1::link_delivery_service_client::LinkDeliveryServiceClient;
use proto::service_complaint::v1::link_delivery_service_server::LinkDeliveryServiceServer;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::oversight_service_server::OversightServiceServer;
use proto::service_complaint::v1::public_complaint_service_client::PublicComplaintServiceClient;
use proto::service_complaint::v1::public_complaint_service_server::PublicComplaintServiceServer;
use proto::service_complaint::v1::service_request_service_client::ServiceRequestServiceClient;
use proto::service_complaint::v1::service_request_service_server::ServiceRequestServiceServer;
use proto::service_complaint::v1::{
    Channel, DefineRequest, Needs, RecordComplaintRequest, ServiceUser, ServiceUserKind,
};
use service_complaint::secret::LinkKey;
use service_complaint::{App, Contact, Manner, Public};
use sqlx::PgPool;
use testkit::{Caller, Served};

use crate::desk::Oversight;
use crate::files::FakeDocument;
use crate::journey::Journey;

pub type PublicClient = PublicComplaintServiceClient<testkit::Channel>;
pub type RequestClient = ServiceRequestServiceClient<testkit::Channel>;
pub type Client = ComplaintServiceClient<testkit::Channel>;

/// The service, on Tuesday 10 June 2025, with the people of Customer Insight.
pub struct World {
    pub clock: Clock,
    pub app: App,
    /// Who investigates stage 1.
    pub investigator: Caller,
    /// A colleague who had no part in stage 1.
    pub reviewer: Caller,
    /// Who decides what only a senior colleague does.
    pub senior: Caller,
    /// What document keeps for complaints.
    pub files: FakeDocument,
    _document: Served,
    pub served: Served,
    /// The use cases of the public side, for what nobody asks for.
    pub public: Public,
}

pub async fn a_world(db: &PgPool) -> World {
    a_world_by(db, Calendar::england_and_wales()).await
}

/// The same, with days counted by a calendar.
pub async fn a_world_by(db: &PgPool, calendar: Calendar) -> World {
    let clock = Clock::fixed("2025-06-10T08:30:00Z".parse().unwrap());
    let manner = Manner {
        contact: Contact("You can write to complaints@portal.example.".to_owned()),
        portal_url: "https://portal.example".to_owned(),
        ..Manner::default()
    };
    let files = FakeDocument::default();
    let (document, of_complaints) = files.serve(&clock).await;
    let app = App::new(db.clone(), clock.clone(), calendar, of_complaints).with_manner(manner);
    let public = Public::new(app.clone(), LinkKey::new(&"k".repeat(32).into()));
    let people = public.clone();
    let served = testkit::serve_at("service-complaint", clock.clone(), |server| {
        server
            .add_service(ComplaintServiceServer::new(app.clone()))
            .add_service(AmendmentServiceServer::new(app.clone()))
            .add_service(ColleagueServiceServer::new(app.clone()))
            .add_service(LetterServiceServer::new(app.clone()))
            .add_service(OversightServiceServer::new(app.clone()))
            .add_service(PublicComplaintServiceServer::new(people.clone()))
            .add_service(ServiceRequestServiceServer::new(people.clone()))
            .add_service(LinkDeliveryServiceServer::new(people.clone()))
            .add_service(FileAccessServiceServer::new(people))
    })
    .await;
    let world = World {
        clock,
        app,
        investigator: testkit::a(Role::ComplaintsInvestigator).named("Ines Vestey"),
        reviewer: testkit::a(Role::ComplaintsInvestigator).named("Ruth Weaver"),
        senior: testkit::a(Role::SeniorColleague).named("Sean Orr"),
        public,
        files,
        _document: document,
        served,
    };
    for member in [&world.investigator, &world.reviewer, &world.senior] {
        announced(db, &world.app, member, true).await;
    }
    world
}

/// Identity announces a member of staff, who can be given work or not.
pub async fn announced(db: &PgPool, app: &App, member: &Caller, active: bool) {
    let caller = member.caller();
    let person = caller.person().unwrap();
    let changed = StaffChanged {
        account_id: person.account_id.to_string(),
        name: person.name.clone(),
        team: person.team.clone().unwrap_or_default(),
        active,
        role: person.role.into(),
    };
    // Each is later than the one before.
    let event = outbox::testing::event_at(&changed, kit::Clock::system().now());
    let outcome = outbox::deliver(db, app, &event).await.unwrap();
    assert_eq!(outcome, outbox::Outcome::Handled);
}

impl World {
    /// A client as the gateway uses it.
    pub fn client(&self, caller: impl Into<Option<Caller>>) -> Client {
        ComplaintServiceClient::new(self.served.client("gateway", caller))
    }

    /// A client for what is put right, as the gateway uses it.
    pub fn amendments(&self, caller: &Caller) -> AmendmentServiceClient<testkit::Channel> {
        AmendmentServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A client for one's own actions, as the gateway uses it.
    pub fn colleague(&self, caller: &Caller) -> ColleagueServiceClient<testkit::Channel> {
        ColleagueServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A client for somebody without an account.
    pub fn public(&self) -> PublicClient {
        PublicComplaintServiceClient::new(self.served.client("gateway", None))
    }

    /// A client of service requests.
    pub fn requests(&self, caller: impl Into<Option<Caller>>) -> RequestClient {
        ServiceRequestServiceClient::new(self.served.client("gateway", caller))
    }

    /// A client of the public side for a colleague.
    pub fn public_of(&self, caller: &Caller) -> PublicClient {
        PublicComplaintServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// What a process asks at the moment of delivery.
    pub fn delivery(&self, process: &str) -> LinkDeliveryServiceClient<testkit::Channel> {
        LinkDeliveryServiceClient::new(self.served.client(process, None))
    }

    /// What a process asks before it lets somebody at files.
    pub fn file_access(&self, process: &str) -> FileAccessServiceClient<testkit::Channel> {
        FileAccessServiceClient::new(self.served.client(process, None))
    }

    /// A client of what is looked at over all complaints, as the gateway uses it.
    pub fn oversight(&self, caller: &Caller) -> Oversight {
        OversightServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// The investigator's client.
    pub fn investigator(&self) -> Client {
        self.client(self.investigator.clone())
    }

    /// Makes it the morning of a day.
    pub fn on(&self, day: &str) {
        self.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
    }

    /// A complaint that came by telephone on Saturday 7 June 2025.
    pub async fn recorded(&self) -> Journey {
        self.recorded_as(a_complaint()).await
    }

    /// A complaint that came as said.
    pub async fn recorded_as(&self, request: RecordComplaintRequest) -> Journey {
        let mut client = self.investigator();
        let complaint = client.record_complaint(request).await.unwrap().into_inner();
        Journey { client, complaint }
    }

    /// A complaint that is acknowledged on Tuesday 10 June 2025, with one element.
    pub async fn investigated(&self) -> Journey {
        let mut journey = self.recorded().await;
        journey.define(a_definition()).await.unwrap();
        journey.acknowledge("2025-06-10").await.unwrap();
        journey
    }

    /// A complaint that was upheld on Tuesday 10 June 2025, with an apology.
    pub async fn answered(&self) -> Journey {
        let mut journey = self.investigated().await;
        journey.uphold_all().await;
        journey.apologise().await.unwrap();
        journey.answer_stage_1("2025-06-10").await.unwrap();
        journey
    }

    /// A complaint whose stage 2 was asked for on Tuesday 10 June 2025.
    pub async fn requested(&self) -> Journey {
        let mut journey = self.answered().await;
        journey.ask_for_stage_2("2025-06-10", "").await.unwrap();
        journey
    }

    /// A complaint that a second colleague reviews since Tuesday 10 June 2025.
    pub async fn reviewed(&self) -> Journey {
        let mut journey = Box::pin(self.requested()).await;
        journey.accept("2025-06-10", &self.reviewer).await.unwrap();
        journey
    }
}

/// A complaint by telephone, received on a Saturday.
pub fn a_complaint() -> RecordComplaintRequest {
    RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
            telephone: "020 7946 0000".to_owned(),
            ..ServiceUser::default()
        }),
        channel: Channel::Telephone.into(),
        summary: "Nobody called me back.".to_owned(),
        received_on: "2025-06-07".to_owned(),
        needs: None,
        case_reference: "202312345".to_owned(),
    }
}

/// All that an acknowledgement must hold (3.2).
pub fn a_definition() -> DefineRequest {
    DefineRequest {
        elements: vec!["The call that was promised was not made".to_owned()],
        desired_outcome: "An apology".to_owned(),
        needs: Some(Needs {
            contact: "020 7946 0000".to_owned(),
            communication_preference: "Telephone".to_owned(),
            reasonable_adjustments: "None".to_owned(),
            vulnerabilities: "None".to_owned(),
        }),
        early_resolution: "A call was offered and declined".to_owned(),
        ..DefineRequest::default()
    }
}
