//! Nobody, and somebody who may log in no more, before every operation of the document.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::Portal;

use crate::given::{self, a_house};
use crate::program::Program;

/// Every operation that wants a caller, its variables filled in.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            if operation["security"] != json!([]) {
                let filled_in = path.split('/').map(|part| match part.split_once('}') {
                    Some((_, verb)) => format!("{}{verb}", kit::id()),
                    None => part.to_owned(),
                });
                let address = filled_in.collect::<Vec<_>>().join("/");
                operations.push((verb.to_uppercase(), address, operation.clone()));
            }
        }
    }
    operations
}

async fn asked(
    program: &mut Program<'_>,
    (verb, address, operation): &(String, String, Value),
) -> (StatusCode, Value) {
    let request = program.request(verb.parse().unwrap(), address);
    let content = &operation["requestBody"]["content"];
    let request = if content["application/json"].is_object() {
        request.json(&json!({}))
    } else if content.is_object() {
        let bytes = "application/octet-stream";
        request.header("content-type", bytes).body("abc")
    } else {
        request
    };
    program.asked(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn id_9_a_deactivated_user_and_a_stranger_are_let_in_nowhere() {
    let portal = Portal::start().await.unwrap();
    let mut house = a_house(&portal, "Quillfeather").await;
    let operations = operations(&given::document(&portal).await);
    assert!(operations.len() > 25, "{}", operations.len());
    let (status, _) = house.sub_account.get("/api/v1/account").await;
    assert_eq!(status, StatusCode::OK);

    let (_, listed) = house.administrator.get("/api/v1/sub-accounts").await;
    let account = &listed["accounts"][0];
    let address = format!(
        "/api/v1/sub-accounts/{}:deactivate",
        account["id"].as_str().unwrap()
    );
    let version = json!({"version": account["version"]});
    house.administrator.done(&address, version).await;

    let deactivated = tokio::sync::Mutex::new(&mut house.sub_account);
    testkit::eventually("the session to end", || async {
        let (status, _) = deactivated.lock().await.get("/api/v1/account").await;
        (status == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    let mut stranger = Program::new(&portal);
    for operation in &operations {
        for program in [&mut stranger, &mut house.sub_account] {
            let (status, problem) = asked(program, operation).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{operation:?}");
            assert_eq!(problem["reason"], "LOGGED_OUT");
        }
    }
    portal.stop().await.unwrap();
}
