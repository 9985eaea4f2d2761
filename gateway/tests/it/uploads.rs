//! Files reach the document service from our own forms only, and count only when they come whole.

use http::{Method, StatusCode, header};
use reqwest::multipart::{Form, Part};
use testkit::eventually;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::given::{PORTAL, Portal};

const FORM: &str = "/cases/202312345/documents";

/// The beginning of a form with a file: what follows is the file's content.
const BEGINNING: &str =
    "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n";
const END: &str = "\r\n--X--\r\n";

fn content() -> Vec<u8> {
    vec![b'a'; 300_000]
}

async fn send(browser: &Browser, token: &str, end: &str) -> StatusCode {
    let body = [BEGINNING.as_bytes(), &content(), end.as_bytes()].concat();
    let request = browser
        .request(Method::POST, FORM)
        .header(header::ORIGIN, PORTAL)
        .header("x-csrf-token", token)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(body);
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn do_1_a_form_without_its_token_brings_no_file() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;

    let file = || Part::bytes(content()).file_name("a.txt");
    for form in [
        Form::new().part("files", file()),
        Form::new().text("csrf", "made up").part("files", file()),
        // A token that comes after a file comes too late: the file would have been read for it.
        Form::new().part("files", file()).text("csrf", token),
    ] {
        let request = browser
            .request(Method::POST, FORM)
            .header(header::ORIGIN, PORTAL)
            .multipart(form);
        let answer = request.send().await.unwrap();

        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }

    let services = portal.stop().await;
    assert!(!services.heard("UploadDocument"));
}

#[tokio::test]
async fn do_3_a_file_that_comes_whole_is_kept() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;

    let status = send(&browser, &token, END).await;

    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(portal.services.kept() == [content()]);
}

#[tokio::test]
async fn do_3_a_form_that_breaks_off_in_a_file_leaves_nothing() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;

    let status = send(&browser, &token, "").await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    let services = portal.stop().await;
    assert!(services.content_arrived());
    assert!(services.kept().is_empty());
}

#[tokio::test]
async fn do_3_a_browser_that_goes_away_in_a_file_leaves_nothing() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;
    let head = format!(
        "POST {FORM} HTTP/1.1\r\nHost: portal.example\r\nOrigin: {PORTAL}\r\nCookie: {}\r\nX-CSRF-Token: {token}\r\n\
         Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 10000000\r\n\r\n{BEGINNING}",
        browser.cookies()
    );

    let mut connection = TcpStream::connect(browser.gateway()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&content()).await.unwrap();
    eventually("the file to reach the service", || async {
        portal.services.content_arrived().then_some(())
    })
    .await;
    drop(connection);

    let services = portal.stop().await;
    assert!(services.kept().is_empty());
}
