//! The files of the form: each is taken or refused by itself, and can be taken back before the complaint is sent.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures::{Stream, StreamExt as _, future};
use proto::document::v1::complaint_secret::Secret;
use proto::document::v1::upload_complaint_file_request::Piece as ComplaintPiece;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    ComplaintSecret, Document, ListOwnComplaintFilesRequest, NewComplaintFile,
    RemoveComplaintFileRequest, UploadComplaintFileRequest,
};
use proto::service_complaint::v1::{SaveAnswersRequest, Step as WireStep};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::step::Step;
use super::{begin_anew, check, draft_of, refused, without_form};
use crate::extract::Path;
use crate::file_form::{File, FileForm, Part};
use crate::flash::Flash;
use crate::form::{Errors, Form, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;
use crate::upload::{self, Refused};
use crate::{Edge, words};

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route("/complain/form/files", get(show).post(add))
        .route("/complain/form/files/{id}/remove", post(remove))
        .route("/complain/form/files/done", post(done))
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/files.html")]
struct FilesPage {
    page: Page,
    errors: Errors,
    step: Step,
    files: Vec<FileRow>,
}

/// A file that was sent.
pub(super) struct FileRow {
    pub(super) id: String,
    pub(super) name: String,
    /// What it is and how large: *PDF document, 1.2MB*.
    pub(super) kind: String,
}

impl From<Document> for FileRow {
    fn from(document: Document) -> Self {
        Self {
            id: document.id,
            name: document.name,
            kind: format!("{}, {}", document.type_label, words::size(document.size)),
        }
    }
}

/// The page that holds every file that a form can have.
const ALL_FILES: i32 = 100;

/// What opens the files of a form.
fn by_form(draft_token: &str) -> ComplaintSecret {
    ComplaintSecret {
        secret: Some(Secret::DraftToken(draft_token.to_owned())),
    }
}

/// What opens the files of a complaint that was sent.
pub(super) fn by_link(link_token: &str) -> ComplaintSecret {
    ComplaintSecret {
        secret: Some(Secret::LinkToken(link_token.to_owned())),
    }
}

/// The files of a form.
pub(super) async fn of_draft(edge: &Edge, draft_token: &str) -> Result<Vec<FileRow>, Problem> {
    opened_by(edge, by_form(draft_token)).await
}

/// The files that a secret opens.
pub(super) async fn opened_by(
    edge: &Edge,
    secret: ComplaintSecret,
) -> Result<Vec<FileRow>, Problem> {
    let request = ListOwnComplaintFilesRequest {
        secret: Some(secret),
        page_size: ALL_FILES,
        page_token: String::new(),
    };
    let mut client = edge.clients.complaint_files.clone();
    let listed = client.list_own_complaint_files(request).await?;
    let files = listed.into_inner().files;
    Ok(files.into_iter().map(FileRow::from).collect())
}

async fn show(State(edge): State<Edge>, frame: Frame) -> Result<Response, Problem> {
    let Some((token, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    if draft.sent.is_some() {
        return Ok((frame.jar, Redirect::to(check::SENT)).into_response());
    }
    render(&edge, frame, &token, Errors::none()).await
}

async fn add(
    State(edge): State<Edge>,
    frame: Frame,
    mut form: FileForm,
) -> Result<Response, Problem> {
    let Some((token, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    if draft.sent.is_some() {
        return Ok((frame.jar, Redirect::to(check::SENT)).into_response());
    }
    let mut errors = Errors::none();
    let mut taken = 0;
    while let Some(part) = form.next().await? {
        let Part::File(file) = part else { continue };
        match send(&edge, by_form(&token), file).await? {
            Ok(()) => taken += 1,
            Err(refused) => errors.add("files", refused.message),
        }
    }
    if taken == 0 && errors.is_empty() {
        errors.add("files", "Choose a file, or continue without one");
    }
    if !errors.is_empty() {
        let page = render(&edge, frame, &token, errors).await?;
        return Ok(refused(page));
    }
    let jar = Flash::success(added(taken)).keep(frame.jar);
    Ok((jar, Redirect::to(&Step::Files.address())).into_response())
}

/// What is said of files that were taken.
pub(super) fn added(files: i32) -> String {
    match files {
        1 => "1 file was added".to_owned(),
        many => format!("{many} files were added"),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn remove(
    State(edge): State<Edge>,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let Some((token, draft)) = draft_of(&edge, &frame.jar).await? else {
        return Ok(begin_anew(frame.jar));
    };
    if draft.sent.is_some() {
        return Ok((frame.jar, Redirect::to(check::SENT)).into_response());
    }
    let request = RemoveComplaintFileRequest {
        document_id: id,
        secret: Some(by_form(&token)),
    };
    let mut files = edge.clients.complaint_files.clone();
    files.remove_complaint_file(request).await?;
    let jar = Flash::success("The file was removed").keep(frame.jar);
    Ok((jar, Redirect::to(&Step::Files.address())).into_response())
}

/// Goes on, with files or without.
async fn done(
    State(edge): State<Edge>,
    frame: Frame,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Problem> {
    let Some(draft_token) = super::draft_token(&frame.jar) else {
        return Ok(begin_anew(frame.jar));
    };
    let request = SaveAnswersRequest {
        draft_token,
        step: WireStep::Files.into(),
        answers: None,
    };
    let mut complaints = edge.clients.public_complaints.clone();
    match complaints.save_answers(request).await {
        Ok(_) => Ok((frame.jar, Redirect::to(check::ADDRESS)).into_response()),
        Err(status) => without_form(frame.jar, status),
    }
}

async fn render(
    edge: &Edge,
    frame: Frame,
    draft_token: &str,
    errors: Errors,
) -> Result<Response, Problem> {
    let (files, (jar, page)) = tokio::join!(of_draft(edge, draft_token), frame.page(Area::Other));
    let page = FilesPage {
        page,
        errors,
        step: Step::Files,
        files: files?,
    };
    Ok((jar, page).into_response())
}

/// Streams a file of a form or a complaint to where it is kept, as it arrives.
pub(super) async fn send(
    edge: &Edge,
    secret: ComplaintSecret,
    file: File<'_>,
) -> Result<Result<(), Refused>, Problem> {
    let name = file.name.clone();
    let new = NewComplaintFile {
        request_id: kit::id().to_string(),
        name: name.clone(),
        secret: Some(secret),
    };
    let (sender, pieces) = mpsc::channel(upload::PIECES_AHEAD);
    let mut request = tonic::Request::new(requests(new, pieces));
    request.set_timeout(upload::time_left());
    let mut files = edge.clients.complaint_files.clone();
    let (passed_on, answer) = tokio::join!(
        upload::pass_on(file, sender),
        files.upload_complaint_file(request)
    );
    passed_on?;
    match answer {
        Ok(_) => Ok(Ok(())),
        Err(status) if reason(&status) == "TOO_MANY_FILES" => Ok(Err(Refused {
            field: "content".to_owned(),
            message: format!(
                "{name} was not added: you can send up to 20 files here. Email us the others with your reference"
            ),
        })),
        Err(status) => upload::refused(&name, status).map(Err),
    }
}

fn requests(
    new: NewComplaintFile,
    pieces: mpsc::Receiver<Piece>,
) -> impl Stream<Item = UploadComplaintFileRequest> {
    let content = ReceiverStream::new(pieces).filter_map(|piece| {
        future::ready(match piece {
            Piece::Content(bytes) => Some(ComplaintPiece::Content(bytes)),
            Piece::End(end) => Some(ComplaintPiece::End(end)),
            Piece::Document(_) => None,
        })
    });
    futures::stream::once(future::ready(ComplaintPiece::File(new)))
        .chain(content)
        .map(|piece| UploadComplaintFileRequest { piece: Some(piece) })
}
