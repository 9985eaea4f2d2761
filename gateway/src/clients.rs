//! The clients of the services, built once.

use std::collections::HashMap;
use std::sync::Arc;

use kit::client::{self, Channel};
use proto::case::v1::allocation_service_client::AllocationServiceClient;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::risk_service_client::RiskServiceClient;
use proto::document::v1::complaint_file_service_client::ComplaintFileServiceClient;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::linked_file_service_client::LinkedFileServiceClient;
use proto::identity::v1::account_service_client::AccountServiceClient;
use proto::identity::v1::login_service_client::LoginServiceClient;
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::notification::v1::notification_service_client::NotificationServiceClient;
use proto::service_complaint::v1::amendment_service_client::AmendmentServiceClient;
use proto::service_complaint::v1::colleague_service_client::ColleagueServiceClient;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::public_complaint_service_client::PublicComplaintServiceClient;
use proto::service_complaint::v1::service_request_service_client::ServiceRequestServiceClient;
use proto::task::v1::task_service_client::TaskServiceClient;

use crate::config::Config;

/// The services that a token is asked for, all at once, when a session is checked.
pub(crate) const AUDIENCES: [&str; 7] = [
    "identity",
    "case",
    "task",
    "messaging",
    "document",
    "service-complaint",
    "notification",
];

/// One client for each service. Clones share their connections.
#[derive(Clone)]
pub struct Clients {
    pub(crate) login: LoginServiceClient<Channel>,
    pub(crate) account: AccountServiceClient<Channel>,
    pub(crate) case: CaseServiceClient<Channel>,
    pub(crate) risk: RiskServiceClient<Channel>,
    pub(crate) allocation: AllocationServiceClient<Channel>,
    pub(crate) task: TaskServiceClient<Channel>,
    pub(crate) messaging: MessagingServiceClient<Channel>,
    pub(crate) document: DocumentServiceClient<Channel>,
    pub(crate) service_complaint: ComplaintServiceClient<Channel>,
    /// What is put right about service complaints after they came in.
    pub(crate) amendment: AmendmentServiceClient<Channel>,
    /// The actions of service complaints that colleagues are accountable for.
    pub(crate) colleague: ColleagueServiceClient<Channel>,
    /// Learning, recommendations, reports and samples of service complaints.
    pub(crate) oversight: OversightServiceClient<Channel>,
    /// What people ask for rather than complain about.
    pub(crate) service_requests: ServiceRequestServiceClient<Channel>,
    pub(crate) notification: NotificationServiceClient<Channel>,
    /// Complaints about the ombudsman itself, for whoever has no account.
    pub(crate) public_complaints: PublicComplaintServiceClient<Channel>,
    /// Files by links that open one of them each.
    pub(crate) linked_files: LinkedFileServiceClient<Channel>,
    /// The files of such complaints.
    pub(crate) complaint_files: ComplaintFileServiceClient<Channel>,
    channels: Arc<HashMap<&'static str, Channel>>,
}

impl Clients {
    pub(crate) fn connect(config: &Config) -> anyhow::Result<Self> {
        let connect = |peer| client::channel(peer, &config.server.tls);
        let services = &config.services;
        let peer = |name| match name {
            "identity" => &services.identity,
            "case" => &services.case,
            "task" => &services.task,
            "messaging" => &services.messaging,
            "document" => &services.document,
            "service-complaint" => &services.service_complaint,
            "notification" => &services.notification,
            other => unreachable!("{other} is none of the services that tokens are asked for"),
        };
        let channels: HashMap<_, _> = AUDIENCES
            .into_iter()
            .map(|name| Ok((name, connect(peer(name))?)))
            .collect::<anyhow::Result<_>>()?;
        let to = |name| channels[name].clone();
        Ok(Self {
            login: LoginServiceClient::new(to("identity")),
            account: AccountServiceClient::new(to("identity")),
            case: CaseServiceClient::new(to("case")),
            risk: RiskServiceClient::new(to("case")),
            allocation: AllocationServiceClient::new(to("case")),
            task: TaskServiceClient::new(to("task")),
            messaging: MessagingServiceClient::new(to("messaging")),
            document: DocumentServiceClient::new(to("document")),
            service_complaint: ComplaintServiceClient::new(to("service-complaint")),
            amendment: AmendmentServiceClient::new(to("service-complaint")),
            colleague: ColleagueServiceClient::new(to("service-complaint")),
            oversight: OversightServiceClient::new(to("service-complaint")),
            service_requests: ServiceRequestServiceClient::new(to("service-complaint")),
            notification: NotificationServiceClient::new(to("notification")),
            public_complaints: PublicComplaintServiceClient::new(to("service-complaint")),
            linked_files: LinkedFileServiceClient::new(to("document")),
            complaint_files: ComplaintFileServiceClient::new(to("document")),
            channels: Arc::new(channels),
        })
    }

    /// The connection to a service, for methods that are known from descriptors only.
    pub(crate) fn channel(&self, service: &str) -> Option<Channel> {
        self.channels.get(service).cloned()
    }
}
