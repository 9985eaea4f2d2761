//! Between the wire and the use cases; no decisions.

use std::collections::HashSet;

use kit::page::Page;
use kit::{Caller, Check};
use proto::messaging::v1::messaging_service_server::MessagingService;
use proto::messaging::v1::{self as pb};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::app::import::{Imported, Rejection};
use crate::app::{App, Draft, Thread};
use crate::domain::{self, MOST_ATTACHMENTS, Message, Side};

const MOST_IMPORTED: usize = 500;
const MOST_COUNTED: usize = 100;

#[tonic::async_trait]
impl MessagingService for App {
    async fn post_message(
        &self,
        request: Request<pb::PostMessageRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let caller = Caller::of(&request);
        let draft = draft(request.into_inner()).map_err(kit::status)?;
        let message = self.post(&caller, draft).await.map_err(kit::status)?;
        // The one who wrote a message has read it.
        Ok(Response::new(to_wire(message, true)))
    }

    async fn import_messages(
        &self,
        request: Request<pb::ImportMessagesRequest>,
    ) -> Result<Response<pb::ImportMessagesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ImportMessagesRequest { messages } = request.into_inner();
        let mut check = Check::new();
        if messages.len() > MOST_IMPORTED {
            check.refuse(
                "messages",
                "Import 500 messages or fewer at a time",
                "TOO_MANY",
            );
        }
        check.done().map_err(kit::status)?;
        let rows = messages.into_iter().map(imported).collect();
        let results = self.import(&caller, rows).await.map_err(kit::status)?;
        Ok(Response::new(pb::ImportMessagesResponse {
            results: results.into_iter().map(import_result).collect(),
        }))
    }

    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListMessagesRequest {
            case_id,
            page_size,
            page_token,
        } = request.into_inner();
        let mut check = Check::new();
        let case_id = check.uuid("case_id", &case_id);
        check.done().map_err(kit::status)?;
        let page = Page::read(page_size, &page_token, &case_id).map_err(kit::status)?;
        let Thread {
            messages,
            next_page_token,
            side,
            read_to,
            can_post,
        } = self
            .thread(&caller, case_id, &page)
            .await
            .map_err(kit::status)?;
        let messages = messages
            .into_iter()
            .map(|message| {
                let read = message.is_read_by(side, read_to);
                to_wire(message, read)
            })
            .collect();
        Ok(Response::new(pb::ListMessagesResponse {
            messages,
            next_page_token,
            can_post,
            ..pb::ListMessagesResponse::default()
        }))
    }

    async fn mark_read(
        &self,
        request: Request<pb::MarkReadRequest>,
    ) -> Result<Response<pb::MarkReadResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::MarkReadRequest {
            case_id,
            message_id,
        } = request.into_inner();
        let mut check = Check::new();
        let case_id = check.uuid("case_id", &case_id);
        let message_id = check.uuid("message_id", &message_id);
        check.done().map_err(kit::status)?;
        self.mark_read(&caller, case_id, message_id)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(pb::MarkReadResponse {}))
    }

    async fn count_unread(
        &self,
        request: Request<pb::CountUnreadRequest>,
    ) -> Result<Response<pb::CountUnreadResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::CountUnreadRequest { case_ids } = request.into_inner();
        let mut check = Check::new();
        if case_ids.len() > MOST_COUNTED {
            check.refuse(
                "case_ids",
                "Ask for 100 cases or fewer at a time",
                "TOO_MANY",
            );
        }
        let case_ids: Vec<Uuid> = case_ids
            .iter()
            .map(|id| check.uuid("case_ids", id))
            .collect();
        check.done().map_err(kit::status)?;
        let counts = self
            .count_unread(&caller, &case_ids)
            .await
            .map_err(kit::status)?;
        let by_case = counts
            .by_case
            .into_iter()
            .map(|it| (it.case_id.to_string(), it.unread))
            .collect();
        Ok(Response::new(pb::CountUnreadResponse {
            total: counts.total,
            by_case,
        }))
    }
}

fn draft(request: pb::PostMessageRequest) -> Result<Draft, kit::Invalid> {
    let pb::PostMessageRequest {
        request_id,
        case_id,
        body,
        document_ids,
        technical_issue: _,
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
    })
}

/// Reads a row of an import; the first field at fault rejects it.
fn imported(row: pb::ImportedMessage) -> Result<Imported, Rejection> {
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

fn import_result(result: Result<Uuid, Rejection>) -> pb::ImportMessageResult {
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

fn to_wire(message: Message, read: bool) -> pb::Message {
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
    } = message;
    let attachments = document_ids
        .into_iter()
        .zip(document_names)
        .map(|(id, name)| pb::Attachment {
            document_id: id.to_string(),
            name,
            state: pb::AttachmentState::Unspecified.into(),
        })
        .collect();
    pb::Message {
        id: id.to_string(),
        case_id: case_id.to_string(),
        side: pb::Side::from(side).into(),
        author_name,
        body,
        attachments,
        sent_at: Some(kit::time::timestamp(sent_at)),
        read,
        technical_issue: false,
    }
}
