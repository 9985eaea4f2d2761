//! The host that files come from (DO-5, ASVS 3.5.4). Nobody is logged in there, so that a file which a browser runs after all has no cookie to
//! use and no page to read. It serves a file to whoever has a link to it, and leads everybody else to the portal.

use axum::extract::{Query, Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use futures::TryStreamExt as _;
use proto::document::v1::{DownloadLink, DownloadLinkedFileRequest, GetLinkedFileRequest};
use serde::Deserialize;
use tonic::{Code, Status};

use crate::Edge;
use crate::pages::download;
use crate::problem;

/// What the address of a file holds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Opening {
    link: String,
}

/// Leads to a file of the portal's address `path`, by a link that was made for whoever asks.
pub(crate) fn lead(edge: &Edge, path: &str, link: &DownloadLink) -> Response {
    // A link's secret is of letters, digits, hyphens and underscores.
    let address = format!("{}{path}?link={}", edge.config.files_url, link.token);
    Redirect::to(&address).into_response()
}

/// Serves files where only files are served, and lets everything else pass.
pub(crate) async fn serve(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let (method, headers, uri) = (request.method(), request.headers(), request.uri());
    if host(headers, uri) != edge.config.files_host() {
        return next.run(request).await;
    }
    let path = uri.path().to_owned();
    let link = Query::<Opening>::try_from_uri(uri).map_or_else(|_| String::new(), |it| it.0.link);
    let portal = format!("{}{path}", edge.config.public_url);
    if link.is_empty() {
        return Redirect::to(&portal).into_response();
    }
    let head = method == Method::HEAD;
    match file(&edge, link, head, headers).await {
        Ok(response) => response,
        // It has ended, it never was, or the file was withdrawn: the portal knows what to say.
        Err(status) if matches!(status.code(), Code::NotFound | Code::FailedPrecondition) => {
            Redirect::to(&portal).into_response()
        }
        Err(status) => {
            let text =
                "The file can’t be fetched at the moment. Please try again in a few minutes.";
            (problem::http_status(status.code()), text).into_response()
        }
    }
}

async fn file(
    edge: &Edge,
    token: String,
    head: bool,
    headers: &HeaderMap,
) -> Result<Response, Status> {
    let mut client = edge.clients.linked_files.clone();
    let request = GetLinkedFileRequest {
        token: token.clone(),
    };
    let document = client.get_linked_file(request).await?.into_inner();
    if head {
        return Ok(download::head(&document));
    }
    download::content(&document, headers, async |offset, length| {
        let request = DownloadLinkedFileRequest {
            token,
            offset,
            length,
        };
        let pieces = client.download_linked_file(request).await?.into_inner();
        Ok(pieces.map_ok(|it| it.content))
    })
    .await
}

/// The host that was asked for: browsers and proxies name it in one way or the other.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let named = headers.get(HOST).and_then(|it| it.to_str().ok());
    named
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_host_is_told_by_the_header_or_by_the_address() {
        let named = HeaderMap::from_iter([(HOST, HeaderValue::from_static("files.example:8080"))]);
        let bare = Uri::from_static("/documents/1");
        let whole = Uri::from_static("https://files.example/documents/1");

        assert_eq!(host(&named, &bare), "files.example:8080");
        assert_eq!(host(&HeaderMap::new(), &whole), "files.example");
        assert_eq!(host(&HeaderMap::new(), &bare), "");
    }
}
