//! The description of `/api/v1` as an OpenAPI document, made from the same descriptors that answer there.

mod comments;
mod operations;
mod schemas;

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderValue, Method as Verb, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use self::schemas::Schemas;
use super::ApiProblem;
use super::methods::METHODS;
use crate::cookies;

/// How the document begins.
const ABOUT: &str = "\
What landlords and staff do in the Interactive Casework Portal, for programs. The same operations are there over gRPC, with the same rights.

**Logging in.** `POST /api/v1/login`, `POST /api/v1/login:sendCode` and `POST /api/v1/login:verifyCode` log a person in, with the code that is sent to \
them by email, and give a session in a cookie; keep the cookies between requests. The session of a browser that is logged in does as well. A session ends \
after 30 minutes in which nothing is asked of it, and after 12 hours.

**Changing something.** A request that is not GET needs the header `Origin` with the address of the Portal, the header `X-Requested-With` with any \
value, and the media type that it is described with.

**Doing it once.** Where a request has a `requestId`, a UUID of your choice, the same one twice does it once. It can be said in the header \
`Idempotency-Key` too.

**Pages of lists.** Ask again with `pageToken` set to `nextPageToken` until that is empty.

**When it goes wrong.** The answer is a problem as of RFC 9457. Its `reason` is a stable word. The descriptions name the reasons together with gRPC's \
codes: INVALID_ARGUMENT is 400, UNAUTHENTICATED 401, PERMISSION_DENIED 403, NOT_FOUND 404, FAILED_PRECONDITION, ABORTED and ALREADY_EXISTS 409, \
OUT_OF_RANGE 416, RESOURCE_EXHAUSTED 429 and UNAVAILABLE 503. Something that you may not see is told in the same words as something that is not there.";

/// The document as it is sent, and what tells it from that of another version.
struct Document {
    bytes: Bytes,
    tag: HeaderValue,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let bytes = Bytes::from(document().to_string());
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest.as_ref()));
    let tag = HeaderValue::try_from(tag).expect("base64 is plain");
    Document { bytes, tag }
});

/// Answers with the document, or says that it has not changed.
pub(crate) fn answer(request: &Request) -> Result<Response, ApiProblem> {
    if ![Verb::GET, Verb::HEAD].contains(request.method()) {
        return Err(ApiProblem::other_verbs(vec![Verb::GET, Verb::HEAD]));
    }
    let Document { bytes, tag } = &*DOCUMENT;
    let kept = [
        // It says nothing about anyone, and changes with the version only.
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (header::ETAG, tag.clone()),
    ];
    let known = request.headers().get(header::IF_NONE_MATCH);
    if known.is_some_and(|it| it == tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((kept, json, bytes.clone()).into_response())
}

fn document() -> Value {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    let mut tags: Vec<Value> = Vec::new();
    for method in METHODS.iter() {
        let service = method.descriptor.parent_service();
        let tag = json!({"name": service.name(), "description": comments::of_service(service)});
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let path = paths
            .entry(operations::path(method))
            .or_insert_with(|| json!({}));
        path[method.verb.as_str().to_lowercase()] = operations::operation(method, &mut schemas);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Interactive Casework Portal",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookies::SESSION,
                    "description": "The session of a person who is logged in.",
                },
            },
            "responses": operations::problems(),
            "schemas": schemas.finish(),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every `$ref` in a value.
    fn references(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    match value.as_str().filter(|_| name == "$ref") {
                        Some(target) => {
                            into.insert(target.to_owned());
                        }
                        None => references(value, into),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|it| references(it, into)),
            _ => {}
        }
    }

    #[test]
    fn wh_4_every_method_is_described_once_and_in_words() {
        let document = document();
        let mut ids = BTreeSet::new();

        for method in METHODS.iter() {
            let verb = method.verb.as_str().to_lowercase();
            let operation = &document["paths"][operations::path(method)][&verb];
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id}");
            assert!(
                !operation["description"].as_str().unwrap().is_empty(),
                "{id}"
            );
            assert!(
                operation["responses"].as_object().unwrap().len() > 3,
                "{id}"
            );
        }

        let described: usize = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|it| it.as_object().unwrap().len())
            .sum();
        assert_eq!(described, METHODS.len());
        assert!(described > 30, "{described}");
    }

    #[test]
    fn whatever_is_referred_to_is_there_and_is_used() {
        let document = document();
        let mut targets = BTreeSet::new();
        references(&document, &mut targets);

        for target in &targets {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
        for kind in ["schemas", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                let target = format!("#/components/{kind}/{name}");
                assert!(targets.contains(&target), "{target} is used by nothing");
            }
        }
    }

    #[test]
    fn every_schema_and_field_is_in_words() {
        let document = document();
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name}");
            let Some(fields) = schema["properties"].as_object() else {
                continue;
            };
            for (field, schema) in fields {
                assert!(schema["description"].is_string(), "{name}.{field}");
            }
        }
    }

    #[test]
    fn the_edges_own_fields_are_not_described() {
        let text = document().to_string();

        for secret in [
            "sessionToken",
            "loginToken",
            "deviceToken",
            "clientInfo",
            "ClientInfo",
        ] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}
