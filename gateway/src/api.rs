//! JSON under `/api/v1`: every method of the contract that people may call and that has an address there (WH-4). It is read from the
//! descriptors, so nothing here names an entity; only the content of documents, which is no JSON, has handlers of its own.
//!
//! Whoever calls is known by the session's cookie, as in the pages, and by nothing else. Internal tokens are for one service and a minute and never
//! leave the inside; service clients prove themselves by certificates and call over gRPC.

mod carried;
mod codec;
mod guard;
mod methods;
mod openapi;
mod problem;
mod request;
mod transfer;

use std::any::Any;

use axum::Router;
use axum::extract::{FromRequestParts as _, OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{Method as Verb, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Map;
use tonic::Status;
use tonic::client::Grpc;
use tower_http::catch_panic::CatchPanicLayer;

use self::codec::Dynamic;
use self::methods::{Body, Found, Method};
pub(crate) use self::problem::{ApiProblem, only_problems};
use crate::Edge;
use crate::session::{LoggedIn, Session};
use crate::visitor::Visitor;

/// Where all of it stands.
pub(crate) const PREFIX: &str = "/api";
/// Where the description of it stands.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// Answers everything under [`PREFIX`].
pub(crate) fn service(edge: Edge) -> Router {
    Router::new()
        .fallback(answer)
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(edge)
}

/// Whether an address is one of ours.
pub(crate) fn is_here(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path of an address without its values, for telemetry.
pub(crate) fn route(verb: &Verb, path: &str) -> Option<&'static str> {
    if !is_here(path) {
        return None;
    }
    Some(match methods::find(verb, path) {
        Found::Method(method, _) => &method.template,
        _ if path == DOCUMENT => DOCUMENT,
        _ => "/api/{other}",
    })
}

async fn answer(
    State(edge): State<Edge>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let found = methods::find(request.method(), uri.path());
    let answer = match found {
        Found::Method(method, path) => call(&edge, method, path, request).await,
        Found::OtherVerbs(verbs) => Err(ApiProblem::other_verbs(verbs)),
        Found::Nothing if uri.path() == DOCUMENT => openapi::answer(&request),
        Found::Nothing => Err(crate::problem::Problem::NotFound.into()),
    };
    answer.unwrap_or_else(ApiProblem::into_response)
}

/// Calls a method for whoever asks.
async fn call(
    edge: &Edge,
    method: &'static Method,
    path: Vec<(String, String)>,
    request: Request,
) -> Result<Response, ApiProblem> {
    guard::check(method, request.headers(), &edge.config.public_url)?;
    let (mut parts, body) = request.into_parts();
    let session = if method.is_anonymous() {
        None
    } else {
        Some(LoggedIn::from_request_parts(&mut parts, edge).await?.0)
    };
    let said = match method.body {
        Body::Message => request::json(body).await?,
        Body::None => Map::new(),
        Body::Content => {
            let request =
                request::read(method, path, parts.uri.query(), Map::new(), &parts.headers)?;
            let session = session.ok_or(Status::internal("an upload is somebody's"))?;
            return transfer::upload(edge, method, &session, request, body).await;
        }
    };
    let request = request::read(method, path, parts.uri.query(), said, &parts.headers)?;
    if method.descriptor.is_server_streaming() {
        let session = session.ok_or(Status::internal("a download is somebody's"))?;
        return transfer::download(edge, &session, &request, &parts.headers).await;
    }
    unary(edge, method, session.as_deref(), request, &mut parts).await
}

/// Asks once and answers with JSON.
async fn unary(
    edge: &Edge,
    method: &Method,
    session: Option<&Session>,
    mut request: DynamicMessage,
    parts: &mut Parts,
) -> Result<Response, ApiProblem> {
    let jar = CookieJar::from_headers(&parts.headers);
    let Ok(Visitor(visitor)) = Visitor::from_request_parts(parts, edge).await;
    carried::fill_in(&mut request, &jar, &visitor)?;
    let channel = edge
        .clients
        .channel(method.service)
        .ok_or(Status::internal("a service without a connection"))?;
    let mut grpc = Grpc::new(channel);
    grpc.ready()
        .await
        .map_err(|_| Status::unavailable("the service is away"))?;
    let call = match session {
        Some(session) => session.to(method.service, request.clone()),
        None => tonic::Request::new(request.clone()),
    };
    let codec = Dynamic::answering(method.descriptor.output());
    let mut answer = grpc
        .unary(call, method.path.clone(), codec)
        .await
        .map_err(crate::problem::Problem::Refused)?
        .into_inner();
    let jar = carried::keep(edge, &request, &mut answer, jar).await;
    Ok((jar, json(&answer)?).into_response())
}

/// A message as the standard mapping writes it, with the fields that have nothing to say.
fn json(message: &DynamicMessage) -> Result<Response, ApiProblem> {
    let mut body = Vec::new();
    let options = SerializeOptions::new().skip_default_fields(false);
    message
        .serialize_with_options(&mut serde_json::Serializer::new(&mut body), &options)
        .map_err(|_| Status::internal("an answer could not be written"))?;
    Ok((
        StatusCode::OK,
        [(header::CONTENT_TYPE, "application/json")],
        body,
    )
        .into_response())
}

/// A panic is one failed request, not a dead process.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    ApiProblem::from(Status::internal("a handler panicked")).into_response()
}
