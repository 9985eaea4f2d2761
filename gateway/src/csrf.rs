//! Forms are taken from our own pages only (ASVS 3.5): by where they come from, and by a token that only our page could know.

use axum::http::{HeaderMap, Method};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cookies;

/// The token of a browser's forms: the digest of its cookie, which no other site can read or set.
pub(crate) fn token(browser: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("csrf:{browser}").as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref())
}

/// Whether a token is the one that this browser's pages were given.
pub(crate) fn matches(jar: &CookieJar, sent: &str) -> bool {
    let Some(browser) = jar.get(cookies::BROWSER) else {
        return false;
    };
    let expected = token(browser.value());
    // The comparison takes the same time wherever the two differ.
    let difference = expected
        .bytes()
        .zip(sent.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    expected.len() == sent.len() && difference == 0
}

/// Whether a request that changes something comes from a page of ours, as far as the browser tells.
pub(crate) fn from_our_page(method: &Method, headers: &HeaderMap, public_url: &str) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // Our pages send no referrer, and browsers then write `null` for the origin of a form, which tells nothing.
    let origin = text("origin").filter(|origin| *origin != "null");
    let site = text("sec-fetch-site");
    // Every browser that can show the portal sends one of them with a form; those that hide the origin send the other.
    let told = origin.is_some() || site.is_some();
    told && origin.is_none_or(|origin| origin == public_url)
        && site.is_none_or(|site| site == "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTAL: &str = "https://portal.example";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), (*value).parse().unwrap()))
            .collect()
    }

    fn taken(pairs: &[(&'static str, &'static str)]) -> bool {
        from_our_page(&Method::POST, &headers(pairs), PORTAL)
    }

    #[test]
    fn a_form_of_ours_is_taken_and_one_of_another_site_is_not() {
        assert!(taken(&[("origin", PORTAL)]));
        assert!(taken(&[("sec-fetch-site", "same-origin")]));

        assert!(!taken(&[("origin", "https://evil.example")]));
        assert!(!taken(&[("origin", "null")]));
        assert!(!taken(&[
            ("origin", "null"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!taken(&[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!taken(&[
            ("origin", PORTAL),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!taken(&[("sec-fetch-site", "same-site")]));
        assert!(!taken(&[("sec-fetch-site", "cross-site")]));
        assert!(!taken(&[]));
    }

    #[test]
    fn a_form_of_a_page_without_a_referrer_is_taken() {
        assert!(taken(&[
            ("origin", "null"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn reading_needs_no_origin() {
        assert!(from_our_page(&Method::GET, &HeaderMap::new(), PORTAL));
    }

    #[test]
    fn a_token_is_good_for_one_browser() {
        let jar = cookies::set(CookieJar::new(), cookies::BROWSER, "mine".to_owned());

        assert!(matches(&jar, &token("mine")));
        assert!(!matches(&jar, &token("theirs")));
        assert!(!matches(&jar, ""));
        assert!(!matches(&CookieJar::new(), &token("")));
    }
}
