//! What a request must bring before anything else of it is read (ASVS 3.5): no page of another site can send what changes something here.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method as Verb, StatusCode, header};

use super::ApiProblem;
use super::methods::{Body, Method};
use crate::csrf;

/// A header that no form can send, and that scripts of other sites may send only if we agreed, which we never do.
pub(crate) const OURS: &str = "x-requested-with";
/// What is sent as a document's content.
pub(crate) const BYTES: &str = "application/octet-stream";

/// Refuses what may come from elsewhere, what is not in the form that the method reads, and who takes no JSON.
pub(crate) fn check(
    method: &Method,
    headers: &HeaderMap,
    public_url: &str,
) -> Result<(), ApiProblem> {
    if method.verb != Verb::GET {
        from_our_programs(&method.verb, headers, public_url)?;
    }
    let expected = match method.body {
        Body::None => None,
        Body::Message => Some("application/json"),
        Body::Content => Some(BYTES),
    };
    if let Some(expected) = expected
        && media_type(headers, &header::CONTENT_TYPE).as_deref() != Some(expected)
    {
        return Err(ApiProblem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            &format!("the content of this request is {expected}"),
        ));
    }
    // The content of a document is of whatever type it is.
    if !method.descriptor.is_server_streaming() && !takes_json(headers) {
        return Err(ApiProblem::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "answers are application/json",
        ));
    }
    Ok(())
}

/// Three things at once. The origin is the portal's, and browsers don't let scripts change it. What the browser says of the site agrees. And there
/// is a header that a form can't have. A program that is no browser says the first and the last by itself.
fn from_our_programs(verb: &Verb, headers: &HeaderMap, public_url: &str) -> Result<(), ApiProblem> {
    let refused =
        |reason: &str, detail: &str| Err(ApiProblem::new(StatusCode::FORBIDDEN, reason, detail));
    let origin = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok());
    if origin != Some(public_url) || !csrf::from_our_page(verb, headers, public_url) {
        return refused("NOT_OUR_ORIGIN", "the header Origin must name the Portal");
    }
    if headers.get(OURS).is_none_or(HeaderValue::is_empty) {
        return refused("HEADER_MISSING", "the header X-Requested-With is missing");
    }
    Ok(())
}

/// A media type without its parameters, in lower case.
fn media_type(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default();
    Some(essence.trim().to_ascii_lowercase())
}

/// Whether JSON is among what is taken; who does not say takes everything.
fn takes_json(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(header::ACCEPT).iter().peekable();
    if said.peek().is_none() {
        return true;
    }
    said.filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
            let named = ["application/json", "application/*", "*/*"].contains(&essence.as_str());
            // A weight of nothing is a refusal (RFC 9110, section 12.4.2).
            let refused = parts.any(|it| {
                it.strip_prefix("q=")
                    .and_then(|it| it.parse::<f32>().ok())
                    .is_some_and(|weight| weight <= 0.0)
            });
            named && !refused
        })
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;
    use crate::api::methods::{Found, find};

    const PORTAL: &str = "https://portal.example";

    fn status(verb: &Verb, path: &str, pairs: &[(&'static str, &'static str)]) -> u16 {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), (*value).parse().unwrap()))
            .collect();
        let Found::Method(method, _) = find(verb, path) else {
            panic!("{path} is there");
        };
        match check(method, &headers, PORTAL) {
            Ok(()) => 200,
            Err(problem) => problem.into_response().status().as_u16(),
        }
    }

    fn post(pairs: &[(&'static str, &'static str)]) -> u16 {
        status(&Verb::POST, "/api/v1/cases/1/messages", pairs)
    }

    #[test]
    fn a_change_needs_the_origin_the_header_and_json() {
        let origin = ("origin", PORTAL);
        let ours = (OURS, "a-program");
        let json = ("content-type", "application/json; charset=utf-8");

        assert_eq!(post(&[origin, ours, json]), 200);
        assert_eq!(
            post(&[origin, ours, json, ("sec-fetch-site", "same-origin")]),
            200
        );

        assert_eq!(post(&[ours, json]), 403);
        assert_eq!(post(&[ours, json, ("sec-fetch-site", "same-origin")]), 403);
        assert_eq!(post(&[("origin", "null"), ours, json]), 403);
        assert_eq!(post(&[("origin", "https://evil.example"), ours, json]), 403);
        assert_eq!(
            post(&[origin, ours, json, ("sec-fetch-site", "cross-site")]),
            403
        );
        assert_eq!(post(&[origin, json]), 403);
        assert_eq!(post(&[origin, (OURS, ""), json]), 403);
        for wrong in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=X",
            "application/jsonx",
            "text/plain; application/json",
        ] {
            assert_eq!(
                post(&[origin, ours, ("content-type", wrong)]),
                415,
                "{wrong}"
            );
        }
        assert_eq!(post(&[origin, ours]), 415);
    }

    #[test]
    fn reading_needs_nothing_but_to_take_json() {
        let get = |accept| status(&Verb::GET, "/api/v1/cases", &[("accept", accept)]);

        assert_eq!(status(&Verb::GET, "/api/v1/cases", &[]), 200);
        for taken in ["*/*", "text/html, application/json;q=0.5", "application/*"] {
            assert_eq!(get(taken), 200, "{taken}");
        }
        for not_taken in ["text/html", "application/json;q=0", "application/xml", ""] {
            assert_eq!(get(not_taken), 406, "{not_taken}");
        }
        let content = "/api/v1/documents/1/content";
        assert_eq!(status(&Verb::GET, content, &[("accept", "image/png")]), 200);
    }
}
