//! The content of documents over HTTP: bytes as they are, neither held here nor wrapped in JSON.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
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
    Ok(download::content(edge, session, &document, headers).await?)
}
