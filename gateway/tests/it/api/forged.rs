//! Nothing is changed by what another site can make a browser send (ASVS 3.5): not by a form, not by a script, not by an image.

use http::{Method, StatusCode, header};
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};

use super::{Operation, operations};
use crate::browser::Browser;
use crate::given::{PORTAL, Portal};

/// The request with everything that it needs.
fn ours(browser: &Browser, operation: &Operation) -> RequestBuilder {
    without_origin(browser, operation).header(header::ORIGIN, PORTAL)
}

fn without_origin(browser: &Browser, operation: &Operation) -> RequestBuilder {
    with_body(bare(browser, operation), operation).header("x-requested-with", "a program")
}

fn bare(browser: &Browser, operation: &Operation) -> RequestBuilder {
    browser.request(operation.verb.clone(), &operation.address)
}

fn with_body(request: RequestBuilder, operation: &Operation) -> RequestBuilder {
    match operation.takes.as_str() {
        "" => request,
        media_type => request.header(header::CONTENT_TYPE, media_type).body("{}"),
    }
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one table of all that another site can send"
)]
async fn nothing_is_changed_by_what_other_sites_can_send() {
    let portal = Portal::start().await;
    let browser = portal.a_browser_logged_in();
    let (reading, changing): (Vec<_>, Vec<_>) = operations(&portal)
        .await
        .into_iter()
        .partition(|it| it.verb == Method::GET);
    assert!(changing.len() > 15, "{}", changing.len());
    let before = portal.services.heard_in_all();

    for operation in &changing {
        let from =
            |origin: &str| without_origin(&browser, operation).header(header::ORIGIN, origin);
        let says = |site: &str| ours(&browser, operation).header("sec-fetch-site", site);
        let plain = |media_type: &str| {
            bare(&browser, operation)
                .header(header::CONTENT_TYPE, media_type)
                .body("{\"a\": \"=\"}")
        };
        let file = Part::bytes(b"abc".as_slice()).file_name("a.txt");
        let mut forged = vec![
            ("no origin", without_origin(&browser, operation)),
            (
                "no origin, though the browser says the site is the same",
                without_origin(&browser, operation).header("sec-fetch-site", "same-origin"),
            ),
            ("an origin that does not tell", from("null")),
            ("another origin", from("https://evil.example")),
            (
                "an origin that looks like ours",
                from("https://portal.example.evil.example"),
            ),
            (
                "our origin without encryption",
                from("http://portal.example"),
            ),
            ("another site, says the browser", says("cross-site")),
            ("a neighbour, says the browser", says("same-site")),
            ("nobody's site, says the browser", says("none")),
            (
                "no header of ours",
                with_body(bare(&browser, operation), operation).header(header::ORIGIN, PORTAL),
            ),
            (
                "a form of another site",
                bare(&browser, operation)
                    .header(header::ORIGIN, "https://evil.example")
                    .form(&[("a", "b")]),
            ),
            ("JSON as plain text", plain("text/plain")),
            (
                "a form with a file",
                bare(&browser, operation)
                    .header(header::ORIGIN, PORTAL)
                    .multipart(Form::new().part("files", file)),
            ),
        ];
        // What comes from us in all but its form.
        if !operation.takes.is_empty() {
            for media_type in [
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=X",
                "text/plain; application/json",
            ] {
                let request = bare(&browser, operation)
                    .header(header::ORIGIN, PORTAL)
                    .header("x-requested-with", "a program")
                    .header(header::CONTENT_TYPE, media_type)
                    .body("{}");
                forged.push((media_type, request));
            }
        }
        for (what, request) in forged {
            let answer = request.send().await.unwrap();
            let status = answer.status();
            assert!(
                [StatusCode::FORBIDDEN, StatusCode::UNSUPPORTED_MEDIA_TYPE].contains(&status),
                "{operation:?}: {what}: {status}"
            );
            let kind = &answer.headers()[header::CONTENT_TYPE];
            assert_eq!(kind, "application/problem+json", "{operation:?}: {what}");
        }
        // An image or a link of another site, and whatever else a browser may be made to ask.
        for verb in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
            let request = browser.request(verb.clone(), &operation.address);
            let answer = request.send().await.unwrap();
            // Some addresses can be read as well as written to.
            let reads = [Method::GET, Method::HEAD].contains(&verb)
                && reading.iter().any(|it| it.address == operation.address);
            let refused = answer.status() == StatusCode::METHOD_NOT_ALLOWED;
            assert_ne!(refused, reads, "{verb} {}", operation.address);
            let invites = answer
                .headers()
                .keys()
                .any(|it| it.as_str().starts_with("access-control"));
            assert!(!invites, "{verb} {}", operation.address);
        }
    }
    for method in portal
        .services
        .heard_in_all()
        .into_iter()
        .skip(before.len())
    {
        let reads = [
            "CheckSession",
            "Get",
            "List",
            "Count",
            "Describe",
            "Download",
        ];
        assert!(
            reads.iter().any(|it| method.starts_with(it)),
            "{method} was called"
        );
    }

    // The same requests with all that they need come further, whatever becomes of them there.
    for operation in &changing {
        let answer = ours(&browser, operation).send().await.unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        let refused = [
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::METHOD_NOT_ALLOWED,
        ];
        assert!(!refused.contains(&status), "{operation:?}: {status}");
        // A service may refuse the person; it is not for where the request comes from.
        let forged = ["NOT_OUR_ORIGIN", "HEADER_MISSING"];
        assert!(
            !forged.iter().any(|it| told.contains(it)),
            "{operation:?}: {told}"
        );
    }
}
