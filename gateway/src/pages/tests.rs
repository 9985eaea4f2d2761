//! What every request passes, whichever page it asks for.

mod activity;
mod casework;
mod insight;

use axum::Router;
use axum::body::{self, Body};
use axum::http::{Method, Request, Response, StatusCode, header};
use kit::config::{PeerConfig, ServerConfig};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::assets::Assets;
use crate::clients::Clients;
use crate::config::Services;
use crate::session::Sessions;
use crate::{Config, Edge, cookies, csrf};

const PORTAL: &str = "https://portal.example";
const BROWSER: &str = "a browser";

fn nobody() -> PeerConfig {
    PeerConfig {
        url: "https://localhost:1".to_owned(),
    }
}

/// The edge with nobody behind it: what it refuses by itself needs no service.
fn edge() -> (Router, TempDir) {
    edge_before(nobody())
}

/// The edge with nobody but an identity behind it.
fn edge_before(identity: PeerConfig) -> (Router, TempDir) {
    let folder = TempDir::new().unwrap();
    let manifest = r#"{"portal.css":"p.css","portal.js":"p.js","favicon.svg":"f.svg"}"#;
    std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
    std::fs::write(folder.path().join("p.css"), "body{}").unwrap();
    let config = Config {
        server: ServerConfig {
            tls: testkit::tls("gateway"),
            ..ServerConfig::default()
        },
        public_url: PORTAL.to_owned(),
        services: Services {
            identity,
            case: nobody(),
            task: nobody(),
            messaging: nobody(),
            document: nobody(),
            service_complaint: nobody(),
            notification: nobody(),
        },
        ..Config::default()
    };
    let clients = Clients::connect(&config).unwrap();
    let router = super::router(Edge {
        sessions: Sessions::new(clients.login.clone()).into(),
        assets: Assets::load(folder.path()).unwrap().into(),
        clients: clients.into(),
        clock: kit::Clock::system(),
        config: config.into(),
    });
    (router, folder)
}

async fn answer(request: Request<Body>) -> Response<Body> {
    let (router, _folder) = edge();
    router.oneshot(request).await.unwrap()
}

fn post(address: &str, origin: &str, form: &str) -> Request<Body> {
    Request::post(address)
        .header(header::ORIGIN, origin)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("{}={BROWSER}", cookies::BROWSER))
        .body(Body::from(form.to_owned()))
        .unwrap()
}

fn get(address: &str) -> Request<Body> {
    Request::get(address).body(Body::empty()).unwrap()
}

/// A few of each kind; the check stands in front of all of them.
const CHANGING: [&str; 8] = [
    "/login",
    "/login/password",
    "/set-password",
    "/logout",
    "/session/extend",
    "/account/password",
    "/users/new",
    "/cases/202312345/documents",
];

#[tokio::test]
async fn nothing_is_changed_from_a_page_of_another_site() {
    for address in CHANGING {
        let form = format!("csrf={}", csrf::token(BROWSER));

        let answer = answer(post(address, "https://evil.example", &form)).await;

        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{address}");
    }
}

#[tokio::test]
async fn nothing_is_changed_without_the_browsers_own_token() {
    let theirs = format!("username=a@b.example&next=&csrf={}", csrf::token("another"));
    for form in ["username=a@b.example&next=", theirs.as_str()] {
        let answer = answer(post("/login", PORTAL, form)).await;

        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{form}");
    }
}

#[tokio::test]
async fn our_own_form_is_taken() {
    let token = csrf::token(BROWSER);
    let form = format!("username=a@b.example&next=%2F%2Fevil.example&csrf={token}");

    let answer = answer(post("/login", PORTAL, &form)).await;

    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/login/password");
}

#[tokio::test]
async fn a_form_larger_than_any_of_ours_is_not_read_to_its_end() {
    let form = format!(
        "csrf={}&username={}",
        csrf::token(BROWSER),
        "x".repeat(600_000)
    );

    let answer = answer(post("/login", PORTAL, &form)).await;

    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_cookie_is_bound_to_this_host() {
    let answer = answer(get("/login")).await;

    let set: Vec<_> = answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .collect();
    assert!(!set.is_empty());
    for cookie in set {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for needed in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(needed), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let made_up = Request::builder()
        .method(Method::TRACE)
        .uri("/login")
        .body(Body::empty())
        .unwrap();
    let requests = [
        (get("/login"), StatusCode::OK),
        (get("/nothing-here"), StatusCode::NOT_FOUND),
        (get("/set-password/%FF"), StatusCode::NOT_FOUND),
        (get("/static/nothing.css"), StatusCode::NOT_FOUND),
        (get("/tasks"), StatusCode::SEE_OTHER),
        (made_up, StatusCode::NOT_FOUND),
        (
            post("/logout", "https://evil.example", ""),
            StatusCode::FORBIDDEN,
        ),
    ];
    for (request, status) in requests {
        let asked = request.uri().clone();

        let answer = answer(request).await;

        let headers = answer.headers();
        assert_eq!(answer.status(), status, "{asked}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{asked}");
        assert_eq!(
            headers[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff",
            "{asked}"
        );
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{asked}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{asked}");
        assert!(
            headers.contains_key(header::STRICT_TRANSPORT_SECURITY),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn a_built_file_is_kept_for_ever() {
    let answer = answer(get("/static/p.css")).await;

    assert_eq!(answer.status(), StatusCode::OK);
    let kept = answer.headers()[header::CACHE_CONTROL].to_str().unwrap();
    assert!(kept.contains("immutable"), "{kept}");
}

#[tokio::test]
async fn a_service_that_is_away_is_told_of_without_its_words() {
    let token = csrf::token(BROWSER);
    let form = format!("username=a@b.example&csrf={token}");

    let answer = answer(post("/forgot-password", PORTAL, &form)).await;

    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let page = str::from_utf8(&page).unwrap();
    assert!(page.contains("not available for the moment"), "{page}");
    assert!(
        !page.contains("tcp") && !page.contains("localhost:1"),
        "{page}"
    );
}
