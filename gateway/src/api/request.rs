//! A method's request out of what HTTP says: the path, what stands behind the question mark, and JSON.

use axum::body::{self, Body};
use axum::http::{HeaderMap, StatusCode};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

use super::ApiProblem;
use super::carried::{self, Place};
use super::methods::Method;
use super::problem::Violation;

/// The largest JSON that is read. The longest field is a message of 2,000 characters, of which one may have many bytes.
const LARGEST: usize = 256 * 1024;
/// Says `request_id` for a program that does not want to say it in the body.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Reads the body as a JSON object.
pub(crate) async fn json(body: Body) -> Result<Map<String, Value>, ApiProblem> {
    let bytes = body::to_bytes(body, LARGEST).await.map_err(|error| {
        // Whoever broke off does not hear this; whoever sent too much does.
        tracing::debug!(%error, "a body was not read to its end");
        ApiProblem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            "the JSON is larger than anything that can be meant",
        )
    })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(unreadable("the body is not a JSON object")),
        Err(error) => Err(unreadable(&format!("the body is not JSON: {error}"))),
    }
}

/// Puts together what a method is asked. Every mistake is named, each with its field.
pub(crate) fn read(
    method: &Method,
    path: Vec<(String, String)>,
    query: Option<&str>,
    body: Map<String, Value>,
    headers: &HeaderMap,
) -> Result<DynamicMessage, ApiProblem> {
    let fields = method.parameters();
    let mut reading = Reading {
        message: DynamicMessage::new(fields.clone()),
        violations: Vec::new(),
    };
    for (name, value) in path {
        let field = fields
            .get_field_by_name(&name)
            .expect("the contract's paths name fields; a test checks it");
        reading.set(&field, Value::String(value));
    }
    for (name, values) in grouped(query)? {
        match sayable(method, &fields, &name) {
            // Where there is a JSON body, it says everything that the path does not.
            Some(field) if method.body != super::methods::Body::Message => {
                match of_text(&field, values) {
                    Some(value) => reading.set(&field, value),
                    None => reading.wrong(&name, "INVALID_VALUE", "is not what this field takes"),
                }
            }
            _ => reading.unknown(&name),
        }
    }
    for (name, value) in body {
        match sayable(method, &fields, &name) {
            Some(field) => reading.set(&field, value),
            None => reading.unknown(&name),
        }
    }
    if let Some(field) = fields.get_field_by_name("request_id")
        && !reading.message.has_field(&field)
        && let Some(key) = headers.get(IDEMPOTENCY_KEY)
    {
        // The draft of its standard puts it in quotes, and many programs do not.
        let key = key.to_str().unwrap_or_default().trim_matches('"');
        reading.set(&field, Value::String(key.to_owned()));
    }
    reading.done()
}

/// The field that a request may say under a name: not what the path or the edge says.
pub(crate) fn sayable(
    method: &Method,
    fields: &MessageDescriptor,
    name: &str,
) -> Option<FieldDescriptor> {
    let field = fields.get_field_by_json_name(name)?;
    let said = method.in_path(&field) || carried::place(&field) != Place::Unspecified;
    (!said).then_some(field)
}

/// A request as far as it was read.
struct Reading {
    message: DynamicMessage,
    violations: Vec<Violation>,
}

impl Reading {
    /// Sets a field by its JSON, read by itself so that a mistake is known to be its own.
    fn set(&mut self, field: &FieldDescriptor, value: Value) {
        let name = field.json_name();
        let taken = field
            .containing_oneof()
            .is_some_and(|it| it.fields().any(|other| self.message.has_field(&other)));
        if taken {
            return self.wrong(name, "ONE_OF", "is said together with what excludes it");
        }
        let object = Map::from_iter([(name.to_owned(), value)]);
        let read =
            DynamicMessage::deserialize(field.parent_message().clone(), Value::Object(object));
        match read {
            Ok(read) if read.has_field(field) => {
                self.message
                    .set_field(field, read.get_field(field).into_owned());
            }
            // Nothing, or the same as nothing.
            Ok(_) => {}
            Err(error) => self.wrong(name, "INVALID_VALUE", &error.to_string()),
        }
    }

    fn unknown(&mut self, name: &str) {
        self.wrong(name, "UNKNOWN_FIELD", "is no field of this request");
    }

    fn wrong(&mut self, name: &str, reason: &str, description: &str) {
        self.violations
            .push(Violation::new(name, reason, description));
    }

    fn done(self) -> Result<DynamicMessage, ApiProblem> {
        if self.violations.is_empty() {
            Ok(self.message)
        } else {
            Err(ApiProblem::invalid(self.violations))
        }
    }
}

/// What stands behind the question mark, by name and in the order of the names' first coming.
fn grouped(query: Option<&str>) -> Result<Vec<(String, Vec<String>)>, ApiProblem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
        .map_err(|_| unreadable("the address could not be read"))?;
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    Ok(groups)
}

/// What stands behind the question mark, as JSON would say it; nothing when it can't be said there.
fn of_text(field: &FieldDescriptor, values: Vec<String>) -> Option<Value> {
    let one = |text: String| match field.kind() {
        Kind::Bool => text.parse().ok().map(Value::Bool),
        Kind::Message(message) if message.full_name() != "google.protobuf.Timestamp" => None,
        // JSON takes numbers as strings too.
        _ => Some(Value::String(text)),
    };
    if field.is_list() {
        return values.into_iter().map(one).collect();
    }
    match <[String; 1]>::try_from(values) {
        Ok([value]) => one(value),
        Err(_) => None,
    }
}

fn unreadable(detail: &str) -> ApiProblem {
    ApiProblem::new(StatusCode::BAD_REQUEST, "UNREADABLE", detail)
}

#[cfg(test)]
mod tests {
    use axum::http::Method as Verb;
    use axum::response::IntoResponse as _;
    use serde_json::json;

    use super::*;
    use crate::api::methods::{self, Found};

    fn asked(
        verb: &Verb,
        address: &str,
        body: Value,
        headers: &HeaderMap,
    ) -> Result<Value, ApiProblem> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let Found::Method(method, variables) = methods::find(verb, path) else {
            panic!("{address} is there");
        };
        let Value::Object(body) = body else {
            panic!("an object")
        };
        read(method, variables, Some(query), body, headers)
            .map(|message| serde_json::to_value(message).unwrap())
    }

    fn get(address: &str) -> Result<Value, ApiProblem> {
        asked(&Verb::GET, address, json!({}), &HeaderMap::new())
    }

    fn post(address: &str, body: Value) -> Result<Value, ApiProblem> {
        asked(&Verb::POST, address, body, &HeaderMap::new())
    }

    async fn faults(refused: Result<Value, ApiProblem>) -> Vec<(String, String)> {
        let response = refused.unwrap_err().into_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let bytes = body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let violations = body["violations"].as_array().unwrap();
        violations
            .iter()
            .map(|it| (text(&it["field"]), text(&it["reason"])))
            .collect()
    }

    fn fault(field: &str, reason: &str) -> (String, String) {
        (field.to_owned(), reason.to_owned())
    }

    #[test]
    fn the_path_the_address_and_the_body_fill_one_request() {
        assert_eq!(
            get("/api/v1/cases?pageSize=5&state=CASE_STATE_OPEN&descending=true&complainant=O%27Hara+X").unwrap(),
            json!({"pageSize": 5, "state": "CASE_STATE_OPEN", "descending": true, "complainant": "O'Hara X"})
        );
        assert_eq!(
            get("/api/v1/messages:countUnread?caseIds=a&caseIds=b").unwrap(),
            json!({"caseIds": ["a", "b"]})
        );
        assert_eq!(
            post(
                "/api/v1/tasks/t:complete",
                json!({"version": "7", "completedOn": "2025-06-13"})
            )
            .unwrap(),
            json!({"taskId": "t", "version": "7", "completedOn": "2025-06-13"})
        );
    }

    #[tokio::test]
    async fn every_mistake_is_named_with_its_field() {
        let wrong = post(
            "/api/v1/tasks/t:complete?completedOn=2025-06-13",
            json!({"version": "many", "colour": 1, "taskId": "u", "completed_on": ""}),
        );
        let mut wrong = faults(wrong).await;
        wrong.sort();
        assert_eq!(
            wrong,
            [
                fault("colour", "UNKNOWN_FIELD"),
                fault("completedOn", "UNKNOWN_FIELD"),
                fault("completed_on", "UNKNOWN_FIELD"),
                fault("taskId", "UNKNOWN_FIELD"),
                fault("version", "INVALID_VALUE"),
            ]
        );

        let wrong = get("/api/v1/cases?pageSize=1&pageSize=2&state=OPEN&descending=yes");
        assert_eq!(
            faults(wrong).await,
            [
                fault("pageSize", "INVALID_VALUE"),
                fault("state", "INVALID_VALUE"),
                fault("descending", "INVALID_VALUE"),
            ]
        );
    }

    #[tokio::test]
    async fn what_the_edge_says_nobody_else_may_say() {
        let wrong = post(
            "/api/v1/login",
            json!({"username": "a@b.example", "client": {"address": "6.6.6.6"}, "deviceToken": "x"}),
        );
        let mut wrong = faults(wrong).await;
        wrong.sort();
        assert_eq!(
            wrong,
            [
                fault("client", "UNKNOWN_FIELD"),
                fault("deviceToken", "UNKNOWN_FIELD"),
            ]
        );
        assert_eq!(
            faults(get("/api/v1/documents/d/content?offset=1")).await,
            [fault("offset", "UNKNOWN_FIELD")]
        );
    }

    #[test]
    fn wh_2_an_idempotency_key_is_the_request_id_unless_the_body_says_one() {
        let key = "0190163d-8694-739b-aea5-966c26f8ad91";
        let mut headers = HeaderMap::new();
        headers.insert(IDEMPOTENCY_KEY, format!("\"{key}\"").parse().unwrap());
        let sent = |body| asked(&Verb::POST, "/api/v1/cases/c/messages", body, &headers).unwrap();

        assert_eq!(sent(json!({}))["requestId"], key);
        assert_eq!(sent(json!({"requestId": "mine"}))["requestId"], "mine");
        let read = asked(&Verb::GET, "/api/v1/cases/c", json!({}), &headers).unwrap();
        assert_eq!(read, json!({"caseId": "c"}));
    }

    #[tokio::test]
    async fn what_is_no_object_is_not_read() {
        for wrong in ["", "[]", "{", "null", "{\"a\": 1} x", "\"{}\""] {
            let refused = json(Body::from(wrong)).await;
            let response = refused.unwrap_err().into_response();
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        assert!(json(Body::from(deep)).await.is_err());
        let large = format!("{{\"a\": \"{}\"}}", "x".repeat(LARGEST));
        let response = json(Body::from(large)).await.unwrap_err().into_response();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(json(Body::from("{}")).await.unwrap().is_empty());
    }
}
