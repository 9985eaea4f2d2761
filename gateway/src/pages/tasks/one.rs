//! One task: what it asks, the letter it is about, what can be said about it, and what has happened to it (TA-3).

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::response::IntoResponse;
use proto::document::v1::{Document, DocumentState, GetDocumentRequest};
use proto::task::v1::{ListTaskHistoryRequest, Task, TaskHistoryEntry};

use super::row::TaskRow;
use super::say;
use crate::extract::{Path, Query};
use crate::page::{Area, Frame, Page};
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::Paging;
use crate::{Edge, words};

#[derive(Template, WebTemplate)]
#[template(path = "tasks/task.html")]
struct TaskPage {
    page: Page,
    task: TaskRow,
    version: i64,
    letter: Option<Letter>,
    reopen_until: String,
    history: Vec<HistoryRow>,
    paging: Paging,
}

/// The letter or email that a task is about.
struct Letter {
    name: String,
    kind: String,
    size: String,
    /// Where it can be read; empty while it can't be.
    href: String,
    /// Why it can't be read.
    note: String,
}

struct HistoryRow {
    title: String,
    by: String,
    at: String,
    at_iso: String,
    text: String,
}

pub(super) async fn task(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<impl IntoResponse, Problem> {
    let request = ListTaskHistoryRequest {
        task_id: id.clone(),
        page_token: cursor.page.clone(),
        ..ListTaskHistoryRequest::default()
    };
    let mut tasks = edge.clients.task.clone();
    let ((jar, page), task, history) = tokio::join!(
        frame.page(Area::Tasks),
        say::find(&edge, &session, id),
        tasks.list_task_history(session.to("task", request)),
    );
    let (task, history) = (task?, history?.into_inner());

    let landlord = session.is_landlord();
    let address = format!("/tasks/{}", task.id);
    let page = TaskPage {
        page,
        version: task.version,
        letter: letter(&edge, &session, &task).await,
        reopen_until: if landlord {
            words::date(&task.reopen_until)
        } else {
            String::new()
        },
        task: TaskRow::new(task, landlord),
        paging: cursor.paging(&address, &[], &history.next_page_token),
        history: history.entries.into_iter().map(HistoryRow::from).collect(),
    };
    Ok((jar, page))
}

/// The letter of a task, if it has one. The rest of the page is worth showing without it.
async fn letter(edge: &Edge, session: &Session, task: &Task) -> Option<Letter> {
    if task.document_id.is_empty() {
        return None;
    }
    let request = GetDocumentRequest {
        document_id: task.document_id.clone(),
    };
    let mut documents = edge.clients.document.clone();
    match documents
        .get_document(session.to("document", request))
        .await
    {
        Ok(document) => Some(Letter::from(document.into_inner())),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the letter of a task is missing");
            Some(Letter {
                name: "The letter".to_owned(),
                kind: String::new(),
                size: String::new(),
                href: String::new(),
                note: "The letter can’t be shown at the moment. Try again later.".to_owned(),
            })
        }
    }
}

impl From<Document> for Letter {
    fn from(document: Document) -> Self {
        let (href, note) = match document.state() {
            DocumentState::Available => (format!("/documents/{}", document.id), String::new()),
            DocumentState::Checking => (
                String::new(),
                "We are still checking the letter for viruses. Try again in a few minutes."
                    .to_owned(),
            ),
            DocumentState::Withdrawn => (
                String::new(),
                format!(
                    "We have withdrawn this letter: {}",
                    document.withdrawal_reason
                ),
            ),
            DocumentState::Quarantined | DocumentState::Unspecified => (
                String::new(),
                "The letter can’t be opened. Please tell us so in a message on the case."
                    .to_owned(),
            ),
        };
        Self {
            name: document.name,
            kind: document.type_label,
            size: words::size(document.size),
            href,
            note,
        }
    }
}

impl From<TaskHistoryEntry> for HistoryRow {
    fn from(entry: TaskHistoryEntry) -> Self {
        Self {
            at: words::instant(entry.occurred_at.as_ref()),
            at_iso: words::machine(entry.occurred_at.as_ref()),
            title: entry.title,
            by: entry.actor,
            text: entry.description,
        }
    }
}
