//! What the tests start from.

use calendar::Calendar;
use case::{App, ContactTerms, Swept, Words};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kit::Clock;
use outbox::testing::{event, event_at};
use prost::{Message, Name};
use proto::access::v1::Role;
use proto::case::v1::allocation_service_client::AllocationServiceClient;
use proto::case::v1::allocation_service_server::AllocationServiceServer;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::case_service_server::CaseServiceServer;
use proto::case::v1::contact_service_client::ContactServiceClient;
use proto::case::v1::contact_service_server::ContactServiceServer;
use proto::case::v1::risk_service_client::RiskServiceClient;
use proto::case::v1::risk_service_server::RiskServiceServer;
use proto::case::v1::timeframe_service_client::TimeframeServiceClient;
use proto::case::v1::timeframe_service_server::TimeframeServiceServer;
use proto::case::v1::{
    Case, CaseType, Circumstances, Finding, GetCaseRequest, ListTimelineRequest, MoveCaseRequest,
    OpenCaseRequest, RecordOutcomeRequest, RiskFactors, Severity, StaffDetails, Status,
    TimelineEntry,
};
use proto::identity::v1::{LandlordActivated, LandlordRegistered, StaffChanged};
use proto::task::v1::{TaskFacts, TaskKind, TaskSet};
use sqlx::PgPool;
use testkit::{Caller, Channel, Served};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub type Cases = CaseServiceClient<Channel>;
pub type Risks = RiskServiceClient<Channel>;
pub type Contacts = ContactServiceClient<Channel>;
pub type Timeframes = TimeframeServiceClient<Channel>;
pub type Queues = AllocationServiceClient<Channel>;

/// The service on Monday 2 June 2025, with one landlord whose portal was activated on 1 January 2024.
pub struct Portal {
    pub app: App,
    pub db: PgPool,
    pub clock: Clock,
    pub landlord: Uuid,
    served: Served,
}

pub async fn a_portal(db: &PgPool) -> Portal {
    let clock = Clock::fixed("2025-06-02T09:00:00Z".parse().unwrap());
    let app = App::new(
        db.clone(),
        clock.clone(),
        Calendar::england_and_wales(),
        Words::shipped(),
        ContactTerms::default(),
    );
    let served = testkit::serve_at("case", clock.clone(), |server| {
        server
            .add_service(CaseServiceServer::new(app.clone()))
            .add_service(RiskServiceServer::new(app.clone()))
            .add_service(AllocationServiceServer::new(app.clone()))
            .add_service(TimeframeServiceServer::new(app.clone()))
            .add_service(ContactServiceServer::new(app.clone()))
    })
    .await;
    let mut portal = Portal {
        app,
        db: db.clone(),
        clock,
        landlord: Uuid::nil(),
        served,
    };
    portal.landlord = portal.a_landlord("TEST TEST Landlord").await;
    portal
}

impl Portal {
    pub fn cases(&self, caller: &Caller) -> Cases {
        CaseServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A client for the risk of cases.
    pub fn risks(&self, caller: &Caller) -> Risks {
        RiskServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A client for the queues of cases.
    pub fn queues(&self, caller: &Caller) -> Queues {
        AllocationServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A client for what complainants are owed.
    pub fn contacts(&self, caller: &Caller) -> Contacts {
        ContactServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// What a process asks at the moment of delivery.
    pub fn delivery(&self, process: &str) -> Contacts {
        ContactServiceClient::new(self.served.client(process, None))
    }

    /// Looks for what is due.
    pub async fn sweep(&self) -> Swept {
        self.app.sweep(&CancellationToken::new()).await.unwrap()
    }

    /// A client for the timeframes of stages.
    pub fn timeframes(&self, caller: &Caller) -> Timeframes {
        TimeframeServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A caseworker's client.
    pub fn staff(&self) -> Cases {
        self.cases(&testkit::a_caseworker())
    }

    /// The administrator of the landlord.
    pub fn administrator(&self) -> Caller {
        testkit::a_landlord_administrator(self.landlord).activated_on(day("2024-01-01"))
    }

    /// The landlord's client.
    pub fn own(&self) -> Cases {
        self.cases(&self.administrator())
    }

    /// A client of another landlord.
    pub fn strange(&self) -> Cases {
        self.cases(&testkit::a_landlord_administrator(kit::id()))
    }

    pub fn importer(&self) -> Cases {
        self.cases(&testkit::a_client(&["import"]))
    }

    /// Tells the service of an event.
    pub async fn hears<E: Message + Name>(&self, message: &E) {
        outbox::deliver(&self.db, &self.app, &event(message))
            .await
            .unwrap();
    }

    /// Tells it of an event of an instant.
    pub async fn hears_at<E: Message + Name>(&self, message: &E, at: DateTime<Utc>) {
        outbox::deliver(&self.db, &self.app, &event_at(message, at))
            .await
            .unwrap();
    }

    pub async fn a_landlord(&self, name: &str) -> Uuid {
        let id = kit::id();
        self.hears(&landlord_registered(id, name)).await;
        self.hears(&LandlordActivated {
            landlord_id: id.to_string(),
            activated_on: "2024-01-01".into(),
        })
        .await;
        id
    }

    pub async fn a_member_of_staff(&self, name: &str) -> Uuid {
        let id = kit::id();
        self.hears_at(&staff(id, name, true), self.clock.now())
            .await;
        id
    }

    /// A case of the landlord's.
    pub async fn a_case(&self) -> Case {
        self.opened(&opening(self.landlord)).await
    }

    pub async fn opened(&self, request: &OpenCaseRequest) -> Case {
        self.staff()
            .open_case(request.clone())
            .await
            .unwrap()
            .into_inner()
    }

    /// Moves a case along, one status after the other.
    pub async fn moved(&self, case: &Case, through: &[Status]) -> Case {
        let mut case = case.clone();
        for status in through {
            case = self
                .staff()
                .move_case(a_move(&case, *status))
                .await
                .unwrap()
                .into_inner();
        }
        case
    }

    /// The case as a caseworker sees it now.
    pub async fn seen(&self, case: &Case) -> Case {
        self.staff().get_case(get(case)).await.unwrap().into_inner()
    }

    /// The case that people call so.
    pub async fn find(&self, reference: &str) -> Case {
        let request = GetCaseRequest {
            case_id: reference.to_owned(),
        };
        self.staff().get_case(request).await.unwrap().into_inner()
    }

    pub async fn timeline(&self, case: &Case) -> Vec<TimelineEntry> {
        self.staff()
            .list_timeline(timeline(case))
            .await
            .unwrap()
            .into_inner()
            .entries
    }

    /// A task on a case, set today.
    pub async fn a_task(&self, case: &Case, due_on: &str) -> TaskFacts {
        let facts = task(case, due_on);
        self.hears(&task_set(&facts)).await;
        facts
    }

    pub fn days_pass(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn opening(landlord: Uuid) -> OpenCaseRequest {
    OpenCaseRequest {
        request_id: kit::id().to_string(),
        case_type: CaseType::MemberLandlord.into(),
        complainant: "Ada Resident".into(),
        representative: "Rae Representative".into(),
        landlord_id: landlord.to_string(),
        subject: "Damp and mould in the bedroom".into(),
        staff_details: Some(StaffDetails {
            contact: "0300 111 3000".into(),
            communication_preference: "By letter".into(),
            reasonable_adjustments: "Large print".into(),
            vulnerabilities: "Asthma".into(),
        }),
    }
}

pub fn a_move(case: &Case, to: Status) -> MoveCaseRequest {
    MoveCaseRequest {
        case_id: case.id.clone(),
        version: case.version,
        status: to.into(),
    }
}

pub fn a_decision(case: &Case, finding: Finding) -> RecordOutcomeRequest {
    RecordOutcomeRequest {
        case_id: case.id.clone(),
        version: case.version,
        finding: finding.into(),
        summary: "The repairs took 14 months.\nThe landlord pays £600.".into(),
        decided_on: "2025-06-02".into(),
    }
}

pub fn get(case: &Case) -> GetCaseRequest {
    GetCaseRequest {
        case_id: case.id.clone(),
    }
}

pub fn timeline(case: &Case) -> ListTimelineRequest {
    ListTimelineRequest {
        case_id: case.id.clone(),
        ..Default::default()
    }
}

pub fn landlord_registered(id: Uuid, name: &str) -> LandlordRegistered {
    LandlordRegistered {
        landlord_id: id.to_string(),
        name: name.into(),
        administrator_account_id: kit::id().to_string(),
    }
}

pub fn staff(id: Uuid, name: &str, active: bool) -> StaffChanged {
    StaffChanged {
        account_id: id.to_string(),
        name: name.into(),
        team: "TEAM_TRIAGE".into(),
        active,
        role: Role::Caseworker.into(),
    }
}

pub fn task(case: &Case, due_on: &str) -> TaskFacts {
    TaskFacts {
        task_id: kit::id().to_string(),
        case_id: case.id.clone(),
        title: format!("Provide evidence by {due_on}"),
        set_on: "2025-06-02".into(),
        due_on: due_on.into(),
        open: true,
        version: 1,
    }
}

pub fn task_set(facts: &TaskFacts) -> TaskSet {
    TaskSet {
        facts: Some(facts.clone()),
        kind: TaskKind::RespondToRequest.into(),
        actor: "Casey Caseworker".into(),
    }
}

/// What somebody finds about the risk of a case; with all three it is highly sensitive.
pub fn factors(severity: Severity, since: &str, circumstances: Circumstances) -> RiskFactors {
    RiskFactors {
        severity: severity.into(),
        going_on_since: since.into(),
        circumstances: circumstances.into(),
        new_factors: String::new(),
    }
}
