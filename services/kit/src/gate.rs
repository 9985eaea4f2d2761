//! What every call passes before a handler sees it, in this order: trace, load, deadline, caller.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use opentelemetry::propagation::Extractor;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tonic::body::Body;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::access::{self, Denial};
use crate::caller::Caller;
use crate::client::{DEADLINE, USUAL_DEADLINE};
use crate::failure::described;
use crate::token::{Refusal, Verifier};

/// Puts the gate in front of a service.
#[derive(Clone)]
pub(crate) struct GateLayer(Arc<Shared>);

struct Shared {
    process: &'static str,
    verifier: Verifier,
    in_flight: Arc<Semaphore>,
    duration: Histogram<f64>,
}

impl GateLayer {
    pub(crate) fn new(process: &'static str, verifier: Verifier, max_in_flight: usize) -> Self {
        let duration = opentelemetry::global::meter("casework")
            .f64_histogram("rpc.server.duration")
            .with_unit("ms")
            .with_description("How long calls take, by method and status")
            .build();
        let in_flight = Arc::new(Semaphore::new(max_in_flight));
        Self(Arc::new(Shared {
            process,
            verifier,
            in_flight,
            duration,
        }))
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Gate {
            shared: self.0.clone(),
            inner,
        }
    }
}

/// A service with the gate in front.
#[derive(Clone)]
pub(crate) struct Gate<S> {
    shared: Arc<Shared>,
    inner: S,
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone takes the place of the service that was polled ready, which is the one that must be called.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let shared = self.shared.clone();
        let path = request.uri().path().to_owned();
        let span = span(shared.process, &path, request.headers());

        let call = async move {
            let started = Instant::now();
            let response = shared.run(inner, request).await;
            shared.record(&path, &response, started.elapsed());
            Ok(response)
        };
        Box::pin(call.instrument(span))
    }
}

impl Shared {
    /// Finds out who calls and whether they may; the caller then stands in the request's extensions.
    async fn pass(&self, request: Request<Body>) -> Result<Request<Body>, Status> {
        // In two: the body can't be shared between threads, and the wait for the keys may change them.
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path();
        let carrier = carrier(&parts.extensions);
        let caller = self
            .caller(path, &parts.headers, carrier.as_deref())
            .await?;
        access::decide(path, carrier.as_deref().unwrap_or_default(), &caller).map_err(|denial| {
            // OWASP's vocabulary; the security log picks it up by this name.
            tracing::warn!(event = "authz_fail", %path, ?carrier, actor = caller.actor(), reason = %denial, "refused");
            refusal(denial)
        })?;
        parts.extensions.insert(caller);
        Ok(Request::from_parts(parts, body))
    }

    async fn caller(
        &self,
        path: &str,
        headers: &HeaderMap,
        carrier: Option<&str>,
    ) -> Result<Caller, Status> {
        let Some(header) = headers.get(http::header::AUTHORIZATION) else {
            let as_itself = access::TABLE
                .get(path)
                .is_some_and(|access| !access.processes.is_empty());
            return Ok(match carrier {
                Some(process) if as_itself => Caller::Process(process.to_owned()),
                _ => Caller::Anonymous,
            });
        };
        let token = header
            .to_str()
            .ok()
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        self.verifier.verify(token).await.map_err(|refused| {
            tracing::warn!(event = "authn_token_refused", reason = %refused, ?carrier, "refused");
            if refused == Refusal::NoKeys {
                let soon = Some(Duration::from_secs(1));
                return described(Code::Unavailable, "try again", "NO_KEYS", &[], soon);
            }
            described(
                Code::Unauthenticated,
                "log in first",
                "TOKEN_REFUSED",
                &[],
                None,
            )
        })
    }

    /// Runs the call within its deadline, unless too many are running. Who calls is asked within it too: that may take a call of its own.
    async fn run<S>(&self, mut inner: S, request: Request<Body>) -> Response<Body>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        if is_open(request.uri().path()) {
            return match inner.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
        }
        let Ok(place) = self.in_flight.clone().try_acquire_owned() else {
            let soon = Some(Duration::from_secs(1));
            return described(Code::Unavailable, "too busy", "OVERLOADED", &[], soon).into_http();
        };
        let ends = Instant::now() + timeout(request.headers());
        let call = async {
            let request = self.pass(request).await.map_err(Status::into_http)?;
            match inner.call(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        };
        match tokio::time::timeout_at(ends.into(), DEADLINE.scope(ends, call)).await {
            Ok(Ok(response)) => response.map(|body| Body::new(Running::new(body, ends, place))),
            Ok(Err(refused)) => refused,
            Err(_) => late().into_http(),
        }
    }

    fn record(&self, path: &str, response: &Response<Body>, took: Duration) {
        let code = response
            .headers()
            .get("grpc-status")
            .and_then(|it| it.to_str().ok())
            .unwrap_or("0")
            .to_owned();
        Span::current().record("rpc.grpc.status_code", &code);
        // A path that is not in the contract is whatever somebody typed: it gets no series of its own.
        let method = if access::TABLE.contains_key(path) {
            path.to_owned()
        } else {
            "other".to_owned()
        };
        self.duration.record(
            took.as_secs_f64() * 1000.0,
            &[
                KeyValue::new("casework.process", self.process),
                KeyValue::new("rpc.method", method),
                KeyValue::new("rpc.grpc.status_code", code),
            ],
        );
    }
}

/// What is answered whoever asks and however busy the process is: how it is, and what it offers.
fn is_open(path: &str) -> bool {
    path.starts_with("/grpc.health.v1.") || path.starts_with("/grpc.reflection.")
}

fn late() -> Status {
    Status::deadline_exceeded("the call took too long")
}

fn refusal(denial: Denial) -> Status {
    let (code, reason) = match denial {
        Denial::NoRow => (Code::PermissionDenied, "NOT_IN_TABLE"),
        Denial::Carrier => (Code::PermissionDenied, "PROCESS_NOT_ALLOWED"),
        Denial::NoCaller => (Code::Unauthenticated, "NO_CALLER"),
        Denial::Caller => (Code::PermissionDenied, "ROLE_NOT_ALLOWED"),
    };
    described(code, &denial.to_string(), reason, &[], None)
}

/// The process at the other end of the connection, by its certificate.
fn carrier(extensions: &http::Extensions) -> Option<String> {
    let certificates = extensions
        .get::<TlsConnectInfo<TcpConnectInfo>>()?
        .peer_certs()?;
    crate::tls::process_name(certificates.first()?)
}

/// What the caller leaves us: `grpc-timeout`, or the usual when it is absent or makes no sense.
fn timeout(headers: &HeaderMap) -> Duration {
    headers
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
            let number: u64 = number.parse().ok()?;
            Some(match unit {
                "H" => Duration::from_secs(number.checked_mul(3600)?),
                "M" => Duration::from_secs(number.checked_mul(60)?),
                "S" => Duration::from_secs(number),
                "m" => Duration::from_millis(number),
                "u" => Duration::from_micros(number),
                "n" => Duration::from_nanos(number),
                _ => return None,
            })
        })
        // Nothing here takes longer; a larger number would only overflow the clock.
        .map_or(USUAL_DEADLINE, |time| time.min(Duration::from_hours(1)))
}

fn span(process: &'static str, path: &str, headers: &HeaderMap) -> Span {
    let (service, method) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path, ""));
    let span = tracing::info_span!(
        "rpc",
        otel.name = path.trim_start_matches('/'),
        otel.kind = "server",
        rpc.system = "grpc",
        rpc.service = service,
        rpc.method = method,
        rpc.grpc.status_code = field::Empty,
        casework.process = process,
    );
    let parent = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.extract(&Headers(headers))
    });
    // Fails only without an OpenTelemetry layer, and then there is no trace to continue.
    let _ = span.set_parent(parent);
    span
}

/// The body of an answer. A stream goes on after its head, so it too keeps its place among the calls, and ends by the call's deadline.
struct Running {
    body: Body,
    ends: Pin<Box<Sleep>>,
    over: bool,
    _place: OwnedSemaphorePermit,
}

impl Running {
    fn new(body: Body, ends: Instant, place: OwnedSemaphorePermit) -> Self {
        Self {
            body,
            ends: Box::pin(tokio::time::sleep_until(ends.into())),
            over: false,
            _place: place,
        }
    }
}

impl http_body::Body for Running {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.ends.as_mut().poll(context));
        self.over = true;
        let mut trailers = HeaderMap::new();
        late().add_header(&mut trailers)?;
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// HTTP headers, for reading a trace from.
pub(crate) struct Headers<'a>(pub(crate) &'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeout_of(value: &str) -> Duration {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", value.parse().unwrap());
        timeout(&headers)
    }

    #[test]
    fn a_deadline_is_read_in_every_unit() {
        assert_eq!(timeout_of("250m"), Duration::from_millis(250));
        assert_eq!(timeout_of("9S"), Duration::from_secs(9));
        assert_eq!(timeout_of("1500000u"), Duration::from_millis(1500));
    }

    #[test]
    fn a_malformed_deadline_is_the_usual_one_and_not_none() {
        for nonsense in ["", "S", "tenS", "10", "10x", "é"] {
            let mut headers = HeaderMap::new();
            headers.insert(
                "grpc-timeout",
                http::HeaderValue::from_bytes(nonsense.as_bytes()).unwrap(),
            );
            assert_eq!(timeout(&headers), USUAL_DEADLINE, "{nonsense:?}");
        }
        assert_eq!(timeout(&HeaderMap::new()), USUAL_DEADLINE);
    }

    /// An answer that streams and never ends by itself.
    struct Endless;

    impl http_body::Body for Endless {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Pending
        }
    }

    async fn next(body: &mut Running) -> Option<Frame<Bytes>> {
        std::future::poll_fn(|context| http_body::Body::poll_frame(Pin::new(body), context))
            .await
            .map(Result::unwrap)
    }

    #[tokio::test]
    async fn a_stream_keeps_its_place_until_it_ends_which_is_by_its_deadline() {
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let mut body = Running::new(Body::new(Endless), Instant::now(), place);

        let trailers = next(&mut body).await.unwrap().into_trailers().unwrap();
        assert_eq!(trailers["grpc-status"], "4");
        assert!(next(&mut body).await.is_none());

        assert_eq!(places.available_permits(), 0);
        drop(body);
        assert_eq!(places.available_permits(), 1);
    }
}
