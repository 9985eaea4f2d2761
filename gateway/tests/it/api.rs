//! `/api/v1` as programs and other sites meet it: every operation of its document, which the gateway itself serves.

mod forged;
mod problems;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::given::Portal;

/// An operation of the document, its variables filled in.
#[derive(Clone, Debug)]
struct Operation {
    verb: Method,
    address: String,
    /// The media type of its body; empty without one.
    takes: String,
    anonymous: bool,
}

async fn document(portal: &Portal) -> Value {
    let answer = portal.a_browser().get("/api/v1/openapi.json").await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn operations(portal: &Portal) -> Vec<Operation> {
    let document = document(portal).await;
    let mut operations = Vec::new();
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, described) in verbs.as_object().unwrap() {
            let filled_in = path.split('/').map(|part| match part.split_once('}') {
                Some((_, verb)) => format!("01890a5d-ac96-774b-bcce-b302099a8057{verb}"),
                None => part.to_owned(),
            });
            let takes = described["requestBody"]["content"].as_object();
            operations.push(Operation {
                verb: verb.to_uppercase().parse().unwrap(),
                address: filled_in.collect::<Vec<_>>().join("/"),
                takes: takes
                    .and_then(|it| it.keys().next().cloned())
                    .unwrap_or_default(),
                anonymous: described["security"] == json!([]),
            });
        }
    }
    assert!(operations.len() > 30, "{}", operations.len());
    operations
}
