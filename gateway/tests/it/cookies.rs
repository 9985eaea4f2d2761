//! The cookies of a log-in, from its first page to its end.

use http::{Method, StatusCode, header};

use crate::given::{PORTAL, Portal};
use crate::services::{NEW_SESSION, SESSION};

#[tokio::test]
async fn every_cookie_is_bound_to_this_host_and_a_log_in_changes_those_that_count() {
    let portal = Portal::start().await;
    let mut browser = portal.a_browser_logged_in();
    let before = browser.token().await;

    let to = browser
        .fill_in(
            "/login",
            &[("username", "ada@landlord.example"), ("next", "")],
        )
        .await;
    let to = browser
        .fill_in(&to, &[("password", "a password"), ("next", "")])
        .await;
    assert_eq!(browser.cookie("__Host-session"), Some(SESSION));
    let login = browser.cookie("__Host-login").unwrap().to_owned();
    let to = browser.fill_in(&format!("{to}/send"), &[]).await;
    let home = browser.fill_in(&to, &[("code", "123456")]).await;

    assert_eq!(home, "/");
    assert_eq!(browser.cookie("__Host-session"), Some(NEW_SESSION));
    assert!(portal.services.heard("EndSession"), "the former one ended");
    assert_eq!(browser.cookie("__Host-login"), None);
    assert_eq!(browser.cookie("__Host-username"), None);
    assert_ne!(login, NEW_SESSION);
    let after = browser.token().await;
    assert_ne!(before, after, "a form from before the log-in is not ours");
    assert!(browser.cookie("__Host-device").is_some());

    let request = browser
        .request(Method::POST, "/logout")
        .header(header::ORIGIN, PORTAL)
        .form(&[("csrf", &after)]);
    let answer = browser.send(request).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.cookie("__Host-session"), None);
    assert_ne!(browser.token().await, after);

    assert!(browser.set.len() >= 8, "{:?}", browser.set);
    for cookie in &browser.set {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let attributes: Vec<_> = attributes.split("; ").collect();
        assert!(pair.starts_with("__Host-"), "{cookie}");
        for needed in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(attributes.contains(&needed), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let lasts = attributes.iter().any(|it| {
            it.strip_prefix("Max-Age=")
                .is_some_and(|seconds| seconds != "0")
        });
        let device = pair.starts_with("__Host-device=");
        assert_eq!(
            lasts, device,
            "only a device outlives the browser: {cookie}"
        );
    }
}
