//! The conversation of a case (ME-1 to ME-4).

mod attachments;

use askama::Template;
use askama_web::WebTemplate;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use proto::document::v1::{DocumentCategory, NewDocument};
use proto::messaging::v1::{
    CountUnreadRequest, ListMessagesRequest, ListMessagesResponse, MarkReadRequest, Message,
    PostMessageRequest, Side,
};
use serde::{Deserialize, Serialize};
use tonic::Status as Refusal;
use uuid::Uuid;

use crate::extract::{Path, Query};
use crate::file_form::{FileForm, Part};
use crate::flash::Flash;
use crate::form::{self, Errors, Form};
use crate::page::{Area, Frame, Page};
use crate::pages::case::{self, CaseHead, Opened, Tab};
use crate::paging::Cursor;
use crate::problem::{Problem, wants_json};
use crate::session::{LoggedIn, Session};
use crate::view::Paging;
use crate::{Edge, upload, words};
use attachments::{Attachment, Choice, Look};

/// The most documents that a form may name as attached. The service takes fewer; this bounds what is kept of a form.
const MOST_NAMED: usize = 100;

pub(crate) fn router() -> Router<Edge> {
    Router::new()
        .route("/cases/{reference}/messages", get(thread).post(reply))
        .route("/cases/{reference}/messages/read", post(read))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/messages.html")]
struct MessagesPage {
    page: Page,
    tab: Tab,
    case: CaseHead,
    errors: Errors,
    messages: Vec<MessageRow>,
    /// Messages on older pages that the person has not read.
    unread_older: i32,
    /// The message up to which the person has read once the page is looked at; empty when nothing on it is new.
    read_to: String,
    may_reply: bool,
    may_report: bool,
    text: String,
    technical: bool,
    /// Documents that go with the message.
    attached: Vec<Attachment>,
    /// The documents of the case to choose from, when they were asked for.
    choice: Option<Choice>,
    request_id: String,
    /// By when the ombudsman is to answer, in a sentence.
    promise: String,
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
    new: New,
    technical: bool,
    text: String,
    attachments: Vec<Attachment>,
}

/// Whether a message is new to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum New {
    No,
    Yes,
    /// What is new begins here.
    First,
}

/// A message as it was typed.
#[derive(Default)]
struct Draft {
    text: String,
    technical: bool,
    attached: Vec<String>,
    /// The newest message that was on the page.
    seen: String,
    /// That the documents of the case were asked for, to choose some, instead of sending the message.
    look: Option<Look>,
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
            "NO_SUCH_DOCUMENT" => Errors::one(
                "files",
                "A document that you attached is no longer there, so it was taken off the message",
            ),
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
    if draft.errors.is_empty() && draft.look.is_none() {
        let request = PostMessageRequest {
            request_id: request_id.to_string(),
            case_id: case_id.clone(),
            body: draft.text.clone(),
            document_ids: draft.attached.clone(),
            technical_issue: draft.technical,
        };
        let mut messages = edge.clients.messaging.clone();
        let request = session.to("messaging", request);
        match messages.post_message(request).await {
            Ok(_) => {
                // Who answers has read what was on the page.
                if let Err(status) = mark_read(&edge, &session, case_id, draft.seen).await {
                    tracing::warn!(code = ?status.code(), "messages could not be marked as read");
                }
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
/// typed, the documents that were chosen and the files that were taken stay with it.
async fn take(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    mut form: FileForm,
) -> Result<(Uuid, Draft), Problem> {
    let mut request_id = None;
    let mut draft = Draft::default();
    let mut find = String::new();
    let mut look = None;
    let mut files = 0;
    while let Some(part) = form.next().await? {
        let file = match part {
            Part::Text { name, value } => {
                match name.as_str() {
                    "request_id" => request_id = value.parse().ok(),
                    "seen" => draft.seen = value,
                    "text" => draft.text = value,
                    "technical" => draft.technical = true,
                    "attached" if draft.attached.len() < MOST_NAMED => draft.attached.push(value),
                    "find" => find = value,
                    "look" => look = Some(value),
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
            // Whoever goes back to the form may put a corrected file in the place of the first one.
            may_be_chosen_again: true,
        };
        match upload::send(edge, session, new, file).await? {
            Ok(document) => draft.attached.push(document.id),
            Err(refused) => draft.errors.add("files", refused.message),
        }
    }
    let request_id = request_id.ok_or(Problem::BadForm)?;
    draft.look = look.map(|page| Look { find, page });
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
    mut draft: Draft,
) -> Result<Response, Problem> {
    let Opened { jar, page, case } = opened;
    let request = ListMessagesRequest {
        case_id: case.id.clone(),
        page_token: cursor.page.clone(),
        ..ListMessagesRequest::default()
    };
    let mut messages = edge.clients.messaging.clone();
    let (listed, attached, choice) = tokio::join!(
        messages.list_messages(session.to("messaging", request)),
        attachments::attached(edge, session, &case.id, &draft.attached),
        attachments::choice(edge, session, &case.id, draft.look.take(), &draft.attached),
    );
    let (listed, (attached, lost), choice) = (listed?.into_inner(), attached?, choice?);
    for message in lost {
        draft.errors.add("files", message);
    }

    let status = if draft.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let address = format!("/cases/{}/messages", case.reference);
    let today = edge.clock.today();
    let own = if session.is_landlord() {
        Side::Landlord
    } else {
        Side::Ombudsman
    };
    let messages = MessagesPage {
        page,
        tab: Tab::Messages,
        case: CaseHead::new(case, u32::try_from(listed.unread).unwrap_or_default()),
        errors: draft.errors,
        paging: cursor.paging(&address, &[], &listed.next_page_token),
        unread_older: listed.unread_older,
        read_to: read_to(&listed),
        promise: promise(&listed.reply_due_on, own, today),
        may_reply: listed.can_post,
        may_report: session.is_landlord(),
        messages: rows(listed, own, today),
        text: draft.text,
        technical: draft.technical,
        attached,
        choice,
        request_id: kit::id().to_string(),
    };
    Ok((status, jar, messages).into_response())
}

/// The newest message of a page that is new to the person. While older pages have some that are, nothing of this page counts as read: a mark
/// would cover them too.
fn read_to(listed: &ListMessagesResponse) -> String {
    if listed.unread_older > 0 {
        return String::new();
    }
    listed
        .messages
        .iter()
        .find(|message| !message.read)
        .map(|message| message.id.clone())
        .unwrap_or_default()
}

/// By when the ombudsman answers (ME-5).
fn promise(due_on: &str, own: Side, today: NaiveDate) -> String {
    let date = words::date(due_on);
    let late = due_on.parse::<NaiveDate>().is_ok_and(|due| due < today);
    match (own, due_on, late) {
        (Side::Landlord, "", _) => "We aim to reply to messages within 15 working days.".to_owned(),
        (Side::Landlord, _, false) => format!("We aim to reply by {date}."),
        (Side::Landlord, _, true) => {
            format!("We aimed to reply by {date}. We are sorry that it is taking longer.")
        }
        (_, "", _) => String::new(),
        (_, _, false) => format!("A reply to the landlord is due by {date}."),
        (_, _, true) => format!("A reply to the landlord was due by {date}."),
    }
}

#[derive(Deserialize)]
struct ReadForm {
    message: String,
}

/// What is unread once a page was looked at, for the script that said so.
#[derive(Serialize)]
struct Unread {
    on_case: i32,
    in_all: i32,
}

/// The person has looked at a conversation: the page's script says so when the page is in sight, and a button where there is no script.
/// Fetching the page says nothing, since browsers fetch pages ahead.
async fn read(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    headers: HeaderMap,
    Path(reference): Path<String>,
    Form(ReadForm { message }): Form<ReadForm>,
) -> Result<Response, Problem> {
    let Opened { jar, case, .. } = case::open(&edge, &session, frame, reference).await?;
    mark_read(&edge, &session, &case.id, message).await?;
    if !wants_json(&headers) {
        let address = format!("/cases/{}/messages", case.reference);
        return Ok((jar, Redirect::to(&address)).into_response());
    }
    let request = CountUnreadRequest {
        case_ids: vec![case.id.clone()],
    };
    let mut messages = edge.clients.messaging.clone();
    let counts = messages
        .count_unread(session.to("messaging", request))
        .await?
        .into_inner();
    let unread = Unread {
        on_case: counts.by_case.get(&case.id).copied().unwrap_or_default(),
        in_all: counts.total,
    };
    Ok(Json(unread).into_response())
}

async fn mark_read(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    message_id: String,
) -> Result<(), Refusal> {
    if message_id.is_empty() {
        return Ok(());
    }
    let request = MarkReadRequest {
        case_id: case_id.to_owned(),
        message_id,
    };
    let mut messages = edge.clients.messaging.clone();
    messages
        .mark_read(session.to("messaging", request))
        .await
        .map(drop)
}

/// The messages as they are read, oldest first, each day named once.
fn rows(listed: ListMessagesResponse, own: Side, today: NaiveDate) -> Vec<MessageRow> {
    let mut last_day = String::new();
    // What is new begins on this page unless it begins on an older one.
    let mut all_read = listed.unread_older == 0;
    let row = |message: Message| {
        let day = words::day(message.sent_at.as_ref(), today);
        let new = match (message.read, all_read) {
            (true, _) => New::No,
            (false, true) => New::First,
            (false, false) => New::Yes,
        };
        all_read &= message.read;
        let row = MessageRow {
            ours: message.side() == own,
            at: words::time_of_day(message.sent_at.as_ref()),
            at_iso: words::machine(message.sent_at.as_ref()),
            day: if day == last_day {
                String::new()
            } else {
                day.clone()
            },
            new,
            technical: message.technical_issue,
            id: message.id,
            sender: message.author_name,
            text: message.body,
            attachments: message
                .attachments
                .into_iter()
                .map(Attachment::from)
                .collect(),
        };
        last_day = day;
        row
    };
    listed.messages.into_iter().rev().map(row).collect()
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

        let rows = rows(listed(newest_first, 0), Side::Landlord, today);

        let seen: Vec<_> = rows
            .iter()
            .map(|row| (row.id.as_str(), row.day.as_str(), row.ours, row.new))
            .collect();
        assert_eq!(
            seen,
            [
                ("a", "Yesterday", false, New::First),
                ("b", "Today", true, New::No),
                ("c", "", false, New::Yes)
            ]
        );
    }

    fn listed(messages: Vec<Message>, unread_older: i32) -> ListMessagesResponse {
        ListMessagesResponse {
            messages,
            unread_older,
            ..ListMessagesResponse::default()
        }
    }

    #[test]
    fn me_4_what_is_new_begins_once_and_not_on_a_page_after_its_beginning() {
        let newest_first = || {
            vec![
                message("c", Side::Ombudsman, "2026-03-03T10:00:00Z"),
                message("b", Side::Ombudsman, "2026-03-03T09:00:00Z"),
                message("a", Side::Landlord, "2026-03-02T09:00:00Z"),
            ]
        };
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
        let news = |unread_older| -> Vec<New> {
            rows(listed(newest_first(), unread_older), Side::Landlord, today)
                .iter()
                .map(|row| row.new)
                .collect()
        };

        assert_eq!(news(0), [New::No, New::First, New::Yes]);
        assert_eq!(news(1), [New::No, New::Yes, New::Yes]);
        assert_eq!(read_to(&listed(newest_first(), 0)), "c");
        assert_eq!(read_to(&listed(newest_first(), 1)), "");
    }

    #[test]
    fn me_5_the_landlord_is_told_by_when_an_answer_comes() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();

        assert_eq!(
            promise("", Side::Landlord, today),
            "We aim to reply to messages within 15 working days."
        );
        assert_eq!(
            promise("2026-03-03", Side::Landlord, today),
            "We aim to reply by 3 March 2026."
        );
        assert_eq!(
            promise("2026-03-02", Side::Landlord, today),
            "We aimed to reply by 2 March 2026. We are sorry that it is taking longer."
        );
        assert_eq!(promise("", Side::Ombudsman, today), "");
    }

    #[test]
    fn a_form_sent_twice_uploads_its_files_once() {
        let (form, other) = (kit::id(), kit::id());

        assert_eq!(nth(form, 1), nth(form, 1));
        assert_ne!(nth(form, 1), nth(form, 2));
        assert_ne!(nth(form, 1), nth(other, 1));
    }
}
