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
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
/// What is said of a form without files, here and by a script.
const NOTHING_CHOSEN: &str = "Choose at least one document to upload";

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
    /// The form's own id: its files are added once, however often it is sent.
    request_id: Uuid,
    max_bytes: u64,
    nothing_chosen: &'static str,
    results: Vec<Sent>,
    filter: Filter,
    states: Vec<Choice>,
    wanted_categories: Vec<Choice>,
    documents: Vec<DocumentRow>,
    columns: [Column; 4],
    paging: Paging,
}

/// What the list is narrowed down to: names of the contract, empty for all. They are not called as the fields of the form on the same page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Filter {
    only_category: String,
    only_state: String,
}

impl Filter {
    /// Without choices that there are none of: they would filter nothing and could not be shown.
    fn known(mut self) -> Self {
        if self.category() == DocumentCategory::Unspecified {
            self.only_category.clear();
        }
        if self.state() == DocumentState::Unspecified {
            self.only_state.clear();
        }
        self
    }

    fn category(&self) -> DocumentCategory {
        DocumentCategory::from_str_name(&self.only_category).unwrap_or_default()
    }

    fn state(&self) -> DocumentState {
        DocumentState::from_str_name(&self.only_state).unwrap_or_default()
    }

    fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// What of it stays in an address.
    fn pairs(&self) -> [(&'static str, &str); 2] {
        [
            ("only_category", &self.only_category),
            ("only_state", &self.only_state),
        ]
    }
}

struct DocumentRow {
    name: String,
    /// Empty while it can't be downloaded.
    href: String,
    /// What it is and how large: *PDF document, 1.2MB*.
    kind: String,
    /// Why it was withdrawn; empty when it was not.
    withdrawn: String,
    /// The document with the same content that was there before.
    same: Option<Same>,
    category: String,
    by: String,
    at: String,
    state: Status,
}

/// A document with the same content.
struct Same {
    name: String,
    href: String,
}

/// What became of a file of the form.
#[derive(Serialize)]
struct Sent {
    uploaded: bool,
    /// Whether its content was on the case before (DO-3).
    repeats: bool,
    message: String,
}

impl Sent {
    fn added(document: &Document) -> Self {
        let name = &document.name;
        // A form that is sent again tells of the document that it added before, whatever became of that.
        if matches!(
            document.state(),
            DocumentState::Withdrawn | DocumentState::Quarantined
        ) {
            let state = &document.state_label;
            return Self::refused(format!("{name} was not uploaded again: {state}"));
        }
        let repeats = !document.same_as_document_id.is_empty();
        Self {
            uploaded: true,
            repeats,
            message: if repeats {
                let first = &document.same_as_name;
                format!("{name} was uploaded. The case already had the same file as {first}")
            } else {
                format!("{name} was uploaded")
            },
        }
    }

    fn refused(message: String) -> Self {
        Self {
            uploaded: false,
            repeats: false,
            message,
        }
    }
}

/// What became of the whole form.
#[derive(Default)]
struct Outcome {
    category: String,
    /// The id of the form, which it keeps when it is shown again: what was added stays so.
    request_id: Option<Uuid>,
    files: Vec<Sent>,
    errors: Errors,
}

async fn list(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(reference): Path<String>,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> Result<Response, Problem> {
    let opened = case::open(&edge, &session, frame, reference).await?;
    let list = (filter.known(), cursor);
    render(&edge, &session, opened, list, Outcome::default()).await
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
        let jar = Flash::success(in_short(&outcome.files)).keep(opened.jar);
        let address = format!("/cases/{}/documents", opened.case.reference);
        return Ok((jar, Redirect::to(&address)).into_response());
    }
    // The uploads may have taken longer than a token lives.
    let session = edge.sessions.of_request(&session.secret).await?;
    render(&edge, &session, opened, Default::default(), outcome).await
}

/// What is said when every file was uploaded.
fn in_short(files: &[Sent]) -> String {
    if let [one] = files {
        return one.message.clone();
    }
    let many = files.len();
    match files.iter().filter(|it| it.repeats).count() {
        0 => format!("{many} documents were uploaded"),
        1 => format!("{many} documents were uploaded. The case already had 1 of them"),
        repeats => {
            format!("{many} documents were uploaded. The case already had {repeats} of them")
        }
    }
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
                match name.as_str() {
                    "request_id" => outcome.request_id = value.parse().ok(),
                    "category" => outcome.category = value,
                    _ => {}
                }
                continue;
            }
        };
        let request_id = outcome.request_id.ok_or(Problem::BadForm)?;
        let new = NewDocument {
            request_id: request_id.to_string(),
            case_id: case_id.to_owned(),
            name: file.name.clone(),
            category: DocumentCategory::from_str_name(&outcome.category)
                .unwrap_or_default()
                .into(),
            // One id for all files of the form; the script has one for each.
            may_be_chosen_again: true,
        };
        let sent = match upload::send(edge, session, new, file).await? {
            Ok(document) => Sent::added(&document),
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
                Sent::refused(refused.message)
            }
        };
        outcome.files.push(sent);
    }
    if outcome.files.is_empty() {
        outcome.errors.add("files", NOTHING_CHOSEN);
        outcome.files.push(Sent::refused(NOTHING_CHOSEN.to_owned()));
    }
    Ok(outcome)
}

async fn render(
    edge: &Edge,
    session: &Session,
    opened: Opened,
    (filter, cursor): (Filter, Cursor),
    outcome: Outcome,
) -> Result<Response, Problem> {
    let Opened { jar, page, case } = opened;
    let request = ListDocumentsRequest {
        case_id: case.id.clone(),
        page_token: cursor.page.clone(),
        category: filter.category().into(),
        state: filter.state().into(),
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
        categories: categories("Choose a category"),
        category: outcome.category,
        request_id: outcome.request_id.unwrap_or_else(kit::id),
        max_bytes: LARGEST,
        nothing_chosen: NOTHING_CHOSEN,
        results: outcome.files,
        documents: listed
            .documents
            .into_iter()
            .map(DocumentRow::from)
            .collect(),
        columns: columns(),
        paging: cursor.paging(&address, &filter.pairs(), &listed.next_page_token),
        wanted_categories: categories("All categories"),
        states: states(),
        filter,
    };
    Ok((status, jar, documents).into_response())
}

fn categories(none: &str) -> Vec<Choice> {
    let all = CATEGORIES.map(|(category, label)| choice(category.as_str_name(), label));
    std::iter::once(choice("", none)).chain(all).collect()
}

fn states() -> Vec<Choice> {
    let state = |it: DocumentState, label| choice(it.as_str_name(), label);
    vec![
        choice("", "All documents"),
        state(DocumentState::Available, "Available"),
        state(DocumentState::Checking, "Being checked for viruses"),
        state(
            DocumentState::Quarantined,
            "Put away because a virus was found",
        ),
        state(DocumentState::Withdrawn, "Withdrawn"),
    ]
}

fn choice(value: &str, label: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}

fn columns() -> [Column; 4] {
    [
        Column::named("Name"),
        Column::named("Category"),
        Column::named("Added"),
        Column::named("State"),
    ]
}

impl From<Document> for DocumentRow {
    fn from(document: Document) -> Self {
        let href = |id: &str| format!("/documents/{id}");
        let state = document.state();
        let repeats = !document.same_as_document_id.is_empty();
        // A landlord is not told how large a withdrawn document was.
        let kind = match document.size {
            0 => document.type_label,
            size => format!("{}, {}", document.type_label, words::size(size)),
        };
        Self {
            href: if state == DocumentState::Available {
                href(&document.id)
            } else {
                String::new()
            },
            same: repeats.then(|| Same {
                href: href(&document.same_as_document_id),
                name: document.same_as_name,
            }),
            withdrawn: document.withdrawal_reason,
            state: tags::document(state, document.state_label),
            name: document.name,
            kind,
            category: document.category_label,
            by: if document.from_ombudsman {
                format!("{} (Housing Ombudsman)", document.added_by)
            } else {
                document.added_by
            },
            at: words::instant(document.added_at.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(name: &str, first: &str) -> Sent {
        Sent::added(&Document {
            name: name.to_owned(),
            same_as_document_id: first.to_owned(),
            same_as_name: first.to_owned(),
            ..Document::default()
        })
    }

    #[test]
    fn do_3_a_file_that_the_case_had_already_is_said_to_be_one() {
        let again = added("again.pdf", "first.pdf");

        assert!(again.uploaded && again.repeats);
        assert_eq!(
            in_short(&[again]),
            "again.pdf was uploaded. The case already had the same file as first.pdf"
        );
        assert_eq!(
            in_short(&[added("a.pdf", "first.pdf"), added("b.pdf", "")]),
            "2 documents were uploaded. The case already had 1 of them"
        );
        assert_eq!(
            in_short(&[added("a.pdf", ""), added("b.pdf", "")]),
            "2 documents were uploaded"
        );
    }

    #[test]
    fn do_1_a_filter_that_there_is_none_of_filters_nothing() {
        let filter = |category: &str, state: &str| {
            Filter {
                only_category: category.to_owned(),
                only_state: state.to_owned(),
            }
            .known()
        };

        assert!(!filter("evidence", "DOCUMENT_STATE_UNSPECIFIED").is_set());
        let known = filter("DOCUMENT_CATEGORY_EVIDENCE", "DOCUMENT_STATE_WITHDRAWN");
        assert_eq!(
            (known.category(), known.state()),
            (DocumentCategory::Evidence, DocumentState::Withdrawn)
        );
    }

    #[test]
    fn do_6_a_withdrawn_document_shows_its_reason_and_no_link() {
        let row = DocumentRow::from(Document {
            id: "1".to_owned(),
            state: DocumentState::Withdrawn.into(),
            withdrawal_reason: "It names a neighbour".to_owned(),
            type_label: "PDF document".to_owned(),
            ..Document::default()
        });

        assert_eq!(row.withdrawn, "It names a neighbour");
        assert_eq!((row.href.as_str(), row.kind.as_str()), ("", "PDF document"));
    }
}
