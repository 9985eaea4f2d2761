//! A person's program from logging in to logging out, with nothing but JSON and cookies.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::Portal;

use crate::given::a_house;
use crate::program::{PASSWORD, Program, SESSION};

#[tokio::test(flavor = "multi_thread")]
async fn wh_4_a_program_logs_in_works_and_logs_out() {
    let portal = Portal::start().await.unwrap();
    let mut house = a_house(&portal, "Quillfeather").await;
    let things = &house.things;
    let program = &mut house.administrator;

    let (status, account) = program.get("/api/v1/account").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(account["role"], "ROLE_LANDLORD_ADMINISTRATOR");

    // The task: done with a version that is not its own, then with the one that it has.
    let (_, task) = program.get(&format!("/api/v1/tasks/{}", things.task)).await;
    let complete = format!("/api/v1/tasks/{}:complete", things.task);
    let today = kit::time::iso(kit::Clock::system().today());
    let stale = json!({"version": "999", "completedOn": today});
    let (status, problem) = program.post(&complete, stale).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let body = json!({"version": task["version"], "completedOn": "2999-01-01"});
    let (status, problem) = program.post(&complete, body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        problem["violations"][0]["field"], "completedOn",
        "{problem}"
    );
    let body = json!({"version": task["version"], "completedOn": today});
    let done = program.done(&complete, body).await;
    assert_eq!(done["status"], "TASK_STATUS_COMPLETED");

    // A reply, sent twice under one key.
    let address = format!("/api/v1/cases/{}/messages", things.case);
    let key = kit::id().to_string();
    let mut sent = Vec::new();
    for _ in 0..2 {
        let reply = program
            .request(Method::POST, &address)
            .header("idempotency-key", &key)
            .json(&json!({"body": "Thank you"}));
        let (status, message) = program.asked(reply).await;
        assert_eq!(status, StatusCode::OK, "{message}");
        sent.push(message["id"].clone());
    }
    assert_eq!(sent[0], sent[1]);
    let (_, thread) = program.get(&address).await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 2);

    // A document, up and down again, in whole and in part.
    let content: Vec<u8> = b"Line of a letter.\n".repeat(20_000);
    let upload = program
        .request(
            Method::POST,
            &format!("/api/v1/cases/{}/documents", things.case),
        )
        .query(&[
            ("name", "letter.txt"),
            ("category", "DOCUMENT_CATEGORY_EVIDENCE"),
        ])
        .header("idempotency-key", kit::id().to_string())
        .header("content-type", "application/octet-stream")
        .body(content.clone());
    let (status, document) = program.asked(upload).await;
    assert_eq!(status, StatusCode::OK, "{document}");
    assert_eq!(document["size"], content.len().to_string());
    let address = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
    let request = tokio::sync::Mutex::new(&mut *program);
    testkit::eventually("the document to be checked", || async {
        let (_, document) = request.lock().await.get(&address).await;
        (document["state"] == "DOCUMENT_STATE_AVAILABLE").then_some(())
    })
    .await;
    let whole = program.request(Method::GET, &format!("{address}/content"));
    let whole = program.send(whole).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert!(whole.bytes().await.unwrap() == content);
    let part = program
        .request(Method::GET, &format!("{address}/content"))
        .header("range", "bytes=5-6");
    let part = program.send(part).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.text().await.unwrap(), "of");
    let beyond = program
        .request(Method::GET, &format!("{address}/content"))
        .header("range", "bytes=99999999-");
    let (status, problem) = program.asked(beyond).await;
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(problem["reason"], "OUT_OF_RANGE");

    // A program is refused by its content as a form is.
    let upload = program
        .request(
            Method::POST,
            &format!("/api/v1/cases/{}/documents", things.case),
        )
        .query(&[
            ("name", "plan.zip"),
            ("category", "DOCUMENT_CATEGORY_EVIDENCE"),
        ])
        .header("idempotency-key", kit::id().to_string())
        .header("content-type", "application/octet-stream")
        .body(b"PK\x03\x04 and so on".to_vec());
    let (status, problem) = program.asked(upload).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    assert_eq!(problem["violations"][0]["field"], "content", "{problem}");

    // Out, and what was kept by someone is worth nothing.
    let mut thief = Program::new(&portal);
    thief.cookies = program.cookies.clone();
    program.done("/api/v1/session:end", json!({})).await;
    assert!(!program.cookies.contains_key(SESSION));
    let (status, problem) = thief.get("/api/v1/account").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(problem["reason"], "LOGGED_OUT");
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn id_8_a_new_password_changes_the_cookie_and_no_secret_stands_in_json() {
    let portal = Portal::start().await.unwrap();
    let mut house = a_house(&portal, "Quillfeather").await;
    let program = &mut house.sub_account;
    let mut thief = Program::new(&portal);
    thief.cookies = program.cookies.clone();

    let wrong =
        json!({"currentPassword": "not this one at all", "newPassword": "marble orchid kettle"});
    let (status, _) = program.post("/api/v1/account:changePassword", wrong).await;
    assert!(status.is_client_error(), "{status}");
    let right = json!({"currentPassword": PASSWORD, "newPassword": "marble orchid kettle"});
    let changed = program.done("/api/v1/account:changePassword", right).await;

    assert!(!changed.to_string().contains(&program.cookies[SESSION]));
    assert_ne!(program.cookies[SESSION], thief.cookies[SESSION]);
    assert_eq!(program.get("/api/v1/account").await.0, StatusCode::OK);
    assert_eq!(
        thief.get("/api/v1/account").await.0,
        StatusCode::UNAUTHORIZED
    );
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn id_6_a_wrong_password_and_an_unknown_username_are_told_in_the_same_words() {
    let portal = Portal::start().await.unwrap();
    a_house(&portal, "Quillfeather").await;

    let mut told = Vec::new();
    for username in [
        "colleague@quillfeather.example",
        "nobody@quillfeather.example",
    ] {
        let mut program = Program::new(&portal);
        let login = json!({"username": username, "password": "not this one at all"});
        let (status, mut problem) = program.post("/api/v1/login", login).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(problem["reason"], "LOGIN_REFUSED");
        assert!(program.cookies.is_empty());
        problem.as_object_mut().unwrap().remove("trace");
        told.push(problem);
    }

    assert_eq!(told[0], told[1]);
    portal.stop().await.unwrap();
}
