//! Every answer has the headers that protect it, errors and files included (ASVS 3.4).

use http::Method;
use http::header::{self, HeaderMap};

use crate::given::Portal;
use crate::routes;

/// Whether an answer has them all.
pub fn check(headers: &HeaderMap, asked: &str) {
    let text = |name: &str| {
        let value = headers
            .get(name)
            .unwrap_or_else(|| panic!("{asked}: no {name}"));
        value.to_str().unwrap().to_owned()
    };
    let hsts = text("strict-transport-security");
    let (age, rest) = hsts
        .strip_prefix("max-age=")
        .and_then(|it| it.split_once(';'))
        .unwrap();
    assert!(age.parse::<u32>().unwrap() >= 31_536_000, "{asked}: {hsts}");
    assert_eq!(rest.trim(), "includeSubDomains", "{asked}");
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(text(name), expected, "{asked}: {name}");
    }
    let policy = text("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{asked}: {policy}");
    assert!(!policy.contains("unsafe"), "{asked}: {policy}");
    let sandbox = policy.starts_with("sandbox");
    assert!(
        sandbox || policy.contains("frame-ancestors 'none'"),
        "{asked}: {policy}"
    );
    let kept = text("cache-control");
    let built = kept == "public, max-age=31536000, immutable";
    assert!(
        kept == "no-store" || (built && asked.contains("/static/p.css")),
        "{asked}: {kept}"
    );
    for (name, _) in headers {
        assert!(
            !name.as_str().starts_with("access-control-"),
            "{asked}: {name} invites other sites"
        );
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let portal = Portal::start().await;
    let mut asked = vec![
        (Method::GET, "/nothing-here".to_owned()),
        (Method::GET, "/set-password/%FF".to_owned()),
        (Method::GET, "/static/p.css".to_owned()),
        (Method::HEAD, "/static/p.css".to_owned()),
        (Method::GET, "/static/nothing.css".to_owned()),
        (Method::POST, "/static/p.css".to_owned()),
        (Method::DELETE, "/login".to_owned()),
        (Method::OPTIONS, "/login".to_owned()),
    ];
    for route in routes::all() {
        if route.gets {
            asked.push((Method::GET, route.address.clone()));
        }
        if route.posts {
            asked.push((Method::POST, route.address));
        }
    }

    let mut statuses = Vec::new();
    for browser in [portal.a_browser(), portal.a_browser_logged_in()] {
        for (method, address) in &asked {
            let request = browser
                .request(method.clone(), address)
                .header(header::ORIGIN, "https://evil.example");
            let answer = request.send().await.unwrap();
            check(answer.headers(), &format!("{method} {address}"));
            statuses.push(answer.status().as_u16());
        }
    }

    // Answers of every kind were among them.
    for status in [200, 303, 403, 404, 405, 503] {
        assert!(statuses.contains(&status), "{status} not in {statuses:?}");
    }
}

#[tokio::test]
async fn nothing_is_traced() {
    let portal = Portal::start().await;
    let browser = portal.a_browser_logged_in();

    for address in ["/login", "/static/p.css"] {
        let request = browser.request(Method::TRACE, address);
        let answer = request.send().await.unwrap();

        check(answer.headers(), address);
        assert!(answer.status().is_client_error(), "{address}");
        assert!(!answer.text().await.unwrap().contains("__Host-session"));
    }
}
