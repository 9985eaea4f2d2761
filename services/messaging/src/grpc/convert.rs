//! Wire ⇄ use case, message by message.

use std::collections::{HashMap, HashSet};

use calendar::Urgency;
use kit::Check;
use kit::page::Page;
use kit::time::{iso, iso_opt, timestamp};
use proto::case::v1::Team;
use proto::messaging::v1 as pb;
use uuid::Uuid;

use crate::app::Draft;
use crate::app::import::{Imported, Rejection};
use crate::app::reading::Thread;
use crate::app::replies::{OwedPosition, Seen};
use crate::domain::{self, MOST_ATTACHMENTS, Message, Side};
use crate::store::Lost;
use crate::store::reading::Conversation;
use crate::store::replies::{Filter, Owed};

pub fn draft(request: pb::PostMessageRequest) -> Result<Draft, kit::Invalid> {
    let pb::PostMessageRequest {
        request_id,
        case_id,
        body,
        document_ids,
        technical_issue,
    } = request;
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request_id);
    let case_id = check.uuid("case_id", &case_id);
    let body = domain::body(&body).unwrap_or_else(|error| {
        check.refuse("body", error.description(), error.reason());
        String::new()
    });
    if document_ids.len() > MOST_ATTACHMENTS {
        check.refuse("document_ids", "Attach 20 documents or fewer", "TOO_MANY");
    }
    let mut seen = HashSet::new();
    let mut document_ids: Vec<Uuid> = document_ids
        .iter()
        .map(|id| check.uuid("document_ids", id))
        .collect();
    document_ids.retain(|id| seen.insert(*id));
    check.done()?;
    Ok(Draft {
        request_id,
        case_id,
        body,
        document_ids,
        technical_issue,
    })
}

/// Reads a row of an import; the first field at fault rejects it.
pub fn imported(row: pb::ImportedMessage) -> Result<Imported, Rejection> {
    let side = row.side();
    let pb::ImportedMessage {
        request_id,
        case_id,
        side: _,
        author_name,
        body,
        sent_at,
    } = row;
    let mut check = Check::new();
    let request_id = check.uuid("request_id", &request_id);
    let case_id = check.uuid("case_id", &case_id);
    let author_name = check.text("author_name", &author_name, 1..=200);
    check.done().map_err(|invalid| {
        let first = &invalid.0[0];
        Rejection::new(&first.field, &first.description)
    })?;
    let side = match side {
        pb::Side::Unspecified => return Err(Rejection::new("side", "Say which side wrote it")),
        pb::Side::Ombudsman => Side::Ombudsman,
        pb::Side::Landlord => Side::Landlord,
    };
    let body = domain::body(&body).map_err(|error| Rejection::new("body", error.description()))?;
    let sent_at = kit::time::instant(sent_at.as_ref())
        .ok_or_else(|| Rejection::new("sent_at", "Say when it was sent"))?;
    Ok(Imported {
        request_id,
        case_id,
        side,
        author_name,
        body,
        sent_at,
    })
}

pub fn import_result(result: Result<Uuid, Rejection>) -> pb::ImportMessageResult {
    match result {
        Ok(id) => pb::ImportMessageResult {
            message_id: id.to_string(),
            error: String::new(),
            field: String::new(),
        },
        Err(Rejection { field, error }) => pb::ImportMessageResult {
            message_id: String::new(),
            error,
            field,
        },
    }
}

pub fn thread(thread: Thread) -> pb::ListMessagesResponse {
    let Thread {
        messages,
        lost,
        next_page_token,
        side,
        read_to,
        unread,
        unread_older,
        can_post,
        reply_due_on,
    } = thread;
    pb::ListMessagesResponse {
        messages: messages
            .into_iter()
            .map(|it| {
                let read = it.is_read_by(side, read_to);
                message(it, read, &lost)
            })
            .collect(),
        next_page_token,
        can_post,
        unread,
        reply_due_on: iso_opt(reply_due_on),
        unread_older,
    }
}

pub fn message(message: Message, read: bool, lost: &HashMap<Uuid, Lost>) -> pb::Message {
    let Message {
        id,
        case_id,
        side,
        author_name,
        body,
        document_ids,
        document_names,
        sent_at,
        imported: _,
        technical_issue,
    } = message;
    let attachments = document_ids
        .into_iter()
        .zip(document_names)
        .map(|(id, name)| pb::Attachment {
            document_id: id.to_string(),
            name,
            state: state(lost.get(&id).copied()).into(),
        })
        .collect();
    pb::Message {
        id: id.to_string(),
        case_id: case_id.to_string(),
        side: pb::Side::from(side).into(),
        author_name,
        body,
        attachments,
        sent_at: Some(timestamp(sent_at)),
        read,
        technical_issue,
    }
}

fn state(lost: Option<Lost>) -> pb::AttachmentState {
    match lost {
        None => pb::AttachmentState::Present,
        Some(Lost::Withdrawn) => pb::AttachmentState::Withdrawn,
        Some(Lost::Quarantined) => pb::AttachmentState::Quarantined,
    }
}

pub fn conversation(conversation: Conversation) -> pb::Conversation {
    let Conversation {
        case_id,
        case_reference,
        complainant,
        landlord_name,
        unread,
        last_side,
        last_author_name,
        last_sent_at,
    } = conversation;
    pb::Conversation {
        case_id: case_id.to_string(),
        case_reference,
        complainant,
        landlord_name,
        unread,
        last_side: pb::Side::from(last_side).into(),
        last_author_name,
        last_sent_at: Some(timestamp(last_sent_at)),
    }
}

pub fn replies_owed(
    request: &pb::ListRepliesOwedRequest,
) -> Result<(Filter, Page<OwedPosition>), kit::Invalid> {
    let pb::ListRepliesOwedRequest {
        owner_account_id,
        team: _,
        overdue_only,
        page_size,
        page_token,
        case_id,
    } = request;
    let mut check = Check::new();
    let filter = Filter {
        case_id: check.optional_uuid("case_id", case_id),
        owner_account_id: check.optional_uuid("owner_account_id", owner_account_id),
        team: match request.team() {
            Team::Unspecified => None,
            team => Some(team.into()),
        },
        overdue_only: *overdue_only,
    };
    check.done()?;
    let page = Page::read(*page_size, page_token, &filter)?;
    Ok((filter, page))
}

pub fn reply(seen: Seen, reason: String) -> pb::ReplyOwed {
    let Seen { owed, urgency } = seen;
    let version = owed.version();
    let Owed {
        id,
        case_id,
        case_reference,
        complainant,
        landlord_name,
        owner_account_id,
        message_id,
        technical_issue,
        awaited_since,
        due_on,
        outcome,
        messages,
        entries: _,
    } = owed;
    pb::ReplyOwed {
        id: id.to_string(),
        case_id: case_id.to_string(),
        case_reference,
        complainant,
        landlord_name,
        owner_account_id: owner_account_id
            .map(|it| it.to_string())
            .unwrap_or_default(),
        message_id: message_id.to_string(),
        technical_issue,
        awaited_since: Some(timestamp(awaited_since)),
        due_on: iso(due_on),
        urgency: match urgency {
            Urgency::Pending => pb::ReplyUrgency::Pending,
            Urgency::Approaching => pb::ReplyUrgency::Approaching,
            Urgency::Overdue => pb::ReplyUrgency::Overdue,
        }
        .into(),
        messages,
        outcome: outcome
            .map_or(pb::ReplyOutcome::Unspecified, pb::ReplyOutcome::from)
            .into(),
        reason,
        version,
    }
}
