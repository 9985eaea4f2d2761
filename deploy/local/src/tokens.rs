//! Internal tokens of the operators' client: asked for when needed, and again before they end.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use kit::Clock;
use kit::client::Channel;
use proto::identity::v1::IssueClientTokenRequest;
use proto::identity::v1::login_service_client::LoginServiceClient;
use secrecy::ExposeSecret as _;
use tonic::{Request, Status};

use crate::operator::Credentials;
use crate::service::Service;

/// A token is not used in its last seconds, so that it does not end on its way.
const MARGIN: Duration = Duration::seconds(15);

/// The service that a token is for, and the username of the person it acts for.
type Purpose = (Service, Option<&'static str>);

/// Asks for tokens.
#[derive(Debug)]
pub struct Tokens {
    identity: LoginServiceClient<Channel>,
    credentials: Credentials,
    clock: Clock,
    issued: HashMap<Purpose, (String, DateTime<Utc>)>,
}

impl Tokens {
    /// Tokens of a client.
    #[must_use]
    pub fn new(identity: Channel, credentials: Credentials, clock: Clock) -> Self {
        Self {
            identity: LoginServiceClient::new(identity),
            credentials,
            clock,
            issued: HashMap::new(),
        }
    }

    /// A request that carries a token for its service, with the client's own rights or a colleague's.
    pub async fn bearer<T>(
        &mut self,
        message: T,
        service: Service,
        on_behalf_of: Option<&'static str>,
    ) -> Result<Request<T>, Status> {
        let token = self.token((service, on_behalf_of)).await?;
        Ok(kit::client::bearer(message, &token))
    }

    async fn token(&mut self, purpose: Purpose) -> Result<String, Status> {
        let now = self.clock.now();
        if let Some((token, ends)) = self.issued.get(&purpose)
            && is_fresh(*ends, now)
        {
            return Ok(token.clone());
        }
        let (service, on_behalf_of) = purpose;
        let request = IssueClientTokenRequest {
            client_id: self.credentials.client_id.to_string(),
            client_secret: self.credentials.client_secret.expose_secret().to_owned(),
            audience: service.name().to_owned(),
            scopes: vec![],
            on_behalf_of: on_behalf_of.unwrap_or_default().to_owned(),
        };
        let issued = self
            .identity
            .issue_client_token(request)
            .await?
            .into_inner();
        let ends = kit::time::instant(issued.expires_at.as_ref()).unwrap_or(now);
        self.issued.insert(purpose, (issued.token.clone(), ends));
        Ok(issued.token)
    }
}

fn is_fresh(ends: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now + MARGIN < ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_used_in_its_last_seconds() {
        let ends: DateTime<Utc> = "2026-11-22T12:01:00Z".parse().unwrap();

        assert!(is_fresh(ends, ends - Duration::seconds(16)));
        assert!(!is_fresh(ends, ends - Duration::seconds(15)));
        assert!(!is_fresh(ends, ends + Duration::seconds(1)));
    }
}
