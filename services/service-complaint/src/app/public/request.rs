//! The public form of a service request (1.3, 2.3): one page, of which nothing is kept before it is sent.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Public;
use crate::app::requests::{by_email, one};
use crate::app::{Actor, RequestIntake};
use crate::domain::complaint::{Channel, ServiceUser};
use crate::domain::request::ServiceRequest;
use crate::domain::throttle::{Rule, is_automated};
use crate::error::Error;
use crate::secret::Kind;
use crate::store::requests as store;

/// For how long a form can be sent.
const LIVES: chrono::Duration = chrono::Duration::hours(24);
/// Whose request it is that a form becomes a service request.
const ACTOR: &str = "service-user";

/// The public form, filled in.
#[derive(Debug, Clone)]
pub struct Wanting {
    /// The form's token.
    pub token: String,
    /// Who asks.
    pub user: ServiceUser,
    /// What is asked for.
    pub wanted: String,
    /// The case that it is about, by reference; empty when it is about none.
    pub case_reference: String,
    /// The field that people don't see.
    pub left_empty: String,
    /// The network address that it comes from.
    pub address: String,
}

/// A form that was sent.
#[derive(Debug)]
pub struct Wanted {
    /// The request's reference.
    pub reference: String,
    /// Whether a receipt goes out by email.
    pub by_email: bool,
}

impl From<ServiceRequest> for Wanted {
    fn from(request: ServiceRequest) -> Self {
        Self {
            by_email: by_email(&request.user),
            reference: request.reference,
        }
    }
}

impl Public {
    /// Begins a form: what it is sent with, and until when it can be. The token says when it was begun and is signed, so that nothing is stored.
    #[must_use]
    pub fn begin_request(&self) -> (String, DateTime<Utc>) {
        let now = self.app.clock.now();
        let begun = format!("{}.{}", kit::id(), now.timestamp_millis());
        (self.key.sign(Kind::RequestForm, &begun), now + LIVES)
    }

    /// Makes a service request of a form, once however often it is asked for.
    pub async fn send_request(&self, wanting: Wanting) -> Result<Wanted, Error> {
        let now = self.app.clock.now();
        let (form_id, begun_at) = self.begun(&wanting.token).ok_or(Error::NoSuchForm)?;
        let took = now - begun_at;
        if took > LIVES {
            return Err(Error::NoSuchForm);
        }
        let mut tx = self.app.db.begin().await?;
        if let Some(id) = store::find_by_request(&mut *tx, ACTOR, form_id).await? {
            return Ok(one(&mut tx, id).await?.request.into());
        }
        if is_automated(took, &wanting.left_empty) {
            return Err(Error::Automated);
        }
        let counted = self.count(&mut tx, Rule::Send, &wanting.address).await?;
        if let Err(refused) = counted {
            tx.commit().await?;
            return Err(refused);
        }
        let actor = Actor {
            id: ACTOR.to_owned(),
            account_id: None,
            name: wanting.user.name.clone(),
            senior: false,
        };
        let intake = RequestIntake {
            request_id: form_id,
            user: wanting.user,
            channel: Channel::Webform,
            wanted: wanting.wanted,
            received_on: self.app.clock.today(),
            case_reference: wanting.case_reference,
            raised_during: None,
        };
        let recorded = self
            .app
            .record_request_in(&mut tx, &actor, (kit::id(), intake))
            .await?;
        if let Some(request) = recorded {
            tx.commit().await?;
            return Ok(request.into());
        }
        // It was sent in another tab at the same moment.
        tx.rollback().await?;
        let mut db = self.app.db.acquire().await?;
        let id = store::find_by_request(&mut *db, ACTOR, form_id)
            .await?
            .ok_or(Error::NoSuchForm)?;
        Ok(one(&mut db, id).await?.request.into())
    }

    fn begun(&self, token: &str) -> Option<(Uuid, DateTime<Utc>)> {
        let (id, begun) = self.key.signed(Kind::RequestForm, token)?.split_once('.')?;
        let begun_at = DateTime::from_timestamp_millis(begun.parse().ok()?)?;
        Some((id.parse().ok()?, begun_at))
    }
}
