//! The portal's pages, an area a file. A handler takes its request apart, asks one or a few services at once, and renders.

mod account;
mod allocation;
mod case;
mod cases;
pub(crate) mod casework;
mod complain;
mod conversations;
mod documents;
pub(crate) mod download;
pub(crate) mod errors;
mod help;
mod home;
pub(crate) mod insight;
mod login;
mod messages;
mod notifications;
mod reset;
mod risk;
mod session;
mod tasks;
#[cfg(test)]
mod tests;
mod users;

use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::problem::{self, Problem};
use crate::{Edge, api, csrf, file_host, headers, trace};

/// The largest body of all: one form with many documents, of which each is limited as it streams.
const LARGEST_BODY: usize = 2 * 1024 * 1024 * 1024;

/// Every page, behind what every request passes.
pub(crate) fn router(edge: Edge) -> Router {
    // The names of built files change with their content, so a browser may keep them for ever.
    // That a file is missing must be forgotten: another replica may be a version ahead and have it.
    let for_ever = |response: &Response<_>| {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.status().is_success().then_some(value)
    };
    let built = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            for_ever,
        ))
        .service(
            ServeDir::new(edge.assets.folder())
                .precompressed_br()
                .precompressed_gzip(),
        );
    let overload = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_: tower::BoxError| busy()))
        .load_shed()
        // Global, because a router gives every route a copy of its layers and each would count for itself.
        .layer(GlobalConcurrencyLimitLayer::new(edge.config.max_in_flight));

    Router::new()
        .merge(login::router())
        .merge(reset::router())
        .merge(session::router())
        .merge(account::router())
        .merge(users::router())
        .merge(notifications::router())
        .merge(help::router())
        .merge(complain::router())
        .merge(home::router())
        .merge(cases::router())
        .merge(case::router())
        .merge(risk::router())
        .merge(allocation::router())
        .merge(documents::router())
        .merge(download::router())
        .merge(messages::router())
        .merge(conversations::router())
        .merge(tasks::router())
        .merge(insight::router())
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::NotFound)
        .layer(middleware::from_fn_with_state(edge.clone(), only_our_forms))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(
            edge.clone(),
            problem::render,
        ))
        .nest_service("/static", built)
        .nest_service(api::PREFIX, api::service(edge.clone()))
        .layer(middleware::from_fn_with_state(
            edge.clone(),
            file_host::serve,
        ))
        .layer(overload)
        .layer(middleware::from_fn(trace::request))
        .layer(middleware::from_fn(api::only_problems))
        .layer(middleware::from_fn(headers::add))
        .with_state(edge)
}

/// Refuses what changes something and does not come from a page of ours, before anything is read of it.
async fn only_our_forms(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if csrf::from_our_page(request.method(), request.headers(), &edge.config.public_url) {
        next.run(request).await
    } else {
        Problem::NotOurForm.into_response()
    }
}

/// Too many requests are running; said without asking anyone, since asking is what there is no room for.
fn busy() -> Response {
    let wait = [(
        header::RETRY_AFTER,
        HeaderValue::from(Duration::from_secs(2).as_secs()),
    )];
    (
        StatusCode::SERVICE_UNAVAILABLE,
        wait,
        "The portal is very busy. Please try again in a moment.",
    )
        .into_response()
}

/// A panic is one failed request, not a dead process.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::Refused(tonic::Status::internal("a handler panicked")).into_response()
}
