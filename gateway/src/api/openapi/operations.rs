//! What each method takes and answers.

use axum::http::{Method as Verb, StatusCode};
use prost_reflect::Kind;
use serde_json::{Map, Value, json};

use super::comments;
use super::schemas::{Schemas, Side};
use crate::api::guard;
use crate::api::methods::{self, Body, Method};
use crate::api::problem::MEDIA_TYPE;
use crate::api::request;

/// What can go wrong, and when.
const PROBLEMS: [(u16, &str); 12] = [
    (400, "The request is not one, or has fields that are wrong."),
    (401, "Nobody is logged in, or a log-in was refused."),
    (
        403,
        "The caller may not do this, or the request does not come from where it should.",
    ),
    (404, "There is no such thing, or not for this caller."),
    (406, "The caller takes no JSON."),
    (
        409,
        "Something has to change first, or was changed by someone else in the meantime.",
    ),
    (413, "The request is too large."),
    (415, "The request is in a form that is not taken here."),
    (416, "There are no such bytes."),
    (
        429,
        "It was asked for too often; `Retry-After` says when to come back.",
    ),
    (500, "Something went wrong on our side."),
    (
        503,
        "Part of the Portal is away or busy; `Retry-After` says when to come back.",
    ),
];

/// The path as the document writes it: variables by their names in JSON.
pub(super) fn path(method: &Method) -> String {
    let fields = method.parameters();
    let mut path = method.template.clone();
    for variable in method.variables() {
        let field = fields
            .get_field_by_name(methods::leaf(variable))
            .expect("the contract's paths name fields; a test checks it");
        let named = format!("{{{}}}", field.json_name());
        path = path.replace(&format!("{{{variable}}}"), &named);
    }
    path
}

/// The responses that problems are told by.
pub(super) fn problems() -> Value {
    let mut responses = Map::new();
    for (status, description) in PROBLEMS {
        let mut response = json!({
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        if [429, 503].contains(&status) {
            response["headers"] = json!({
                "Retry-After": {
                    "description": "How many seconds to wait.",
                    "required": true,
                    "schema": {"type": "integer", "minimum": 1},
                },
            });
        }
        responses.insert(name(status), response);
    }
    Value::Object(responses)
}

/// What a method takes and answers.
pub(super) fn operation(method: &Method, schemas: &mut Schemas) -> Value {
    let descriptor = &method.descriptor;
    let comment = comments::of_method(descriptor);
    let summary = comment.split(". ").next().unwrap_or_default();
    let mut operation = json!({
        "operationId": lower_first(descriptor.name()),
        "tags": [descriptor.parent_service().name()],
        "summary": summary.trim_end_matches('.'),
        "description": comment,
        "parameters": parameters(method, schemas),
        "responses": responses(method, schemas),
    });
    match method.body {
        Body::None => {}
        Body::Message => {
            let schema = schemas.body(method);
            operation["requestBody"] =
                json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        Body::Content => {
            let bytes = json!({"schema": {"type": "string", "format": "binary"}});
            operation["requestBody"] = json!({"required": true, "content": {guard::BYTES: bytes}});
        }
    }
    if method.is_anonymous() {
        operation["security"] = json!([]);
    } else {
        let roles: Vec<_> = method.access.roles().map(|it| it.as_str_name()).collect();
        operation["x-roles"] = json!(roles);
    }
    operation
}

fn parameters(method: &Method, schemas: &mut Schemas) -> Value {
    let fields = method.parameters();
    let mut parameters = Vec::new();
    for field in fields.fields() {
        let in_path = method.in_path(&field);
        let sayable = request::sayable(method, &fields, field.json_name()).is_some();
        let in_query = sayable && method.body != Body::Message;
        if !in_path && !in_query {
            continue;
        }
        let mut schema = schemas.field(&field, Side::Sent);
        let description = schema["description"].take();
        if let Some(object) = schema.as_object_mut() {
            object.remove("description");
        }
        if in_path && field.kind() == Kind::String {
            schema["minLength"] = json!(1);
        }
        parameters.push(json!({
            "name": field.json_name(),
            "in": if in_path { "path" } else { "query" },
            "required": in_path,
            "description": description,
            "schema": schema,
        }));
    }
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({"name": name, "in": "header", "required": required, "description": description, "schema": schema});
    if method.verb != Verb::GET {
        let description = "Any value: no page of another site can send it.";
        let schema = json!({"type": "string", "minLength": 1});
        parameters.push(header("X-Requested-With", true, description, schema));
    }
    if fields.get_field_by_name("request_id").is_some() {
        let description = "The `requestId`, where the request does not say it itself.";
        let schema = json!({"type": "string", "format": "uuid"});
        parameters.push(header("Idempotency-Key", false, description, schema));
    }
    if method.descriptor.is_server_streaming() {
        let description = "The bytes to answer with, such as `bytes=0-1023` (RFC 9110).";
        parameters.push(header(
            "Range",
            false,
            description,
            json!({"type": "string"}),
        ));
        let description =
            "The entity tag that the range is of; of anything else, the whole is answered.";
        parameters.push(header(
            "If-Range",
            false,
            description,
            json!({"type": "string"}),
        ));
    }
    Value::Array(parameters)
}

fn responses(method: &Method, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    if method.descriptor.is_server_streaming() {
        let bytes = json!({"*/*": {"schema": {"type": "string", "format": "binary"}}});
        let header = |description: &str| json!({"description": description, "required": true, "schema": {"type": "string"}});
        let headers = json!({
            "ETag": header("Names the content."),
            "Content-Disposition": header("The name of the file."),
        });
        let whole = json!({"description": "The content.", "headers": headers, "content": bytes});
        let mut part = whole.clone();
        part["description"] = json!("A part of the content.");
        part["headers"]["Content-Range"] = header("Which part.");
        responses.insert("200".to_owned(), whole);
        responses.insert("206".to_owned(), part);
        let elsewhere = json!({
            "description": "A browser that goes there to show the content (`Sec-Fetch-Mode: navigate`) is led to the host that files come from.",
            "headers": {"Location": header("The file there.")},
        });
        responses.insert("303".to_owned(), elsewhere);
    } else {
        let output = method.descriptor.output();
        let description = comments::of_message(&output);
        let schema = schemas.answer(&output);
        let content = json!({"application/json": {"schema": schema}});
        responses.insert(
            "200".to_owned(),
            json!({"description": description, "content": content}),
        );
    }
    for status in may_go_wrong(method) {
        let reference = json!({"$ref": format!("#/components/responses/{}", name(status))});
        responses.insert(status.to_string(), reference);
    }
    Value::Object(responses)
}

fn may_go_wrong(method: &Method) -> Vec<u16> {
    let mut statuses = vec![400, 401, 403, 404, 409, 429, 500, 503];
    if method.descriptor.is_server_streaming() {
        statuses.push(416);
    } else {
        statuses.push(406);
    }
    if method.body != Body::None {
        statuses.extend([413, 415]);
    }
    statuses.sort_unstable();
    statuses
}

/// `404` is `NotFound`.
fn name(status: u16) -> String {
    let known = StatusCode::from_u16(status).ok();
    let words = known.and_then(|it| it.canonical_reason());
    words.unwrap_or_default().replace(' ', "")
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
