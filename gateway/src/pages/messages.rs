//! The conversation of a case (ME-1 to ME-4).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use futures::future;
use proto::document::v1::{DocumentCategory, GetDocumentRequest, NewDocument};
use proto::messaging::v1::{
    ListMessagesRequest, MarkReadRequest, Message, PostMessageRequest, Side,
};
use tonic::Status as Refusal;
use uuid::Uuid;

use crate::extract::{Path, Query};
use crate::file_form::{FileForm, Part};
use crate::flash::Flash;
use crate::form::{self, Errors};
use crate::page::{Area, Frame, Page};
use crate::pages::case::{self, CaseHead, Opened, Tab};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::Paging;
use crate::{Edge, upload, words};

/// The most documents that a form may name as uploaded before. The service takes fewer; this bounds what is kept of a form.
const MOST_NAMED: usize = 100;

pub(crate) fn router() -> Router<Edge> {
    Router::new().route("/cases/{reference}/messages", get(thread).post(reply))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/messages.html")]
struct MessagesPage {
    page: Page,
    tab: Tab,
    case: CaseHead,
    errors: Errors,
    messages: Vec<MessageRow>,
    may_reply: bool,
    text: String,
    /// Documents that an earlier try uploaded already.
    attached: Vec<Attachment>,
    request_id: String,
    /// Messages read from the newest to the oldest, so that the page after is the older one.
    paging: Paging,
}

struct MessageRow {
    id: String,
    ours: bool,
    sender: String,
    at: String,
    at_iso: String,
    /// The day, above its first message.
    day: String,
    unread: bool,
    text: String,
    attachments: Vec<Attachment>,
}

struct Attachment {
    id: String,
    name: String,
}

/// A message as it was typed.
#[derive(Default)]
struct Draft {
    text: String,
    attached: Vec<String>,
    errors: Errors,
}

impl Draft {
    /// Says beside the right field what the service has against the message.
    fn refuse(&mut self, refusal: Refusal) -> Result<(), Problem> {
        self.errors = match form::reason(&refusal).as_str() {
            "REQUEST_ID_REUSED" => Errors::one(
                "text",
                "You have sent a message with this form already. To send another one, press Send Message again",
            ),
            "NO_SUCH_DOCUMENT" => {
                self.attached.clear();
                Errors::one(
                    "files",
                    "A document that you attached is no longer there. Attach the documents again",
                )
            }
            _ => Errors::of_status(refusal, &[("body", "text"), ("document_ids", "files")])?,
        };
        Ok(())
    }
}

async fn thread(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let opened = case::open(&edge, &session, frame, reference).await?;
    render(&edge, &session, opened, &cursor, Draft::default()).await
}

async fn reply(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    form: FileForm,
) -> Result<Response, Problem> {
    let opened = case::open(&edge, &session, frame, reference).await?;
    let case_id = &opened.case.id;
    let (request_id, mut draft) = take(&edge, &session, case_id, form).await?;
    // The uploads may have taken longer than a token lives.
    let session = edge.sessions.of_request(&session.secret).await?;
    if draft.errors.is_empty() {
        let request = PostMessageRequest {
            request_id: request_id.to_string(),
            case_id: case_id.clone(),
            body: draft.text.clone(),
            document_ids: draft.attached.clone(),
            ..PostMessageRequest::default()
        };
        let mut messages = edge.clients.messaging.clone();
        let request = session.to("messaging", request);
        match messages.post_message(request).await {
            Ok(_) => {
                let jar = Flash::success("Your message was sent").keep(opened.jar);
                let address = format!("/cases/{}/messages", opened.case.reference);
                return Ok((jar, Redirect::to(&address)).into_response());
            }
            Err(refusal) if form::reason(&refusal) == "CASE_CLOSED" => {
                let text = "Your message was not sent because the case has been closed";
                let jar = Flash::important(text).keep(opened.jar);
                let address = format!("/cases/{}", opened.case.reference);
                return Ok((jar, Redirect::to(&address)).into_response());
            }
            Err(refusal) => draft.refuse(refusal)?,
        }
    }
    render(&edge, &session, opened, &Cursor::default(), draft).await
}

/// Reads a message, sending its files on to the documents of the case. A file that is refused keeps the message from being sent; what was
/// typed and the files that were taken stay with it.
async fn take(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    mut form: FileForm,
) -> Result<(Uuid, Draft), Problem> {
    let mut request_id = None;
    let mut draft = Draft::default();
    let mut files = 0;
    while let Some(part) = form.next().await? {
        let file = match part {
            Part::Text { name, value } => {
                match name.as_str() {
                    "request_id" => request_id = value.parse().ok(),
                    "text" => draft.text = value,
                    "attached" if draft.attached.len() < MOST_NAMED => draft.attached.push(value),
                    _ => {}
                }
                continue;
            }
            Part::File(file) => file,
        };
        let request_id = request_id.ok_or(Problem::BadForm)?;
        files += 1;
        let new = NewDocument {
            request_id: nth(request_id, files).to_string(),
            case_id: case_id.to_owned(),
            name: file.name.clone(),
            category: DocumentCategory::ComplaintCorrespondence.into(),
        };
        match upload::send(edge, session, new, file).await? {
            Ok(document) => draft.attached.push(document.id),
            Err(refused) => draft.errors.add("files", refused.message),
        }
    }
    let request_id = request_id.ok_or(Problem::BadForm)?;
    Ok((request_id, draft))
}

/// The id for uploading a message's nth file: the same whenever the same form is sent, so that a form sent twice has the same attachments
/// twice and is one message.
fn nth(request_id: Uuid, file: u32) -> Uuid {
    let name = format!("{request_id}/{file}");
    let digest = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

async fn render(
    edge: &Edge,
    session: &Session,
    opened: Opened,
    cursor: &Cursor,
    draft: Draft,
) -> Result<Response, Problem> {
    let Opened { jar, page, case } = opened;
    let request = ListMessagesRequest {
        case_id: case.id.clone(),
        page_token: cursor.page.clone(),
        ..ListMessagesRequest::default()
    };
    let mut messages = edge.clients.messaging.clone();
    let (listed, attached) = tokio::try_join!(
        messages.list_messages(session.to("messaging", request)),
        names(edge, session, &draft.attached),
    )?;
    let listed = listed.into_inner();
    mark_read(edge, session, &listed.messages).await;
    // Counted now that these are read.
    let unread = case::unread(edge, session, &case.id).await;

    let status = if draft.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let address = format!("/cases/{}/messages", case.reference);
    let own = if session.is_landlord() {
        Side::Landlord
    } else {
        Side::Ombudsman
    };
    let messages = MessagesPage {
        page,
        tab: Tab::Messages,
        case: CaseHead::new(case, unread),
        errors: draft.errors,
        paging: cursor.paging(&address, &[], &listed.next_page_token),
        messages: rows(listed.messages, own, edge.clock.today()),
        may_reply: listed.can_post,
        text: draft.text,
        attached,
        request_id: kit::id().to_string(),
    };
    Ok((status, jar, messages).into_response())
}

/// What the documents are called that an earlier try uploaded.
async fn names(edge: &Edge, session: &Session, ids: &[String]) -> Result<Vec<Attachment>, Refusal> {
    let name = async |id: &String| {
        let request = GetDocumentRequest {
            document_id: id.clone(),
        };
        let mut documents = edge.clients.document.clone();
        let document = documents
            .get_document(session.to("document", request))
            .await?
            .into_inner();
        Ok(Attachment {
            id: document.id,
            name: document.name,
        })
    };
    future::try_join_all(ids.iter().map(name)).await
}

/// Marks what is on the page as read (ME-4). The page is worth showing if that fails.
async fn mark_read(edge: &Edge, session: &Session, newest_first: &[Message]) {
    let Some(newest) = newest_first.iter().find(|message| !message.read) else {
        return;
    };
    let request = MarkReadRequest {
        case_id: newest.case_id.clone(),
        message_id: newest.id.clone(),
    };
    let mut messages = edge.clients.messaging.clone();
    if let Err(status) = messages.mark_read(session.to("messaging", request)).await {
        tracing::warn!(code = ?status.code(), "messages could not be marked as read");
    }
}

/// The messages as they are read, oldest first, each day named once.
fn rows(newest_first: Vec<Message>, own: Side, today: NaiveDate) -> Vec<MessageRow> {
    let mut last_day = String::new();
    let row = |message: Message| {
        let day = words::day(message.sent_at.as_ref(), today);
        let row = MessageRow {
            ours: message.side() == own,
            at: words::time_of_day(message.sent_at.as_ref()),
            at_iso: words::machine(message.sent_at.as_ref()),
            day: if day == last_day {
                String::new()
            } else {
                day.clone()
            },
            unread: !message.read,
            id: message.id,
            sender: message.author_name,
            text: message.body,
            attachments: message
                .attachments
                .into_iter()
                .map(|it| Attachment {
                    id: it.document_id,
                    name: it.name,
                })
                .collect(),
        };
        last_day = day;
        row
    };
    newest_first.into_iter().rev().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, side: Side, at: &str) -> Message {
        Message {
            id: id.to_owned(),
            side: side.into(),
            sent_at: Some(kit::time::timestamp(at.parse().unwrap())),
            read: side == Side::Landlord,
            ..Message::default()
        }
    }

    #[test]
    fn me_4_a_conversation_reads_from_the_oldest_and_names_each_day_once() {
        let newest_first = vec![
            message("c", Side::Ombudsman, "2026-03-03T10:00:00Z"),
            message("b", Side::Landlord, "2026-03-03T09:00:00Z"),
            message("a", Side::Ombudsman, "2026-03-02T09:00:00Z"),
        ];
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();

        let rows = rows(newest_first, Side::Landlord, today);

        let seen: Vec<_> = rows
            .iter()
            .map(|row| (row.id.as_str(), row.day.as_str(), row.ours, row.unread))
            .collect();
        assert_eq!(
            seen,
            [
                ("a", "Yesterday", false, true),
                ("b", "Today", true, false),
                ("c", "", false, true)
            ]
        );
    }

    #[test]
    fn a_form_sent_twice_uploads_its_files_once() {
        let (form, other) = (kit::id(), kit::id());

        assert_eq!(nth(form, 1), nth(form, 1));
        assert_ne!(nth(form, 1), nth(form, 2));
        assert_ne!(nth(form, 1), nth(other, 1));
    }
}
