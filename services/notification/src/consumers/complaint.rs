//! Events of complaints about the ombudsman: a private link is to be sent to whoever complains, and what waits for a colleague is told in the
//! portal.

use outbox::{Event, Retry, subject};
use proto::service_complaint::v1::{
    ActionPromised, ApprovalDecided, ApprovalMatter, ApprovalRequested, DeadlineApproaching,
    DeadlineEscalated, DeadlineFacts, DeadlineKind, DeadlineOverdue, LetterRefused, LinkCause,
    LinkRequested,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{date, id, in_words, unreadable};
use crate::app::App;
use crate::domain::{Audience, Matter, Recipient};

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
    ]
}

/// Handles an event of a complaint; `false` when it is none.
pub(super) async fn handle(app: &App, tx: &mut PgConnection, event: &Event) -> Result<bool, Retry> {
    if let Some(requested) = event.get::<LinkRequested>()? {
        send_link(app, tx, event, &requested).await?;
        return Ok(true);
    }
    let Some(Waiting {
        audiences,
        reference,
        text,
    }) = waiting(event)?
    else {
        return Ok(false);
    };
    app.tell_of_complaint(tx, event, &audiences, (&reference, &text))
        .await?;
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

/// Something that waits for colleagues.
#[derive(Debug, PartialEq, Eq)]
struct Waiting {
    audiences: Vec<Audience>,
    reference: String,
    text: String,
}

fn waiting(event: &Event) -> Result<Option<Waiting>, Retry> {
    if let Some(it) = event.get::<DeadlineApproaching>()? {
        let facts = it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?;
        let due = in_words(date(&it, "due_on", &facts.due_on)?);
        let text = format!("{} is due on {due}", what(&facts));
        return Ok(Some(due_for(&facts, text)));
    }
    if let Some(it) = event.get::<DeadlineOverdue>()? {
        let facts = it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?;
        let due = in_words(date(&it, "due_on", &facts.due_on)?);
        let text = format!("{} was due on {due}", what(&facts));
        return Ok(Some(due_for(&facts, text)));
    }
    if let Some(it) = event.get::<DeadlineEscalated>()? {
        let facts = it.facts.clone().ok_or_else(|| unreadable(&it, "facts"))?;
        let due = in_words(date(&it, "due_on", &facts.due_on)?);
        let text = format!("{} was due on {due} and is still open", what(&facts));
        let mut waiting = due_for(&facts, text);
        waiting.audiences.push(Audience::InsightManagers);
        return Ok(Some(waiting));
    }
    if let Some(it) = event.get::<ApprovalRequested>()? {
        return Ok(Some(Waiting {
            audiences: vec![Audience::InsightManagers, Audience::Seniors],
            text: format!("You are asked to approve {}", asked_for(it.matter())),
            reference: it.reference,
        }));
    }
    if let Some(it) = event.get::<ApprovalDecided>()? {
        let asked_by = id(&it, "asked_by", &it.asked_by)?;
        let verdict = if it.agreed { "agreed" } else { "did not agree" };
        return Ok(Some(Waiting {
            audiences: vec![Audience::Account(asked_by)],
            text: format!("A senior colleague {verdict} to {}", asked_for(it.matter())),
            reference: it.reference,
        }));
    }
    if let Some(it) = event.get::<ActionPromised>()? {
        let owner = id(&it, "owner_id", &it.owner_id)?;
        let due = in_words(date(&it, "due_on", &it.due_on)?);
        return Ok(Some(Waiting {
            audiences: vec![Audience::Account(owner)],
            text: format!("You are accountable for an action that is due on {due}"),
            reference: it.reference,
        }));
    }
    if let Some(it) = event.get::<LetterRefused>()? {
        return Ok(Some(Waiting {
            audiences: vec![handled_by(&it.handler_id)],
            reference: it.reference,
            text: "A letter did not reach the person: the mail server refused it. Send it again in another way".to_owned(),
        }));
    }
    Ok(None)
}

/// Whoever handles a complaint; while nobody does, all of Customer Insight.
fn handled_by(account: &str) -> Audience {
    account
        .parse::<Uuid>()
        .map_or(Audience::Insight, Audience::Account)
}

/// A due date, for whoever has to see to it; while nobody does, for all of Customer Insight.
fn due_for(facts: &DeadlineFacts, text: String) -> Waiting {
    Waiting {
        audiences: vec![handled_by(&facts.owner_id)],
        reference: facts.reference.clone(),
        text,
    }
}

fn what(facts: &DeadlineFacts) -> String {
    match facts.kind() {
        DeadlineKind::Acknowledgement => {
            format!("The acknowledgement of stage {}", facts.stage)
        }
        DeadlineKind::Response => format!("The response of stage {}", facts.stage),
        DeadlineKind::OutcomeReply => "Asking again which outcome the person seeks".to_owned(),
        DeadlineKind::ProgressUpdate => "An update to the person".to_owned(),
        DeadlineKind::Action => "An action that was promised".to_owned(),
        DeadlineKind::Telling => "Telling the person what happened".to_owned(),
        DeadlineKind::Unspecified => "A step".to_owned(),
    }
}

fn asked_for(matter: ApprovalMatter) -> &'static str {
    match matter {
        ApprovalMatter::FurtherExtension => "more time for a response",
        ApprovalMatter::BehaviourExclusion => "not investigating because of behaviour",
        ApprovalMatter::Unspecified => "a request",
    }
}
