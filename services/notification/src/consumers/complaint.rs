//! Events of complaints about the ombudsman: a private link is to be sent to whoever complains.

use outbox::{Event, Retry, subject};
use proto::service_complaint::v1::{LinkCause, LinkRequested};
use sqlx::PgConnection;

use super::{id, unreadable};
use crate::app::App;
use crate::domain::{Matter, Recipient};

pub(super) fn subjects() -> Vec<String> {
    vec![subject::<LinkRequested>()]
}

/// Handles an event of a complaint; `false` when it is none.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    let Some(requested) = event.get::<LinkRequested>()? else {
        return Ok(false);
    };
    let matter = match requested.cause() {
        LinkCause::Unspecified => return Err(unreadable(&requested, "cause")),
        LinkCause::Receipt => Matter::ComplaintReceipt,
        LinkCause::Asked => Matter::ComplaintLink,
    };
    let request = id(&requested, "request_id", &requested.request_id)?;
    let expires_at = kit::time::instant(requested.expires_at.as_ref())
        .ok_or_else(|| unreadable(&requested, "expires_at"))?;
    let recipient = Recipient::ComplaintLink(request);
    app.send_secret(tx, event, matter, recipient, expires_at)
        .await?;
    Ok(true)
}
