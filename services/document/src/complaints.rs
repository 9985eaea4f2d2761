//! What service-complaint says of those who complain: whose files a secret opens (SC-1).

use kit::client::Channel;
use proto::document::v1::ComplaintSecret;
use proto::document::v1::complaint_secret::Secret as Held;
use proto::service_complaint::v1::file_access_service_client::FileAccessServiceClient;
use proto::service_complaint::v1::resolve_file_access_request::Secret;
use proto::service_complaint::v1::{ResolveFileAccessRequest, ResolveFileAccessResponse};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::error::Error;

/// Asks service-complaint, as this process.
#[derive(Debug, Clone)]
pub struct Complaints(FileAccessServiceClient<Channel>);

/// What somebody's secret opens.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    /// The complaint, or the form that becomes it.
    pub complaint_id: Uuid,
    /// Whether its files can be added to.
    pub can_change: bool,
    /// Whether they can be taken back.
    pub can_take_back: bool,
}

impl Complaints {
    /// Asks over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self(FileAccessServiceClient::new(channel))
    }

    /// Whose files a secret opens. Without one, or with a wrong one, there are none.
    pub async fn open(&self, secret: Option<ComplaintSecret>) -> Result<Opened, Error> {
        let (secret, wrong) = match secret.and_then(|it| it.secret) {
            Some(Held::DraftToken(token)) => (Secret::DraftToken(token), Error::NoSuchDraft),
            Some(Held::LinkToken(token)) => (Secret::LinkToken(token), Error::NoSuchLink),
            None => return Err(Error::NoSuchDraft),
        };
        let request = ResolveFileAccessRequest {
            secret: Some(secret),
        };
        // A client is a handle: its clones share the connection.
        let opened = self.0.clone().resolve_file_access(request).await;
        let opened = opened.map_err(|status| match status.code() {
            Code::NotFound => wrong,
            _ => Error::ComplaintsUnavailable(status),
        })?;
        let ResolveFileAccessResponse {
            complaint_id,
            can_change,
            can_take_back,
        } = opened.into_inner();
        let complaint_id = complaint_id.parse().map_err(|_| {
            Error::ComplaintsUnavailable(Status::internal("the complaint's id is none"))
        })?;
        Ok(Opened {
            complaint_id,
            can_change,
            can_take_back,
        })
    }

    /// The same, to take a file back.
    pub async fn open_to_take_back(&self, secret: Option<ComplaintSecret>) -> Result<Uuid, Error> {
        let opened = self.open(secret).await?;
        if opened.can_take_back {
            Ok(opened.complaint_id)
        } else {
            Err(Error::AlreadySent)
        }
    }

    /// The same, to add a file.
    pub async fn open_to_change(&self, secret: Option<ComplaintSecret>) -> Result<Uuid, Error> {
        let opened = self.open(secret).await?;
        if opened.can_change {
            Ok(opened.complaint_id)
        } else {
            Err(Error::AlreadySent)
        }
    }
}
