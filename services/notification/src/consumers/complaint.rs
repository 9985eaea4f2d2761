//! Events of complaints about the ombudsman: a private link is to be sent to whoever complains, and colleagues are told of what waits for them.

mod own_action;
mod waiting;

use outbox::{Event, Retry, subject};
use proto::service_complaint::v1::{
    ActionHindered, ActionPromised, ApprovalDecided, ApprovalRequested, ConflictDeclared,
    DeadlineApproaching, DeadlineEscalated, DeadlineOverdue, DeadlineRedated, EscalationRequested,
    FollowUpDue, HandlerAssigned, LetterRefused, LinkCause, LinkRequested, PersonWrote,
    RequestAssigned,
};
use sqlx::PgConnection;

use self::waiting::{Topic, Waiting, waiting};
use super::{id, unreadable};
use crate::app::{App, InsightNews};
use crate::domain::{self, Matter, Recipient};

pub(super) fn subjects() -> Vec<String> {
    vec![
        subject::<LinkRequested>(),
        subject::<DeadlineApproaching>(),
        subject::<DeadlineOverdue>(),
        subject::<DeadlineEscalated>(),
        subject::<ApprovalRequested>(),
        subject::<ApprovalDecided>(),
        subject::<ActionPromised>(),
        subject::<LetterRefused>(),
        subject::<ActionHindered>(),
        subject::<EscalationRequested>(),
        subject::<PersonWrote>(),
        subject::<FollowUpDue>(),
        subject::<HandlerAssigned>(),
        subject::<ConflictDeclared>(),
        subject::<RequestAssigned>(),
        subject::<DeadlineRedated>(),
    ]
}

/// Handles an event of a complaint; `false` when it is none.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    if let Some(requested) = event.get::<LinkRequested>()? {
        send_link(app, tx, event, &requested).await?;
        return Ok(true);
    }
    if let Some(declared) = event.get::<ConflictDeclared>()? {
        let declarer = id(&declared, "declared_by", &declared.declared_by)?;
        app.keep_interest(tx, declarer, &declared.reference).await?;
    }
    if let Some((owner, text)) = own_action::of(event)? {
        app.tell_of_own_action(tx, event, owner, &text).await?;
    }
    let Some(Waiting {
        audiences,
        matter,
        topic,
        text,
    }) = waiting(event)?
    else {
        return Ok(false);
    };
    let topic = match &topic {
        Topic::Complaint(id, reference) => domain::Topic::Complaint { id: *id, reference },
        Topic::List(id) => domain::Topic::List(*id),
    };
    let news = InsightNews {
        matter,
        topic,
        text: &text,
    };
    app.tell_insight(tx, event, &audiences, &news).await?;
    Ok(true)
}

async fn send_link(
    app: &App,
    tx: &mut PgConnection,
    event: &Event,
    requested: &LinkRequested,
) -> Result<(), Retry> {
    let matter = match requested.cause() {
        LinkCause::Unspecified => return Err(unreadable(requested, "cause")),
        LinkCause::Receipt => Matter::ComplaintReceipt,
        LinkCause::Asked => Matter::ComplaintLink,
    };
    let request = id(requested, "request_id", &requested.request_id)?;
    let expires_at = kit::time::instant(requested.expires_at.as_ref())
        .ok_or_else(|| unreadable(requested, "expires_at"))?;
    let recipient = Recipient::ComplaintLink(request);
    app.send_secret(tx, event, matter, recipient, expires_at)
        .await
}
