//! Files for a complaint that was sent: evidence while it is looked at (4.2), and what is new for stage 2 (4.12). The private link is the authority.

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use proto::service_complaint::v1::{NoteFilesRequest, Progress, Standing};

use super::files::{self, FileRow};
use super::{link, refused, track};
use crate::Edge;
use crate::extract::Path;
use crate::file_form::{FileForm, Part};
use crate::flash::Flash;
use crate::form::{Errors, reason};
use crate::page::{Area, Frame, Page};
use crate::problem::Problem;

pub(super) fn router() -> Router<Edge> {
    Router::new().route("/complaint/{token}/files", get(show).post(add))
}

/// Where a person sends files for their complaint.
pub(super) fn address(token: &str) -> String {
    format!("/complaint/{token}/files")
}

#[derive(Template, WebTemplate)]
#[template(path = "complain/more_files.html")]
struct MoreFilesPage {
    page: Page,
    errors: Errors,
    token: String,
    reference: String,
    /// Whether they go with a request for stage 2.
    for_stage_2: bool,
    files: Vec<FileRow>,
}

/// The complaint of a link, if files can be sent for it; otherwise what is answered.
async fn open(
    edge: &Edge,
    frame: Frame,
    token: &str,
) -> Result<Result<(Frame, Progress), Response>, Problem> {
    match track::find(edge, token).await {
        Ok(progress) if progress.can_add_files => Ok(Ok((frame, progress))),
        Ok(_) => Ok(Err(track::overtaken(frame, token))),
        Err(status) => link::ended(frame, status).await.map(Err),
    }
}

async fn show(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    match open(&edge, frame, &token).await? {
        Ok((frame, progress)) => render(&edge, frame, token, &progress, Errors::none()).await,
        Err(answer) => Ok(answer),
    }
}

async fn add(
    State(edge): State<Edge>,
    frame: Frame,
    Path(token): Path<String>,
    mut form: FileForm,
) -> Result<Response, Problem> {
    let (frame, progress) = match open(&edge, frame, &token).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let mut errors = Errors::none();
    let mut taken = 0;
    while let Some(part) = form.next().await? {
        let Part::File(file) = part else { continue };
        match files::send(&edge, files::by_link(&token), file).await? {
            Ok(()) => taken += 1,
            Err(refused) => errors.add("files", refused.message),
        }
    }
    if taken > 0 {
        let request = NoteFilesRequest {
            link_token: token.clone(),
            count: taken,
        };
        let mut complaints = edge.clients.public_complaints.clone();
        match complaints.note_files(request).await {
            Ok(_) => {}
            // A colleague answered while the files came: they are kept all the same, and the page says where the complaint is.
            Err(status) if reason(&status) == "WRONG_STANDING" => {
                return Ok(track::overtaken(frame, &token));
            }
            Err(status) => return link::ended(frame, status).await,
        }
    }
    if taken == 0 && errors.is_empty() {
        errors.add("files", "Choose a file");
    }
    if !errors.is_empty() {
        let page = render(&edge, frame, token, &progress, errors).await?;
        return Ok(refused(page));
    }
    let jar = Flash::success(files::added(taken)).keep(frame.jar);
    Ok((jar, Redirect::to(&address(&token))).into_response())
}

async fn render(
    edge: &Edge,
    frame: Frame,
    token: String,
    progress: &Progress,
    errors: Errors,
) -> Result<Response, Problem> {
    let (files, (jar, page)) = tokio::join!(
        files::opened_by(edge, files::by_link(&token)),
        frame.page(Area::Other)
    );
    let page = MoreFilesPage {
        page,
        errors,
        token,
        reference: progress.reference.clone(),
        for_stage_2: matches!(
            progress.standing(),
            Standing::Requested | Standing::Reviewed
        ),
        files: files?,
    };
    Ok((jar, page).into_response())
}
