//! The services, called with a token that is asked for when it is first needed.

use std::collections::HashMap;

use anyhow::Context as _;
use kit::client::{self, Channel};
use kit::config::{PeerConfig, TlsConfig};
use proto::identity::v1::IssueClientTokenRequest;
use proto::identity::v1::login_service_client::LoginServiceClient;
use secrecy::{ExposeSecret as _, SecretString};
use tonic::Request;

use crate::failure::Failure;
use crate::profile::Profile;

/// The services that hold events, and so dead letters.
pub(crate) const SERVICES: [&str; 7] = [
    "identity",
    "case",
    "task",
    "messaging",
    "document",
    "service-complaint",
    "notification",
];

/// The portal, as the operator may use it.
#[derive(Clone)]
pub(crate) struct Portal {
    tls: TlsConfig,
    client_id: String,
    client_secret: SecretString,
    on_behalf_of: Option<String>,
    services: HashMap<String, String>,
}

impl Portal {
    /// Uses the portal of a profile, as oneself or for a member of staff.
    pub(crate) fn open(profile: &Profile, on_behalf_of: Option<String>) -> Self {
        Self {
            tls: profile.tls.clone(),
            client_id: profile.client_id.clone(),
            client_secret: profile.client_secret.clone(),
            on_behalf_of,
            services: profile.services.clone(),
        }
    }

    /// The same portal, used as oneself: casework's staff, for whom the operator may act, can't list accounts.
    pub(crate) fn as_oneself(&self) -> Self {
        Self {
            on_behalf_of: None,
            ..self.clone()
        }
    }

    /// A connection to a service, for a generated client.
    pub(crate) fn channel(&self, service: &str) -> Result<Channel, Failure> {
        let url = self
            .services
            .get(service)
            .with_context(|| format!("the profile has no address for {service}"))?;
        Ok(client::channel(
            &PeerConfig { url: url.clone() },
            &self.tls,
        )?)
    }

    /// A request to a service with a token for it.
    pub(crate) async fn request<T>(
        &self,
        service: &str,
        message: T,
    ) -> Result<Request<T>, Failure> {
        let request = IssueClientTokenRequest {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose_secret().to_owned(),
            audience: service.to_owned(),
            scopes: Vec::new(),
            on_behalf_of: self.on_behalf_of.clone().unwrap_or_default(),
        };
        let mut identity = LoginServiceClient::new(self.channel("identity")?);
        let issued = identity.issue_client_token(request).await?.into_inner();
        Ok(client::bearer(message, &issued.token))
    }
}

/// Calls a method of a service: `call!(portal, "case", CaseServiceClient, get_case, GetCaseRequest { .. })`.
macro_rules! call {
    ($portal:expr, $service:expr, $client:ident, $method:ident, $message:expr) => {{
        let request = $portal.request($service, $message).await?;
        $client::new($portal.channel($service)?)
            .$method(request)
            .await?
            .into_inner()
    }};
}

pub(crate) use call;
