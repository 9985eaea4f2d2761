//! The content of documents over HTTP: bytes as they are, neither held here nor wrapped in JSON.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use futures::TryStreamExt as _;
use prost_reflect::DynamicMessage;
use proto::document::v1::{DownloadDocumentRequest, GetDocumentRequest, NewDocument};
use tonic::Status;

use super::methods::Method;
use super::{ApiProblem, json};
use crate::Edge;
use crate::file_form::File;
use crate::pages::download;
use crate::problem::Problem;
use crate::session::Session;
use crate::upload;

/// How a browser says that a person goes to an address.
const SEC_FETCH_MODE: &str = "sec-fetch-mode";

/// Takes a document as it arrives (DO-3).
pub(super) async fn upload(
    edge: &Edge,
    method: &Method,
    session: &Session,
    described: DynamicMessage,
    content: Body,
) -> Result<Response, ApiProblem> {
    let new: NewDocument = described
        .transcode_to()
        .map_err(|_| Status::internal("a description could not be read"))?;
    let file = File::of_body(new.name.clone(), content);
    let document = upload::stream(edge, session, new, file)
        .await?
        .map_err(Problem::Refused)?;
    let mut answer = DynamicMessage::new(method.descriptor.output());
    answer
        .transcode_from(&document)
        .map_err(|_| Status::internal("an answer could not be written"))?;
    json(&answer)
}

/// Gives a document, or the part of it that is asked for (DO-5).
pub(super) async fn download(
    edge: &Edge,
    session: &Session,
    asked: &DynamicMessage,
    headers: &HeaderMap,
) -> Result<Response, ApiProblem> {
    let DownloadDocumentRequest { document_id, .. } = asked
        .transcode_to()
        .map_err(|_| Status::internal("a request could not be read"))?;
    let request = GetDocumentRequest { document_id };
    let document = edge
        .clients
        .document
        .clone()
        .get_document(session.to("document", request))
        .await
        .map_err(Problem::Refused)?
        .into_inner();
    // A browser that goes there shows what comes; a program reads it.
    if headers
        .get(SEC_FETCH_MODE)
        .is_some_and(|it| it == "navigate")
    {
        return Ok(download::hand_over(edge, session, document).await?);
    }
    let document_id = document.id.clone();
    let content = download::content(&document, headers, async |offset, length| {
        let request = DownloadDocumentRequest {
            document_id,
            offset,
            length,
        };
        let mut client = edge.clients.document.clone();
        let pieces = client
            .download_document(session.to("document", request))
            .await?
            .into_inner();
        Ok(pieces.map_ok(|it| it.content))
    });
    Ok(content.await.map_err(Problem::Refused)?)
}
