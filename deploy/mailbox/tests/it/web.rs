//! The pages and the JSON.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use mailbox::{Mailbox, router};
use tower::ServiceExt as _;

use crate::smtp::{Client, with};

const RICH: &str = "Subject: Your code\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
                    --x\r\nContent-Type: text/plain\r\n\r\nSee https://portal.example/set\r\n\
                    --x\r\nContent-Type: text/html\r\n\r\n<script>steal()</script><p>Hello</p>\r\n--x--";

async fn call(mailbox: &Mailbox, method: &str, uri: &str) -> Response<Body> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .body(Body::empty())
        .unwrap();
    router(mailbox.clone()).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
    .unwrap()
}

async fn subjects(mailbox: &Mailbox, uri: &str) -> Vec<String> {
    let mails: serde_json::Value =
        serde_json::from_str(&text(call(mailbox, "GET", uri).await).await).unwrap();
    mails
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_list_is_newest_first_and_narrows_to_a_recipient() {
    let mailbox = with(&[
        ("ada@example.org", "Subject: one\r\n\r\n"),
        ("bob@example.org", "Subject: two\r\n\r\n"),
        ("ada@example.org", "Subject: three\r\n\r\n"),
    ])
    .await;

    assert_eq!(
        subjects(&mailbox, "/api/messages").await,
        ["three", "two", "one"]
    );
    assert_eq!(
        subjects(&mailbox, "/api/messages?to=Ada@example.org").await,
        ["three", "one"]
    );
    let page = text(call(&mailbox, "GET", "/?to=bob@example.org").await).await;
    assert!(
        page.contains(">two</a>") && !page.contains(">one</a>"),
        "{page}"
    );
}

#[tokio::test]
async fn deleting_forgets_everything() {
    let mailbox = with(&[("ada@example.org", "Subject: one\r\n\r\n")]).await;

    let answer = call(&mailbox, "DELETE", "/api/messages").await;

    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(subjects(&mailbox, "/api/messages").await.is_empty());
    assert!(
        text(call(&mailbox, "GET", "/").await)
            .await
            .contains("No emails.")
    );
}

#[tokio::test]
async fn an_address_is_refused_until_it_is_taken_again() {
    let mailbox = with(&[]).await;

    let refused = call(&mailbox, "PUT", "/api/refusals/Gone%40example.org").await;
    let mut client = Client::hello(&mailbox).await;
    client.say("MAIL FROM:<portal@example.org>").await;
    let while_refused = client.say("RCPT TO:<gone@example.org>").await;
    let taken = call(&mailbox, "DELETE", "/api/refusals/gone@example.org").await;
    let afterwards = client.say("RCPT TO:<gone@example.org>").await;

    assert_eq!(refused.status(), StatusCode::NO_CONTENT);
    assert_eq!(taken.status(), StatusCode::NO_CONTENT);
    assert!(while_refused.starts_with("550"), "{while_refused}");
    assert!(afterwards.starts_with("250"), "{afterwards}");
}

#[tokio::test]
async fn an_email_shows_its_text_with_links_and_its_html_in_a_sandbox() {
    let mailbox = with(&[("ada@example.org", RICH)]).await;

    let page = text(call(&mailbox, "GET", "/messages/1").await).await;
    let html = call(&mailbox, "GET", "/messages/1/html").await;

    assert!(
        page.contains(r#"<a href="https://portal.example/set""#),
        "{page}"
    );
    assert!(
        page.contains("<iframe") && !page.contains("<script>"),
        "{page}"
    );
    let policy = html.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("sandbox")
            && !policy.contains("allow-scripts"),
        "{policy}"
    );
    assert!(text(html).await.contains("<p>Hello</p>"));
}

#[tokio::test]
async fn an_email_that_is_not_kept_is_not_found() {
    let mailbox = with(&[("ada@example.org", "Subject: plain\r\n\r\n")]).await;

    assert_eq!(
        call(&mailbox, "GET", "/messages/7").await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        call(&mailbox, "GET", "/messages/1/html").await.status(),
        StatusCode::NOT_FOUND
    );
}
