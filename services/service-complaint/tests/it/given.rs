//! What tests start from.

use calendar::Calendar;
use kit::Clock;
use proto::access::v1::Role;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::complaint_service_server::ComplaintServiceServer;
use proto::service_complaint::v1::{
    AcknowledgeComplaintRequest, Channel, Complaint, Needs, RecordComplaintRequest,
};
use service_complaint::App;
use sqlx::PgPool;
use testkit::{Caller, Served};

pub type Client = ComplaintServiceClient<testkit::Channel>;

/// The service, on Tuesday 10 June 2025.
pub struct World {
    pub clock: Clock,
    served: Served,
}

pub async fn a_world(db: &PgPool) -> World {
    let clock = Clock::fixed("2025-06-10T08:30:00Z".parse().unwrap());
    let app = App::new(db.clone(), clock.clone(), Calendar::england_and_wales());
    let served = testkit::serve_at("service-complaint", clock.clone(), |server| {
        server.add_service(ComplaintServiceServer::new(app))
    })
    .await;
    World { clock, served }
}

impl World {
    /// A client as the gateway uses it.
    pub fn client(&self, caller: impl Into<Option<Caller>>) -> Client {
        ComplaintServiceClient::new(self.served.client("gateway", caller))
    }

    /// An investigator's client.
    pub fn investigator(&self) -> Client {
        self.client(testkit::a(Role::ComplaintsInvestigator))
    }
}

/// A complaint by telephone, received on a Saturday.
pub fn a_complaint() -> RecordComplaintRequest {
    RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: "Asha Verma".to_owned(),
        channel: Channel::Telephone.into(),
        summary: "Nobody called me back.".to_owned(),
        received_on: "2025-06-07".to_owned(),
        needs: None,
    }
}

/// All that an acknowledgement must hold.
pub fn an_acknowledgement(complaint: &Complaint) -> AcknowledgeComplaintRequest {
    AcknowledgeComplaintRequest {
        complaint_id: complaint.id.clone(),
        version: complaint.version,
        elements: vec!["The call that was promised was not made".to_owned()],
        desired_outcome: "An apology".to_owned(),
        needs: Some(Needs {
            contact: "020 7946 0000".to_owned(),
            communication_preference: "Telephone".to_owned(),
            reasonable_adjustments: "None".to_owned(),
            vulnerabilities: "None".to_owned(),
        }),
        early_resolution: "A call was offered and declined".to_owned(),
        acknowledged_on: "2025-06-10".to_owned(),
    }
}
