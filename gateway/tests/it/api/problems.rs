//! Whatever goes wrong under `/api` is told as a problem (RFC 9457) with the headers of every other answer, and with nothing of what is behind.

use http::{Method, StatusCode, header};
use serde_json::Value;

use super::operations;
use crate::given::{PORTAL, Portal};

async fn problem(answer: reqwest::Response, asked: &str) -> (StatusCode, Value) {
    let status = answer.status();
    let headers = answer.headers();
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "application/problem+json",
        "{asked}"
    );
    assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{asked}");
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(headers[name], expected, "{asked}: {name}");
    }
    assert!(
        headers.contains_key(header::STRICT_TRANSPORT_SECURITY),
        "{asked}"
    );
    assert!(
        headers.contains_key(header::CONTENT_SECURITY_POLICY),
        "{asked}"
    );
    let waits = headers.contains_key(header::RETRY_AFTER);
    let body: Value = answer.json().await.unwrap();
    let text = body.to_string();
    for behind in [
        "tcp",
        "localhost",
        "127.0.0.1",
        "select",
        ".rs",
        "transport",
        "<",
    ] {
        assert!(!text.contains(behind), "{asked}: {text}");
    }
    for member in ["type", "title", "detail", "reason"] {
        assert!(
            !body[member].as_str().unwrap().is_empty(),
            "{asked}: {text}"
        );
    }
    assert_eq!(body["status"], status.as_u16(), "{asked}");
    assert!(body["trace"].is_string(), "{asked}");
    assert_eq!(waits, status == StatusCode::SERVICE_UNAVAILABLE, "{asked}");
    (status, body)
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_taken_is_told_as_a_problem() {
    let portal = Portal::start().await;
    let browser = portal.a_browser_logged_in();
    let cases = "/api/v1/cases";
    let get = |address: &str| browser.request(Method::GET, address);
    let post = |address: &str| {
        browser
            .request(Method::POST, address)
            .header(header::ORIGIN, PORTAL)
            .header("x-requested-with", "a program")
    };
    let json = "application/json";
    let messages = "/api/v1/cases/1/messages";

    for (request, status, reason) in [
        (get("/api"), 404, "NOT_FOUND"),
        (get("/api/"), 404, "NOT_FOUND"),
        (get("/api/v2/cases"), 404, "NOT_FOUND"),
        (
            get("/api/v1/nothing-here").header("accept", "text/html"),
            404,
            "NOT_FOUND",
        ),
        (get("/api/v1/cases/%FF"), 404, "NOT_FOUND"),
        (post("/api/v1/nothing-here").body("{}"), 404, "NOT_FOUND"),
        (
            browser.request(Method::DELETE, cases),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (
            browser.request(Method::PUT, "/api/v1/openapi.json"),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (
            get(cases).header("accept", "text/html"),
            406,
            "NOT_ACCEPTABLE",
        ),
        (get("/api/v1/cases?colour=red"), 400, "UNKNOWN_FIELD"),
        (post(messages).body("{}"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (
            post(messages).header("content-type", json).body("[]"),
            400,
            "UNREADABLE",
        ),
        (
            post(messages)
                .header("content-type", json)
                .body("{\"colour\": 1}"),
            400,
            "UNKNOWN_FIELD",
        ),
        (
            post(messages)
                .header("content-type", json)
                .body(format!("{{\"body\": \"{}\"}}", "x".repeat(300_000))),
            413,
            "TOO_LARGE",
        ),
        (
            portal.a_browser().request(Method::GET, cases),
            401,
            "LOGGED_OUT",
        ),
        // Nobody is where this service should be.
        (get("/api/v1/tasks"), 503, "UNAVAILABLE"),
        // The stand-in has no such method, which is a fault of ours.
        (get("/api/v1/cases"), 500, "INTERNAL"),
    ] {
        let asked = format!(
            "{:?}",
            request.try_clone().map(reqwest::RequestBuilder::build)
        );
        let answer = request.send().await.unwrap();
        let allow = answer.headers().contains_key(header::ALLOW);
        let challenge = answer.headers().contains_key(header::WWW_AUTHENTICATE);

        let (told, body) = problem(answer, &asked).await;

        assert_eq!(
            (told.as_u16(), body["reason"].as_str().unwrap()),
            (status, reason),
            "{asked}"
        );
        assert_eq!(allow, status == 405, "{asked}");
        assert_eq!(challenge, status == 401, "{asked}");
    }
}

#[tokio::test]
async fn whoever_is_not_logged_in_gets_no_further_than_that() {
    let portal = Portal::start().await;
    let mut stranger = portal.a_browser();
    stranger.keep("__Host-session", "made up");

    for operation in operations(&portal).await.iter().filter(|it| !it.anonymous) {
        let request = stranger
            .request(operation.verb.clone(), &operation.address)
            .header(header::ORIGIN, PORTAL)
            .header("x-requested-with", "a program")
            // A token of the inside is none at the edge.
            .header("authorization", "Bearer ey.made.up")
            .header("content-type", &operation.takes)
            .body("{}");
        let answer = request.send().await.unwrap();

        let (status, _) = problem(answer, &format!("{operation:?}")).await;

        assert_eq!(status, StatusCode::UNAUTHORIZED, "{operation:?}");
    }
    let heard = portal.services.heard_in_all();
    let only = heard.iter().all(|it| it == "CheckSession");
    assert!(only, "{heard:?}");
}

#[tokio::test]
async fn the_document_is_kept_for_a_while_and_told_to_be_the_same() {
    let portal = Portal::start().await;
    let browser = portal.a_browser();
    let address = "/api/v1/openapi.json";

    let first = browser.request(Method::GET, address).send().await.unwrap();

    assert_eq!(
        first.headers()[header::CACHE_CONTROL],
        "public, max-age=300"
    );
    let tag = first.headers()[header::ETAG].clone();
    let again = browser
        .request(Method::GET, address)
        .header(header::IF_NONE_MATCH, tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.bytes().await.unwrap().len(), 0);
}
