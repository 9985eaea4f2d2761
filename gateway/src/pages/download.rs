//! The content of a document, streamed so that it can be resumed and can't run here (DO-5). A page leads to the host that files come from.

use std::fmt::Write as _;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _, stream};
use proto::document::v1::{Document, DocumentState, GetDocumentRequest, IssueDownloadLinkRequest};
use tokio::time;
use tonic::Status;

use crate::Edge;
use crate::extract::Path;
use crate::file_host;
use crate::flash::Flash;
use crate::page::Frame;
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};

/// Whatever the file is, it gets no scripts, no forms and no origin if a browser shows it after all (ASVS 3.2.1).
const POLICY: &str = "sandbox; default-src 'none'";
/// How long the service may send nothing of a document.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) fn router() -> Router<Edge> {
    Router::new().route("/documents/{id}", get(download))
}

async fn download(
    State(edge): State<Edge>,
    session: LoggedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let request = GetDocumentRequest { document_id: id };
    let document = edge
        .clients
        .document
        .clone()
        .get_document(session.to("document", request))
        .await?
        .into_inner();
    if document.state() != DocumentState::Available {
        let text = format!(
            "“{}” can’t be downloaded: {}",
            document.name, document.state_label
        );
        let address = format!("/cases/{}/documents", document.case_id);
        let jar = Flash::important(text).keep(frame.jar);
        return Ok((jar, Redirect::to(&address)).into_response());
    }

    hand_over(&edge, &session, document).await
}

/// Leads to a document that can be downloaded, where nobody is logged in.
pub(crate) async fn hand_over(
    edge: &Edge,
    session: &Session,
    document: Document,
) -> Result<Response, Problem> {
    let path = format!("/documents/{}", document.id);
    let request = IssueDownloadLinkRequest {
        document_id: document.id,
    };
    let link = edge
        .clients
        .document
        .clone()
        .issue_download_link(session.to("document", request))
        .await?
        .into_inner();
    Ok(file_host::lead(edge, &path, &link))
}

/// What is said of a document before its content. Asking for that alone is no download, and a range means nothing to it (RFC 9110, 14.2).
pub(crate) fn head(document: &Document) -> Response {
    let mut response = Response::new(Body::empty());
    set(
        &mut response,
        header::CONTENT_LENGTH,
        &document.size.to_string(),
    );
    describe(&mut response, document);
    response
}

/// The content of a document that can be downloaded, or the part of it that is asked for: `open` is given the first byte and how many follow.
pub(crate) async fn content<S>(
    document: &Document,
    headers: &HeaderMap,
    open: impl AsyncFnOnce(i64, i64) -> Result<S, Status>,
) -> Result<Response, Status>
where
    S: Stream<Item = Result<Vec<u8>, Status>> + Send + Unpin + 'static,
{
    let size = u64::try_from(document.size).unwrap_or_default();
    let range = match asked_range(headers, &etag(document), size) {
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
        Asked::Beyond => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            let range = format!("bytes */{size}");
            set(&mut response, header::CONTENT_RANGE, &range);
            describe(&mut response, document);
            return Ok(response);
        }
    };
    let (offset, length) = range.map_or((0, 0), |range| (range.first, range.length()));
    let pieces = open(wire(offset), wire(length)).await?;
    let body = Body::from_stream(passed_on(pieces, SILENCE));

    let mut response = Response::new(body);
    if let Some(range) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let part = format!("bytes {}-{}/{size}", range.first, range.last);
        set(&mut response, header::CONTENT_RANGE, &part);
    }
    let length = range.map_or(size, Range::length);
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    describe(&mut response, document);
    Ok(response)
}

/// The bytes as they come. A service that falls silent is given up, and the browser can ask it for the rest; a browser that takes nothing is
/// given up by the server.
fn passed_on(
    pieces: impl Stream<Item = Result<Vec<u8>, Status>> + Unpin,
    silence: Duration,
) -> impl Stream<Item = Result<Bytes, Status>> {
    stream::try_unfold(pieces, move |mut pieces| async move {
        let piece = time::timeout(silence, pieces.try_next())
            .await
            .map_err(|_| Status::deadline_exceeded("the document stopped coming"))??;
        Ok(piece.map(|piece| (Bytes::from(piece), pieces)))
    })
}

fn etag(document: &Document) -> String {
    format!("\"{}\"", document.sha256)
}

fn describe(response: &mut Response, document: &Document) {
    set(response, header::ETAG, &etag(document));
    set(response, header::CONTENT_TYPE, &document.media_type);
    set(
        response,
        header::CONTENT_DISPOSITION,
        &attachment(&document.name),
    );
    set(response, header::CONTENT_SECURITY_POLICY, POLICY);
    set(response, header::ACCEPT_RANGES, "bytes");
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    // What can't stand in a header is left out; with `nosniff`, a missing type is no type that runs.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn wire(number: u64) -> i64 {
    i64::try_from(number).expect("a document is no longer than its size, which came from the wire")
}

/// How a download is called (RFC 6266): in full for those who can read it, and in ASCII for the rest.
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|it| match it {
            // Percent signs are taken for escapes by some browsers.
            '"' | '\\' | '%' => '_',
            ' '..='~' => it,
            _ => '_',
        })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        match byte {
            // The `attr-char` of RFC 8187.
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'!'
            | b'#'
            | b'$'
            | b'&'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~' => full.push(char::from(byte)),
            _ => write!(full, "%{byte:02X}").expect("a string takes all"),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// Bytes of a document, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u64,
    last: u64,
}

impl Range {
    fn length(self) -> u64 {
        self.last - self.first + 1
    }
}

/// Which part of a document is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range),
    /// There are no such bytes.
    Beyond,
}

/// Reads which part is asked for (RFC 9110, section 14). What is no single range of bytes is answered with the whole, as it allows.
fn asked_range(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let still_the_same = text(header::IF_RANGE).is_none_or(|it| it == etag);
    let Some(asked) = text(header::RANGE)
        .filter(|_| still_the_same)
        .and_then(|it| it.strip_prefix("bytes="))
        .and_then(|it| it.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let range = match asked {
        // The last so many bytes.
        ("", count) => number(count).map(|count| (size.saturating_sub(count), u64::MAX)),
        (first, "") => number(first).map(|first| (first, u64::MAX)),
        (first, last) => number(first).zip(number(last)),
    };
    match range {
        Some((first, last)) if first <= last => {
            if first < size {
                Asked::Part(Range {
                    first,
                    last: last.min(size - 1),
                })
            } else {
                Asked::Beyond
            }
        }
        _ => Asked::Whole,
    }
}

/// Digits alone: a number with a sign is no position.
fn number(text: &str) -> Option<u64> {
    text.bytes()
        .all(|it| it.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A PDF to download; none when there is none.
pub(crate) fn as_pdf(pdf: Vec<u8>, name: &str) -> Result<Response, Problem> {
    if pdf.is_empty() {
        return Err(Problem::NotFound);
    }
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, pdf).into_response())
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use tonic::Code;

    use super::*;

    const ETAG: &str = "\"abc\"";

    fn asked(range: &'static str, size: u64) -> Asked {
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]);
        asked_range(&headers, ETAG, size)
    }

    fn part(first: u64, last: u64) -> Asked {
        Asked::Part(Range { first, last })
    }

    fn pieces(contents: &[&'static str]) -> impl Stream<Item = Result<Vec<u8>, Status>> + Unpin {
        let piece = |it: &&str| it.as_bytes().to_vec();
        stream::iter(contents.iter().map(piece).map(Ok).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn do_5_a_document_that_stops_coming_is_broken_off_and_not_ended() {
        let pieces = pieces(&["the begin", "ning"]).chain(stream::pending());

        let mut passed_on = Box::pin(passed_on(pieces, Duration::ZERO));

        assert_eq!(passed_on.try_next().await.unwrap().unwrap(), "the begin");
        assert_eq!(passed_on.try_next().await.unwrap().unwrap(), "ning");
        let broken = passed_on.try_next().await.unwrap_err();
        assert_eq!(broken.code(), Code::DeadlineExceeded);
    }

    #[tokio::test]
    async fn do_5_a_document_ends_where_the_service_ends_it() {
        let passed_on = passed_on(pieces(&["all of it"]), SILENCE);

        let content: Vec<Bytes> = passed_on.try_collect().await.unwrap();

        assert_eq!(content, ["all of it"]);
    }

    #[test]
    fn do_5_a_download_resumes_by_range() {
        assert_eq!(asked("bytes=0-0", 10), part(0, 0));
        assert_eq!(asked("bytes=4-", 10), part(4, 9));
        assert_eq!(asked("bytes=4-6", 10), part(4, 6));
        assert_eq!(asked("bytes=4-600", 10), part(4, 9));
        assert_eq!(asked("bytes=-3", 10), part(7, 9));
        assert_eq!(asked("bytes=-30", 10), part(0, 9));
        assert_eq!(part_length("bytes=4-6"), 3);
    }

    fn part_length(range: &'static str) -> u64 {
        match asked(range, 10) {
            Asked::Part(range) => range.length(),
            other => panic!("{other:?} is no part"),
        }
    }

    #[test]
    fn do_5_there_is_nothing_past_the_end() {
        assert_eq!(asked("bytes=10-", 10), Asked::Beyond);
        assert_eq!(asked("bytes=10-20", 10), Asked::Beyond);
        assert_eq!(asked("bytes=-0", 10), Asked::Beyond);
        assert_eq!(asked("bytes=0-", 0), Asked::Beyond);
        assert_eq!(asked("bytes=-5", 0), Asked::Beyond);
    }

    #[test]
    fn do_5_what_is_no_single_range_gets_the_whole() {
        for range in [
            "bytes=6-4",
            "bytes=0-1,3-4",
            "bytes=-",
            "bytes=",
            "bytes=a-b",
            "bytes=+1-2",
            "items=0-1",
            "bytes=0-99999999999999999999999",
        ] {
            assert_eq!(asked(range, 10), Asked::Whole, "{range:?}");
        }
        assert_eq!(asked_range(&HeaderMap::new(), ETAG, 10), Asked::Whole);
    }

    #[test]
    fn do_5_a_part_of_something_else_is_not_given() {
        let headers = |etag: &'static str| {
            HeaderMap::from_iter([
                (header::RANGE, HeaderValue::from_static("bytes=4-")),
                (header::IF_RANGE, HeaderValue::from_static(etag)),
            ])
        };

        assert_eq!(asked_range(&headers(ETAG), ETAG, 10), part(4, 9));
        assert_eq!(asked_range(&headers("\"other\""), ETAG, 10), Asked::Whole);
    }

    #[test]
    fn names_reach_the_browser_whole() {
        assert_eq!(
            attachment("Stage 1 response.pdf"),
            "attachment; filename=\"Stage 1 response.pdf\"; filename*=UTF-8''Stage%201%20response.pdf"
        );
        assert_eq!(
            attachment("Würfel – 50%.pdf"),
            "attachment; filename=\"W_rfel _ 50_.pdf\"; filename*=UTF-8''W%C3%BCrfel%20%E2%80%93%2050%25.pdf"
        );
    }

    #[test]
    fn no_name_breaks_out_of_its_header() {
        let header = attachment("a\"; filename=evil.html\r\nSet-Cookie: a=b\\.pdf");

        assert_eq!(header.matches('"').count(), 2);
        assert!(!header.contains(['\r', '\n', '\\']));
        assert!(HeaderValue::from_str(&header).is_ok());
    }
}
