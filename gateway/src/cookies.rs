//! The cookies of the portal: all of them `__Host-`, so that no other host and no plain connection can set or read them.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The session of a person who is logged in.
pub(crate) const SESSION: &str = "__Host-session";
/// A log-in between its password and its code.
pub(crate) const LOGIN: &str = "__Host-login";
/// The same of a program that logs in by JSON.
pub(crate) const API_LOGIN: &str = "__Host-api-login";
/// The username between the two steps of a log-in.
pub(crate) const USERNAME: &str = "__Host-username";
/// A device that its holder has logged in from before (ID-6).
pub(crate) const DEVICE: &str = "__Host-device";
/// A browser, known or not: what its forms are bound to.
pub(crate) const BROWSER: &str = "__Host-browser";
/// A complaint about the ombudsman that is being written, by somebody without an account.
pub(crate) const COMPLAINT: &str = "__Host-complaint";
/// What the last request did, to be told once.
pub(crate) const FLASH: &str = "__Host-flash";

/// Sets a cookie that ends with the browser.
pub(crate) fn set(jar: CookieJar, name: &'static str, value: String) -> CookieJar {
    jar.add(build(name, value))
}

/// Gives the browser the secret of a session that has begun or got a new secret. What its forms were bound to before must not speak for it
/// afterwards.
pub(crate) fn renew(jar: CookieJar, session: String) -> CookieJar {
    set(set(jar, SESSION, session), BROWSER, random())
}

/// Sets a cookie that outlives the browser, by a year.
pub(crate) fn keep(jar: CookieJar, name: &'static str, value: String) -> CookieJar {
    let mut cookie = build(name, value);
    cookie.set_max_age(time::Duration::days(365));
    jar.add(cookie)
}

/// Takes a cookie away.
pub(crate) fn clear(jar: CookieJar, name: &'static str) -> CookieJar {
    let mut cookie = build(name, String::new());
    cookie.make_removal();
    jar.add(cookie)
}

fn build(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

/// 256 random bits, as text for a cookie.
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
