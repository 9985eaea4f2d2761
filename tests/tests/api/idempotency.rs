//! What is sent again under the same key is done once by programs that had no answer.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::Portal;
use tokio::task::JoinSet;

use crate::given::a_house;

#[tokio::test(flavor = "multi_thread")]
async fn wh_2_one_key_twenty_times_at_once_is_one_message() {
    let portal = Portal::start().await.unwrap();
    let mut house = a_house(&portal, "Quillfeather").await;
    let program = &mut house.administrator;
    let address = format!("/api/v1/cases/{}/messages", house.things.case);
    let key = kit::id().to_string();
    let reply = |text: &str| {
        program
            .request(Method::POST, &address)
            .header("idempotency-key", &key)
            .json(&json!({"body": text}))
    };

    let mut sent = JoinSet::new();
    for _ in 0..20 {
        let reply = reply("Thank you");
        sent.spawn(async move {
            let answer = reply.send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        });
    }
    let answers = sent.join_all().await;

    let (status, first) = &answers[0];
    assert_eq!(*status, StatusCode::OK, "{first}");
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    let other = reply("Something else").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::CONFLICT);
    let (_, thread) = program.get(&address).await;
    let own = thread["messages"].as_array().unwrap().len();
    assert_eq!(own, 2, "the one that began the conversation, and this one");
    portal.stop().await.unwrap();
}
