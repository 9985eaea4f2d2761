//! The inbox on the web: pages for people, JSON for programs.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;

use crate::{Mail, Mailbox, page};

/// The pages and the JSON of a mailbox.
///
/// | | |
/// |---|---|
/// | `GET /?to=` | the inbox, newest first |
/// | `GET /messages/{id}` | one email |
/// | `GET /messages/{id}/html` | its HTML alone, shut off from everything else |
/// | `GET /api/messages?to=` | the emails as JSON, newest first |
/// | `DELETE /api/messages` | forgets them |
/// | `PUT /api/refusals/{address}` | refuses every further email to the address, as for a mailbox that there is not |
/// | `DELETE /api/refusals/{address}` | takes them again |
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/", get(inbox))
        .route("/messages/{id}", get(message))
        .route("/messages/{id}/html", get(html))
        .route("/style.css", get(style))
        .route("/api/messages", get(list).delete(clear))
        .route("/api/refusals/{address}", put(refuse).delete(accept))
        .with_state(mailbox)
}

#[derive(Debug, Deserialize)]
struct Filter {
    #[serde(default)]
    to: String,
}

impl Filter {
    fn newest_first(&self, mailbox: &Mailbox) -> Vec<Mail> {
        let to = self.to.trim();
        mailbox
            .messages()
            .into_iter()
            .rev()
            .filter(|mail| to.is_empty() || mail.is_to(to))
            .collect()
    }
}

async fn inbox(State(mailbox): State<Mailbox>, Query(filter): Query<Filter>) -> Response {
    let mails = filter.newest_first(&mailbox);
    own_page(page::inbox(&mails, filter.to.trim()))
}

async fn message(State(mailbox): State<Mailbox>, Path(id): Path<u64>) -> Response {
    match mailbox.message(id) {
        Some(mail) => own_page(page::message(&mail)),
        None => (StatusCode::NOT_FOUND, own_page(page::gone())).into_response(),
    }
}

async fn html(State(mailbox): State<Mailbox>, Path(id): Path<u64>) -> Response {
    match mailbox.message(id).and_then(|mail| mail.html) {
        Some(html) => guarded(SANDBOX, page::email(&html)),
        None => (StatusCode::NOT_FOUND, own_page(page::gone())).into_response(),
    }
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], page::STYLE).into_response()
}

async fn list(State(mailbox): State<Mailbox>, Query(filter): Query<Filter>) -> Json<Vec<Mail>> {
    Json(filter.newest_first(&mailbox))
}

async fn clear(State(mailbox): State<Mailbox>) -> StatusCode {
    mailbox.clear();
    StatusCode::NO_CONTENT
}

async fn refuse(State(mailbox): State<Mailbox>, Path(address): Path<String>) -> StatusCode {
    mailbox.refuse(&address);
    StatusCode::NO_CONTENT
}

async fn accept(State(mailbox): State<Mailbox>, Path(address): Path<String>) -> StatusCode {
    mailbox.accept(&address);
    StatusCode::NO_CONTENT
}

const OWN: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An email is foreign text: no scripts, no forms, nothing fetched; a link opens in a tab of its own.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
                       sandbox allow-popups allow-popups-to-escape-sandbox";

fn own_page(body: String) -> Response {
    guarded(OWN, body)
}

fn guarded(policy: &'static str, body: String) -> Response {
    let headers: [(HeaderName, &'static str); 3] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        // An email's links hold one-time secrets; where they lead must not learn the address of this page.
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(body)).into_response()
}
