//! The clients of the services, built once.

use kit::client::{self, Channel};
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::identity::v1::account_service_client::AccountServiceClient;
use proto::identity::v1::login_service_client::LoginServiceClient;
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::notification::v1::notification_service_client::NotificationServiceClient;
use proto::task::v1::task_service_client::TaskServiceClient;

use crate::config::Config;

/// The services that a token is asked for, all at once, when a session is checked.
pub(crate) const AUDIENCES: [&str; 6] = [
    "identity",
    "case",
    "task",
    "messaging",
    "document",
    "notification",
];

/// One client for each service. Clones share their connections.
#[derive(Clone)]
pub struct Clients {
    pub(crate) login: LoginServiceClient<Channel>,
    pub(crate) account: AccountServiceClient<Channel>,
    pub(crate) case: CaseServiceClient<Channel>,
    pub(crate) task: TaskServiceClient<Channel>,
    pub(crate) messaging: MessagingServiceClient<Channel>,
    pub(crate) document: DocumentServiceClient<Channel>,
    pub(crate) notification: NotificationServiceClient<Channel>,
}

impl Clients {
    pub(crate) fn connect(config: &Config) -> anyhow::Result<Self> {
        let connect = |peer| client::channel(peer, &config.server.tls);
        let services = &config.services;
        let identity = connect(&services.identity)?;
        Ok(Self {
            login: LoginServiceClient::new(identity.clone()),
            account: AccountServiceClient::new(identity),
            case: CaseServiceClient::new(connect(&services.case)?),
            task: TaskServiceClient::new(connect(&services.task)?),
            messaging: MessagingServiceClient::new(connect(&services.messaging)?),
            document: DocumentServiceClient::new(connect(&services.document)?),
            notification: NotificationServiceClient::new(connect(&services.notification)?),
        })
    }
}
