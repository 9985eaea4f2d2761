//! The documents of a case, and the form that adds some (DO-1).

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use proto::document::v1::{
    Document, DocumentCategory, DocumentState, ListDocumentsRequest, NewDocument,
};
use serde::Serialize;

use crate::extract::{Path, Query};
use crate::file_form::{FileForm, Part};
use crate::flash::Flash;
use crate::form::Errors;
use crate::page::{Area, Frame, Page};
use crate::pages::case::{self, CaseHead, Opened, Tab};
use crate::paging::Cursor;
use crate::problem::{Problem, wants_json};
use crate::session::{LoggedIn, Session};
use crate::view::{Choice, Column, Paging, Status};
use crate::{Edge, tags, upload, words};

/// The largest document, for a script to say so before it is sent. It is the service that refuses.
const LARGEST: u64 = 20 * 1024 * 1024;

const CATEGORIES: [(DocumentCategory, &str); 7] = [
    (
        DocumentCategory::ComplaintCorrespondence,
        "Complaint correspondence",
    ),
    (
        DocumentCategory::ComplaintResponse,
        "Stage 1 or stage 2 response",
    ),
    (DocumentCategory::Evidence, "Evidence"),
    (DocumentCategory::Policy, "Policy or procedure"),
    (
        DocumentCategory::PropertyRecord,
        "Repair or property record",
    ),
    (DocumentCategory::Compliance, "Compliance with orders"),
    (DocumentCategory::Other, "Other"),
];

pub(crate) fn router() -> Router<Edge> {
    Router::new().route("/cases/{reference}/documents", get(list).post(add))
}

#[derive(Template, WebTemplate)]
#[template(path = "cases/documents.html")]
struct DocumentsPage {
    page: Page,
    tab: Tab,
    case: CaseHead,
    errors: Errors,
    categories: Vec<Choice>,
    category: String,
    max_bytes: u64,
    results: Vec<Sent>,
    documents: Vec<DocumentRow>,
    columns: [Column; 6],
    paging: Paging,
}

struct DocumentRow {
    name: String,
    /// Empty while it can't be downloaded.
    href: String,
    kind: String,
    note: String,
    category: String,
    size: String,
    by: String,
    at: String,
    state: Status,
}

/// What became of a file of the form.
#[derive(Serialize)]
struct Sent {
    uploaded: bool,
    message: String,
}

/// What became of the whole form.
#[derive(Default)]
struct Outcome {
    category: String,
    files: Vec<Sent>,
    errors: Errors,
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let opened = case::open(&edge, &session, frame, reference).await?;
    render(&edge, &session, opened, &cursor, Outcome::default()).await
}

async fn add(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    headers: HeaderMap,
    form: FileForm,
) -> Result<Response, Problem> {
    let opened = case::open(&edge, &session, frame, reference).await?;
    let outcome = take(&edge, &session, &opened.case.id, form).await?;
    if wants_json(&headers) {
        return Ok(Json(serde_json::json!({ "files": outcome.files })).into_response());
    }
    if outcome.errors.is_empty() {
        let text = match outcome.files.as_slice() {
            [one] => one.message.clone(),
            many => format!("{} documents were uploaded", many.len()),
        };
        let jar = Flash::success(text).keep(opened.jar);
        let address = format!("/cases/{}/documents", opened.case.reference);
        return Ok((jar, Redirect::to(&address)).into_response());
    }
    // The uploads may have taken longer than a token lives.
    let session = edge.sessions.of_request(&session.secret).await?;
    render(&edge, &session, opened, &Cursor::default(), outcome).await
}

/// Sends the form's files on, one after the other.
async fn take(
    edge: &Edge,
    session: &Session,
    case_id: &str,
    mut form: FileForm,
) -> Result<Outcome, Problem> {
    let mut outcome = Outcome::default();
    while let Some(part) = form.next().await? {
        let file = match part {
            Part::File(file) => file,
            Part::Text { name, value } => {
                if name == "category" {
                    outcome.category = value;
                }
                continue;
            }
        };
        let new = NewDocument {
            request_id: kit::id().to_string(),
            case_id: case_id.to_owned(),
            name: file.name.clone(),
            category: DocumentCategory::from_str_name(&outcome.category)
                .unwrap_or_default()
                .into(),
        };
        let sent = match upload::send(edge, session, new, file).await? {
            Ok(document) => Sent {
                uploaded: true,
                message: format!("{} was uploaded", document.name),
            },
            Err(refused) => {
                let field = if refused.field == "category" {
                    "category"
                } else {
                    "files"
                };
                // A category that was not chosen is one mistake, however many files there are.
                if field == "files" || outcome.errors.of(field).is_empty() {
                    outcome.errors.add(field, &refused.message);
                }
                Sent {
                    uploaded: false,
                    message: refused.message,
                }
            }
        };
        outcome.files.push(sent);
    }
    if outcome.files.is_empty() {
        let message = "Choose at least one document to upload".to_owned();
        outcome.errors.add("files", &message);
        outcome.files.push(Sent {
            uploaded: false,
            message,
        });
    }
    Ok(outcome)
}

async fn render(
    edge: &Edge,
    session: &Session,
    opened: Opened,
    cursor: &Cursor,
    outcome: Outcome,
) -> Result<Response, Problem> {
    let Opened { jar, page, case } = opened;
    let request = ListDocumentsRequest {
        case_id: case.id.clone(),
        page_token: cursor.page.clone(),
        ..ListDocumentsRequest::default()
    };
    let mut documents = edge.clients.document.clone();
    let (unread, listed) = tokio::join!(
        case::unread(edge, session, &case.id),
        documents.list_documents(session.to("document", request)),
    );
    let listed = listed?.into_inner();

    let status = if outcome.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let address = format!("/cases/{}/documents", case.reference);
    let documents = DocumentsPage {
        page,
        tab: Tab::Documents,
        case: CaseHead::new(case, unread),
        errors: outcome.errors,
        categories: categories(),
        category: outcome.category,
        max_bytes: LARGEST,
        results: outcome.files,
        documents: listed
            .documents
            .into_iter()
            .map(DocumentRow::from)
            .collect(),
        columns: columns(),
        paging: cursor.paging(&address, &[], &listed.next_page_token),
    };
    Ok((status, jar, documents).into_response())
}

fn categories() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    };
    let all = CATEGORIES.map(|(category, label)| choice(category.as_str_name(), label));
    std::iter::once(choice("", "Choose a category"))
        .chain(all)
        .collect()
}

fn columns() -> [Column; 6] {
    [
        Column::named("Name"),
        Column::named("Category"),
        Column::named("Size"),
        Column::named("Added by"),
        Column::named("Added"),
        Column::named("State"),
    ]
}

impl From<Document> for DocumentRow {
    fn from(document: Document) -> Self {
        let available = document.state() == DocumentState::Available;
        let note = if !document.withdrawal_reason.is_empty() {
            format!("Withdrawn: {}", document.withdrawal_reason)
        } else if !document.same_as_document_id.is_empty() {
            "Has the same content as a document added before".to_owned()
        } else {
            String::new()
        };
        Self {
            href: if available {
                format!("/documents/{}", document.id)
            } else {
                String::new()
            },
            state: tags::document(document.state(), document.state_label),
            name: document.name,
            kind: document.type_label,
            note,
            category: document.category_label,
            size: words::size(document.size),
            by: document.added_by,
            at: words::instant(document.added_at.as_ref()),
        }
    }
}
