//! What the tests start from.

use calendar::Calendar;
use chrono::{NaiveDate, TimeDelta};
use kit::Clock;
use kit::config::PeerConfig;
use outbox::testing::event;
use prost::{Message, Name};
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened, Status};
use proto::document::v1::document_service_server::DocumentServiceServer;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::task_service_server::TaskServiceServer;
use proto::task::v1::{
    AnswerUnableRequest, CompleteTaskRequest, GetTaskRequest, RedateTaskRequest, ReopenTaskRequest,
    ReportUnableRequest, SetTaskRequest, Task, TaskKind, UnableDecision, WithdrawTaskRequest,
};
use sqlx::PgPool;
use task::{App, Documents, Reminders, Swept};
use testkit::{Caller, Channel, Served};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::documents::DocumentsOfCases;

pub type Tasks = TaskServiceClient<Channel>;

/// The service on Monday 2 June 2025, with one open case of one landlord.
pub struct Portal {
    pub app: App,
    pub db: PgPool,
    pub clock: Clock,
    pub landlord: Uuid,
    pub case: CaseFacts,
    pub documents: DocumentsOfCases,
    served: Served,
    document: Served,
}

/// The service's app over a database, which asks the document service at an address.
pub fn app(db: &PgPool, clock: &Clock, document: String) -> App {
    let peer = PeerConfig { url: document };
    let channel = kit::client::channel(&peer, &testkit::tls("task")).unwrap();
    App::new(
        db.clone(),
        clock.clone(),
        Calendar::england_and_wales(),
        Reminders::default(),
        Documents::new(channel),
    )
}

pub async fn a_portal(db: &PgPool) -> Portal {
    let clock = Clock::fixed("2025-06-02T09:00:00Z".parse().unwrap());
    let documents = DocumentsOfCases::default();
    let document = DocumentServiceServer::new(documents.clone());
    let document = testkit::serve_at("document", clock.clone(), |server| {
        server.add_service(document)
    })
    .await;
    let app = app(db, &clock, document.url());
    let service = TaskServiceServer::new(app.clone());
    let served =
        testkit::serve_at("task", clock.clone(), |server| server.add_service(service)).await;
    let landlord = kit::id();
    let case = case_of(landlord);
    let portal = Portal {
        app,
        db: db.clone(),
        clock,
        landlord,
        case,
        documents,
        served,
        document,
    };
    portal
        .hears(&CaseOpened {
            facts: Some(portal.case.clone()),
        })
        .await;
    portal
}

impl Portal {
    pub fn tasks(&self, caller: &Caller) -> Tasks {
        TaskServiceClient::new(self.served.client("gateway", caller.clone()))
    }

    /// A caseworker's client.
    pub fn staff(&self) -> Tasks {
        self.tasks(&testkit::a_caseworker())
    }

    /// The administrator of the landlord.
    pub fn administrator(&self) -> Caller {
        testkit::a_landlord_administrator(self.landlord).activated_on(day("2024-01-01"))
    }

    /// The landlord's client.
    pub fn own(&self) -> Tasks {
        self.tasks(&self.administrator())
    }

    /// A client of another landlord.
    pub fn strange(&self) -> Tasks {
        self.tasks(&testkit::a_landlord_administrator(kit::id()))
    }

    pub fn importer(&self) -> Tasks {
        self.tasks(&testkit::a_client(&["import"]))
    }

    /// Tells the service of an event.
    pub async fn hears<E: Message + Name>(&self, message: &E) {
        outbox::deliver(&self.db, &self.app, &event(message))
            .await
            .unwrap();
    }

    /// Another open case.
    pub async fn a_case_of(&self, landlord: Uuid) -> CaseFacts {
        let case = case_of(landlord);
        self.hears(&CaseOpened {
            facts: Some(case.clone()),
        })
        .await;
        case
    }

    /// The case moves, as the case service announces it.
    pub async fn case_moves(&self, case: &CaseFacts, to: Status) -> CaseFacts {
        let facts = CaseFacts {
            status: to.into(),
            closed_on: if to == Status::Closed {
                self.clock.today().to_string()
            } else {
                String::new()
            },
            version: case.version + 1,
            ..case.clone()
        };
        self.hears(&moved(&facts)).await;
        facts
    }

    pub async fn a_task(&self, due_on: &str) -> Task {
        self.set(&setting(&self.case, due_on)).await
    }

    pub async fn set(&self, request: &SetTaskRequest) -> Task {
        self.staff()
            .set_task(request.clone())
            .await
            .unwrap()
            .into_inner()
    }

    /// The task as a caseworker sees it now.
    pub async fn seen(&self, task: &Task) -> Task {
        self.staff().get_task(get(task)).await.unwrap().into_inner()
    }

    /// A task of a kind; one for information has its letter.
    pub async fn a_task_of(&self, kind: TaskKind) -> Task {
        if kind == TaskKind::ForInformation {
            return self.a_letter().await;
        }
        self.set(&SetTaskRequest {
            kind: kind.into(),
            ..setting(&self.case, "2025-06-20")
        })
        .await
    }

    /// A task for information, with its letter.
    pub async fn a_letter(&self) -> Task {
        self.set(&informing(
            &self.case,
            self.documents.add(&self.case.case_id),
        ))
        .await
    }

    /// The address of the document service.
    pub fn document_url(&self) -> String {
        self.document.url()
    }

    pub async fn redated(&self, task: &Task, due_on: &str) -> Task {
        self.staff()
            .redate_task(redating(task, due_on))
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn completed(&self, task: &Task, on: &str) -> Task {
        self.own()
            .complete_task(completing(task, on))
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn reported(&self, task: &Task) -> Task {
        self.own()
            .report_unable(reporting(task, "The contractor is ill"))
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn sweep(&self) -> Swept {
        self.app.sweep(&CancellationToken::new()).await.unwrap()
    }

    pub fn days_pass(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn case_of(landlord: Uuid) -> CaseFacts {
    CaseFacts {
        case_id: kit::id().to_string(),
        reference: "202500001".into(),
        landlord_id: landlord.to_string(),
        landlord_name: "TEST TEST Landlord".into(),
        complainant: "Ada Resident".into(),
        status: Status::EvidenceGathering.into(),
        opened_on: "2025-05-01".into(),
        version: 1,
        ..Default::default()
    }
}

pub fn moved(facts: &CaseFacts) -> CaseMoved {
    CaseMoved {
        facts: Some(facts.clone()),
        from: Status::EvidenceGathering.into(),
        status_label: "Somewhere else".into(),
        moved_at: Some(kit::time::timestamp(
            "2025-06-02T09:00:00Z".parse().unwrap(),
        )),
        actor: "Casey Caseworker".into(),
    }
}

pub fn setting(case: &CaseFacts, due_on: &str) -> SetTaskRequest {
    SetTaskRequest {
        request_id: kit::id().to_string(),
        case_id: case.case_id.clone(),
        kind: TaskKind::RespondToRequest.into(),
        title: "Provide evidence".into(),
        instructions: "Send us the repair log.\nAnd the letters.".into(),
        due_on: due_on.into(),
        document_id: String::new(),
    }
}

/// A task for information about a letter.
pub fn informing(case: &CaseFacts, document_id: String) -> SetTaskRequest {
    SetTaskRequest {
        kind: TaskKind::ForInformation.into(),
        title: "Read our letter".into(),
        document_id,
        ..setting(case, "2025-06-20")
    }
}

pub fn get(task: &Task) -> GetTaskRequest {
    GetTaskRequest {
        task_id: task.id.clone(),
    }
}

pub fn completing(task: &Task, on: &str) -> CompleteTaskRequest {
    CompleteTaskRequest {
        task_id: task.id.clone(),
        version: task.version,
        completed_on: on.into(),
    }
}

pub fn reporting(task: &Task, message: &str) -> ReportUnableRequest {
    ReportUnableRequest {
        task_id: task.id.clone(),
        version: task.version,
        message: message.into(),
    }
}

pub fn answering(task: &Task, decision: UnableDecision, due_on: &str) -> AnswerUnableRequest {
    AnswerUnableRequest {
        task_id: task.id.clone(),
        version: task.version,
        decision: decision.into(),
        due_on: due_on.into(),
        answer: "We understand".into(),
    }
}

pub fn redating(task: &Task, due_on: &str) -> RedateTaskRequest {
    RedateTaskRequest {
        task_id: task.id.clone(),
        version: task.version,
        due_on: due_on.into(),
        reason: "You asked for more time".into(),
    }
}

pub fn reopening(task: &Task) -> ReopenTaskRequest {
    ReopenTaskRequest {
        task_id: task.id.clone(),
        version: task.version,
    }
}

pub fn withdrawing(task: &Task, reason: &str) -> WithdrawTaskRequest {
    WithdrawTaskRequest {
        task_id: task.id.clone(),
        version: task.version,
        reason: reason.into(),
    }
}
