//! Files on their way from a form to where they are kept.

use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _, future};
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{Document, End, NewDocument, UploadDocumentRequest};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::Edge;
use crate::file_form::File;
use crate::problem::Problem;
use crate::session::Session;

/// The most bytes that the document service takes in one piece.
const PIECE: usize = 64 * 1024;
/// How many pieces may wait for the service; reading waits when there are more.
pub(crate) const PIECES_AHEAD: usize = 4;
/// The service's name for what is in a file.
const CONTENT: &str = "content";

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The service's name for what is wrong: the content, or what was said of it.
    pub(crate) field: String,
    /// A sentence for the person, without a full stop.
    pub(crate) message: String,
}

/// Streams a file of a form. Every file succeeds or fails by itself (DO-1); a problem is about the whole form.
pub(crate) async fn send(
    edge: &Edge,
    session: &Session,
    new: NewDocument,
    file: File<'_>,
) -> Result<Result<Document, Refused>, Problem> {
    let name = new.name.clone();
    match stream(edge, session, new, file).await? {
        Ok(document) => Ok(Ok(document)),
        Err(status) => refused(&name, status).map(Err),
    }
}

/// Streams a file to the document service as it arrives, and tells what that says. A problem is one of reading it.
pub(crate) async fn stream(
    edge: &Edge,
    session: &Session,
    new: NewDocument,
    file: File<'_>,
) -> Result<Result<Document, Status>, Problem> {
    // Files on a slow line take longer than a token lives.
    let session = edge.sessions.of_request(&session.secret).await?;
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    let mut request = session.to("document", requests(new, pieces));
    request.set_timeout(time_left());
    let mut documents = edge.clients.document.clone();

    // When the browser goes away, both end here, and the service keeps nothing of what has not come to its end.
    let (passed_on, answer) =
        tokio::join!(pass_on(file, sender), documents.upload_document(request));
    passed_on?;
    Ok(answer.map(tonic::Response::into_inner))
}

/// What the request that brings the files has left.
pub(crate) fn time_left() -> Duration {
    kit::client::DEADLINE
        .try_with(|at| at.saturating_duration_since(Instant::now()))
        .unwrap_or(kit::client::USUAL_DEADLINE)
}

/// Passes a file on, and its end only when it was read to there. It is read on even when the service has refused it already: the parts behind
/// it are to be had only then.
pub(crate) async fn pass_on(
    mut file: File<'_>,
    sender: mpsc::Sender<Piece>,
) -> Result<(), Problem> {
    let mut wanted = true;
    let mut size = 0_u64;
    while let Some(mut content) = file.chunk().await? {
        size += content.len() as u64;
        while wanted && !content.is_empty() {
            let piece = content.split_to(content.len().min(PIECE));
            wanted = sender.send(Piece::Content(piece.into())).await.is_ok();
        }
    }
    let size = size.cast_signed();
    // Not wanted any more is no error: the answer says why.
    let _ = sender.send(Piece::End(End { size })).await;
    Ok(())
}

/// The description, then what is passed on.
fn requests(
    new: NewDocument,
    pieces: mpsc::Receiver<Piece>,
) -> impl Stream<Item = UploadDocumentRequest> {
    futures::stream::once(future::ready(Piece::Document(new)))
        .chain(ReceiverStream::new(pieces))
        .map(|piece| UploadDocumentRequest { piece: Some(piece) })
}

/// Tells a fault of the file from one of the whole form.
pub(crate) fn refused(name: &str, status: Status) -> Result<Refused, Problem> {
    match status.code() {
        Code::InvalidArgument => {
            let violation = status
                .get_details_bad_request()
                .and_then(|it| it.field_violations.into_iter().next())
                .ok_or(Problem::Refused(status))?;
            let message = if violation.field == CONTENT {
                about(name, &violation.description)
            } else {
                violation.description
            };
            Ok(Refused {
                field: violation.field,
                message,
            })
        }
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::ResourceExhausted
        | Code::Internal
        | Code::Unknown => {
            tracing::warn!(code = ?status.code(), "a file could not be passed on");
            Ok(Refused {
                field: CONTENT.to_owned(),
                message: format!("{name} could not be uploaded. Try again in a few minutes"),
            })
        }
        // The form has another file than when it was sent before.
        Code::AlreadyExists => Ok(Refused {
            field: CONTENT.to_owned(),
            message: format!("{name} was not uploaded. Choose it again"),
        }),
        _ => Err(status.into()),
    }
}

/// Says which of several files a sentence is about.
fn about(name: &str, sentence: &str) -> String {
    for words in ["The selected file", "the selected file"] {
        if sentence.contains(words) {
            return sentence.replacen(words, name, 1);
        }
    }
    format!("{name}: {sentence}")
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;
    use crate::csrf;
    use crate::file_form::tests::{broken_form, form};
    use crate::file_form::{FileForm, Part};

    async fn passed_on(request: Request) -> (Result<(), Problem>, Vec<UploadDocumentRequest>) {
        let mut form = FileForm::open(request).await.unwrap();
        let Some(Part::File(file)) = form.next().await.unwrap() else {
            panic!("the form has a file");
        };
        let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
        let sent = requests(NewDocument::default(), pieces).collect();
        tokio::join!(pass_on(file, sender), sent)
    }

    #[tokio::test]
    async fn do_3_a_file_goes_on_in_small_pieces() {
        let token = csrf::token("mine");
        let content = "x".repeat(3 * PIECE + 1);
        let form = form(&[("csrf", None, &token), ("files", Some("a"), &content)]);

        let (read, sent) = passed_on(form).await;

        read.unwrap();
        let mut sizes = Vec::new();
        let mut said = None;
        for piece in sent.into_iter().filter_map(|it| it.piece) {
            assert!(said.is_none(), "something follows the end");
            match piece {
                Piece::Document(_) => {
                    assert!(sizes.is_empty(), "the description is first");
                }
                Piece::Content(bytes) => sizes.push(bytes.len()),
                Piece::End(End { size }) => said = Some(size),
            }
        }
        assert!(sizes.iter().all(|size| *size <= PIECE), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), content.len());
        assert_eq!(said, i64::try_from(content.len()).ok());
    }

    #[tokio::test]
    async fn do_3_a_file_that_breaks_off_has_no_end() {
        let token = csrf::token("mine");
        let form = broken_form(&[("csrf", None, &token), ("files", Some("a"), "abc")]);

        let (read, sent) = passed_on(form).await;

        assert!(matches!(read, Err(Problem::BadForm)));
        let is_end = |it: &UploadDocumentRequest| matches!(it.piece, Some(Piece::End(_)));
        assert!(!sent.iter().any(is_end), "{sent:?}");
    }

    #[tokio::test]
    async fn do_1_a_file_that_was_refused_early_is_read_to_its_end() {
        let token = csrf::token("mine");
        let long = "x".repeat(3 * PIECE);
        let mut form = FileForm::open(form(&[
            ("csrf", None, &token),
            ("files", Some("long"), &long),
            ("files", Some("next"), "abc"),
        ]))
        .await
        .unwrap();
        let Some(Part::File(file)) = form.next().await.unwrap() else {
            panic!("the form has a file");
        };
        let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
        drop(pieces);

        pass_on(file, sender).await.unwrap();

        let Some(Part::File(file)) = form.next().await.unwrap() else {
            panic!("the form has another file");
        };
        assert_eq!(file.name, "next");
    }

    fn invalid(field: &str, description: &str) -> Status {
        let details = ErrorDetails::with_bad_request(vec![FieldViolation::new(field, description)]);
        Status::with_error_details(Code::InvalidArgument, "invalid", details)
    }

    #[test]
    fn do_1_a_refusal_names_its_file() {
        let status = invalid("content", "The selected file must not be compressed");
        let refused = refused("Plan.zip", status).unwrap();

        assert_eq!(refused.field, "content");
        assert_eq!(refused.message, "Plan.zip must not be compressed");
        assert_eq!(
            about("a.pdf", "The content of the selected file is odd"),
            "The content of a.pdf is odd"
        );
        assert_eq!(about("a.pdf", "It is odd"), "a.pdf: It is odd");
    }

    #[test]
    fn do_1_what_is_wrong_with_the_form_is_said_of_its_field() {
        let refused = refused("a.pdf", invalid("category", "Choose a category")).unwrap();

        assert_eq!(refused.field, "category");
        assert_eq!(refused.message, "Choose a category");
    }

    #[test]
    fn do_1_a_service_that_is_down_costs_the_one_file() {
        let refused = refused("a.pdf", Status::unavailable("down")).unwrap();

        assert_eq!(
            refused.message,
            "a.pdf could not be uploaded. Try again in a few minutes"
        );
    }

    #[test]
    fn a_case_of_someone_else_fails_the_whole_form() {
        assert!(refused("a.pdf", Status::not_found("no such case")).is_err());
        assert!(refused("a.pdf", Status::unauthenticated("ended")).is_err());
    }
}
