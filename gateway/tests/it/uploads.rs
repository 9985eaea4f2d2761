//! Files reach the document service from our own forms only, and count only when they come whole.

use http::{Method, StatusCode, header};
use reqwest::multipart::{Form, Part};
use testkit::eventually;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::given::{PORTAL, Portal};

const FORM: &str = "/cases/202312345/documents";
/// The form's own id, as it stands in the beginning.
const FORM_ID: &str = "018f3b5a-0000-7000-8000-000000000001";

/// The beginning of a form with a file: what follows is the file's content.
const BEGINNING: &str = "--X\r\nContent-Disposition: form-data; name=\"request_id\"\r\n\r\n018f3b5a-0000-7000-8000-000000000001\r\n\
     --X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n";
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
async fn do_3_a_form_sent_twice_brings_the_same_id_both_times() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;

    send(&browser, &token, END).await;
    send(&browser, &token, END).await;

    let described = portal.services.described();
    assert_eq!(described.len(), 2);
    for file in described {
        assert_eq!(
            (file.request_id.as_str(), file.name.as_str()),
            (FORM_ID, "a.txt")
        );
        assert!(file.may_be_chosen_again);
    }
}

#[tokio::test]
async fn do_3_a_form_without_an_id_of_its_own_brings_no_file() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;

    let form = Form::new()
        .text("csrf", token)
        .part("files", Part::bytes(content()).file_name("a.txt"));
    let request = browser
        .request(Method::POST, FORM)
        .header(header::ORIGIN, PORTAL)
        .multipart(form);
    let answer = request.send().await.unwrap();

    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let services = portal.stop().await;
    assert!(!services.heard("UploadDocument"));
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

/// A form in chunks, of which no length was said.
async fn send_in_chunks(portal: &Portal, pieces: &[&[u8]]) -> String {
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;
    let head = format!(
        "POST {FORM} HTTP/1.1\r\nHost: portal.example\r\nOrigin: {PORTAL}\r\nCookie: {}\r\nX-CSRF-Token: {token}\r\n\
         Content-Type: multipart/form-data; boundary=X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        browser.cookies()
    );
    let mut connection = TcpStream::connect(browser.gateway()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    for piece in pieces {
        let size = format!("{:x}\r\n", piece.len());
        for part in [size.as_bytes(), piece, b"\r\n"] {
            connection.write_all(part).await.unwrap();
        }
    }
    connection.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn row_16_a_file_without_a_length_is_kept_when_it_comes_whole_and_not_when_it_does_not() {
    let portal = Portal::start().await;
    let content = content();
    let (first, second) = content.split_at(100_001);

    let cut_off = send_in_chunks(&portal, &[BEGINNING.as_bytes(), first]).await;
    assert!(cut_off.starts_with("HTTP/1.1 400"), "{cut_off}");
    assert!(portal.services.kept().is_empty());

    let pieces = [BEGINNING.as_bytes(), first, second, END.as_bytes()];
    let whole = send_in_chunks(&portal, &pieces).await;
    assert!(whole.starts_with("HTTP/1.1 303"), "{whole}");
    assert!(portal.services.kept() == [content]);
}

#[tokio::test]
async fn row_16_a_length_that_is_shorter_than_the_file_cuts_it_off() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let token = browser.token().await;
    let head = format!(
        "POST {FORM} HTTP/1.1\r\nHost: portal.example\r\nOrigin: {PORTAL}\r\nCookie: {}\r\nX-CSRF-Token: {token}\r\n\
         Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        browser.cookies(),
        BEGINNING.len() + 1000
    );

    let mut connection = TcpStream::connect(browser.gateway()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(BEGINNING.as_bytes()).await.unwrap();
    // What follows is not this request's any more.
    connection.write_all(&content()[..1000]).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(portal.services.kept().is_empty());
}
