//! The host that files come from (DO-5, ASVS 3.2.1 and 3.5.4): a file, and nothing of the portal.

use http::header::{self, HeaderMap};
use http::{Method, StatusCode};
use reqwest::Response;

use crate::browser::Browser;
use crate::given::{FILES, PORTAL, Portal};
use crate::headers::check;
use crate::services::{CONTENT, LINK};

/// Asks for an address of the files' host, as whoever was led there.
async fn at_files(portal: &Portal, address: &str, more: &[(&str, &str)]) -> Response {
    let host = FILES.strip_prefix("https://").unwrap();
    let mut browser = portal.a_browser();
    let mut request = browser.request(Method::GET, address);
    request = request.header(header::HOST, host);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    browser.send(request).await
}

fn location(headers: &HeaderMap) -> &str {
    headers[header::LOCATION].to_str().unwrap()
}

async fn led(mut browser: Browser, address: &str) -> String {
    let answer = browser.get(address).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    check(answer.headers(), address);
    location(answer.headers()).to_owned()
}

#[tokio::test]
async fn do_5_a_download_comes_from_a_host_of_its_own_and_can_not_run() {
    let portal = Portal::start().await;

    let address = led(portal.a_browser_logged_in(), "/documents/1").await;

    assert_eq!(address, format!("{FILES}/documents/1?link={LINK}"));
    let path = address.strip_prefix(FILES).unwrap();
    let answer = at_files(&portal, path, &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers();
    check(headers, "the download");
    assert_eq!(
        headers[header::CONTENT_SECURITY_POLICY],
        "sandbox; default-src 'none'"
    );
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::CONTENT_TYPE], "text/plain");
    assert!(headers.get(header::SET_COOKIE).is_none());
    let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    let (plain, full) = disposition.split_once("; filename*=UTF-8''").unwrap();
    assert_eq!(plain, r#"attachment; filename="Gr__e_; x=.html""#);
    assert_eq!(full, "Gr%C3%BC%C3%9Fe%22%3B%20x%3D.html");
    assert_eq!(answer.bytes().await.unwrap(), CONTENT);
}

#[tokio::test]
async fn do_5_a_part_of_a_file_comes_from_there() {
    let portal = Portal::start().await;
    let path = format!("/documents/1?link={LINK}");

    let part = at_files(&portal, &path, &[("range", "bytes=1-6")]).await;
    let beyond = at_files(&portal, &path, &[("range", "bytes=900-")]).await;

    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 1-6/25");
    assert_eq!(part.bytes().await.unwrap(), &CONTENT[1..7]);
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn do_5_whoever_has_no_link_that_works_is_led_to_the_portal() {
    let portal = Portal::start().await;

    for path in [
        "/documents/1?link=another",
        "/documents/1?link=",
        "/documents/1",
        "/",
        "/login",
        "/api/v1/cases",
    ] {
        let answer = at_files(&portal, path, &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        let there = path.split('?').next().unwrap();
        assert_eq!(location(answer.headers()), format!("{PORTAL}{there}"));
    }
    // A link opens nothing at the portal itself.
    let mut nobody = portal.a_browser();
    let answer = nobody.get(&format!("/documents/1?link={LINK}")).await;
    assert!(location(answer.headers()).starts_with("/login"));
}

#[tokio::test]
async fn do_5_a_browser_that_goes_to_the_content_of_the_api_is_led_there_too() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let ask = |browser: &Browser, mode: &str| {
        browser
            .request(Method::GET, "/api/v1/documents/1/content")
            .header("sec-fetch-mode", mode)
    };

    let navigates = ask(&browser, "navigate");
    let program = ask(&browser, "same-origin");
    let (navigates, program) = (browser.send(navigates).await, browser.send(program).await);

    let address = location(navigates.headers()).to_owned();
    assert_eq!(address, format!("{FILES}/documents/1?link={LINK}"));
    assert_eq!(program.status(), StatusCode::OK);
    assert_eq!(program.bytes().await.unwrap(), CONTENT);
}
