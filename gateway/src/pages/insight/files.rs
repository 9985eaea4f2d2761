//! What came with a complaint: the public form as it was filled in, and the files that the person sent with it or later (SC-1, 4.2, 4.12).

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use proto::document::v1::{
    Document, DocumentState, IssueComplaintFileLinkRequest, ListComplaintFilesRequest,
    ListComplaintFilesResponse,
};
use proto::service_complaint::v1::{GetWebformRequest, Webform};

use super::complaint::{Head, Opened, open};
use super::{HOME, Insight};
use crate::extract::{Path, Query};
use crate::flash::Flash;
use crate::form::reason;
use crate::page::{Area, Frame, Page};
use crate::pages::complain;
use crate::paging::Cursor;
use crate::problem::Problem;
use crate::view::{Paging, Status};
use crate::{Edge, file_host, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/service-complaints/{reference}/files", get(show))
        .route("/service-complaints/{reference}/files/{id}", get(file))
}

#[derive(Template, WebTemplate)]
#[template(path = "insight/files.html")]
struct FilesPage {
    page: Page,
    head: Head,
    form: Option<FormView>,
    files: Vec<FileView>,
    paging: Paging,
}

/// The page that holds every file that a complaint can have.
const ALL_FILES: i32 = 100;

/// The public form, as it was filled in.
struct FormView {
    sent_at: String,
    happened_on: String,
    too_long_ago: bool,
    /// Each question with the lines of its answer; empty for forms that were sent before they were kept.
    answers: Vec<(&'static str, Vec<String>)>,
}

impl FormView {
    fn new(form: &Webform) -> Self {
        Self {
            sent_at: words::instant(form.sent_at.as_ref()),
            happened_on: words::date(&form.happened_on),
            too_long_ago: form.too_long_ago,
            answers: form
                .answers
                .as_ref()
                .map(complain::told)
                .unwrap_or_default(),
        }
    }
}

/// A file that the person sent.
struct FileView {
    name: String,
    /// What it is and how large: *PDF document, 1.2MB*.
    kind: String,
    added: String,
    /// Whether it came after the form, such as with a request for stage 2.
    afterwards: bool,
    state: Status,
    /// Where it is downloaded; empty while it can't be.
    href: String,
}

impl FileView {
    fn new(document: Document, reference: &str, form_sent_at: Option<DateTime<Utc>>) -> Self {
        let added_at = kit::time::instant(document.added_at.as_ref());
        let available = document.state() == DocumentState::Available;
        Self {
            kind: format!("{}, {}", document.type_label, words::size(document.size)),
            added: words::instant(document.added_at.as_ref()),
            // What came by telephone or letter has no form, and so all of it came afterwards.
            afterwards: form_sent_at.is_none_or(|sent| added_at.is_some_and(|at| at > sent)),
            href: if available {
                format!("{HOME}/{reference}/files/{}", document.id)
            } else {
                String::new()
            },
            state: Status {
                colour: match document.state() {
                    DocumentState::Available => "green",
                    DocumentState::Quarantined => "red",
                    _ => "yellow",
                },
                text: document.state_label,
            },
            name: document.name,
        }
    }
}

/// The form of a complaint; `None` when it came in another way.
async fn form_of(
    edge: &Edge,
    session: &Insight,
    complaint_id: &str,
) -> Result<Option<Webform>, Problem> {
    let request = GetWebformRequest {
        complaint_id: complaint_id.to_owned(),
    };
    let mut client = edge.clients.public_complaints.clone();
    match client
        .get_webform(session.to("service-complaint", request))
        .await
    {
        Ok(form) => Ok(Some(form.into_inner())),
        Err(status) if reason(&status) == "NO_SUCH_WEBFORM" => Ok(None),
        Err(status) => Err(status.into()),
    }
}

/// A page of the files of a complaint, the oldest first.
async fn files_of(
    edge: &Edge,
    session: &Insight,
    complaint_id: &str,
    (page_size, page_token): (i32, &str),
) -> Result<ListComplaintFilesResponse, Problem> {
    let request = ListComplaintFilesRequest {
        complaint_id: complaint_id.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
    };
    let mut client = edge.clients.complaint_files.clone();
    let listed = client
        .list_complaint_files(session.to("document", request))
        .await?;
    Ok(listed.into_inner())
}

async fn show(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path(reference): Path<String>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let Opened {
        jar,
        page,
        head,
        complaint,
        ..
    } = open(&edge, &session, frame, &reference, "/files").await?;
    let (form, files) = tokio::join!(
        form_of(&edge, &session, &complaint.id),
        files_of(&edge, &session, &complaint.id, (0, &cursor.page))
    );
    let (form, listed) = (form?, files?);
    let sent_at = (form.as_ref()).and_then(|it| kit::time::instant(it.sent_at.as_ref()));
    let address = format!("{HOME}/{}/files", complaint.reference);
    let shown = FilesPage {
        page,
        head,
        form: form.as_ref().map(FormView::new),
        paging: cursor.paging(&address, &[], &listed.next_page_token),
        files: listed
            .files
            .into_iter()
            .map(|it| FileView::new(it, &complaint.reference, sent_at))
            .collect(),
    };
    Ok((jar, shown).into_response())
}

async fn file(
    State(edge): State<Edge>,
    session: Insight,
    frame: Frame,
    Path((reference, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let complaint = super::find(&edge, &session, &reference).await?;
    let page = (ALL_FILES, "");
    let listed = files_of(&edge, &session, &complaint.id, page).await?;
    let document = listed.files.into_iter().find(|it| it.id == id);
    let document = document.ok_or(Problem::NotFound)?;
    if document.state() != DocumentState::Available {
        let text = format!(
            "“{}” can’t be downloaded: {}",
            document.name, document.state_label
        );
        let address = format!("{HOME}/{}/files", complaint.reference);
        let jar = Flash::important(text).keep(frame.jar);
        return Ok((jar, Redirect::to(&address)).into_response());
    }
    let path = format!("{HOME}/{}/files/{}", complaint.reference, document.id);
    let request = IssueComplaintFileLinkRequest {
        complaint_id: complaint.id,
        document_id: document.id,
    };
    let mut client = edge.clients.complaint_files.clone();
    let link = client
        .issue_complaint_file_link(session.to("document", request))
        .await?;
    Ok(file_host::lead(&edge, &path, link.get_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn document(added_at: &str, state: DocumentState) -> Document {
        Document {
            id: "d1".to_owned(),
            added_at: Some(kit::time::timestamp(at(added_at))),
            state: state.into(),
            ..Document::default()
        }
    }

    #[test]
    fn sc_8_4_12_a_file_that_came_after_the_form_is_told_from_those_with_it() {
        let sent = Some(at("2026-11-20T09:00:00Z"));
        let of = |added: &str, sent| {
            let document = document(added, DocumentState::Available);
            FileView::new(document, "SC202600001", sent).afterwards
        };

        assert!(!of("2026-11-20T08:59:00Z", sent));
        assert!(of("2026-11-22T10:00:00Z", sent));
        assert!(of("2026-11-20T08:59:00Z", None), "it came by telephone");
    }

    #[test]
    fn do_2_a_file_is_downloaded_once_it_is_known_to_be_clean() {
        let of = |state| {
            let document = document("2026-11-20T09:00:00Z", state);
            FileView::new(document, "SC202600001", None).href
        };

        assert_eq!(
            of(DocumentState::Available),
            "/service-complaints/SC202600001/files/d1"
        );
        assert_eq!(of(DocumentState::Checking), "");
    }
}
